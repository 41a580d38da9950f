"""Drawing lots so that anybody can do it again: from a published list and public randomness.

Two ways (deciding.md, section 7): `tirage-v1` ranks each name by SHA-256 and needs no more than
`sha256sum` to be checked; `rfc3797` is the selection of RFC 3797, with MD5 as it demands.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

MODES = ("tirage-v1", "rfc3797")


class Ranked(NamedTuple):
    """A name with the digest that gives it its place; the lowest comes first."""

    name: str
    rank: str


def listed(names: Sequence[str]) -> list[str]:
    """Return the names in the order in which a list is published."""
    return sorted(names)


def list_digest(names: Sequence[str]) -> str:
    """Return the fingerprint of a list: SHA-256 of one name a line, sorted, each with its LF."""
    return hashlib.sha256("".join(f"{name}\n" for name in listed(names)).encode()).hexdigest()


def ranked(names: Sequence[str], randomness: str) -> list[Ranked]:
    """Return the names with their ranks, first drawn first."""
    digest = list_digest(names)
    found = [Ranked(name, _rank(digest, randomness, name)) for name in names]
    return sorted(found, key=lambda one: (one.rank, one.name))


def key(sources: Sequence[Sequence[int]]) -> str:
    """Return the key string of RFC 3797: numbers in order, a period after each, then a slash."""
    return "".join("".join(f"{number}." for number in sorted(one)) + "/" for one in sources)


def selected(key_string: str, pool: int, pick: int) -> list[int]:
    """Return which of a pool numbered from 1 are selected, in order (RFC 3797, section 4)."""
    left, found = list(range(1, pool + 1)), []
    for index in range(pick):
        around = index.to_bytes(2, "big")
        # RFC 3797 demands MD5; no secret depends on it.
        digest = hashlib.md5(around + key_string.encode() + around, usedforsecurity=False)
        found.append(left.pop(int.from_bytes(digest.digest(), "big") % len(left)))
    return found


def order(mode: str, names: Sequence[str], randomness: str) -> list[str]:
    """Return all names, first drawn first."""
    if mode == "rfc3797":
        pool = listed(names)
        return [pool[number - 1] for number in selected(randomness, len(pool), len(pool))]
    return [one.name for one in ranked(names, randomness)]


def _rank(digest: str, randomness: str, name: str) -> str:
    return hashlib.sha256(f"tirage-v1\n{digest}\n{randomness}\n{name}".encode()).hexdigest()
