"""Who may not see a thing cannot tell that it exists."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from node.assembly import contributions, proposals
from node.models import Actor, Contribution, Follow, OutboxItem, Proposal, State
from tests.federation.threats.scene import PUBLIC, Scene
from tests.fediverse import Stranger


def same(one: httpx.Response, other: httpx.Response) -> bool:
    return (one.status_code, one.content) == (other.status_code, other.content)


ABOUT = ["", "/outbox", "/followers", "/following", "/featured"]


@pytest.mark.parametrize("path", ABOUT)
async def test_e2_a_member_is_there_for_others_only_by_choice(scene: Scene, path: str) -> None:
    hidden = await scene.node.member("Ana")
    there = await scene.node.get(f"/u/{hidden.actor.handle}{path}")
    nobody = await scene.node.get(f"/u/nobody{path}")
    assert there.status_code == 404
    assert same(there, nobody)


@pytest.mark.parametrize("written", ["acct:{}@riverside.example", "https://riverside.example/u/{}"])
async def test_e2_webfinger_does_not_tell_who_is_a_member(scene: Scene, written: str) -> None:
    hidden = await scene.node.member("Ana")
    shown = await scene.node.member("Ben", published=True)
    asked = "/.well-known/webfinger?resource="
    found = [
        await scene.node.get(asked + written.format(name))
        for name in (hidden.actor.handle, "nobody", shown.actor.handle)
    ]
    assert found[0].status_code == 404
    assert same(found[0], found[1])
    assert found[2].status_code == 200


async def test_e2_what_we_say_of_ourselves_names_no_member(scene: Scene) -> None:
    await scene.node.member("Anastasie Quelqu'une")
    await scene.proposal()
    paths = ["/g/rive", "/actor", "/nodeinfo/2.1", "/g/rive/followers", "/g/rive/outbox?page=1",
             "/p/1", "/p/1/context", "/p/1/replies", "/g/rive/featured"]  # fmt: skip
    for path in paths:
        answer = await scene.node.get(path)
        assert answer.status_code == 200, path
        assert "nastasie" not in answer.text.lower()


async def test_e2_who_follows_is_theirs_to_say(scene: Scene, alice: Stranger) -> None:
    await scene.accepted(alice, alice.activity("Follow", scene.node.actor_uri))
    for path in ("/g/rive/followers", "/g/rive/followers?page=1", "/g/rive"):
        answer = await scene.node.get(path)
        assert "honest.example" not in answer.text
    assert (await scene.node.get("/g/rive/followers")).json()["totalItems"] == 1


async def drafted(scene: Scene) -> Proposal:
    """A text that nobody has published yet."""
    proposal = await scene.proposal()
    async with scene.node.database.transaction() as tx:
        await tx.execute(
            update(Proposal).where(Proposal.id == proposal.id).values(state=State.DRAFT)
        )
    return proposal


@pytest.mark.parametrize("kind", ["Like", "Announce", "Create", "Flag"])
async def test_p13_a_draft_cannot_be_told_from_nothing(
    scene: Scene, alice: Stranger, kind: str
) -> None:
    await drafted(scene)
    await scene.meet(alice)
    fates = []
    for number in (1, 2):
        on = f"{scene.node.origin}/p/{number}"
        note = alice.note(number, inReplyTo=on)
        thing: Any = note if kind == "Create" else on
        await alice.send(scene.node, alice.activity(kind, thing, number))
        await scene.work()
        fates.append((await scene.node.fates())[f"{alice.uri}/{kind.lower()}s/{number}"][0])
    assert fates[0] == fates[1]
    assert await scene.node.count(Contribution) == 0


@pytest.mark.parametrize("path", ["", "/r/1", "/vote", "/replies", "/context"])
async def test_p13_a_draft_is_not_shown(scene: Scene, path: str) -> None:
    await drafted(scene)
    there = await scene.node.get(f"/p/1{path}")
    nothing = await scene.node.get(f"/p/2{path}")
    assert (there.status_code, nothing.status_code) == (404, 404)
    assert there.text.replace("1", "2") == nothing.text.replace("1", "2")


async def test_p13_what_is_said_inside_cannot_be_told_from_nothing(
    scene: Scene, alice: Stranger
) -> None:
    ana = await scene.node.member("Ana")
    proposal = await scene.proposal()
    async with scene.node.database.transaction() as tx:
        found = await proposals.by_number(tx, proposal.number)
        inside = await contributions.comment(tx, ana, on=found, text="Entre nous.")
    path = inside.uri.removeprefix(scene.node.origin)
    there = await scene.node.get(path)
    nothing = await scene.node.get("/n/01HZZZZZZZZZZZZZZZZZZZZZZZ")
    assert there.status_code == 404
    assert same(there, nothing)
    await scene.meet(alice)
    await scene.without_effect(alice, alice.activity("Like", inside.uri))
    reply = alice.note(1, inReplyTo=inside.uri)
    await alice.send(scene.node, alice.activity("Create", reply))
    await scene.work()
    assert await scene.node.count(Contribution) == 1


async def locked(scene: Scene) -> None:
    async with scene.node.database.transaction() as tx:
        ours = await tx.get(Actor, scene.node.assembly.actor_id)
        assert ours is not None
        ours.is_locked = True


async def test_e4_who_is_not_admitted_receives_nothing(scene: Scene, mallory: Stranger) -> None:
    await locked(scene)
    follow = mallory.activity("Follow", scene.node.actor_uri)
    await scene.accepted(mallory, follow)
    for number, copy in enumerate((follow["id"], follow)):
        await mallory.send(scene.node, mallory.activity("Accept", copy, number))
    await mallory.send(scene.node, mallory.activity("Follow", scene.node.actor_uri, 2))
    await scene.work()
    [wish] = await scene.node.all(Follow)
    assert wish.state == "asked"
    await scene.proposal()
    await scene.work()
    assert mallory.received() == []


async def test_e4_who_no_longer_follows_receives_nothing(scene: Scene, alice: Stranger) -> None:
    follow = alice.activity("Follow", scene.node.actor_uri)
    await scene.accepted(alice, follow)
    await scene.accepted(alice, alice.activity("Undo", follow))
    await scene.proposal()
    await scene.work()
    assert [one["type"] for one in alice.received()] == ["Accept"]


async def test_e4_what_is_said_to_few_is_not_shown_to_all(scene: Scene, alice: Stranger) -> None:
    proposal = await scene.proposal()
    await scene.follow(alice)
    on = f"{scene.node.origin}/p/{proposal.number}"
    few = [scene.node.actor_uri]
    await alice.send(
        scene.node, alice.activity("Create", alice.note(1, to=few, inReplyTo=on), to=few)
    )
    secret = alice.note(2, to=few, content="<p>Entre nous.</p>")
    await alice.send(scene.node, alice.activity("Create", secret, 2, to=few))
    await scene.work()
    assert await scene.node.count(Contribution) == 0
    for path in ("/", f"/p/{proposal.number}", "/nouvelles", "/g/rive/outbox?page=1"):
        for accept in ("text/html", "application/activity+json"):
            assert "Entre nous" not in (await scene.node.get(path, accept=accept)).text


async def test_e2_the_inbox_does_not_tell_who_is_there(scene: Scene, alice: Stranger) -> None:
    hidden = await scene.node.member("Ana")
    shown = await scene.node.member("Ben", published=True)
    found = []
    for number, name in enumerate((hidden.actor.handle, "nobody", shown.actor.handle)):
        activity = alice.activity("Like", f"{scene.node.origin}/x", number, to=[PUBLIC])
        answer = await alice.send(scene.node, activity, path=f"/u/{name}/inbox")
        found.append(answer)
        assert (await scene.node.get(f"/u/{name}/inbox")).status_code == 405
    assert {answer.status_code for answer in found} == {202}
    assert await scene.node.count(OutboxItem, OutboxItem.type == "Accept") == 0
