"""A document speaks for its own address, and a thing belongs to whoever made it."""

from typing import Any

import pytest

from node.activitypub import contexts
from node.assembly import following
from node.errors import Refusal
from node.federation import actors
from node.models import Contribution, Publication
from tests.federation.threats.scene import ONE_DATABASE, PUBLIC, SENDER, Scene
from tests.fediverse import Document, Stranger


async def look_up(scene: Scene, uri: str) -> str | None:
    try:
        return (await actors.look_up(scene.node.node, uri)).uri
    except Refusal:
        return None


async def test_a2_a_document_with_a_foreign_id_is_not_believed(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    scene.world.says("https://evil.example/alice", alice.document())
    async with scene.unchanged(asks={"evil.example"}):
        assert await look_up(scene, "https://evil.example/alice") is None


async def test_a2_a_document_of_the_same_server_is_read_at_its_own_address(
    scene: Scene, alice: Stranger
) -> None:
    scene.world.says("https://honest.example/@alice", alice.document())
    assert await look_up(scene, "https://honest.example/@alice") == alice.uri
    forged = {**alice.document(), "id": "https://honest.example/users/nobody"}
    scene.world.says("https://honest.example/uploads/1", forged)
    async with scene.unchanged(asks={"honest.example"}):
        assert await look_up(scene, "https://honest.example/uploads/1") is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/alice",
        "http://honest.example/users/alice",
        "https://honest.example:8443/users/alice",
        "https://riverside.example/g/rive",
        "https://127.0.0.1/users/alice",
        "https://honest.example@evil.example/alice",
        "//evil.example/alice",
        "https://honest.example/users/bob",
    ],
)
async def test_a2_a_redirect_leads_nowhere_else(scene: Scene, alice: Stranger, target: str) -> None:
    url = "https://honest.example/users/bob"
    scene.world.leads(url, target)
    scene.world.says("https://evil.example/alice", {**alice.document(), "id": url})
    async with scene.unchanged(asks={"honest.example"}):
        with pytest.raises(Exception, match=r"\S"):
            await actors.look_up(scene.node.node, url)


async def test_a2_the_key_of_an_actor_is_not_read_elsewhere(
    scene: Scene, mallory: Stranger, alice: Stranger
) -> None:
    scene.world.leads(mallory.uri, "https://honest.example/users/alice")
    activity = mallory.activity("Follow", scene.node.actor_uri)
    await scene.refused(401, mallory, activity, asks={"evil.example"})


@ONE_DATABASE
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/html; charset=utf-8",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://evil.example/"',
        "application/octet-stream",
        "application/activity+json2",
        "text/html, application/activity+json",
        "image/png; application/activity+json",
        "",
    ],
)
async def test_a3_what_is_not_served_as_an_activity_is_none(
    scene: Scene, mallory: Stranger, content_type: str
) -> None:
    scene.world.says(mallory.uri, mallory.document(), content_type)
    activity = mallory.activity("Follow", scene.node.actor_uri)
    await scene.refused(401, mallory, activity, asks={"evil.example"})


@ONE_DATABASE
@pytest.mark.parametrize(
    "content_type",
    [
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
    ],
)
async def test_a3_the_media_type_is_read_by_grammar(
    scene: Scene, alice: Stranger, content_type: str
) -> None:
    scene.world.says(alice.uri, alice.document(), content_type)
    await scene.accepted(alice, alice.activity("Follow", scene.node.actor_uri))


async def test_a3_what_we_say_is_never_taken_for_something_else(scene: Scene) -> None:
    for path in ("/g/rive", "/actor", "/g/rive"):
        answer = await scene.node.get(path)
        assert answer.headers["content-type"].startswith(contexts.MEDIA_TYPE)


@pytest.mark.parametrize("kind", ["Announce", "Create", "Add", "Like", "Update"])
async def test_a19_a_foreign_object_inside_is_never_kept_as_it_stands(
    scene: Scene, alice: Stranger, mallory: Stranger, kind: str
) -> None:
    await scene.follow(mallory)
    await scene.meet(alice)
    forged = alice.note(1, content="<p>Alice said no such thing.</p>")
    async with scene.unchanged(but={"inbox_item"}, asks={"honest.example"}):
        await mallory.send(scene.node, mallory.activity(kind, forged))
        await scene.work()
    assert await scene.node.count(Publication) == 0


async def test_a19_what_is_shared_is_read_where_it_lives(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(mallory)
    note = alice.note(1, content="<p>What I said.</p>")
    scene.world.says(note["id"], note)
    for number, forged in enumerate((note, alice.activity("Create", note))):
        inner = {**forged, "content": "<p>What I did not say.</p>"}
        await scene.accepted(mallory, mallory.activity("Announce", inner, number))
    [kept] = await scene.node.all(Publication)
    assert kept.content == "<p>What I said.</p>"
    assert kept.author.uri == alice.uri


@pytest.mark.parametrize(
    "more",
    [
        {"attributedTo": "https://victim.example/users/v"},
        {"attributedTo": "https://riverside.example/g/rive"},
        {"attributedTo": None},
        {"attributedTo": ["https://honest.example/users/alice", "https://evil.example/x"]},
        {"id": "https://victim.example/notes/1"},
        {"type": "Person"},
        {"type": "Create"},
    ],
)
async def test_a19_a_shared_thing_is_by_somebody_of_its_own_server(
    scene: Scene, alice: Stranger, mallory: Stranger, more: Document
) -> None:
    await scene.follow(mallory)
    scene.world.stranger("https://victim.example/users/v")
    note = {**alice.note(1), **more}
    uri = "https://honest.example/users/alice/notes/1"
    scene.world.says(uri, note)
    async with scene.unchanged(but={"inbox_item"}, asks={"honest.example"}):
        await mallory.send(scene.node, mallory.activity("Announce", uri))
        await scene.work()


async def test_a19_nobody_makes_us_read_for_them(scene: Scene, mallory: Stranger) -> None:
    for number, thing in enumerate(
        ("https://victim.example/1", {"id": "https://victim.example/1"})
    ):
        for kind in ("Announce", "Like", "Create", "Update", "Delete", "Add", "Undo", "Accept"):
            async with scene.unchanged(but={"inbox_item", *SENDER}, asks={"evil.example"}):
                await mallory.send(scene.node, mallory.activity(kind, thing, number))
                await scene.work()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://riverside.example/a/1"},
        {"id": "https://riverside.example/p/1"},
        {"id": "https://honest.example/creates/1"},
        {"actor": "https://riverside.example/g/rive"},
        {"actor": "https://riverside.example/actor"},
    ],
)
async def test_a21_ids_of_ours_and_of_others_cannot_be_taken(
    scene: Scene, mallory: Stranger, change: Document
) -> None:
    await scene.refused(401, mallory, {**mallory.activity("Create", mallory.note(1)), **change})


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize(
    "uri",
    [
        "https://riverside.example/n/01HZZZZZZZZZZZZZZZZZZZZZZZ",
        "https://riverside.example/p/1",
        "https://riverside.example/g/rive",
        "https://RIVERSIDE.example/p/1",
        "https://riverside.example:443/p/1",
        "https://honest.example/notes/1",
    ],
)
async def test_a21_a_thing_does_not_bear_our_address(
    scene: Scene, mallory: Stranger, uri: str, kind: str
) -> None:
    await scene.proposal()
    await scene.meet(mallory)
    note = {**mallory.note(1), "id": uri, "to": [PUBLIC, scene.node.actor_uri]}
    await scene.without_effect(mallory, mallory.activity(kind, note))
    await scene.without_effect(mallory, mallory.activity(kind, uri, 2))


async def test_a22_only_the_owner_changes_a_thing(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    for who in (neighbour, mallory):
        await scene.meet(who)
    await scene.accepted(alice, alice.activity("Create", alice.note(1)))
    for who in (neighbour, mallory):
        for author in (alice, who):
            changed = alice.note(1, content="<p>Changed.</p>", attributedTo=author.uri)
            update = who.activity("Update", changed, author.uri[-5:])
            await scene.without_effect(who, update)
    [kept] = await scene.node.all(Publication)
    assert kept.content == "<p>Bonjour.</p>"


async def test_a22_a_remark_is_changed_by_its_author_alone(
    scene: Scene, alice: Stranger, neighbour: Stranger
) -> None:
    proposal = await scene.proposal()
    await scene.meet(neighbour)
    on = f"{scene.node.origin}/p/{proposal.number}"
    await scene.accepted(alice, alice.activity("Create", alice.note(1, inReplyTo=on)))
    forged = alice.note(1, inReplyTo=on, content="<p>Changed.</p>", attributedTo=neighbour.uri)
    await scene.without_effect(neighbour, neighbour.activity("Update", forged))
    await scene.without_effect(neighbour, neighbour.activity("Delete", forged["id"]))
    await scene.accepted(alice, alice.activity("Update", {**forged, "attributedTo": alice.uri}))
    [heard] = await scene.node.all(Contribution)
    assert heard.content == "<p>Changed.</p>"


@ONE_DATABASE
@pytest.mark.parametrize(
    "actor", ["https://honest.example/users/alice", "https://evil.example/users/other"]
)
async def test_a22_an_actor_is_changed_by_itself_alone(
    scene: Scene, alice: Stranger, mallory: Stranger, actor: str
) -> None:
    await scene.meet(alice)
    await scene.meet(mallory)
    forged = {**mallory.document(), "id": actor}
    await scene.without_effect(mallory, mallory.activity("Update", forged))


async def test_p7_an_audience_never_becomes_wider(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    private = alice.note(1, to=[scene.node.actor_uri])
    await scene.accepted(alice, alice.activity("Create", private))
    await scene.accepted(alice, alice.activity("Update", {**private, "to": [PUBLIC]}))
    [kept] = await scene.node.all(Publication)
    assert not kept.is_public


async def test_p2_nothing_is_remembered_under_a_name_that_was_not_proven(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    """A node that follows mallory reads what they name, and finds that it is not so."""
    await scene.follow(mallory)
    lie: dict[str, Any] = {**alice.note(1), "id": "https://evil.example/notes/1"}
    scene.world.says("https://evil.example/notes/1", lie)
    for number, named in enumerate((lie["id"], lie)):
        activity = mallory.activity("Announce", named, number)
        await scene.without_effect(mallory, activity, asks={"evil.example"})
        activity = mallory.activity("Create", named, number)
        await scene.without_effect(mallory, activity, asks={"evil.example"})


async def test_p14_the_follows_of_the_assembly_are_its_own(scene: Scene, mallory: Stranger) -> None:
    """Nobody makes the assembly follow anybody."""
    await scene.meet(mallory)
    forged = {"type": "Follow", "actor": scene.node.actor_uri, "object": mallory.uri}
    await scene.without_effect(mallory, mallory.activity("Accept", forged))
    async with scene.node.database.read() as tx:
        ours = await actors.known(tx, scene.node.actor_uri)
        assert ours is not None
        assert not await following.followed(tx, ours)
