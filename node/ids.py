"""Identifiers that sort by time: 64-bit row numbers, ULIDs for addresses, secrets for links."""

import secrets
import time

from node import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_last = 0
_slot = 0


def use_slot(slot: int) -> None:
    """Set which of 64 number ranges this process draws from, so that two processes never meet."""
    global _slot
    _slot = slot % 64


def new_id() -> int:
    """Return a positive 63-bit number greater than any this process returned before.

    48 bits of milliseconds, 10 bits of counter, 6 bits of process slot.
    """
    global _last
    _last = max(_last + 1, int(clock.seconds() * 1000) << 10)
    return (_last << 6) | _slot


def ulid() -> str:
    """Return a ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def secret() -> str:
    """Return 256 unguessable bits for a link, a session or an access token."""
    return secrets.token_urlsafe(32)
