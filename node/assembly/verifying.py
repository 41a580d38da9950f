"""An exported register is checked with nothing but the file: no node, no network, no database."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node import digests
from node.assembly.chain import Break, Chain, Head, check_document, part, record_of, shown

FORMAT = "palabre-register/1"
BYTES_MAX = 512_000_000
ProofCheck = Callable[[Mapping[str, Any]], str | None]


class Unreadable(Exception):
    """This is no register that could be checked; `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


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


def read(content: bytes) -> dict[str, Any]:
    """Read an exported register. Raise Unreadable."""
    try:
        export = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise Unreadable("not-text") from None
    except json.JSONDecodeError as error:
        raise Unreadable("not-json", line=error.lineno, column=error.colno) from None
    except (RecursionError, ValueError):
        raise Unreadable("not-json", line=1, column=1) from None
    if not isinstance(export, dict) or not str(export.get("format", "")).startswith("palabre-"):
        raise Unreadable("not-a-register")
    if export["format"] != FORMAT:
        raise Unreadable("other-format", found=shown(export["format"]), known=FORMAT)
    if not isinstance(export.get("entries"), list) or not isinstance(export.get("assembly"), dict):
        raise Unreadable("not-a-register")
    return export


def head(written: str) -> Head:
    """Read a head that somebody noted: `zQm…`, or `12:zQm…` with its number. Raise Unreadable."""
    seq, colon, digest = written.strip().rpartition(":")
    is_number = seq.isascii() and seq.isdigit() and len(seq) < 16
    if not digest.startswith("zQm") or len(digest) != 47 or (colon and not is_number):
        raise Unreadable("not-a-head", written=written[:80])
    return Head(digest, int(seq) if colon else None)


def verify(
    export: Mapping[str, Any], *, known: Head | None = None, check_proof: ProofCheck | None = None
) -> Report:
    """Follow the register from its first entry and name the first link that does not hold.

    `check_proof` returns what is wrong with the proof of a sealed document, or None; without
    one, proofs are not looked at.
    """
    checking = _Checking(export, check_proof)
    for item in export["entries"]:
        if checking.first_break is None:
            checking.first_break = checking.take(item)
    found = checking.first_break or checking.end() or checking.compare(known)
    is_last = known is not None and checking.digests[-1:] == [known.digest]
    return Report(
        name=shown(part(export, "assembly").get("name")),
        entries=checking.chain.seq,
        decisions=checking.decisions,
        proven=checking.proven,
        head=Head(checking.digests[-1], checking.chain.seq) if checking.digests else None,
        first_break=found,
        known=None if known is None or found else "same" if is_last else "extends",
    )


class _Checking:
    """One check on its way through the entries."""

    def __init__(self, export: Mapping[str, Any], check_proof: ProofCheck | None) -> None:
        self._export = export
        self._check_proof = check_proof
        self.chain = Chain(f"{export['assembly'].get('id')}/register")
        self.digests: list[str] = []
        self.decisions = self.proven = 0
        self.first_break: Break | None = None

    def take(self, item: Any) -> Break | None:
        """Check one entry with what belongs to it."""
        seq = self.chain.seq + 1
        if not isinstance(item, dict) or not isinstance(item.get("entry"), dict):
            return Break("shape", seq)
        entry = item["entry"]
        found = self.chain.follow(entry)
        if found is not None:
            return found
        self.digests.append(str(self.chain.digest))
        record, document = record_of(entry), item.get("document")
        if document is None:
            return Break("missing", seq, shown(record.get("id"))) if _is_decision(record) else None
        if not isinstance(document, dict):
            return Break("shape", seq)
        self.decisions += _is_decision(record)
        return (
            check_document(entry, document)
            or _check_parts(seq, item, part(document, "assembly"))
            or self._proof(seq, document)
        )

    def end(self) -> Break | None:
        """Check the head that the file names, then the sum of the whole file."""
        named = self._export.get("head")
        last = self.digests[-1] if self.digests else None
        if named is not None or last is not None:
            if not isinstance(named, dict):
                return Break("head", None, shown(last), shown(None))
            said = part(named, "assembly")
            if (said.get("seq"), said.get("head")) != (self.chain.seq, last):
                found = f"{shown(said.get('seq'))}, {shown(said.get('head'))}"
                return Break("head", None, f"{self.chain.seq}, {shown(last)}", found)
            if (broken := self._proof(None, named)) is not None:
                return broken
        bare = {name: value for name, value in self._export.items() if name != "sum"}
        total, said_sum = _digest(bare), self._export.get("sum")
        return None if total == said_sum else Break("sum", None, shown(said_sum), shown(total))

    def compare(self, known: Head | None) -> Break | None:
        """Hold the register against a head that somebody knew."""
        if known is None:
            return None
        last = f"{self.chain.seq}, {shown(self.digests[-1] if self.digests else None)}"
        if known.seq is None:
            is_there = known.digest in self.digests
            return None if is_there else Break("unknown-head", None, known.digest, last)
        if known.seq > self.chain.seq:
            return Break("shorter", self.chain.seq + 1, f"{known.seq}, {known.digest}", last)
        there = self.digests[known.seq - 1] if known.seq else None
        return (
            None if there == known.digest else Break("fork", known.seq, known.digest, shown(there))
        )

    def _proof(self, seq: int | None, document: Mapping[str, Any]) -> Break | None:
        if self._check_proof is None:
            return None
        wrong = self._check_proof(document)
        if wrong is not None:
            return Break("proof", seq, shown(document.get("attributedTo")), wrong)
        self.proven += seq is not None
        return None


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


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
