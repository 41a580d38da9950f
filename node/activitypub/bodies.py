"""The body named by its digest, in the two headers that can (RFC 3230, RFC 9530)."""

import binascii
import hashlib
import re
from base64 import b64encode

from node.activitypub.request import Request
from node.errors import BadSignature

_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_DIGEST = re.compile(r"[ \t]*([A-Za-z0-9-]{1,40})=([A-Za-z0-9+/=]{1,200})[ \t]*(?:,|$)")
_CONTENT_DIGEST = re.compile(
    r"[ \t]*([a-z*][a-z0-9_.*-]{0,40})=:([A-Za-z0-9+/=]{1,200}):[ \t]*(?:,|$)"
)


def digest(body: bytes) -> str:
    """Return the `Digest` header of a body."""
    return f"SHA-256={b64encode(hashlib.sha256(body).digest()).decode()}"


def content_digest(body: bytes) -> str:
    """Return the `Content-Digest` header of a body."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def check(request: Request, needed: str | None) -> None:
    """Raise BadSignature unless every digest on the request is that of the body.

    `needed` is the header that must be there, with SHA-256 in it (A8, A15); one that nobody
    needs must not disagree either (P4).
    """
    for name, pattern in (("digest", _DIGEST), ("content-digest", _CONTENT_DIGEST)):
        value = request.headers.get(name)
        if value is not None:
            _check(value, pattern, request.body, is_needed=name == needed)
        elif name == needed:
            raise BadSignature(f"the request has no {name}")


def unbase64(value: str) -> bytes:
    """Read base64 in its one spelling; ValueError otherwise."""
    return binascii.a2b_base64(value, strict_mode=True)


def _check(value: str, pattern: re.Pattern[str], body: bytes, *, is_needed: bool) -> None:
    found: dict[str, str] = {}
    position = 0
    while position < len(value):
        part = pattern.match(value, position)
        if part is None or part[1].lower() in found:
            raise BadSignature("the digest cannot be read")
        found[part[1].lower()] = part[2]
        position = part.end()
    if is_needed and "sha-256" not in found:
        raise BadSignature("the digest is not SHA-256")
    for name, said in found.items():
        if name in _HASHES and not _is(said, _HASHES[name](body).digest()):
            raise BadSignature("the body is not the one that was signed")


def _is(said: str, computed: bytes) -> bool:
    try:
        return unbase64(said) == computed
    except ValueError:
        return False
