"""What is listed in several places: proposals, calls, and what is open now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, RowMapping, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from node import clock
from node.database import Transaction
from node.models import (
    Ballot,
    Call,
    Contribution,
    Decision,
    Participation,
    Proposal,
    Rsvp,
    State,
    Version,
    Vote,
)
from node.models.proposal import running_round

DISCUSSED = (State.DISCUSSION, State.AMENDMENT, State.FROZEN)
VOTED = (State.VOTE,)
ENDED = (State.DECIDED, State.WITHDRAWN)
PUBLIC = (*DISCUSSED, *VOTED, *ENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalLine:
    """A proposal as one line of a list."""

    number: int
    year: int
    title: str
    state: State
    language: str
    published_at: datetime
    changed_at: datetime
    discussion_closes_at: datetime | None
    round_kind: str | None
    vote_closes_at: datetime | None
    withdrawn_because: str | None
    voices: int
    ballots: int
    decision: int | None
    outcome: str | None

    @property
    def label(self) -> str:
        """The number as people say it: 2026-12."""
        return f"{self.year}-{self.number}"

    @property
    def running_round(self) -> str | None:
        """The round that is on now, if any."""
        return running_round(self.state, self.round_kind, self.discussion_closes_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallLine:
    """A call for participation as one line of the agenda."""

    number: int
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place_name: str
    locality: str
    online_url: str | None
    needed: int | None
    cancelled_at: datetime | None
    changed_at: datetime
    coming: int


_latest = aliased(Vote)
_last_decision = aliased(Decision)
_PROPOSALS = (
    select(
        Proposal.number,
        Proposal.year,
        Proposal.title,
        Proposal.state,
        Proposal.language,
        Proposal.published_at,
        Proposal.changed_at,
        Proposal.discussion_closes_at,
        Proposal.round_kind,
        Proposal.vote_closes_at,
        Proposal.withdrawn_because,
        select(func.count())
        .where(Contribution.proposal_id == Proposal.id, Contribution.deleted_at.is_(None))
        .scalar_subquery()
        .label("voices"),
        (
            select(func.count())
            .select_from(Ballot)
            .join(_latest, Ballot.vote_id == _latest.id)
            .where(_latest.proposal_id == Proposal.id, _latest.closed_at.is_(None))
            .where(_latest.amendment_id.is_(None))
            .scalar_subquery()
            + select(func.count())
            .select_from(Participation)
            .join(_latest, Participation.vote_id == _latest.id)
            .where(_latest.proposal_id == Proposal.id, _latest.closed_at.is_(None))
            .where(Participation.has_voted.is_(True), _latest.amendment_id.is_(None))
            .scalar_subquery()
        ).label("ballots"),
        _last_decision.number.label("decision"),
        _last_decision.outcome,
    )
    .outerjoin(
        _last_decision,
        _last_decision.number
        == select(func.max(Decision.number))
        .where(Decision.proposal_id == Proposal.id)
        .scalar_subquery(),
    )
    .where(Proposal.state.in_(bindparam("states", expanding=True)))
)
_limit = bindparam("limit", type_=Integer)
_offset = bindparam("offset", type_=Integer)
_SOME_PROPOSALS = _PROPOSALS.limit(_limit).offset(_offset)
_OPEN = _SOME_PROPOSALS.order_by(
    Proposal.state != State.VOTE,
    func.coalesce(Proposal.vote_closes_at, Proposal.discussion_closes_at).is_(None),
    func.coalesce(Proposal.vote_closes_at, Proposal.discussion_closes_at),
    Proposal.number.desc(),
)
_NEWEST = _SOME_PROPOSALS.order_by(Proposal.number.desc())
_COUNTS = select(Proposal.state, func.count()).group_by(Proposal.state)
_CALLS = select(
    Call.number,
    Call.title,
    Call.starts_at,
    Call.ends_at,
    Call.place_name,
    Call.locality,
    Call.online_url,
    Call.needed,
    Call.cancelled_at,
    Call.changed_at,
    select(func.count()).where(Rsvp.call_id == Call.id).scalar_subquery().label("coming"),
)
_end = func.coalesce(Call.ends_at, Call.starts_at)
_moment = bindparam("moment", type_=Call.starts_at.type)
_UPCOMING = _CALLS.where(_end > _moment).order_by(Call.starts_at).limit(_limit)
_PAST = _CALLS.where(_end <= _moment).order_by(Call.starts_at.desc()).limit(_limit)
_ALL = 10_000


async def open_now(
    tx: Transaction,
    states: Sequence[State] = (*VOTED, *DISCUSSED),
    *,
    limit: int = _ALL,
    offset: int = 0,
) -> list[ProposalLine]:
    """Return what can still be influenced: votes by closing date, then discussions."""
    return await _proposals(tx, _OPEN, states, limit, offset)


async def proposals(
    tx: Transaction, states: Sequence[State] = PUBLIC, *, limit: int = _ALL, offset: int = 0
) -> list[ProposalLine]:
    """Return the proposals in these states, newest first."""
    return await _proposals(tx, _NEWEST, states, limit, offset)


async def counts(tx: Transaction) -> dict[State, int]:
    """Return how many proposals are in each state."""
    return {row[0]: row[1] for row in (await tx.execute(_COUNTS)).all()}


async def upcoming(tx: Transaction, limit: int = _ALL) -> list[CallLine]:
    """Return the calls that are not over, soonest first."""
    rows = await _rows(tx, _UPCOMING, {"moment": clock.now(), "limit": limit})
    return [CallLine(**row) for row in rows]


async def past(tx: Transaction, limit: int = 50) -> list[CallLine]:
    """Return the calls that are over, latest first."""
    rows = await _rows(tx, _PAST, {"moment": clock.now(), "limit": limit})
    return [CallLine(**row) for row in rows]


async def full_texts(tx: Transaction, limit: int = 50) -> list[Row[Any]]:
    """Return the latest proposals with the text that stands now, for a feed."""
    newer = aliased(Version)
    statement = (
        select(Proposal.number, Proposal.title, Proposal.published_at, Proposal.changed_at)
        .add_columns(Version.content, Version.number.label("version"))
        .join(Version, Version.proposal_id == Proposal.id)
        .outerjoin(newer, and_(newer.proposal_id == Proposal.id, newer.number > Version.number))
        .where(newer.id.is_(None), Proposal.state != State.DRAFT)
        .order_by(Proposal.changed_at.desc())
        .limit(limit)
    )
    return list((await tx.execute(statement)).all())


async def _proposals(
    tx: Transaction,
    statement: Select[*tuple[Any, ...]],
    states: Sequence[State],
    limit: int,
    offset: int,
) -> list[ProposalLine]:
    values = {"states": list(states), "limit": limit, "offset": offset}
    rows = await _rows(tx, statement, values)
    return [ProposalLine(**row) for row in rows]


async def _rows(
    tx: Transaction, statement: Select[*tuple[Any, ...]], values: dict[str, Any]
) -> Sequence[RowMapping]:
    return (await tx.execute(statement, values)).mappings().all()
