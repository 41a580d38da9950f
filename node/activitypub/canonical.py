"""One spelling for every document (RFC 8785; wire.md, section 4)."""

import hashlib

from node import digests
from node.activitypub.vocabulary import MalformedActivity


def canonical(value: object) -> bytes:
    """Return the canonical form (JCS); MalformedActivity for what JSON cannot say exactly."""
    try:
        return digests.canonical(value)
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(f"this has no canonical form: {error}"[:200]) from error


def hash_of(value: object) -> bytes:
    """Return the 32 bytes of SHA-256 over the canonical form. Raise MalformedActivity."""
    return hashlib.sha256(canonical(value)).digest()
