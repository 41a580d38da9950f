"""A proof makes words its author's wherever they travel, and only those words."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from node.activitypub import contexts, multibase, proofs, uris
from node.assembly import blocking
from node.clock import now
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, Scene, short
from tests.fediverse import Document, Stranger

ORDER = 2**252 + 27742317777372353535851937790883648493


def sealed(who: Stranger, document: Document, **more: Any) -> Document:
    key = more.pop("key", who.seal)
    method = more.pop("method", uris.ed25519(who.uri))
    return proofs.seal(document, key, method, created=more.pop("created", now()))


def follow(scene: Scene, who: Stranger, number: int = 1) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number)


async def test_a16_what_is_proven_may_be_passed_on(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.accepted(mallory, sealed(alice, follow(scene, alice)))
    assert len(alice.received("Accept")) == 1


def changed(**changes: Any) -> Callable[[Document], Document]:
    def change(document: Document) -> Document:
        return {**document, "proof": {**document["proof"], **changes}}

    return change


def with_high_s(document: Document) -> Document:
    raw = multibase.decode(document["proof"]["proofValue"])
    high = int.from_bytes(raw[32:], "little") + ORDER
    return changed(proofValue=multibase.encode(raw[:32] + high.to_bytes(32, "little")))(document)


FORGERIES: dict[str, Callable[[Document], Document]] = {
    "another purpose": changed(proofPurpose="authentication"),
    "expired": changed(expires="2020-01-01T00:00:00Z"),
    "made tomorrow": changed(created=(now() + timedelta(days=1)).isoformat()),
    "made by nobody": changed(verificationMethod="https://evil.example/users/mallory#ed25519"),
    "made by a neighbour": changed(verificationMethod="https://honest.example/u/n#ed25519"),
    "made by our own seal": changed(verificationMethod="https://riverside.example/g/rive#seal"),
    "no base58": changed(proofValue="z0OIl" + "1" * 80),
    "short": changed(proofValue="z1111"),
    "another base": changed(proofValue="f00"),
    "no value": changed(proofValue=7),
    "a high S": with_high_s,
    "two of them": lambda one: {**one, "proof": [one["proof"], one["proof"]]},
    "a list of one": lambda one: {**one, "proof": [one["proof"]]},
    "a chain": changed(previousProof="urn:x"),
    "another id": lambda one: {**one, "id": one["id"] + "0"},
    "another object": lambda one: {**one, "object": one["object"] + "0"},
    "one property more": lambda one: {**one, "to": "https://riverside.example/g/rive"},
    "another context": lambda one: {**one, "@context": ["https://evil.example/context"]},
    "a second context": lambda one: {**one, "@context": [{"object": "as:actor"}, one["@context"]]},
}


@ONE_DATABASE
@pytest.mark.parametrize("is_passed_on", [True, False])
@pytest.mark.parametrize("kind", list(FORGERIES))
async def test_a16_a_proof_that_does_not_fit_is_refused(
    scene: Scene, alice: Stranger, mallory: Stranger, kind: str, is_passed_on: bool
) -> None:
    await scene.meet(alice)
    await scene.meet(mallory)
    document = {**follow(scene, alice), "@context": [contexts.AS]}
    forged = FORGERIES[kind](copy.deepcopy(sealed(alice, document)))
    sender = mallory if is_passed_on else alice
    async with scene.unchanged():
        answer = await sender.send(scene.node, forged)
    assert answer.status_code in (400, 401), answer.text


async def test_a16_another_owner_proves_nothing(
    scene: Scene, alice: Stranger, neighbour: Stranger, mallory: Stranger
) -> None:
    for who in (alice, neighbour, mallory):
        await scene.meet(who)
    for who in (neighbour, mallory):
        forged = sealed(who, follow(scene, alice))
        for sender in (who, mallory):
            await scene.refused(401, sender, forged)
        stolen = sealed(who, follow(scene, alice), method=uris.ed25519(alice.uri))
        await scene.refused(401, mallory, stolen)


async def test_a16_a_proof_outranks_the_signature_of_the_request(
    scene: Scene, alice: Stranger
) -> None:
    await scene.accepted(alice, sealed(alice, follow(scene, alice)))
    damaged = sealed(alice, follow(scene, alice, 2))
    damaged["object"] = f"{scene.node.origin}/actor"
    await scene.refused(401, alice, damaged)


async def test_a16_the_proof_of_a_thing_is_not_that_of_an_activity(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(alice)
    await scene.meet(mallory)
    note = sealed(alice, {"@context": contexts.AS, **alice.note(1)})
    moved = {**follow(scene, alice), "proof": note["proof"]}
    await scene.refused(401, mallory, moved)
    wrapped = {**alice.activity("Create", note), "proof": note["proof"]}
    await scene.refused(401, mallory, wrapped)
    await scene.refused(400, mallory, note)


async def test_a16_old_proofs_are_not_passed_on_for_ever(
    scene: Scene, alice: Stranger, mallory: Stranger, travel: Travel
) -> None:
    activity = sealed(alice, follow(scene, alice), created=now() - timedelta(days=29))
    await scene.meet(mallory)
    await scene.refused(401, mallory, activity)


async def test_a16_a_proof_of_another_kind_counts_for_nothing(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(alice)
    other = changed(cryptosuite="ecdsa-jcs-2019")(sealed(alice, follow(scene, alice)))
    await scene.refused(401, mallory, other)
    await scene.accepted(alice, other)


async def test_p14_what_the_blocked_say_is_not_heard_through_others(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    await scene.meet(mallory)
    async with scene.node.database.transaction() as tx:
        await blocking.rule_domain(tx, "evil.example", "blocked")
    await scene.refused(
        403, alice, sealed(mallory, follow(scene, mallory)), asks={"honest.example"}
    )
    await scene.refused(403, mallory, sealed(alice, follow(scene, alice)))


LINKED = {
    "type": "RsaSignature2017",
    "creator": "https://honest.example/users/alice#main-key",
    "signatureValue": "AAAA",
}
MEANINGS: list[Document] = [
    {},
    {"@graph": [{"type": "Follow"}]},
    {"@context": [contexts.AS, {"mallory": "as:actor"}], "mallory": "x"},
    {"@included": [{"id": "https://honest.example/users/alice"}]},
    {"@reverse": {"actor": "https://honest.example/users/alice"}},
]


@ONE_DATABASE
@pytest.mark.parametrize("more", MEANINGS, ids=short)
async def test_a17_a_linked_data_signature_is_no_signature(
    scene: Scene, alice: Stranger, mallory: Stranger, more: Document
) -> None:
    await scene.meet(alice)
    await scene.refused(401, mallory, {**follow(scene, alice), **more, "signature": LINKED})


@ONE_DATABASE
@pytest.mark.parametrize(
    "more",
    [
        {"as:actor": "https://honest.example/users/alice"},
        {"https://www.w3.org/ns/activitystreams#actor": "https://honest.example/users/alice"},
        {"Actor": "https://honest.example/users/alice"},
        {"@id": "https://honest.example/follows/9"},
        {"@type": "Delete"},
    ],
)
async def test_a17_one_property_in_two_spellings_is_refused(
    scene: Scene, mallory: Stranger, more: Document
) -> None:
    await scene.refused(400, mallory, {**follow(scene, mallory), **more})


async def test_a17_a_context_gives_no_second_meaning(scene: Scene, alice: Stranger) -> None:
    context = [{"actor": "as:object", "object": "as:actor"}, contexts.AS, "https://evil.example/c"]
    async with scene.unchanged(
        but={"actor", "actor_key", "inbox_item", "follow", "outbox_item", "peer"},
        asks={"honest.example"},
    ):
        await scene.accepted(alice, {**follow(scene, alice), "@context": context})
    assert len(alice.received("Accept")) == 1
