"""A refusal holds at every entry and in every role (P14)."""

import pytest

from node.activitypub import proofs, uris
from node.assembly import blocking
from node.clock import now
from node.errors import Refusal
from node.federation import actors
from node.models import Contribution, Delivery, Follow, Publication
from tests.federation.threats.scene import PUBLIC, Scene
from tests.fediverse import Document, Stranger


async def block(scene: Scene, domain: str) -> None:
    async with scene.node.database.transaction() as tx:
        await blocking.rule_domain(tx, domain, "blocked")


def follow(scene: Scene, who: Stranger, number: int = 1) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number)


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("domain", ["evil.example", "EVIL.example.", "https://evil.example/"])
async def test_p14_a_blocked_server_is_not_heard(
    scene: Scene, mallory: Stranger, domain: str, is_known: bool
) -> None:
    if is_known:
        await scene.accepted(mallory, follow(scene, mallory))
    await block(scene, domain)
    await scene.refused(403, mallory, follow(scene, mallory, 2))


@pytest.mark.parametrize(
    "uri",
    [
        "https://sub.evil.example/users/x",
        "https://a.b.evil.example/users/x",
        "https://evil.example:8443/users/x",
        "https://sub.evil.example:8443/users/x",
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
async def test_p14_nor_what_stands_below_it_or_at_another_port(
    scene: Scene, uri: str, is_known: bool
) -> None:
    who = scene.world.stranger(uri)
    if is_known:
        await scene.accepted(who, follow(scene, who))
    await block(scene, "evil.example")
    await scene.refused(403, who, follow(scene, who, 2))


@pytest.mark.parametrize("uri", ["https://notevil.example/u/x", "https://evil.example.org/u/x"])
async def test_p14_others_are_heard(scene: Scene, uri: str) -> None:
    who = scene.world.stranger(uri)
    await block(scene, "evil.example")
    await scene.accepted(who, follow(scene, who))


async def test_p14_another_domain_in_the_handle_does_not_help(
    scene: Scene, mallory: Stranger
) -> None:
    mallory.more["webfinger"] = "mallory@clean.example"
    scene.world.documents[mallory.uri] = mallory.document()
    scene.world.knows("mallory@clean.example", mallory.uri)
    actor = await scene.meet(mallory)
    assert actor.domain == "clean.example"
    await block(scene, "evil.example")
    await scene.refused(403, mallory, follow(scene, mallory))


async def test_p14_nor_a_blocked_domain_in_the_handle(scene: Scene, alice: Stranger) -> None:
    alice.more["webfinger"] = "alice@evil.example"
    scene.world.documents[alice.uri] = alice.document()
    scene.world.knows("alice@evil.example", alice.uri)
    await scene.meet(alice)
    await block(scene, "evil.example")
    await scene.refused(403, alice, follow(scene, alice))


async def test_p14_a_key_on_a_blocked_server_is_not_read(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await block(scene, "evil.example")
    await scene.refused(401, mallory, follow(scene, alice), key_id=mallory.key_id)
    await scene.refused(403, mallory, follow(scene, mallory))


async def test_p14_a_blocked_server_does_not_pass_anything_on(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(alice)
    await scene.meet(mallory)
    await block(scene, "evil.example")
    method = uris.ed25519(alice.uri)
    proven = proofs.seal(follow(scene, alice), alice.seal, method, created=now())
    await scene.refused(403, mallory, proven)


async def test_p14_nobody_shares_what_the_blocked_wrote(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await scene.meet(mallory)
    scene.world.says(f"{mallory.uri}/notes/1", mallory.note(1))
    await block(scene, "evil.example")
    for number, thing in enumerate((f"{mallory.uri}/notes/1", mallory.note(1))):
        await scene.without_effect(alice, alice.activity("Announce", thing, number))
    assert await scene.node.count(Publication) == 0


async def test_p14_a_share_does_not_lead_to_the_blocked(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.follow(alice)
    await block(scene, "evil.example")
    uri = f"{alice.uri}/shared"
    scene.world.leads(uri, f"{mallory.uri}/notes/1")
    await scene.without_effect(alice, alice.activity("Announce", uri), asks={"honest.example"})


async def test_p14_nobody_moves_to_a_blocked_server(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    mallory.more["alsoKnownAs"] = [alice.uri]
    scene.world.documents[mallory.uri] = mallory.document()
    await scene.follow(alice)
    await scene.meet(mallory)
    await block(scene, "evil.example")
    move = alice.activity("Move", alice.uri, target=mallory.uri)
    await scene.without_effect(alice, move)


async def test_p14_a_block_ends_what_there_was_and_what_waits(
    scene: Scene, mallory: Stranger
) -> None:
    await scene.accepted(mallory, follow(scene, mallory))
    await block(scene, "evil.example")
    assert await scene.node.count(Follow) == 0
    asked = len(scene.world.requests)
    await scene.proposal()
    await scene.work()
    assert len(scene.world.requests) == asked
    assert await scene.node.count(Delivery) == 0


async def test_p14_what_arrived_before_the_block_is_not_handled_after_it(
    scene: Scene, mallory: Stranger
) -> None:
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    await scene.meet(mallory)
    note = mallory.note(1, inReplyTo=on, to=[PUBLIC])
    assert (await mallory.send(scene.node, mallory.activity("Create", note))).status_code == 202
    await block(scene, "evil.example")
    await scene.work()
    assert await scene.node.count(Contribution) == 0


async def test_p14_the_blocked_are_not_looked_up(scene: Scene, mallory: Stranger) -> None:
    await block(scene, "evil.example")
    async with scene.unchanged():
        for written in (mallory.uri, "mallory@evil.example", "x@sub.evil.example"):
            with pytest.raises(Refusal, match="blocked"):
                await actors.look_up(scene.node.node, written)


async def test_p14_one_blocked_actor_is_not_heard_under_another_key(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.accepted(mallory, follow(scene, mallory))
    actor = await scene.node.known(mallory.uri)
    assert actor is not None
    async with scene.node.database.transaction() as tx:
        ours = await actors.known(tx, scene.node.actor_uri)
        assert ours is not None
        await blocking.block(tx, ours, actor)
    await scene.work()
    await scene.refused(403, mallory, follow(scene, mallory, 2))
    mallory.key = scene.world._rsa()
    document = mallory.document()
    document["publicKey"]["id"] = f"{mallory.uri}#another"
    scene.world.documents[mallory.uri] = document
    await scene.refused(
        403, mallory, follow(scene, mallory, 3), key_id=f"{mallory.uri}#another",
        asks={"evil.example"},
    )  # fmt: skip
    await scene.accepted(alice, follow(scene, alice))


async def only_allowed(scene: Scene, *domains: str) -> None:
    async with scene.node.database.transaction() as tx:
        await blocking.hear_only_allowed(tx, only=True)
        for domain in domains:
            await blocking.rule_domain(tx, domain, "allowed")


async def test_p14_where_only_the_allowed_are_heard_nobody_else_is(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(mallory)
    await only_allowed(scene, "honest.example")
    await scene.accepted(alice, follow(scene, alice))
    await scene.refused(403, mallory, follow(scene, mallory))
    unknown = scene.world.stranger("https://unknown.example/users/x")
    await scene.refused(403, unknown, follow(scene, unknown))
    await block(scene, "honest.example")
    await scene.refused(403, alice, follow(scene, alice, 2))


async def test_p14_a_block_below_an_allowed_domain_holds(scene: Scene) -> None:
    await only_allowed(scene, "city.example")
    await block(scene, "evil.city.example")
    good = scene.world.stranger("https://good.city.example/users/x")
    evil = scene.world.stranger("https://evil.city.example/users/x")
    await scene.accepted(good, follow(scene, good))
    await scene.refused(403, evil, follow(scene, evil))


async def test_p14_a_server_is_heard_again_at_once(scene: Scene, mallory: Stranger) -> None:
    await block(scene, "evil.example")
    await scene.refused(403, mallory, follow(scene, mallory))
    async with scene.node.database.transaction() as tx:
        await blocking.forget_domain(tx, "evil.example")
    await scene.accepted(mallory, follow(scene, mallory))
