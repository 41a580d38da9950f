"""A key speaks for the actor who names it in return, and for nobody else."""

from typing import Any

import pytest

from node.activitypub import contexts, keys
from node.models import Actor, ActorKey
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, Scene, short
from tests.fediverse import Document, Stranger

KEY = "https://evil.example/keys/1"


def follow(scene: Scene, who: Stranger, number: int = 1) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number)


def lone_key(who: Stranger, uri: str, owner: str, by: str = "owner") -> Document:
    return {
        "@context": [contexts.AS, "https://w3id.org/security/v1"],
        "id": uri,
        "type": "Key",
        by: owner,
        "publicKeyPem": keys.public_pem(who.key.public_key()),
    }


@pytest.mark.parametrize("by", ["owner", "controller"])
@pytest.mark.parametrize("owner", ["honest.example/users/alice", "evil.example/users/other"])
async def test_a5_a_key_that_its_owner_does_not_name_proves_nothing(
    scene: Scene, alice: Stranger, mallory: Stranger, owner: str, by: str
) -> None:
    scene.world.stranger("https://evil.example/users/other")
    scene.world.documents[KEY] = lone_key(mallory, KEY, f"https://{owner}", by)
    asks = {"evil.example"}
    await scene.refused(401, mallory, follow(scene, mallory), key_id=KEY, asks=asks)
    activity = {**follow(scene, mallory), "actor": f"https://{owner}"}
    await scene.refused(401, mallory, activity, key_id=KEY, asks=asks)


async def test_a5_a_key_on_its_own_counts_once_its_owner_names_it(
    scene: Scene, mallory: Stranger
) -> None:
    scene.world.documents[KEY] = lone_key(mallory, KEY, mallory.uri)
    scene.world.documents[mallory.uri]["publicKey"]["id"] = KEY
    await scene.accepted(mallory, follow(scene, mallory), key_id=KEY)


async def test_a5_the_key_of_gotosocial_stands_in_a_stub(scene: Scene, alice: Stranger) -> None:
    key_id = f"{alice.uri}/main-key"
    document = scene.world.documents[alice.uri]
    document["publicKey"]["id"] = key_id
    stub = {name: document[name] for name in ("@context", "id", "type", "publicKey")}
    scene.world.documents[key_id] = stub
    await scene.accepted(alice, follow(scene, alice), key_id=key_id)


async def test_a5_a_stub_alone_is_not_an_actor(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    key_id = f"{mallory.uri}/main-key"
    claim = {"id": key_id, "owner": alice.uri}
    pem = mallory.document()["publicKey"]["publicKeyPem"]
    stub = {"id": alice.uri, "type": "Person", "publicKey": {**claim, "publicKeyPem": pem}}
    scene.world.documents[key_id] = {"@context": [contexts.AS], **stub}
    await scene.refused(401, mallory, follow(scene, alice), key_id=key_id)
    await scene.refused(401, mallory, follow(scene, mallory), key_id=key_id, asks={"evil.example"})


@pytest.mark.parametrize("is_known", [False, True])
async def test_a5_the_id_of_the_actor_may_stand_for_its_only_key(
    scene: Scene, alice: Stranger, is_known: bool
) -> None:
    if is_known:
        await scene.meet(alice)
    await scene.accepted(alice, follow(scene, alice), key_id=alice.uri)


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("whose", ["alice", "neighbour"])
async def test_a7_the_key_of_another_cannot_be_published_as_ones_own(
    scene: Scene,
    alice: Stranger,
    neighbour: Stranger,
    mallory: Stranger,
    whose: str,
    is_known: bool,
) -> None:
    thief = neighbour if whose == "neighbour" else mallory
    if is_known:
        await scene.meet(alice)
    claims = thief.document()["publicKey"]
    stolen = {**claims, "id": alice.key_id}
    scene.world.documents[thief.uri] = {**thief.document(), "publicKey": [claims, stolen]}
    await thief.send(scene.node, follow(scene, thief))
    await scene.work()
    await scene.accepted(alice, follow(scene, alice))
    [row] = await scene.node.all(ActorKey, ActorKey.uri == alice.key_id)
    owner = await scene.node.known(alice.uri)
    assert owner is not None
    assert (row.actor_id, row.public) == (owner.id, keys.public_pem(alice.key.public_key()))
    await scene.refused(401, thief, follow(scene, alice, 2), key_id=alice.key_id)


async def test_a7_two_actors_may_use_one_pem_and_stay_two(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    mallory.key = alice.key
    scene.world.documents[mallory.uri] = mallory.document()
    await scene.accepted(mallory, follow(scene, mallory))
    await scene.refused(401, mallory, follow(scene, alice))
    assert await scene.node.known(alice.uri) is None


@ONE_DATABASE
@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "x",
        "#main-key",
        "mailto:a@evil.example",
        "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "https://evil.example@honest.example/users/mallory#main-key",
        "https://evil.example\\@honest.example/#main-key",
        "https://riverside.example/g/rive#main-key",
        "https://honest.example/users/mallory#main-key",
        "//evil.example/users/mallory#main-key",
        "https://evil.example/" + "x" * 3000,
    ],
    ids=short,
)
async def test_a5_a_key_elsewhere_is_not_even_asked_for(
    scene: Scene, mallory: Stranger, key_id: str
) -> None:
    await scene.refused(401, mallory, follow(scene, mallory), key_id=key_id)


@ONE_DATABASE
@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://honest.example/users/alice"},
        {"id": "https://evil.example/users/other"},
        {"id": None},
        {"id": ["https://evil.example/users/mallory"]},
        {"type": "Note"},
        {"type": ["Person", "Group"]},
        {"inbox": None},
        {"inbox": "https://honest.example/inbox"},
        {"publicKey": None},
        {"publicKey": "https://honest.example/users/alice#main-key"},
        {"preferredUsername": "mallory@honest.example"},
        {"Id": "https://honest.example/users/alice"},
        {"as:inbox": "https://honest.example/inbox"},
    ],
    ids=short,
)
async def test_a2_an_actor_that_does_not_stand_by_itself_is_not_believed(
    scene: Scene, mallory: Stranger, change: dict[str, Any]
) -> None:
    scene.world.documents[mallory.uri] = {**mallory.document(), **change}
    await scene.refused(401, mallory, follow(scene, mallory), asks={"evil.example"})


async def test_p21_a_new_key_is_looked_for_once(
    scene: Scene, alice: Stranger, travel: Travel
) -> None:
    await scene.meet(alice)
    travel(minutes=2)
    former, alice.key = alice.key, scene.world._rsa()
    scene.world.documents[alice.uri] = alice.document()
    await scene.accepted(alice, follow(scene, alice))
    alice.key = former
    await scene.refused(401, alice, follow(scene, alice, 2))


async def test_p21_forged_letters_are_no_lever(
    scene: Scene, alice: Stranger, mallory: Stranger, travel: Travel
) -> None:
    await scene.meet(alice)
    travel(minutes=2)
    asked = len(scene.world.requests)
    for number in range(10):
        forged = follow(scene, alice, number)
        answer = await mallory.send(scene.node, forged, key_id=alice.key_id)
        assert answer.status_code == 401
    assert len(scene.world.requests) - asked == 1


async def test_p21_a_key_that_is_no_longer_named_has_ended_at_once(
    scene: Scene, alice: Stranger
) -> None:
    old_id, old_key = alice.key_id, alice.key
    await scene.accepted(alice, follow(scene, alice))
    alice.key = scene.world._rsa()
    document = alice.document()
    document["publicKey"]["id"] = f"{alice.uri}#second-key"
    scene.world.documents[alice.uri] = document
    update = alice.activity("Update", document)
    await scene.accepted(alice, update, key_id=f"{alice.uri}#second-key")
    alice.key = old_key
    await scene.refused(401, alice, follow(scene, alice, 2), key_id=old_id, asks={"honest.example"})


async def test_a22_a_stolen_key_cannot_change_the_actor(scene: Scene, alice: Stranger) -> None:
    await scene.accepted(alice, follow(scene, alice))
    before = await scene.contents(but={"inbox_item"})
    new = scene.world._rsa().public_key()
    forged = {**alice.document(), "inbox": "https://honest.example/users/mallory/inbox"}
    forged["publicKey"] = {**forged["publicKey"], "publicKeyPem": keys.public_pem(new)}
    await scene.accepted(alice, alice.activity("Update", forged))
    actor = await scene.node.known(alice.uri)
    assert actor is not None
    assert actor.inbox == alice.inbox
    after = await scene.contents(but={"inbox_item"})
    assert len(before["actor_key"]) == len(after["actor_key"])
    assert await scene.node.count(ActorKey, ActorKey.public == keys.public_pem(new)) == 0


async def test_p22_a_forged_letter_leaves_no_trace_of_whom_it_names(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    forged = follow(scene, alice)
    await scene.refused(401, mallory, forged, key_id=alice.key_id, asks={"honest.example"})
    assert await scene.node.count(Actor, Actor.uri == alice.uri) == 0
