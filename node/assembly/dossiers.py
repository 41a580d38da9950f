"""One proposal with all that belongs to it, for whoever shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased

from node import clock
from node.assembly import method
from node.database import Transaction
from node.errors import NotFound
from node.models import (
    Actor,
    CoCarrier,
    Decision,
    Member,
    Proposal,
    State,
    Version,
    Vote,
)
from node.models.proposal import running_round


class CarriedBy(NamedTuple):
    """One of those who carry a proposal beside the first."""

    id: int
    name: str
    handle: str
    is_published: bool


class Dossier(NamedTuple):
    """A proposal, its text as it stands, its last vote, what came of it: a row of `_DOSSIER`."""

    id: int
    number: int
    year: int
    title: str
    state: State
    method: str
    language: str
    published_at: datetime
    changed_at: datetime
    discussion_closes_at: datetime | None
    round_kind: str | None
    vote_closes_at: datetime | None
    withdrawn_because: str | None
    carrier_id: int | None
    carrier_name: str | None
    carrier_handle: str | None
    carrier_is_published: bool | None
    content: str
    digest: str
    version: int
    note: str
    written_at: datetime
    vote_id: int | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    electorate: int | None
    decision: int | None
    outcome: str | None
    explanation: str | None
    tally: Mapping[str, int] | None
    outside: Mapping[str, int] | None
    turnout: int | None
    statement: str | None
    decided_at: datetime | None
    co_carriers: tuple["CarriedBy", ...]

    @property
    def label(self) -> str:
        """The number as people say it: 2026-12."""
        return f"{self.year}-{self.number}"

    def is_carried_by(self, member: Member | None) -> bool:
        """Say whether this member may change or withdraw it, or open and close its vote."""
        if member is None:
            return False
        carriers = {self.carrier_id, *(one.id for one in self.co_carriers)}
        return member.is_in_charge or member.id in carriers

    @property
    def running_round(self) -> str | None:
        """The round that is on now, if any."""
        return running_round(self.state, self.round_kind, self.discussion_closes_at)

    @property
    def is_asked(self) -> bool:
        """Say whether ballots count now, by our own clock and our own record."""
        return self.state is State.VOTE and self.closed_at is None and not self.is_late

    @property
    def is_late(self) -> bool:
        """Say whether the time of the vote is over."""
        return self.closes_at is not None and self.closes_at <= clock.now()

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers that can be given."""
        return method.find(self.method).choices


_person = aliased(Actor)
_DOSSIER = (
    select(
        Proposal.id,
        Proposal.number,
        Proposal.year,
        Proposal.title,
        Proposal.state,
        Proposal.method,
        Proposal.language,
        Proposal.published_at,
        Proposal.changed_at,
        Proposal.discussion_closes_at,
        Proposal.round_kind,
        Proposal.vote_closes_at,
        Proposal.withdrawn_because,
        Proposal.carrier_id,
        _person.name.label("carrier_name"),
        _person.handle.label("carrier_handle"),
        Member.is_published.label("carrier_is_published"),
        Version.content,
        Version.digest,
        Version.number.label("version"),
        Version.note,
        Version.written_at,
        Vote.id.label("vote_id"),
        Vote.opened_at,
        Vote.closes_at,
        Vote.closed_at,
        Vote.electorate_count.label("electorate"),
        Decision.number.label("decision"),
        Decision.outcome,
        Decision.explanation,
        Decision.tally,
        Decision.outside,
        Decision.turnout,
        Decision.statement,
        Decision.decided_at,
    )
    .join(Version, Version.proposal_id == Proposal.id)
    .outerjoin(Member, Member.id == Proposal.carrier_id)
    .outerjoin(_person, _person.id == Member.actor_id)
    .outerjoin(Vote, and_(Vote.proposal_id == Proposal.id, Vote.amendment_id.is_(None)))
    .outerjoin(Decision, Decision.vote_id == Vote.id)
    .where(Proposal.number == bindparam("number"), Proposal.state != State.DRAFT)
    .order_by(Version.number.desc(), Vote.round.desc(), Decision.number.desc())
    .limit(1)
)
_CARRIED_BY = (
    select(Member.id, Actor.name, Actor.handle, Member.is_published)
    .join(CoCarrier, CoCarrier.member_id == Member.id)
    .join(Actor, Actor.id == Member.actor_id)
    .where(CoCarrier.proposal_id == bindparam("proposal"))
    .order_by(Actor.name)
)


async def by_number(tx: Transaction, number: int) -> Dossier:
    """Return the proposal with this number and all that belongs to it. Raise NotFound."""
    row = (await tx.execute(_DOSSIER, {"number": number})).first()
    if row is None:
        raise NotFound(f"there is no proposal {number}")
    others = (await tx.execute(_CARRIED_BY, {"proposal": row[0]})).all()
    return Dossier._make((*row, tuple(CarriedBy._make(one) for one in others)))
