"""Votes found again: the last one about a proposal, those that are due, whether one is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from node import clock
from node.assembly import method
from node.database import Transaction
from node.errors import NotFound
from node.models import Ballot, Decision, Draw, Member, Proposal, Version, Vote, Voter


async def latest(tx: Transaction, proposal: Proposal) -> Vote | None:
    """Return the last vote about a proposal, open or not; those on amendments are none of it."""
    statement = select(Vote).where(Vote.proposal_id == proposal.id, Vote.amendment_id.is_(None))
    vote = await tx.find(statement.order_by(Vote.round.desc()).limit(1))
    return vote if isinstance(vote, Vote) else None


async def before(tx: Transaction, vote: Vote, *conditions: ColumnElement[bool]) -> Vote | None:
    """Return the last vote before this one on the same text, of those of which this is so."""
    statement = select(Vote).where(Vote.proposal_id == vote.proposal_id, Vote.round < vote.round)
    statement = statement.where(Vote.amendment_id.is_(None), *conditions)
    found = await tx.find(statement.order_by(Vote.round.desc()).limit(1))
    return found if isinstance(found, Vote) else None


async def on(tx: Transaction, proposal: Proposal) -> Vote:
    """Return the vote about a proposal. Raise NotFound."""
    vote = await latest(tx, proposal)
    if vote is None:
        raise NotFound(f"there is no vote about {proposal.label}")
    return vote


async def locked(tx: Transaction, vote: Vote) -> Vote:
    """Return the vote as it is now, and let nobody close it, change it or cast beside us."""
    statement = select(Vote).where(Vote.id == vote.id).with_for_update(of=Vote)
    found = await tx.find(statement.execution_options(populate_existing=True))
    return found if isinstance(found, Vote) else vote


async def due(tx: Transaction) -> Sequence[int]:
    """Return the ids of the votes whose time has come and that nobody has closed, in order."""
    statement = select(Vote.id).where(Vote.closed_at.is_(None), Vote.closes_at <= clock.now())
    return (await tx.execute(statement.order_by(Vote.closes_at, Vote.id))).scalars().all()


async def next_close(tx: Transaction) -> datetime | None:
    """Return when the next vote ends, if any is open."""
    moment = await tx.scalar(select(func.min(Vote.closes_at)).where(Vote.closed_at.is_(None)))
    return moment if isinstance(moment, datetime) else None


async def ballot_of(tx: Transaction, vote: Vote, member: Member) -> Ballot | None:
    """Return what a member answered in an open vote, if anything."""
    mine = select(Ballot).where(Ballot.vote_id == vote.id, Ballot.member_id == member.id)
    ballot = await tx.find(mine.execution_options(populate_existing=True))
    return ballot if isinstance(ballot, Ballot) else None


async def may_vote(tx: Transaction, vote: Vote, member: Member) -> bool:
    """Say whether the member is on the roll of a vote that is still open."""
    return not is_over(vote) and await tx.get(Voter, (vote.id, member.id)) is not None


async def consent_round(tx: Transaction, vote: Vote) -> int:
    """Return which round of consent this is: one more than those that ended blocked before."""
    statement = (
        select(func.count(func.distinct(Vote.id)))
        .join(Decision, Decision.vote_id == Vote.id)
        .where(Vote.proposal_id == vote.proposal_id, Vote.round < vote.round)
        .where(Vote.method == "consent", Decision.outcome == "blocked")
    )
    return int(await tx.scalar(statement)) + 1


async def is_text_changed(tx: Transaction, vote: Vote) -> bool:
    """Say whether the text had a newer version before the vote was over."""
    statement = (
        select(func.count())
        .select_from(Version)
        .where(Version.proposal_id == vote.proposal_id, Version.number > vote.version.number)
        .where(Version.written_at <= (vote.closed_at or clock.now()))
    )
    return bool(await tx.scalar(statement))


def is_over(vote: Vote) -> bool:
    """Say whether no ballot counts any more, by our own clock and our own record."""
    return vote.closed_at is not None or vote.closes_at <= clock.now()


def choices(vote: Vote) -> tuple[str, ...]:
    """Return the codes of what can be answered: positions, or the options of the vote."""
    return method.find(vote.method).choices or tuple(one["code"] for one in vote.options)


async def draw_of(tx: Transaction, vote: Vote) -> Draw | None:
    """Return the draw of a vote, done or not."""
    found = await tx.find(select(Draw).where(Draw.vote_id == vote.id))
    return found if isinstance(found, Draw) else None
