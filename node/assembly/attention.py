"""What waits for one member, and what is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from node import clock
from node.assembly.voting import reminding
from node.database import Transaction
from node.models import (
    Amendment,
    Attendance,
    Ballot,
    Call,
    CoCarrier,
    Contribution,
    Draw,
    Member,
    Objection,
    Participation,
    Proposal,
    Standing,
    State,
    Vote,
    Voter,
)


@dataclass(frozen=True)
class Asked:
    """An open vote whose roll has the member, and whether they answered.

    `is_void` says that they had answered about a text that has changed since.
    """

    number: int
    title: str
    closes_at: datetime
    has_voted: bool
    is_secret: bool
    is_void: bool
    amendment: int | None = None

    @property
    def path(self) -> str:
        """Where the member answers."""
        about = f"/amendements/{self.amendment}" if self.amendment is not None else ""
        return f"/p/{self.number}{about}/voter"

    @property
    def ends_soon(self) -> bool:
        """Say whether less than a day is left."""
        return self.closes_at - clock.now() <= reminding.BEFORE


@dataclass(frozen=True)
class ToAnswer:
    """A text that a member carries, with how many amendments wait for its carriers."""

    number: int
    title: str
    count: int


@dataclass(frozen=True)
class Waiting:
    """A text about which something waits for somebody."""

    number: int
    title: str


_earlier, _void = aliased(Vote), aliased(Ballot)
_void_part = aliased(Participation)
_member: BindParameter[int] = bindparam("member")
_HAD_VOTED = or_(
    exists()
    .where(_void.vote_id == _earlier.id, _void.member_id == _member)
    .where(_earlier.proposal_id == Vote.proposal_id, _earlier.ended_as == "voided"),
    exists()
    .where(_void_part.vote_id == _earlier.id, _void_part.member_id == _member)
    .where(_void_part.has_voted.is_(True))
    .where(_earlier.proposal_id == Vote.proposal_id, _earlier.ended_as == "voided"),
)
_ASKED = (
    select(
        Proposal.number,
        Proposal.title,
        Vote.closes_at,
        or_(
            Ballot.id.is_not(None),
            and_(Participation.has_voted.is_not(None), Participation.has_voted.is_(True)),
        ),
        Vote.is_secret,
        and_(Vote.amendment_id.is_(None), _HAD_VOTED),
        Amendment.number.label("amendment"),
    )
    .select_from(Voter)
    .join(Vote, Vote.id == Voter.vote_id)
    .join(Proposal, Proposal.id == Vote.proposal_id)
    .outerjoin(Amendment, Amendment.id == Vote.amendment_id)
    .outerjoin(Ballot, and_(Ballot.vote_id == Vote.id, Ballot.member_id == _member))
    .outerjoin(
        Participation, and_(Participation.vote_id == Vote.id, Participation.member_id == _member)
    )
    .outerjoin(Attendance, and_(Attendance.vote_id == Vote.id, Attendance.member_id == _member))
    .where(Voter.member_id == _member, Vote.closed_at.is_(None), Attendance.member_id.is_(None))
    .where(Vote.closes_at > bindparam("moment", type_=Vote.closes_at.type))
    .order_by(Vote.closes_at)
)


async def asked(tx: Transaction, member: Member) -> list[Asked]:
    """Return the open votes that ask a member: unanswered first, then by closing date."""
    rows = (await tx.execute(_ASKED, {"member": member.id, "moment": clock.now()})).all()
    found = [
        Asked(row[0], row[1], row[2], bool(row[3]), bool(row[4]), bool(row[5]), row[6])
        for row in rows
    ]
    return sorted(found, key=lambda one: one.has_voted)


async def carried(tx: Transaction, member: Member, limit: int = 20) -> Sequence[Proposal]:
    """Return the proposals that a member carries, newest first."""
    shared = select(CoCarrier.proposal_id).where(CoCarrier.member_id == member.id)
    is_theirs = or_(Proposal.carrier_id == member.id, Proposal.id.in_(shared))
    statement = select(Proposal).where(is_theirs)
    return await tx.all(statement.order_by(Proposal.number.desc()).limit(limit))


async def to_answer(tx: Transaction, member: Member) -> list[ToAnswer]:
    """Return the open texts that a member carries and on which amendments wait for an answer."""
    shared = select(CoCarrier.proposal_id).where(CoCarrier.member_id == member.id)
    statement = (
        select(Proposal.number, Proposal.title, func.count())
        .join(Amendment, Amendment.proposal_id == Proposal.id)
        .where(or_(Proposal.carrier_id == member.id, Proposal.id.in_(shared)))
        .where(Proposal.state.in_((State.DISCUSSION, State.AMENDMENT)))
        .where(Amendment.state == Standing.PROPOSED, Amendment.amends_id.is_(None))
        .group_by(Proposal.number, Proposal.title)
        .order_by(Proposal.number)
    )
    return [ToAnswer(*row) for row in (await tx.execute(statement)).all()]


async def objected(tx: Transaction, member: Member) -> list[Waiting]:
    """Return the texts in an open vote to which a member's own objection is still open."""
    statement = (
        select(Proposal.number, Proposal.title)
        .join(Vote, Vote.proposal_id == Proposal.id)
        .join(Objection, Objection.vote_id == Vote.id)
        .where(Objection.author_id == member.id, Objection.state == "raised")
        .where(Vote.closed_at.is_(None))
        .order_by(Proposal.number)
    )
    return [Waiting(*row) for row in (await tx.execute(statement)).all()]


async def to_draw(tx: Transaction) -> list[Waiting]:
    """Return the texts whose announced draw waits for a number that is known by now."""
    statement = (
        select(Proposal.number, Proposal.title)
        .join(Vote, Vote.proposal_id == Proposal.id)
        .join(Draw, Draw.vote_id == Vote.id)
        .where(Draw.randomness.is_(None), Draw.due_at <= clock.now())
        .order_by(Draw.due_at)
    )
    return [Waiting(*row) for row in (await tx.execute(statement)).all()]


async def organised(tx: Transaction, member: Member, limit: int = 20) -> Sequence[Call]:
    """Return the calls that a member organises, newest first."""
    statement = select(Call).where(Call.organiser_id == member.id)
    return await tx.all(statement.order_by(Call.number.desc()).limit(limit))


async def said(
    tx: Transaction, member: Member, limit: int = 20
) -> list[tuple[Contribution, Proposal]]:
    """Return what a member last said, with the proposal it was about."""
    statement = (
        select(Contribution)
        .where(Contribution.author_id == member.actor_id, Contribution.deleted_at.is_(None))
        .where(Contribution.proposal_id.is_not(None))
        .order_by(Contribution.id.desc())
        .limit(limit)
    )
    spoken: Sequence[Contribution] = await tx.all(statement)
    about = {one.proposal_id for one in spoken}
    proposals = await tx.all(select(Proposal).where(Proposal.id.in_(about)))
    found = {proposal.id: proposal for proposal in proposals}
    return [(one, found[one.proposal_id]) for one in spoken]
