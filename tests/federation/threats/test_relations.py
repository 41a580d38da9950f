"""Words about an earlier thing are measured against what we remember of it."""

import pytest

from node.assembly import following
from node.models import (
    Actor,
    ActorBlock,
    Contribution,
    Follow,
    InboxItem,
    Publication,
    Reaction,
    Report,
    Rsvp,
    Tombstone,
)
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, SENDER, Scene
from tests.fediverse import Document, Stranger

BURIED = {"tombstone"}


async def test_a23_only_the_owner_deletes_a_thing(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await scene.accepted(alice, alice.activity("Create", alice.note(1)))
    uri = f"{alice.uri}/notes/1"
    for who in (neighbour, mallory):
        await scene.meet(who)
        for number, named in enumerate((uri, {"id": uri, "type": "Tombstone"})):
            await scene.without_effect(who, who.activity("Delete", named, number))
    [kept] = await scene.node.all(Publication)
    assert kept.deleted_at is None


@pytest.mark.parametrize(
    "thing", ["/p/1", "/g/rive", "/actor", "/n/01HZZZZZZZZZZZZZZZZZZZZZZZ", "/"]
)
async def test_a23_nothing_of_ours_is_deleted_from_outside(
    scene: Scene, mallory: Stranger, thing: str
) -> None:
    await scene.proposal()
    await scene.meet(mallory)
    await scene.without_effect(mallory, mallory.activity("Delete", scene.node.origin + thing))


async def test_a23_an_actor_is_deleted_by_itself_alone(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    for who in (neighbour, mallory):
        await scene.meet(who)
        async with scene.unchanged(but={"inbox_item", *BURIED}):
            await who.send(scene.node, who.activity("Delete", alice.uri))
            await scene.work()
    await scene.refused(401, mallory, {**mallory.activity("Delete", alice.uri), "actor": alice.uri})
    await scene.accepted(alice, alice.activity("Delete", alice.uri))
    actor = await scene.node.known(alice.uri)
    assert actor is not None
    assert actor.deleted_at is not None
    assert await scene.node.count(Follow) == 0


async def test_a23_the_farewells_of_strangers_cost_nothing(scene: Scene, mallory: Stranger) -> None:
    async with scene.unchanged():
        for number in range(50):
            stranger = Stranger(
                f"https://gone.example/users/{number}", mallory.key, mallory.seal, scene.world
            )
            answer = await stranger.send(scene.node, stranger.activity("Delete", stranger.uri))
            assert answer.status_code == 202


@pytest.mark.parametrize(("status", "is_believed"), [(410, True), (404, False), (500, False)])
async def test_a23_gone_is_410_and_nothing_else(
    scene: Scene, alice: Stranger, travel: Travel, status: int, is_believed: bool
) -> None:
    await scene.meet(alice)
    travel(minutes=2)
    scene.world.statuses[alice.uri] = status
    alice.key = scene.world._rsa()
    answer = await alice.send(scene.node, alice.activity("Delete", alice.uri))
    await scene.work()
    actor = await scene.node.known(alice.uri)
    assert actor is not None
    assert (answer.status_code == 202) is is_believed
    assert (actor.deleted_at is not None) is is_believed


async def test_a23_what_others_bury_can_still_be_born(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    """Nobody deletes or undoes beforehand what another will do."""
    proposal = await scene.proposal()
    await scene.follow(alice)
    on = f"{scene.node.origin}/p/{proposal.number}"
    things = [alice.note(1), alice.note(2, inReplyTo=on)]
    like = alice.activity("Like", on)
    follow = alice.activity("Follow", scene.node.actor_uri)
    for who in (neighbour, mallory):
        await scene.meet(who)
        for number, thing in enumerate([*things, like, follow]):
            await who.send(scene.node, who.activity("Delete", thing["id"], number))
            await who.send(scene.node, who.activity("Undo", thing["id"], number))
            await who.send(scene.node, who.activity("Undo", thing, 10 + number))
        await scene.work()
    assert await scene.node.count(Tombstone, Tombstone.author_uri == mallory.uri) == 0
    for number, thing in enumerate(things):
        await scene.accepted(alice, alice.activity("Create", thing, number))
    await scene.accepted(alice, like)
    await scene.accepted(alice, follow)
    counts = [await scene.node.count(kind) for kind in (Publication, Contribution, Reaction)]
    assert counts == [1, 1, 1]
    assert await scene.node.count(Follow, Follow.uri == follow["id"]) == 1


async def asked(scene: Scene, alice: Stranger) -> Document:
    await scene.meet(alice)
    await scene.node.follow(alice.uri)
    await scene.work()
    return alice.received("Follow")[-1]


@pytest.mark.parametrize("answer", ["Accept", "Reject"])
async def test_a25_only_the_one_who_was_asked_answers(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger, answer: str
) -> None:
    follow = await asked(scene, alice)
    for who in (neighbour, mallory):
        await scene.meet(who)
        for number, copy in enumerate((follow["id"], follow, {**follow, "object": who.uri})):
            await scene.without_effect(who, who.activity(answer, copy, number))
    [wish] = await scene.node.all(Follow)
    assert wish.state == "asked"


@pytest.mark.parametrize("answer", ["Accept", "Reject", "TentativeAccept"])
async def test_a25_what_nobody_asked_is_not_answered(
    scene: Scene, mallory: Stranger, answer: str
) -> None:
    await scene.meet(mallory)
    follow = {"type": "Follow", "actor": scene.node.actor_uri, "object": mallory.uri}
    async with scene.unchanged(but={"inbox_item"}):
        for number, copy in enumerate(
            (
                "https://riverside.example/a/01HZZZZZZZZZZZZZZZZZZZZZZZ",
                follow,
                {"id": "x", **follow},
            )
        ):
            await mallory.send(scene.node, mallory.activity(answer, copy, number))
        await scene.work()


async def test_a25_a_yes_after_a_no_changes_nothing(scene: Scene, alice: Stranger) -> None:
    follow = await asked(scene, alice)
    await scene.accepted(alice, alice.activity("Reject", follow["id"]))
    await scene.without_effect(alice, alice.activity("Accept", follow["id"]), "ignored")


async def test_a25_a_follower_does_not_accept_itself(scene: Scene, mallory: Stranger) -> None:
    await locked(scene)
    follow = mallory.activity("Follow", scene.node.actor_uri)
    await scene.accepted(mallory, follow)
    for number, copy in enumerate((follow["id"], follow)):
        await scene.without_effect(mallory, mallory.activity("Accept", copy, number))
    [wish] = await scene.node.all(Follow)
    assert wish.state == "asked"


async def locked(scene: Scene) -> None:
    async with scene.node.database.transaction() as tx:
        ours = await tx.get(Actor, scene.node.assembly.actor_id)
        assert ours is not None
        ours.is_locked = True


MINE = ["Follow", "Like", "Announce", "Block", "Join"]


@pytest.mark.parametrize("kind", MINE)
async def test_a25_nobody_undoes_what_another_did(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger, kind: str
) -> None:
    proposal = await scene.proposal()
    about = {"Like": f"/p/{proposal.number}", "Announce": f"/p/{proposal.number}"}
    done = alice.activity(kind, scene.node.origin + about.get(kind, "/g/rive"))
    answer = await alice.send(scene.node, done)
    assert answer.status_code == 202
    await scene.work()
    for who in (neighbour, mallory):
        await scene.meet(who)
        async with scene.unchanged(but={"inbox_item", *BURIED}):
            for number, named in enumerate((done["id"], done, {**done, "actor": who.uri})):
                await who.send(scene.node, who.activity("Undo", named, number))
            await scene.work()


async def move(scene: Scene, who: Stranger, target: str, number: int = 1) -> Document:
    return who.activity("Move", who.uri, number, target=target)


async def test_a27_the_new_address_must_name_the_old_one(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await scene.meet(mallory)
    async with scene.unchanged(but={"inbox_item", "actor", "actor_key"}, asks={"evil.example"}):
        await alice.send(scene.node, await move(scene, alice, mallory.uri))
        await scene.work()
    actor = await scene.node.known(alice.uri)
    assert actor is not None
    assert actor.moved_to is None


async def test_a27_nobody_moves_another(scene: Scene, alice: Stranger, mallory: Stranger) -> None:
    await scene.follow(alice)
    await scene.meet(mallory)
    activity = mallory.activity("Move", alice.uri, target=mallory.uri)
    await scene.without_effect(mallory, activity)


async def test_a27_the_moves_of_strangers_make_us_read_nothing(
    scene: Scene, mallory: Stranger
) -> None:
    await scene.meet(mallory)
    for number in range(5):
        activity = await move(scene, mallory, f"https://victim.example/{number}", number)
        await scene.without_effect(mallory, activity, "ignored")


async def test_a27_moves_in_a_circle_come_to_rest(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    for one, other in ((alice, mallory), (mallory, alice)):
        scene.world.documents[one.uri]["alsoKnownAs"] = [other.uri]
    await scene.follow(alice)
    for number in range(4):
        await alice.send(scene.node, await move(scene, alice, mallory.uri, number))
        await scene.work()
        follow = mallory.received("Follow")[-1]
        await mallory.send(scene.node, mallory.activity("Accept", follow["id"], number))
        await scene.work()
        await mallory.send(scene.node, await move(scene, mallory, alice.uri, number))
        await scene.work()
        follow = alice.received("Follow")[-1]
        await alice.send(scene.node, alice.activity("Accept", follow["id"], number + 100))
        await scene.work()
    assert (len(alice.received("Follow")), len(mallory.received("Follow"))) == (2, 1)


async def test_a27_a_vote_does_not_move(scene: Scene, alice: Stranger, mallory: Stranger) -> None:
    scene.world.documents[mallory.uri]["alsoKnownAs"] = [alice.uri]
    await scene.follow(alice)
    async with scene.unchanged(
        but={"inbox_item", "actor", "actor_key", "follow", "outbox_item", "delivery", "peer"},
        asks={"evil.example", "honest.example"},
    ):
        await scene.accepted(alice, await move(scene, alice, mallory.uri))


@ONE_DATABASE
@pytest.mark.parametrize("kind", ["Add", "Remove"])
@pytest.mark.parametrize("target", ["of ours", "of another", "of nobody", None])
async def test_a28_one_decides_on_ones_own_collections_only(
    scene: Scene, alice: Stranger, mallory: Stranger, kind: str, target: str | None
) -> None:
    alice.more["featured"] = f"{alice.uri}/featured"
    scene.world.documents[alice.uri] = alice.document()
    await scene.follow(alice)
    await scene.accepted(alice, alice.activity("Create", alice.note(1)))
    await scene.meet(mallory)
    where = {
        "of ours": f"{scene.node.actor_uri}/featured",
        "of another": f"{alice.uri}/featured",
        "of nobody": f"{mallory.uri}/nothing",
        None: None,
    }[target]
    activity = mallory.activity(kind, f"{alice.uri}/notes/1", target=where)
    async with scene.unchanged(but={"inbox_item"}):
        await mallory.send(scene.node, activity)
        await scene.work()


async def test_a28_an_actor_without_a_collection_features_nothing(
    scene: Scene, alice: Stranger
) -> None:
    await scene.follow(alice)
    await scene.accepted(alice, alice.activity("Create", alice.note(1)))
    await scene.without_effect(alice, alice.activity("Add", f"{alice.uri}/notes/1"))


async def test_a28_a_report_does_nothing_by_itself(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await scene.meet(mallory)
    about = [scene.node.actor_uri, alice.uri, 7, None, "x", {"id": "https://a.example/1"}]
    flag = mallory.activity("Flag", [one for one in about if isinstance(one, (str, dict))])
    async with scene.unchanged(but={"inbox_item", "report"}):
        await scene.accepted(mallory, {**flag, "content": "<ul><li>" * 50_000 + "Spam"})
    [report] = await scene.node.all(Report)
    assert "<" not in report.content
    assert "x" not in report.about


async def test_a28_reports_are_few_and_about_ours(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(mallory)
    await scene.without_effect(mallory, mallory.activity("Flag", alice.uri), "ignored")
    for number in range(1, 60):
        await mallory.send(scene.node, mallory.activity("Flag", scene.node.actor_uri, number))
    await scene.work()
    assert await scene.node.count(Report) == 50


async def test_a28_a_block_ends_what_was_between_the_two_only(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await scene.meet(mallory)
    await scene.without_effect(mallory, mallory.activity("Block", alice.uri))
    await scene.accepted(mallory, mallory.activity("Block", scene.node.actor_uri, 2))
    assert await scene.node.count(ActorBlock) == 1
    async with scene.node.database.read() as tx:
        ours = await tx.get(Actor, scene.node.assembly.actor_id)
        assert ours is not None
        assert len(await following.followed(tx, ours)) == 1


async def test_a28_a_share_counts_only_from_those_we_follow(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    scene.world.says(f"{alice.uri}/notes/1", alice.note(1))
    activity = mallory.activity("Announce", f"{alice.uri}/notes/1")
    async with scene.unchanged(but={"inbox_item", *SENDER}, asks={"evil.example"}):
        await mallory.send(scene.node, activity)
        await scene.work()
    assert await scene.node.count(Rsvp) == 0


async def test_p7_nobody_occupies_the_id_of_a_neighbours_activity(
    scene: Scene, alice: Stranger, neighbour: Stranger
) -> None:
    """Two people of one server may use one id: each is heard, and each only once."""
    for who in (alice, neighbour):
        await scene.meet(who)
    on = f"{scene.node.origin}/p/{(await scene.proposal()).number}"
    first = neighbour.activity("Like", on)
    second = alice.activity("Like", on) | {"id": first["id"]}
    for _ in range(2):
        await scene.accepted(neighbour, first)
        await scene.accepted(alice, second)
    items = await scene.node.all(InboxItem, InboxItem.uri == first["id"])
    assert sorted(one.sender_uri for one in items) == sorted([alice.uri, neighbour.uri])
