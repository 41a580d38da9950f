"""An exported register is checked with nothing but the file: no node, no network, no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from node import digests
from node.assembly.chain import (
    Break,
    Chain,
    Head,
    check_document,
    hash_of_document,
    part,
    record_of,
    shown,
)
from node.assembly.register_file import FORMAT, Unreadable, read, read_with_sum

__all__ = ["FORMAT", "Report", "Stretch", "Unreadable", "head", "read", "read_with_sum", "verify"]

# Given a document and SHA-256 over it without its proof: what is wrong with the proof, or None.
ProofCheck = Callable[[Mapping[str, Any], bytes | None], str | None]


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


@dataclass(slots=True)
class Stretch:
    """Some entries in a row that were checked: their digests, and the first that does not hold."""

    digests: list[str] = field(default_factory=list)
    decisions: int = 0
    proven: int = 0
    first_break: Break | None = None


Spread = Callable[[Callable[[range], Stretch], Sequence[range]], Iterable[Stretch]]


def head(written: str) -> Head:
    """Read a head that somebody noted: `zQm…`, or `12:zQm…` with its number. Raise Unreadable."""
    seq, colon, digest = written.strip().rpartition(":")
    is_number = seq.isascii() and seq.isdigit() and len(seq) < 16
    if not digest.startswith("zQm") or len(digest) != 47 or (colon and not is_number):
        raise Unreadable("not-a-head", written=written[:80])
    return Head(digest, int(seq) if colon else None)


def verify(
    export: Mapping[str, Any],
    *,
    known: Head | None = None,
    check_proof: ProofCheck | None = None,
    total: str | None = None,
    spread: Spread = map,
    stretches: int = 1,
) -> Report:
    """Follow the register from its first entry and name the first link that does not hold.

    Without `check_proof` proofs are not looked at. `total` is the sum of the file, from those who
    have reckoned it already. `spread` checks so many stretches of the register, in its order; one
    that works on several processors makes long registers quicker to check.
    """
    size = max(1, -(-len(export["entries"]) // max(1, stretches)))
    parts = [range(start, start + size) for start in range(0, len(export["entries"]), size)]
    whole = Stretch()
    for one in spread(partial(check_stretch, export, check_proof), parts):
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


def check_stretch(
    export: Mapping[str, Any], check_proof: ProofCheck | None, places: range
) -> Stretch:
    """Check the entries at some places in a row, on the word of the entry before them.

    That word is checked with the stretch it stands in: a register holds when every stretch does.
    """
    entries, found = export["entries"], Stretch()
    chain = Chain(f"{export['assembly'].get('id')}/register", places.start)
    if places.start:
        before = entries[places.start - 1]
        entry = before.get("entry") if isinstance(before, dict) else None
        chain.digest = _digest(entry)
    for item in entries[places.start : places.stop]:
        found.first_break = _take(found, chain, item, check_proof)
        if found.first_break is not None:
            break
    return found


def _take(found: Stretch, chain: Chain, item: Any, check_proof: ProofCheck | None) -> Break | None:
    """Check one entry with what belongs to it."""
    seq = chain.seq + 1
    if not isinstance(item, dict) or not isinstance(item.get("entry"), dict):
        return Break("shape", seq)
    entry = item["entry"]
    broken = chain.follow(entry)
    if broken is not None:
        return broken
    found.digests.append(str(chain.digest))
    record, document = record_of(entry), item.get("document")
    if document is None:
        return Break("missing", seq, shown(record.get("id"))) if _is_decision(record) else None
    if not isinstance(document, dict):
        return Break("shape", seq)
    found.decisions += _is_decision(record)
    hashed = hash_of_document(document)
    broken = check_document(entry, document, hashed) or _check_parts(
        seq, item, part(document, "assembly")
    )
    if broken is None and check_proof is not None:
        broken = _proof(check_proof, seq, document, hashed)
        found.proven += broken is None
    return broken


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
        if check_proof and (broken := _proof(check_proof, None, named, hash_of_document(named))):
            return broken
    if total is None:
        total = _digest({name: value for name, value in export.items() if name != "sum"})
    said_sum = export.get("sum")
    return None if total == said_sum else Break("sum", None, shown(said_sum), shown(total))


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


def _proof(
    check: ProofCheck, seq: int | None, document: Mapping[str, Any], hashed: bytes | None
) -> Break | None:
    wrong = check(document, hashed)
    if wrong is None:
        return None
    return Break("proof", seq, shown(document.get("attributedTo")), wrong)


def _check_parts(seq: int, item: Mapping[str, Any], said: Mapping[str, Any]) -> Break | None:
    """Check what the sealed document names by its digest only: the text, the reasons."""
    for name, expected in (
        ("text", said.get("textDigest")),
        ("reasons", said.get("reasonsDigest")),
    ):
        given = item.get(name)
        if expected is None and given is None:
            continue
        found = None if given is None else _digest(given)
        if found != expected:
            return Break(name, seq, shown(expected), shown(found))
    return None


def _is_decision(record: Mapping[str, Any]) -> bool:
    return record.get("kind") == "decision"


def _digest(value: Any) -> str | None:
    try:
        return digests.of(value)
    except (ValueError, RecursionError):
        return None
