"""What waits for one member, and what is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from node import clock
from node.database import Transaction
from node.models import Ballot, Call, Contribution, Member, Proposal, Vote, Voter


@dataclass(frozen=True)
class Asked:
    """An open vote whose roll has the member, with the answer they gave, if any."""

    number: int
    title: str
    closes_at: datetime
    choice: str | None


async def asked(tx: Transaction, member: Member) -> list[Asked]:
    """Return the open votes that ask a member: unanswered first, then by closing date."""
    statement = (
        select(Proposal.number, Proposal.title, Vote.closes_at, Ballot.choice)
        .select_from(Voter)
        .join(Vote, Vote.id == Voter.vote_id)
        .join(Proposal, Proposal.id == Vote.proposal_id)
        .outerjoin(Ballot, (Ballot.vote_id == Vote.id) & (Ballot.member_id == member.id))
        .where(Voter.member_id == member.id, Vote.closed_at.is_(None))
        .where(Vote.closes_at > clock.now())
        .order_by(Vote.closes_at)
    )
    found = [Asked(*row) for row in (await tx.execute(statement)).all()]
    return sorted(found, key=lambda one: one.choice is not None)


async def carried(tx: Transaction, member: Member, limit: int = 20) -> Sequence[Proposal]:
    """Return the proposals that a member carries, newest first."""
    statement = select(Proposal).where(Proposal.carrier_id == member.id)
    return await tx.all(statement.order_by(Proposal.number.desc()).limit(limit))


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
