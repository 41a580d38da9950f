"""One link of the register after the other: each must name the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node import digests


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing in a register that does not hold: where, what, and the two values.

    `code` names a sentence of the catalogues, `register.break.<code>`; `seq` is None for what
    belongs to no entry.
    """

    code: str
    seq: int | None = None
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """An entry by which somebody knew the register: its digest, and its number where known."""

    digest: str
    seq: int | None = None


@dataclass(slots=True)
class Chain:
    """How far the register has been followed: the number and the digest of the last entry."""

    register: str
    seq: int = 0
    digest: str | None = None

    def follow(self, entry: Mapping[str, Any], hashed: bytes | None) -> Break | None:
        """Take the next entry, or say why it is not the next one (wire.md, 5.11).

        `hashed` is SHA-256 over its canonical form, None when it has none.
        """
        expected, seq = self.seq + 1, entry.get("seq")
        if seq != expected or type(seq) is not int:
            return Break("seq", expected, str(expected), shown(seq))
        if entry.get("register") != self.register:
            return Break("register", expected, self.register, shown(entry.get("register")))
        if "prev" not in entry or entry["prev"] != self.digest:
            return Break("prev", expected, shown(self.digest), shown(entry.get("prev")))
        if hashed is None:
            return Break("entry", expected)
        self.seq, self.digest = expected, digests.of_hash(hashed)
        return None


def record_of(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an entry is about; nothing when it is not said in the agreed form."""
    record = entry.get("record")
    return record if isinstance(record, dict) else {}


def part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a property that holds others; nothing when it does not."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def hash_of(value: Any) -> bytes | None:
    """Return SHA-256 over the canonical form of a value, None when it has none."""
    try:
        return digests.hash_of(value)
    except (ValueError, RecursionError):
        return None


def hash_of_document(document: Mapping[str, Any]) -> bytes | None:
    """Return SHA-256 over a document without its proof, None when it has none (wire.md, 4)."""
    return hash_of({name: one for name, one in document.items() if name != "proof"})


def check_document(
    entry: Mapping[str, Any], document: Mapping[str, Any], hashed: bytes | None
) -> Break | None:
    """Hold a sealed document against the entry that names it; `hashed` leaves its proof out."""
    seq, record = entry["seq"], record_of(entry)
    if document.get("id") != record.get("id"):
        return Break("other", seq, shown(record.get("id")), shown(document.get("id")))
    digest = digests.of_hash(hashed) if hashed else None
    if digest != record.get("digest"):
        return Break("document", seq, shown(record.get("digest")), shown(digest))
    place = part(part(document, "assembly"), "register")
    if record.get("kind") == "decision" and (place.get("seq"), place.get("prev")) != (
        seq,
        entry["prev"],
    ):
        return Break(
            "place", seq, f"{seq}, {entry['prev']}", f"{place.get('seq')}, {place.get('prev')}"
        )
    return None


def shown(value: object) -> str:
    """Write a value of a file for people: whatever it is, and not at any length."""
    return "–" if value is None else str(value)[:200]
