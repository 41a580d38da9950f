"""Proofs inside documents: FEP-8b32 with eddsa-jcs-2022, valid wherever the document travels."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node.activitypub import multibase, values
from node.activitypub.canonical import hash_of
from node.activitypub.vocabulary import MalformedActivity
from node.errors import BadSignature

TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"
AHEAD = timedelta(hours=1)

_ORDER = 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True, slots=True)
class Proof:
    """What a document says of its proof, before anything of it is believed."""

    verification_method: str
    created: datetime
    expires: datetime | None
    purpose: str
    value: bytes = field(repr=False)
    options: dict[str, Any] = field(repr=False)


def seal(
    document: dict[str, Any],
    key: Ed25519PrivateKey,
    verification_method: str,
    *,
    created: datetime,
) -> dict[str, Any]:
    """Return a copy of the document with our proof in it, in the document's own context."""
    bare = _bare(document)
    proof: dict[str, Any] = {
        "type": TYPE,
        "cryptosuite": CRYPTOSUITE,
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in bare:
        proof["@context"] = bare["@context"]
    value = multibase.encode(key.sign(hash_of(proof) + hash_of(bare)))
    sealed = dict(document)
    sealed["proof"] = {**proof, "proofValue": value}
    return sealed


def proof_of(document: dict[str, Any]) -> Proof | None:
    """Return the proof of a document, None if it has none of the kind we can check.

    MalformedActivity if there are several, a chain, or one of our kind that is damaged (A16).
    """
    proof = document.get("proof")
    if proof is None:
        return None
    if not isinstance(proof, dict):
        raise MalformedActivity("the document has more than one proof, or something else for one")
    if proof.get("type") != TYPE or proof.get("cryptosuite") != CRYPTOSUITE:
        return None
    if "previousProof" in proof:
        raise MalformedActivity("the proof is one of a chain")
    method, written = proof.get("verificationMethod"), proof.get("proofValue")
    if not isinstance(method, str) or not isinstance(written, str):
        raise MalformedActivity("the proof names no key, or has no value")
    created, purpose = values.moment(proof.get("created")), proof.get("proofPurpose")
    expires = values.moment(proof.get("expires"))
    if created is None or (expires is None and "expires" in proof):
        raise MalformedActivity("a moment of the proof cannot be read")
    if not isinstance(purpose, str):
        raise MalformedActivity("the proof has no purpose")
    value = multibase.decode(written)
    if len(value) != 64:
        raise MalformedActivity("the value of the proof is not 64 bytes long")
    options = {name: item for name, item in proof.items() if name != "proofValue"}
    return Proof(method, created, expires, purpose, value, options)


def verify(
    document: dict[str, Any],
    key: Ed25519PublicKey,
    *,
    at: datetime,
    hashed: bytes | None = None,
) -> None:
    """Raise BadSignature unless the proof is by this key over this very document.

    `signature`, the old kind, is no part of what is proven. The age is not judged: whoever
    asks must hold the key that was valid at `created` (wire.md, section 3). `hashed` is SHA-256
    over the canonical document without its proof, from those who have reckoned it already.
    """
    proof = proof_of(document)
    if proof is None:
        raise BadSignature("the document has no proof that can be checked")
    if proof.purpose != PURPOSE:
        raise BadSignature("the proof was made for another purpose")
    if proof.created > at + AHEAD:
        raise BadSignature("the proof comes from the future")
    if proof.expires is not None and proof.expires < at:
        raise BadSignature("the proof has expired")
    if int.from_bytes(proof.value[32:], "little") >= _ORDER:
        raise BadSignature("the proof is not in its one canonical form")
    if hashed is None or "signature" in document or _changes_context(document, proof):
        bare = _bare(document)
        if "@context" in proof.options:
            _check_context(bare.get("@context"), proof.options["@context"])
            bare["@context"] = proof.options["@context"]
        hashed = hash_of(bare)
    try:
        key.verify(proof.value, hash_of(proof.options) + hashed)
    except InvalidSignature as error:
        raise BadSignature("the proof is not by this key over this document") from error


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ("proof", "signature")}


def _changes_context(document: dict[str, Any], proof: Proof) -> bool:
    in_proof = proof.options.get("@context")
    return in_proof is not None and in_proof != document.get("@context")


def _check_context(of_document: object, of_proof: object) -> None:
    prefix = values.as_list(of_proof)
    if values.as_list(of_document)[: len(prefix)] != prefix:
        raise BadSignature("the proof was made in another context")
