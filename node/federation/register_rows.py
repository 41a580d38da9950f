"""The register in the order in which it was written, each entry with what it is about."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import RowMapping, bindparam, select
from sqlalchemy.orm import aliased

from node.activitypub import uris
from node.assembly.chain import part, record_of
from node.database import Transaction
from node.models import Decision, Proposal, RegisterEntry, Version, Vote

_BATCH = 50
_FIRST = -(2**62)
_corrected = aliased(Decision)
_ENTRIES = (
    select(RegisterEntry.seq, RegisterEntry.prev, RegisterEntry.digest, RegisterEntry.entry)
    .where(RegisterEntry.seq > bindparam("after"))
    .order_by(RegisterEntry.seq)
    .limit(_BATCH)
)
_DECISIONS = (
    select(
        *(column for column in Decision.__table__.columns if column.name != "id"),
        Version.number.label("version_number"),
        Version.title,
        Version.source,
        Version.digest.label("text_digest"),
        Proposal.number.label("proposal_number"),
        Proposal.language,
        Vote.method,
        Vote.rule,
        Vote.options,
        Vote.round,
        Vote.roll_digest,
        Vote.electorate_count,
        _corrected.number.label("corrected_number"),
        _corrected.year.label("corrected_year"),
        _corrected.number_in_year.label("corrected_in_year"),
    )
    .join(Version, Version.id == Decision.version_id)
    .join(Proposal, Proposal.id == Decision.proposal_id)
    .outerjoin(Vote, Vote.id == Decision.vote_id)
    .outerjoin(_corrected, _corrected.id == Decision.supersedes_id)
    .where(Decision.number.in_(bindparam("numbers", expanding=True)))
)


class Entered(NamedTuple):
    """One entry: its row, what it says, and the row of the decision it is about, if any."""

    row: RowMapping
    entry: Mapping[str, Any]
    decision: RowMapping | None


async def batches(
    tx: Transaction, origin: str, after: int = _FIRST
) -> AsyncIterator[list[Entered]]:
    """Read the whole register in small pieces, so that it is never held in memory at once."""
    while rows := (await tx.execute(_ENTRIES, {"after": after})).mappings().all():
        after = rows[-1]["seq"]
        entries = [_parsed(row["entry"]) for row in rows]
        numbers = {number for entry in entries if (number := _number(entry, origin)) is not None}
        found = (await tx.execute(_DECISIONS, {"numbers": list(numbers)})).mappings().all()
        decisions = {decision["number"]: decision for decision in found}
        yield [
            Entered(row, entry, decisions.get(_number(entry, origin)))
            for row, entry in zip(rows, entries, strict=True)
        ]


def seq_of(document: str | None) -> int | None:
    """Return where in the register a sealed decision says that it stands."""
    if not document:
        return None
    seq = part(part(msgspec.json.decode(document), "assembly"), "register").get("seq")
    return seq if isinstance(seq, int) else None


def _parsed(text: str) -> Mapping[str, Any]:
    """Read an entry; one that no longer is JSON has no number, and is found out by that."""
    try:
        entry = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _number(entry: Mapping[str, Any], origin: str) -> int | None:
    """Return the number of the decision that an entry is about, None when it is about none."""
    record, base = record_of(entry), uris.decision(origin, "")
    uri = str(record.get("id", ""))
    end = uri.removeprefix(base)
    is_number = uri != end and end.isascii() and end.isdigit() and len(end) < 16
    return int(end) if record.get("kind") == "decision" and is_number else None
