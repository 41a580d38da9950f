"""An exported register is checked with nothing but the file: no node, no network, no database."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from node import digests
from node.assembly.chain import Break, Head, hash_of, hash_of_document, part, shown
from node.assembly.register_file import FORMAT, Unreadable, read, read_as_we_write
from node.assembly.register_items import OtherHand
from node.assembly.register_stretches import ProofCheck, Stretch, broken_proof, check_stretch

__all__ = ["FORMAT", "Report", "Unreadable", "examine", "head", "read", "verify"]

# Given an export: how to check proofs with the keys that stand in it; None when none do.
Keys = Callable[[Mapping[str, Any]], ProofCheck | None]
Spread = Callable[[Callable[[range], Stretch], Sequence[range]], Iterable[Stretch]]

# So many entries are checked in a row; others may be checked elsewhere meanwhile.
STRETCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a check found: how much of the register holds, and the first link that does not.

    `known` says how the head somebody knew stands to it: `same`, or `extends` for one that the
    register continues.
    """

    name: str
    entries: int
    decisions: int
    proven: int
    head: Head | None
    first_break: Break | None = None
    known: str | None = None

    @property
    def holds(self) -> bool:
        """Say whether every link holds."""
        return self.first_break is None


def head(written: str) -> Head:
    """Read a head that somebody noted: `zQm…`, or `12:zQm…` with its number. Raise Unreadable."""
    seq, colon, digest = written.strip().rpartition(":")
    is_number = seq.isascii() and seq.isdigit() and len(seq) < 16
    if not digest.startswith("zQm") or len(digest) != 47 or (colon and not is_number):
        raise Unreadable("not-a-head", written=written[:80])
    return Head(digest, int(seq) if colon else None)


def examine(
    content: bytes,
    keys: Keys,
    *,
    known: Head | None = None,
    spread: Spread = map,
    stretch: int = STRETCH,
) -> Report:
    """Check a file, with the proofs in it. Raise Unreadable.

    `spread` checks stretches of so many entries, in their order; one that works on several
    processors makes a long register quicker.
    """

    def checked(export: Mapping[str, Any], total: str | None) -> Report:
        check = keys(export)
        return verify(
            export, known=known, check_proof=check, total=total, spread=spread, stretch=stretch
        )

    as_we_write = read_as_we_write(content)
    if as_we_write is not None:
        with contextlib.suppress(OtherHand):
            return checked(*as_we_write)
    return checked(read(content), None)


def verify(
    export: Mapping[str, Any],
    *,
    known: Head | None = None,
    check_proof: ProofCheck | None = None,
    total: str | None = None,
    spread: Spread = map,
    stretch: int = STRETCH,
) -> Report:
    """Follow the register from its first entry and name the first link that does not hold.

    Without `check_proof` proofs are not looked at. `total` is the sum of the file, from those who
    have reckoned it already. `spread` checks stretches of so many entries, in their order.

    Raise OtherHand when items were left unread and one of them is not as we write.
    """
    count = len(export["entries"])
    parts = [range(start, min(start + stretch, count)) for start in range(0, count, stretch)]
    whole = Stretch()
    # All are looked at before a broken link is believed: each says first whether it can be read.
    for one in list(spread(partial(check_stretch, export, check_proof), parts)):
        whole.digests += one.digests
        whole.decisions += one.decisions
        whole.proven += one.proven
        whole.first_break = one.first_break
        if one.first_break is not None:
            break
    found = whole.first_break or _end(export, whole, check_proof, total) or _compare(whole, known)
    is_last = known is not None and whole.digests[-1:] == [known.digest]
    return Report(
        name=shown(part(export, "assembly").get("name")),
        entries=len(whole.digests),
        decisions=whole.decisions,
        proven=whole.proven,
        head=Head(whole.digests[-1], len(whole.digests)) if whole.digests else None,
        first_break=found,
        known=None if known is None or found else "same" if is_last else "extends",
    )


def _end(
    export: Mapping[str, Any], whole: Stretch, check_proof: ProofCheck | None, total: str | None
) -> Break | None:
    """Check the head that the file names, then the sum of the whole file."""
    named = export.get("head")
    last = whole.digests[-1] if whole.digests else None
    if named is not None or last is not None:
        if not isinstance(named, dict):
            return Break("head", None, shown(last), shown(None))
        said = part(named, "assembly")
        if (said.get("seq"), said.get("head")) != (len(whole.digests), last):
            found = f"{shown(said.get('seq'))}, {shown(said.get('head'))}"
            return Break("head", None, f"{len(whole.digests)}, {shown(last)}", found)
        hashed = hash_of_document(named)
        if check_proof and (broken := broken_proof(check_proof, None, named, hashed)):
            return broken
    if total is None:
        hashed = hash_of({name: value for name, value in export.items() if name != "sum"})
        total = digests.of_hash(hashed) if hashed else None
    said_sum = export.get("sum")
    holds = total is not None and total == said_sum
    return None if holds else Break("sum", None, shown(said_sum), shown(total))


def _compare(whole: Stretch, known: Head | None) -> Break | None:
    """Hold the register against a head that somebody knew."""
    if known is None:
        return None
    length = len(whole.digests)
    last = f"{length}, {shown(whole.digests[-1] if length else None)}"
    if known.seq is None:
        is_there = known.digest in whole.digests
        return None if is_there else Break("unknown-head", None, known.digest, last)
    if known.seq > length:
        return Break("shorter", length + 1, f"{known.seq}, {known.digest}", last)
    there = whole.digests[known.seq - 1] if known.seq else None
    return None if there == known.digest else Break("fork", known.seq, known.digest, shown(there))
