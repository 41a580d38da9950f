"""Proofs of FEP-8b32: the published ones come out the same, the others are refused (A16, A17)."""

import contextlib
import copy
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node import digests
from node.activitypub import canonical, keys, multibase, proofs
from node.activitypub.vocabulary import MalformedActivity
from node.errors import BadSignature

W3C = "vectors/eddsa-jcs-2022"
ACTOR = "https://n.example/g/town"


def secret(written: str) -> Ed25519PrivateKey:
    data = multibase.decode(written)
    assert data[:2] == b"\x80\x26"
    return Ed25519PrivateKey.from_private_bytes(data[2:])


def public(written: str) -> Ed25519PublicKey:
    key = keys.load_public(written)
    assert isinstance(key, Ed25519PublicKey)
    return key


def load(shared: Path, name: str) -> Any:
    return json.loads((shared / name).read_bytes())


def words(shared: Path, name: str) -> str:
    return (shared / W3C / name).read_text().strip()


@pytest.fixture
def sealed(ed25519: Ed25519PrivateKey, at: datetime) -> dict[str, Any]:
    document = {
        "@context": ["https://www.w3.org/ns/activitystreams", {"a": "b"}],
        "id": "https://n.example/d/7",
        "type": "Note",
        "attributedTo": ACTOR,
        "content": "Décision",
    }
    return proofs.seal(document, ed25519, f"{ACTOR}#seal", created=at)


def test_the_vectors_of_w3c_are_reproduced(shared: Path) -> None:
    pair = load(shared, f"{W3C}/keyPair.json")
    unsigned, options = (
        load(shared, f"{W3C}/unsigned.json"),
        load(shared, f"{W3C}/proofConfigJCS.json"),
    )
    assert canonical.canonical(unsigned).decode() == words(shared, "canonDocJCS.txt")
    assert canonical.canonical(options).decode() == words(shared, "proofCanonJCS.txt")
    hashed = [hashlib.sha256(canonical.canonical(part)).hexdigest() for part in (options, unsigned)]
    assert hashed == [words(shared, "proofHashJCS.txt"), words(shared, "docHashJCS.txt")]
    assert "".join(hashed) == words(shared, "combinedHashJCS.txt")
    sealed = proofs.seal(
        unsigned,
        secret(pair["privateKeyMultibase"]),
        options["verificationMethod"],
        created=datetime.fromisoformat(options["created"]),
    )
    assert sealed == load(shared, f"{W3C}/signedJCS.json")
    assert sealed["proof"]["proofValue"] == words(shared, "sigBTC58JCS.txt")
    assert multibase.decode(sealed["proof"]["proofValue"]).hex() == words(shared, "sigHexJCS.txt")
    proofs.verify(sealed, public(pair["publicKeyMultibase"]), at=datetime.now(UTC))


def test_the_document_of_fep_8b32_is_reproduced(shared: Path) -> None:
    feature = (shared / "vectors/more/fep/fep-8b32.feature").read_text()
    unsigned, signed, again, actor = (
        json.loads(found) for found in re.findall(r'"""(.*?)"""', feature, re.DOTALL)
    )
    found = re.search(r'secret key "(\w+)"', feature)
    assert found
    method = "https://server.example/users/alice#ed25519-key"
    created = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    assert proofs.seal(unsigned, secret(found[1]), method, created=created) == signed == again
    key = public(actor["assertionMethod"][0]["publicKeyMultibase"])
    proofs.verify(again, key, at=datetime.now(UTC))


def test_other_cryptosuites_sets_and_chains_prove_nothing(shared: Path) -> None:
    paths = sorted((shared / "vectors/more/other-cryptosuites").glob("*.json"))
    assert len(paths) == 3
    for path in paths:
        document = json.loads(path.read_bytes())
        try:
            assert proofs.proof_of(document) is None
        except MalformedActivity:
            assert isinstance(document["proof"], list)


def test_a_sealed_document_is_read_and_verified(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    proof = proofs.proof_of(sealed)
    assert proof is not None
    assert (proof.verification_method, proof.created) == (f"{ACTOR}#seal", at)
    assert (proof.purpose, proof.expires) == ("assertionMethod", None)
    assert sealed["proof"]["@context"] == sealed["@context"]
    proofs.verify(sealed, ed25519.public_key(), at=at)
    proofs.verify(sealed, ed25519.public_key(), at=at + timedelta(days=3650))


def test_sealing_changes_neither_the_document_nor_its_other_proof(
    ed25519: Ed25519PrivateKey, sealed: dict[str, Any], at: datetime
) -> None:
    before = copy.deepcopy(sealed)
    again = proofs.seal(sealed, ed25519, f"{ACTOR}#seal", created=at)
    assert sealed == before == again


def test_a_document_without_context_is_sealed_without(
    ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    sealed = proofs.seal({"id": "x"}, ed25519, ACTOR, created=at)
    assert "@context" not in sealed["proof"]
    proofs.verify(sealed, ed25519.public_key(), at=at)


def test_a17_the_old_kind_of_signature_is_ignored(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    proofs.verify(
        {**sealed, "signature": {"type": "RsaSignature2017"}}, ed25519.public_key(), at=at
    )
    assert proofs.proof_of({"signature": {"type": "RsaSignature2017"}}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"content": "Décisions"},
        {"id": "https://n.example/d/8"},
        {"attributedTo": "https://n.example/g/other"},
        {"more": 1},
        {"@graph": []},
        {"@context": ["https://www.w3.org/ns/activitystreams", {"a": "c"}]},
        {"@context": [{"a": "b"}, "https://www.w3.org/ns/activitystreams"]},
        {"@context": "https://www.w3.org/ns/activitystreams"},
        {"@context": None},
    ],
)
def test_a16_an_altered_document_is_refused(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime, change: dict[str, Any]
) -> None:
    with pytest.raises(BadSignature):
        proofs.verify({**sealed, **change}, ed25519.public_key(), at=at)


def test_a_context_added_after_that_of_the_proof_is_left_out_of_it(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    longer = {**sealed, "@context": [*sealed["@context"], "https://x.example/ns"]}
    proofs.verify(longer, ed25519.public_key(), at=at)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"created": "2026-11-24T12:00:01Z"}, "not by this key"),
        ({"verificationMethod": "https://n.example/g/other#seal"}, "not by this key"),
        ({"nonce": "x"}, "not by this key"),
        ({"proofPurpose": "authentication"}, "another purpose"),
        ({"created": "2026-11-24T13:30:00Z"}, "future"),
        ({"expires": "2026-11-24T11:59:59Z"}, "expired"),
        ({"expires": "2026-11-25T11:59:59Z"}, "not by this key"),
        ({"type": "Ed25519Signature2020"}, "no proof"),
        ({"cryptosuite": "eddsa-rdfc-2022"}, "no proof"),
    ],
)
def test_a16_an_altered_proof_is_refused(
    sealed: dict[str, Any],
    ed25519: Ed25519PrivateKey,
    at: datetime,
    change: dict[str, Any],
    why: str,
) -> None:
    altered = {**sealed, "proof": {**sealed["proof"], **change}}
    with pytest.raises(BadSignature, match=why):
        proofs.verify(altered, ed25519.public_key(), at=at)


@pytest.mark.parametrize(
    "change",
    [
        {"proofValue": "garbage"},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "1" * 63},
        {"proofValue": "z" + "2" * 5000},
        {"proofValue": 7},
        {"proofValue": None},
        {"verificationMethod": ["x"]},
        {"verificationMethod": {"id": "x"}},
        {"proofPurpose": None},
        {"proofPurpose": ["assertionMethod"]},
        {"created": "yesterday"},
        {"created": None},
        {"created": 7},
        {"created": "2026-11-24T12:00:00"},
        {"expires": "tomorrow"},
        {"expires": None},
        {"previousProof": "urn:uuid:1"},
    ],
)
def test_a16_a_damaged_proof_is_refused(sealed: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(MalformedActivity):
        proofs.proof_of({**sealed, "proof": {**sealed["proof"], **change}})


@pytest.mark.parametrize("proof", [[], "x", 7, True, [{}, {}]])
def test_a16_several_proofs_or_something_else_are_refused(
    sealed: dict[str, Any], proof: Any
) -> None:
    with pytest.raises(MalformedActivity):
        proofs.proof_of({**sealed, "proof": proof})
    with pytest.raises(MalformedActivity):
        proofs.proof_of({**sealed, "proof": [sealed["proof"]]})


def test_a16_a_proof_moved_to_another_object_is_refused(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    other = {"@context": sealed["@context"], "id": "https://n.example/d/9", "type": "Note"}
    with pytest.raises(BadSignature):
        proofs.verify({**other, "proof": sealed["proof"]}, ed25519.public_key(), at=at)


def test_a16_a_second_form_of_the_same_signature_is_refused(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    value = multibase.decode(sealed["proof"]["proofValue"])
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(value[32:], "little") + order
    twisted = multibase.encode(value[:32] + s.to_bytes(32, "little"))
    altered = {**sealed, "proof": {**sealed["proof"], "proofValue": twisted}}
    with pytest.raises(BadSignature, match="canonical"):
        proofs.verify(altered, ed25519.public_key(), at=at)


def test_another_key_proves_nothing(sealed: dict[str, Any], at: datetime) -> None:
    with pytest.raises(BadSignature, match="not by this key"):
        proofs.verify(sealed, keys.generate_ed25519().public_key(), at=at)


def test_a_document_without_proof_has_none(ed25519: Ed25519PrivateKey, at: datetime) -> None:
    assert proofs.proof_of({}) is None
    with pytest.raises(BadSignature, match="no proof"):
        proofs.verify({}, ed25519.public_key(), at=at)


def test_every_proof_of_the_corpus_is_read_or_refused(corpus: list[tuple[str, bytes]]) -> None:
    found = 0
    for _, body in corpus:
        document = json.loads(body)
        if not isinstance(document, dict):
            continue
        for part in (document, document.get("object")):
            with contextlib.suppress(MalformedActivity):
                found += isinstance(part, dict) and proofs.proof_of(part) is not None
    assert found > 3


def test_a_digest_that_was_reckoned_before_is_taken_where_it_is_that_of_the_proof(
    sealed: dict[str, Any], ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    key = ed25519.public_key()
    hashed = digests.hash_of({name: one for name, one in sealed.items() if name != "proof"})
    proofs.verify(sealed, key, at=at, hashed=hashed)
    with pytest.raises(BadSignature, match="over this document"):
        proofs.verify(sealed, key, at=at, hashed=digests.hash_of({"id": sealed["id"]}))
    # The old kind of signature is no part of what is proven: then the digest is another.
    signed = {**sealed, "signature": {"type": "RsaSignature2017"}}
    proofs.verify(signed, key, at=at, hashed=digests.hash_of(signed))
