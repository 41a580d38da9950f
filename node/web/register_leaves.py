"""The decisions of the register as finished objects: for a spreadsheet, for paper, for a folder."""

import functools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from node.activitypub import uris
from node.database import Transaction
from node.federation import register_rows
from node.federation.register_rows import Entered
from node.models import Decision
from node.texts import render


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A decision as another one names it."""

    number: int
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One decision with everything that was sealed of it, and its place in the register."""

    number: int
    label: str
    uri: str
    title: str
    language: str
    outcome: str
    outcome_reason: str | None
    explanation: str
    method: str | None
    tally: Mapping[str, Any]
    names: Mapping[str, str]
    working: Mapping[str, Any]
    turnout: int
    electorate: int | None
    quorums: Sequence[Mapping[str, Any]]
    statement: str
    minority: str
    tolerated: Sequence[str]
    reasons: Mapping[str, Sequence[str]]
    corrected_because: str
    corrects: Named | None
    corrected_by: Named | None
    review_on: date | None
    decided_at: datetime
    source: str
    text_digest: str
    seq: int
    digest: str

    @property
    def chosen(self) -> list[str]:
        """The options that were chosen, by their names."""
        return [self.names.get(code, code) for code in self.working.get("winners", ())]

    @property
    def tied(self) -> list[str]:
        """The options between which it stayed open, by their names."""
        return [self.names.get(code, code) for code in self.working.get("tied", ())]

    @property
    def text(self) -> str:
        """The text as adopted, from the very words that were sealed."""
        return rendered(self.source)

    @property
    def sentence(self) -> str:
        """What was said of the outcome, as it is read."""
        return rendered(self.statement)

    @property
    def said_by_minority(self) -> str:
        """What the minority thinks, as it is read."""
        return rendered(self.minority)


@functools.lru_cache(maxsize=256)
def rendered(source: str) -> str:
    """Return Markdown as it is read; the last ones are remembered."""
    return render(source)


async def leaves(tx: Transaction, origin: str) -> AsyncIterator[list[Leaf]]:
    """Read the decisions of the register in order, some at a time."""
    corrections = await _corrections(tx)
    async for entered in register_rows.batches(tx, origin):
        yield [_leaf(one, origin, corrections) for one in entered if one.decision is not None]


async def one(tx: Transaction, origin: str, seq: int) -> Leaf | None:
    """Return the decision that stands at a place of the register."""
    async for entered in register_rows.batches(tx, origin, after=seq - 1):
        if entered[0].decision is not None and entered[0].row["seq"] == seq:
            return _leaf(entered[0], origin, await _corrections(tx))
        break
    return None


async def _corrections(tx: Transaction) -> dict[int, Named]:
    """Return which decision took the place of which, by number."""
    old = aliased(Decision)
    statement = select(old.number, Decision.number, Decision.year, Decision.number_in_year)
    rows = (await tx.execute(statement.join(old, old.id == Decision.supersedes_id))).all()
    return {row[0]: Named(number=row[1], label=f"{row[2]}-{row[3]:02d}") for row in rows}


def _leaf(entered: Entered, origin: str, corrections: Mapping[int, Named]) -> Leaf:
    row: Any = entered.decision
    corrects = None
    if row["corrected_number"] is not None:
        label = f"{row['corrected_year']}-{row['corrected_in_year']:02d}"
        corrects = Named(number=row["corrected_number"], label=label)
    same = (
        "number", "title", "language", "outcome", "outcome_reason", "explanation", "method",
        "tally", "working", "turnout", "quorums", "statement", "minority", "tolerated", "reasons",
        "corrected_because", "review_on", "decided_at", "source", "text_digest",
    )  # fmt: skip
    return Leaf(
        **{name: row[name] for name in same},
        label=f"{row['year']}-{row['number_in_year']:02d}",
        uri=uris.decision(origin, row["number"]),
        electorate=row["electorate_count"],
        names={one["code"]: one["text"] for one in row["options"] or ()},
        corrects=corrects,
        corrected_by=corrections.get(row["number"]),
        seq=entered.row["seq"],
        digest=entered.row["digest"],
    )
