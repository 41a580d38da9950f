"""The proofs in an exported register, checked with the keys that stand in it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node.activitypub import keys, proofs
from node.activitypub.vocabulary import MalformedActivity
from node.assembly.chain import part, shown
from node.assembly.register_stretches import ProofCheck
from node.errors import BadSignature

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def proof_check(export: Mapping[str, Any]) -> ProofCheck | None:
    """Return what checks proofs with the keys that an export holds; None when it holds none.

    A key must have been in force when the proof was made (wire.md, section 3).
    """
    given = export.get("keys")
    if not isinstance(given, list) or not given:
        return None
    owner = export["assembly"].get("id")
    known = [one for one in given if isinstance(one, dict)]
    loaded = {str(one.get("publicKeyMultibase")): _loaded(one) for one in known}

    def check(document: Mapping[str, Any], hashed: bytes | None) -> str | None:
        proof = part(document, "proof")
        created, method = str(proof.get("created")), proof.get("verificationMethod")
        if document.get("attributedTo") != owner:
            return f"attributedTo: {shown(document.get('attributedTo'))}"
        if not _MOMENT.fullmatch(created):
            return f"created: {shown(proof.get('created'))}"
        key = next((loaded[_text(one)] for one in known if _fits(one, method, created)), None)
        if key is None:
            return f"verificationMethod: {shown(method)}, {created}"
        try:
            proofs.verify(dict(document), key, at=_moment(created), hashed=hashed)
        except (BadSignature, MalformedActivity) as error:
            return str(error)
        return None

    return check


def _fits(one: Mapping[str, Any], method: object, created: str) -> bool:
    is_in_force = str(one.get("notBefore") or "") <= created <= str(one.get("notAfter") or "9")
    return one.get("id") == method and is_in_force


def _moment(created: str) -> datetime:
    try:
        return datetime.fromisoformat(created)
    except ValueError as error:
        raise BadSignature(f"no moment is called {created}") from error


def _text(one: Mapping[str, Any]) -> str:
    return str(one.get("publicKeyMultibase"))


def _loaded(one: Mapping[str, Any]) -> Ed25519PublicKey | None:
    try:
        key = keys.load_public(_text(one))
    except BadSignature:
        return None
    return key if isinstance(key, Ed25519PublicKey) else None
