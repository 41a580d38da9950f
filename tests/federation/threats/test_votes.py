"""Nothing that comes from outside changes a verdict, and nobody answers for another."""

import asyncio
import unicodedata
from typing import Any

import pytest

from node.activitypub import proofs, uris
from node.assembly import votes
from node.clock import now
from node.federation.receive import answering
from node.models import Actor, Contribution, Opinion, Reaction, Rsvp, Vote
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, PUBLIC, Scene
from tests.fediverse import Document, Stranger

# What a vote is made of: nothing outside may touch it.
OURS = ("vote", "voter", "ballot", "proposal", "version", "decision", "register_entry")


async def opened(scene: Scene) -> tuple[str, list[str]]:
    """Open a vote; return its address and the names of its answers."""
    vote = await scene.vote()
    uri = f"{scene.node.origin}/p/{vote.proposal.number}/vote"
    found = (await scene.node.get(f"/p/{vote.proposal.number}/vote")).json()
    options = found.get("oneOf") or found["anyOf"]
    return uri, [option["name"] for option in options]


def answer(who: Stranger, on: str, name: Any, number: int | str = 1, **more: Any) -> Document:
    note = {
        "id": f"{who.uri}/answers/{number}",
        "type": "Note",
        "attributedTo": who.uri,
        "name": name,
        "inReplyTo": on,
        "to": ["https://riverside.example/g/rive"],
        **more,
    }
    return who.activity("Create", note, f"answer-{number}", to=note["to"])


async def verdict(scene: Scene) -> set[str]:
    found = await scene.contents()
    return {row for table, rows in found.items() if table in OURS for row in rows}


async def opinions(scene: Scene) -> dict[str, str]:
    found = await scene.node.all(Opinion)
    actors = {actor.id: actor.uri for actor in await scene.node.all(Actor)}
    return {actors[one.actor_id]: one.choice for one in found}


async def test_v1_the_first_answer_counts_and_is_not_taken_back(
    scene: Scene, alice: Stranger
) -> None:
    on, names = await opened(scene)
    before = await verdict(scene)
    await scene.accepted(alice, answer(alice, on, names[0]))
    [first] = (await opinions(scene)).values()
    for number in (2, 3):
        await alice.send(scene.node, answer(alice, on, names[1], number))
    again = {**answer(alice, on, names[1]), "id": f"{alice.uri}/creates/again"}
    await alice.send(scene.node, again)
    await alice.send(scene.node, alice.activity("Update", again["object"], "u"))
    for kind in ("Delete", "Undo"):
        for number, thing in enumerate((f"{alice.uri}/answers/1", answer(alice, on, names[0]))):
            await alice.send(scene.node, alice.activity(kind, thing, f"{kind}{number}"))
    await scene.work()
    assert await opinions(scene) == {alice.uri: first}
    assert await verdict(scene) == before


async def test_v1_a_deletion_that_arrives_first_changes_nothing_either(
    scene: Scene, alice: Stranger
) -> None:
    on, names = await opened(scene)
    await alice.send(scene.node, alice.activity("Delete", f"{alice.uri}/answers/1"))
    await scene.work()
    await scene.accepted(alice, answer(alice, on, names[0]))
    assert len(await opinions(scene)) == 1


async def test_v1_twenty_answers_at_once_are_one(scene: Scene, alice: Stranger) -> None:
    on, names = await opened(scene)
    await asyncio.gather(
        *[alice.send(scene.node, answer(alice, on, names[n % 2], n)) for n in range(20)]
    )
    await scene.work()
    assert len(await opinions(scene)) == 1


async def test_v1_an_array_of_answers_to_one_question_is_one(scene: Scene, alice: Stranger) -> None:
    on, names = await opened(scene)
    notes = [answer(alice, on, name, number)["object"] for number, name in enumerate(names)]
    await scene.accepted(alice, alice.activity("Create", notes))
    assert len(await opinions(scene)) == 1
    many = [answer(alice, on, names[0], n)["object"] for n in range(900)]
    await scene.without_effect(alice, alice.activity("Create", many, 2))


async def test_v1_nobody_answers_for_another(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    on, names = await opened(scene)
    for who in (alice, neighbour, mallory):
        await scene.meet(who)
    changes: list[Document] = [
        {"attributedTo": alice.uri},
        {"attributedTo": None},
        {"attributedTo": [alice.uri, mallory.uri]},
        {"attributedTo": {"id": mallory.uri}},
        {"attributedTo": scene.node.actor_uri},
        {"id": f"{alice.uri}/answers/1"},
        {"id": f"{scene.node.origin}/n/1"},
    ]
    for number, change in enumerate(changes):
        await scene.without_effect(mallory, answer(mallory, on, names[0], number, **change))
    forged = answer(alice, on, names[0])["object"]
    await scene.without_effect(neighbour, neighbour.activity("Create", forged))
    both = [answer(mallory, on, names[0], 9)["object"], forged]
    await scene.without_effect(mallory, mallory.activity("Create", both, 99))
    assert await opinions(scene) == {}


async def test_v3_an_answer_from_outside_is_an_opinion_and_no_more(
    scene: Scene, alice: Stranger
) -> None:
    on, names = await opened(scene)
    before = await verdict(scene)
    await scene.accepted(alice, answer(alice, on, names[0]))
    assert await verdict(scene) == before
    [vote] = await scene.node.all(Vote)
    async with scene.node.database.read() as tx:
        assert sum((await votes.tally(tx, vote)).values()) == 0


async def test_v3_one_operator_is_heard_up_to_a_number(
    scene: Scene, alice: Stranger, mallory: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_OF_ONE_OPERATOR", 3)
    on, names = await opened(scene)
    for number in range(6):
        host = "evil.example" if number % 2 else f"u{number}.evil.example"
        other = scene.world.stranger(f"https://{host}/users/u{number}")
        await other.send(scene.node, answer(other, on, names[0]))
        await scene.work()
    assert len(await opinions(scene)) == 3
    await scene.accepted(alice, answer(alice, on, names[0]))
    assert len(await opinions(scene)) == 4


async def test_v3_the_blocked_and_the_gone_have_no_say(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    on, names = await opened(scene)
    await scene.meet(alice)
    await scene.accepted(alice, alice.activity("Delete", alice.uri))
    scene.world.statuses[alice.uri] = 410
    await alice.send(scene.node, answer(alice, on, names[0]))
    await scene.work()
    assert await opinions(scene) == {}


@ONE_DATABASE
async def test_v4_only_what_is_asked_is_answered(scene: Scene, alice: Stranger) -> None:
    on, names = await opened(scene)
    await scene.meet(alice)
    wrong = [
        "",
        " ",
        names[0] + " ",
        names[0].upper() + "!",
        names[0].swapcase(),
        names[0] + "\u200b",
        names[0].replace("o", "\u043e").replace("a", "\u0430") + "\u0301",
        "x" * 100_000,
        "1",
        "__proto__",
        "\x07",
    ]
    for number, name in enumerate(wrong):
        await scene.without_effect(alice, answer(alice, on, name, number))
    for number, value in enumerate((7, None, [names[0]], {"en": names[0]}, True)):
        activity = answer(alice, on, value, f"o{number}")
        async with scene.unchanged(but={"inbox_item"}):
            await alice.send(scene.node, activity)
            await scene.work()
    assert await opinions(scene) == {}


async def test_v4_the_options_of_ours_are_told_apart(scene: Scene) -> None:
    _, names = await opened(scene)
    assert len({name.casefold() for name in names}) == len(names)


async def test_v4_the_same_letters_written_in_two_ways_are_one_answer(
    scene: Scene, alice: Stranger
) -> None:
    on, names = await opened(scene)
    decomposed = unicodedata.normalize("NFD", names[0])
    await scene.accepted(alice, answer(alice, on, decomposed))
    assert len(await opinions(scene)) == 1


@ONE_DATABASE
@pytest.mark.parametrize(
    "where", ["/p/1/vote#x", "/p/9/vote", "/P/1/vote", "/p/1/vote/", "/p/01/vote"]
)
async def test_v4_an_answer_is_to_a_question_of_ours(
    scene: Scene, alice: Stranger, where: str
) -> None:
    _, names = await opened(scene)
    await scene.meet(alice)
    async with scene.unchanged(but={"inbox_item", "publication"}):
        for number, on in enumerate((scene.node.origin + where, f"https://evil.example{where}")):
            await alice.send(scene.node, answer(alice, on, names[0], number))
        await scene.work()
    assert await opinions(scene) == {}


@pytest.mark.parametrize("field", ["content", "contentMap"])
async def test_v6_an_answer_with_words_is_a_remark(
    scene: Scene, alice: Stranger, field: str
) -> None:
    on, names = await opened(scene)
    words: Any = "<p>Parce que.</p>"
    said = {"fr": words} if field == "contentMap" else words
    more: Document = {field: said, "to": [PUBLIC]}
    await scene.accepted(alice, answer(alice, on, names[0], **more))
    assert await opinions(scene) == {}
    [heard] = await scene.node.all(Contribution)
    assert heard.content == words


def ballot(who: Stranger, scene: Scene, number: int, **more: Any) -> Document:
    inside = {
        "v": 1,
        "kind": "ballot",
        "round": f"{scene.node.origin}/p/1/round/1",
        "subject": f"{scene.node.origin}/p/1/r/1",
        "textDigest": "zQm" + "a" * 43,
        "choice": ["for"],
        "seq": number,
        "nonce": "x",
        **more,
    }
    thing = {
        "id": f"{who.uri}/b/{number}#ballot",
        "type": "Object",
        "attributedTo": who.uri,
        "to": [scene.node.actor_uri],
        "assembly": inside,
    }
    activity = who.activity("Offer", thing, number, to=[scene.node.actor_uri])
    method = uris.ed25519(who.uri)
    return proofs.seal(activity, who.seal, method, created=now())


async def test_v8_an_offer_is_answered_and_nothing_is_counted(
    scene: Scene, alice: Stranger
) -> None:
    await opened(scene)
    before = await verdict(scene)
    kinds: list[Document] = [
        {},
        {"seq": 0},
        {"textDigest": "zQm" + "b" * 43},
        {"round": f"{scene.node.origin}/p/1/round/2"},
        {"choice": ["for", "against"]},
        {"kind": "receipt"},
        {"kind": "register-head"},
    ]
    for number, more in enumerate(kinds):
        await alice.send(scene.node, ballot(alice, scene, number, **more))
    await scene.work()
    assert await verdict(scene) == before
    assert await opinions(scene) == {}
    answers = alice.received("Reject")
    assert len(answers) == len(kinds)
    assert {one["assembly"]["code"] for one in answers} == {"method-not-federated"}
    assert alice.received("Accept") == []


async def test_v8_an_offer_sent_twice_is_answered_once(scene: Scene, alice: Stranger) -> None:
    await opened(scene)
    for _ in range(3):
        await alice.send(scene.node, ballot(alice, scene, 1))
        await scene.work()
    assert len(alice.received("Reject")) == 1


async def test_v8_the_ballot_of_another_is_not_even_taken_in(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(alice)
    await scene.meet(mallory)
    forged = ballot(alice, scene, 1)
    del forged["proof"]
    await scene.refused(401, mallory, forged)
    resealed = proofs.seal(forged, mallory.seal, uris.ed25519(mallory.uri), created=now())
    await scene.refused(401, mallory, resealed)


async def test_v10_a_text_that_is_voted_on_does_not_change(scene: Scene, alice: Stranger) -> None:
    on, _ = await opened(scene)
    await scene.meet(alice)
    article = (await scene.node.get("/p/1")).json()
    before = await verdict(scene)
    for number, kind in enumerate(("Update", "Delete", "Create", "Undo", "Remove", "Block")):
        for place, thing in enumerate((article, article["id"], {**article, "id": on}, on)):
            await alice.send(scene.node, alice.activity(kind, thing, f"{number}-{place}"))
    await scene.work()
    assert await verdict(scene) == before


async def test_v11_signs_of_interest_are_never_votes(scene: Scene) -> None:
    on, _ = await opened(scene)
    about = on.removesuffix("/vote")
    before = await verdict(scene)
    for number in range(5):
        fan = scene.world.stranger(f"https://evil.example/users/fan{number}")
        for place, kind in enumerate(("Like", "EmojiReact", "Announce", "Dislike", "Like", "Like")):
            more = {"content": "👍"} if kind == "EmojiReact" else {}
            await fan.send(scene.node, fan.activity(kind, about, place, **more))
        await fan.send(scene.node, fan.activity("Follow", scene.node.actor_uri))
        await fan.send(scene.node, fan.activity("Join", scene.node.actor_uri))
        await fan.send(scene.node, fan.activity("Join", about, 2))
    await scene.work()
    assert await verdict(scene) == before
    assert await opinions(scene) == {}
    assert await scene.node.count(Reaction) == 10
    assert await scene.node.count(Rsvp) == 0


async def test_v11_one_does_not_like_what_is_not_there(scene: Scene, mallory: Stranger) -> None:
    await scene.meet(mallory)
    for number, path in enumerate(("/p/9", "/nothing", "/g/rive/x", "/n/1", "/p/1?x=1", "/")):
        for kind in ("Like", "Announce"):
            activity = mallory.activity(kind, scene.node.origin + path, number)
            await scene.without_effect(mallory, activity)


async def test_p16_the_numbers_of_others_are_theirs(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    options = [{"type": "Note", "name": n, "replies": {"totalItems": 10**9}} for n in ("a", "b")]
    question = alice.note(1, type="Question", oneOf=options, votersCount=10**9)
    before = await verdict(scene)
    await scene.accepted(alice, alice.activity("Create", question))
    assert await verdict(scene) == before


async def test_p17_an_answer_after_the_end_does_not_count(
    scene: Scene, alice: Stranger, travel: Travel
) -> None:
    on, names = await opened(scene)
    await scene.meet(alice)
    travel(hours=2)
    early = "2020-01-01T00:00:00Z"
    late = answer(alice, on, names[0], published=early)
    await scene.without_effect(alice, {**late, "published": early})


async def test_p23_membership_comes_from_inside(scene: Scene, mallory: Stranger) -> None:
    before = await verdict(scene)
    for number, kind in enumerate(("Join", "Follow", "Invite", "Add", "Accept", "Offer")):
        activity = mallory.activity(kind, scene.node.actor_uri, number, target=scene.node.actor_uri)
        await mallory.send(scene.node, activity)
    await scene.work()
    assert await verdict(scene) == before
