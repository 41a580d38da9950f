"""Some entries of an exported register in a row, checked apart from the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.assembly.chain import Break, Chain, check_document, part, record_of, shown
from node.assembly.register_items import Item, opened

# Given a document and SHA-256 over it without its proof: what is wrong with the proof, or None.
ProofCheck = Callable[[Mapping[str, Any], bytes | None], str | None]


@dataclass(slots=True)
class Stretch:
    """Some entries in a row that were checked: their digests, and the first that does not hold."""

    digests: list[str] = field(default_factory=list)
    decisions: int = 0
    proven: int = 0
    first_break: Break | None = None


def check_stretch(
    export: Mapping[str, Any], check_proof: ProofCheck | None, places: range
) -> Stretch:
    """Check the entries at some places in a row, on the word of the entry before them.

    That word is checked with the stretch it stands in: a register holds when every stretch does.
    Raise OtherHand when one of them is not as we write, wherever the first broken link may be.
    """
    entries, found = export["entries"], Stretch()
    chain = Chain(f"{export['assembly'].get('id')}/register", places.start)
    if places.start:
        chain.digest = opened(entries[places.start - 1]).digest_of("entry")
    for one in entries[places.start : places.stop]:
        item = opened(one)
        if found.first_break is None:
            found.first_break = _take(found, chain, item, check_proof)
    return found


def broken_proof(
    check: ProofCheck, seq: int | None, document: Mapping[str, Any], hashed: bytes | None
) -> Break | None:
    """Check the proof of a document, of which the hash is known."""
    wrong = check(document, hashed)
    if wrong is None:
        return None
    return Break("proof", seq, shown(document.get("attributedTo")), wrong)


def _take(found: Stretch, chain: Chain, item: Item, check_proof: ProofCheck | None) -> Break | None:
    """Check one entry with what belongs to it."""
    seq, value = chain.seq + 1, item.value
    if not isinstance(value, dict) or not isinstance(value.get("entry"), dict):
        return Break("shape", seq)
    entry = value["entry"]
    broken = chain.follow(entry, item.hash_of("entry"))
    if broken is not None:
        return broken
    found.digests.append(str(chain.digest))
    record, document = record_of(entry), value.get("document")
    if document is None:
        return Break("missing", seq, shown(record.get("id"))) if _is_decision(record) else None
    if not isinstance(document, dict):
        return Break("shape", seq)
    found.decisions += _is_decision(record)
    hashed = item.hash_of_document()
    broken = check_document(entry, document, hashed) or _check_parts(
        seq, item, part(document, "assembly")
    )
    if broken is None and check_proof is not None:
        broken = broken_proof(check_proof, seq, document, hashed)
        found.proven += broken is None
    return broken


def _check_parts(seq: int, item: Item, said: Mapping[str, Any]) -> Break | None:
    """Check what the sealed document names by its digest only: the text, the reasons."""
    for name, expected in (
        ("text", said.get("textDigest")),
        ("reasons", said.get("reasonsDigest")),
    ):
        if expected is None and item.value.get(name) is None:
            continue
        found = item.digest_of(name)
        if found != expected:
            return Break(name, seq, shown(expected), shown(found))
    return None


def _is_decision(record: Mapping[str, Any]) -> bool:
    return record.get("kind") == "decision"
