"""The counterpart understands itself, so what it says about us can be believed."""

import pytest

from tests.peers.fedify import FedifyPeer

pytestmark = pytest.mark.peer

SPECIFICATIONS = ["draft-cavage-http-signatures-12", "rfc9421"]


async def test_two_fedify_peers_understand_each_other(fedify: FedifyPeer) -> None:
    async with FedifyPeer() as other:
        ana = fedify.actor()
        await other.control("POST", "/follow", actor=ana)
        [accept] = await other.received("Accept")
        assert accept["httpSignature"]
        assert accept["proof"] == "verified"

        note = await fedify.control("POST", "/note", content="Trop cher ?")
        [create] = await other.received("Create", object_type="Note")
        assert create["httpSignature"]
        assert create["proof"] == "verified"
        seen = await other.control("GET", "/lookup", uri=note["object"])
        assert seen["class"] == "Note"
        assert seen["document"]["content"] == create["document"]["object"]["content"]

        sent = await other.control(
            "POST", "/send-rfc9421", to=ana, object=note["object"], content="Non."
        )
        assert sent["status"] == 202


@pytest.mark.parametrize("specification", SPECIFICATIONS)
async def test_a_fedify_peer_refuses_an_altered_body(
    fedify: FedifyPeer, specification: str
) -> None:
    sent = await fedify.control("POST", "/send-altered", to=fedify.actor(), spec=specification)
    assert sent["status"] == 401
    [refused] = await fedify.control("GET", "/refused")
    assert not refused["httpSignature"]


async def test_a_proof_covers_every_word(fedify: FedifyPeer) -> None:
    async with FedifyPeer() as other:
        await other.control("POST", "/follow", actor=fedify.actor())
        [follow] = await fedify.received("Follow")
        document = follow["document"]
        key = (await fedify.control("POST", "/verify", document=document))["key"]
        assert key.startswith(f"{other.actor()}#")
        altered = {**document, "object": other.actor()}
        assert (await fedify.control("POST", "/verify", document=altered))["key"] is None


@pytest.mark.parametrize(("change", "status"), [("", 202), ("Tout à fait.", 401)])
async def test_a_proof_holds_when_somebody_else_brings_it(
    fedify: FedifyPeer, change: str, status: int
) -> None:
    reply = {"to": fedify.actor(), "object": f"{fedify.origin}/notes/0", "content": "Pas vrai."}
    sent = await fedify.control("POST", "/forward", **reply, change=change)
    assert sent["status"] == status
