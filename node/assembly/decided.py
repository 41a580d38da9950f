"""Decisions as lines of a list, and which one somebody means by what they wrote."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased

from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Decision, Version, Vote
from node.texts import line

_LABEL = re.compile(r"(\d{4})-(\d{1,6})")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionLine:
    """A decision as one line of the register."""

    id: int
    number: int
    year: int
    number_in_year: int
    title: str
    outcome: str
    tally: Mapping[str, int]
    options: list[dict[str, Any]] | None
    winners: list[str] | None
    turnout: int
    electorate: int | None
    decided_at: datetime
    is_superseded: bool

    @property
    def label(self) -> str:
        """The number as people say it: 2026-07."""
        return f"{self.year}-{self.number_in_year:02d}"


_correction = aliased(Decision)
_year = bindparam("year", type_=Integer)
_NEWEST = (
    select(
        Decision.id,
        Decision.number,
        Decision.year,
        Decision.number_in_year,
        Version.title,
        Decision.outcome,
        Decision.tally,
        Vote.options,
        Decision.working["winners"].label("winners"),
        Decision.turnout,
        Vote.electorate_count.label("electorate"),
        Decision.decided_at,
        _correction.id.is_not(None).label("is_superseded"),
    )
    .join(Version, Version.id == Decision.version_id)
    .outerjoin(Vote, Vote.id == Decision.vote_id)
    .outerjoin(_correction, _correction.supersedes_id == Decision.id)
    .where(or_(_year.is_(None), Decision.year == _year))
    .order_by(Decision.number.desc())
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
_PER_YEAR = select(Decision.year, func.count()).group_by(Decision.year)


async def newest(
    tx: Transaction, limit: int, *, offset: int = 0, year: int | None = None
) -> list[DecisionLine]:
    """Return decisions, of one year if it is named, newest first."""
    values = {"limit": limit, "offset": offset, "year": year}
    return [DecisionLine(**row) for row in (await tx.execute(_NEWEST, values)).mappings()]


async def per_year(tx: Transaction) -> dict[int, int]:
    """Return how many decisions there are of each year, the latest year first."""
    rows = (await tx.execute(_PER_YEAR)).all()
    return {row[0]: row[1] for row in sorted(rows, reverse=True)}


async def labels(tx: Transaction, numbers: Collection[int]) -> dict[int, str]:
    """Return what people call these decisions, by their numbers."""
    statement = select(Decision).where(Decision.number.in_(numbers))
    return {one.number: one.label for one in await tx.all(statement)} if numbers else {}


async def meant(tx: Transaction, written: str, field: str) -> Decision | None:
    """Return the decision that somebody means by 2026-03, or by the number of its address.

    Nothing written means none. Raise Invalid, at the field, when there is no such decision.
    """
    written = line(written).removeprefix("n°").strip()
    if not written:
        return None
    statement = select(Decision)
    if match := _LABEL.fullmatch(written):
        statement = statement.where(
            Decision.year == int(match[1]), Decision.number_in_year == int(match[2])
        )
    elif _NUMBER.fullmatch(written):
        statement = statement.where(Decision.number == int(written))
    else:
        statement = statement.where(false())
    found = await tx.find(statement)
    if not isinstance(found, Decision):
        raise Invalid(Problem(field, "decision-unknown", {"written": written[:40]}))
    return found
