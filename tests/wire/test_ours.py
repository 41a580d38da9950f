"""What we send is what we decided to send: `pytest tests/wire --accept` rewrites it."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node import clock
from node.activitypub import keys, proofs
from node.models import ActorKey
from tests.conftest import MakeSettings
from tests.fediverse import Fediverse
from tests.wire import further
from tests.wire.conftest import Standstill
from tests.wire.story import tell

OURS = Path(__file__).parent / "ours"


async def test_what_we_send_is_what_we_decided_to_send(
    fediverse: Fediverse,
    make_settings: MakeSettings,
    standstill: Standstill,
    request: pytest.FixtureRequest,
) -> None:
    settings = make_settings("n.example")
    node = await fediverse.node("n.example", settings, "Assemblée de la ville", "town")
    story, zoe = await tell(fediverse, node, standstill)
    await further.tell(story, fediverse, zoe)
    said = story.said
    public = {key.uri: key.public for key in await node.all(ActorKey)}
    for name, document in said.items():
        assert _proofs(document, public) or "proof" not in document, name
    written = {name: _golden(document) for name, document in said.items()}
    if request.config.getoption("--accept"):
        for path in OURS.glob("*.json"):
            path.unlink()
        for name, text in written.items():
            (OURS / f"{name}.json").write_text(text, "utf-8")
    decided = {path.stem: path.read_text("utf-8") for path in OURS.glob("*.json")}
    assert sorted(written) == sorted(decided)
    for name, text in written.items():
        assert text == decided[name], f"{name} differs; if it should, use --accept"


def _golden(document: Any) -> str:
    return json.dumps(_fixed(document), ensure_ascii=False, indent=2) + "\n"


def _fixed(value: Any) -> Any:
    """Leave out what differs each time: keys of RSA, and the values of proofs."""
    if isinstance(value, list):
        return [_fixed(one) for one in value]
    if not isinstance(value, dict):
        return value
    fixed = {name: _fixed(one) for name, one in value.items()}
    if "publicKeyPem" in fixed:
        fixed["publicKeyPem"] = "-----BEGIN PUBLIC KEY-----…"
    if "proofValue" in fixed:
        fixed["proofValue"] = "z…"
    return fixed


def _proofs(value: Any, public: dict[str, str]) -> int:
    """Check every proof in a document; return how many there were."""
    if isinstance(value, list):
        return sum(_proofs(one, public) for one in value)
    if not isinstance(value, dict):
        return 0
    count = sum(_proofs(one, public) for name, one in value.items() if name != "proof")
    proof = proofs.proof_of(value) if "@context" in value else None
    if proof is None:
        return count
    key = keys.load_public(public[proof.verification_method])
    assert isinstance(key, Ed25519PublicKey)
    proofs.verify(value, key, at=clock.now())
    assert value["proof"]["@context"] == value["@context"]
    return count + 1
