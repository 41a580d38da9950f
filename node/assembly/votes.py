"""Asking the assembly: the vote opens, ballots are cast, the vote closes."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from node import clock, digests
from node.assembly import decisions, members, method, proposals
from node.assembly.events import OpinionGiven, VoteClosed, VoteOpened
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.events import record
from node.models import Actor, Ballot, Decision, Member, Opinion, Proposal, State, Vote, Voter


async def open_vote(
    tx: Transaction, proposal: Proposal, *, by: Member, closes_at: datetime
) -> Vote:
    """Freeze the text and the roll, and ask for ballots until the given moment.

    Raise NotNow when the proposal is not under discussion, Invalid when the end is past.
    """
    proposals.must_carry(proposal, by)
    return await ask(tx, proposal, closes_at=closes_at)


async def ask(tx: Transaction, proposal: Proposal, *, closes_at: datetime) -> Vote:
    """Open the vote on behalf of the node itself, with the same rules as `open_vote`."""
    if proposal.state not in (*proposals.OPEN, State.FROZEN):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-open-vote")
    if closes_at <= clock.now():
        raise Invalid(Problem("closes_at", "closes-in-the-past", {}))
    roll = await members.all_present(tx)
    if not roll:
        raise NotNow("nobody is on the roll", code="nobody-on-the-roll")
    vote = Vote(
        proposal=proposal,
        version=proposal.version,
        method=proposal.method,
        rule=dict(method.find(proposal.method).rule),
        closes_at=closes_at,
        electorate_count=len(roll),
        roll_digest=digests.of(sorted(_pseudonym(member, proposal) for member in roll)),
    )
    tx.add(vote)
    await tx.flush()
    voters = [{"vote_id": vote.id, "member_id": member.id} for member in roll]
    await tx.execute(insert(Voter), voters)
    proposal.state = State.VOTE
    proposal.vote_closes_at = closes_at
    proposal.changed_at = clock.now()
    record(tx, VoteOpened(vote))
    return vote


async def cast_ballot(
    tx: Transaction,
    vote: Vote,
    voter: Member,
    choice: str,
    *,
    version_digest: str,
    reason: str = "",
) -> Ballot:
    """Take a member's answer, in place of an earlier one of theirs."""
    if is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if await tx.get(Voter, (vote.id, voter.id)) is None:
        raise Refusal(f"{voter.handle} is not on the roll", code="not-on-the-roll")
    if version_digest != vote.version.digest:
        raise NotNow("the ballot is for another version", code="other-version")
    if choice not in choices(vote):
        raise Invalid(Problem("choice", "choice-missing", {}))
    ballot = await ballot_of(tx, vote, voter)
    if ballot is None:
        ballot = Ballot(vote_id=vote.id, member_id=voter.id, choice=choice)
        tx.add(ballot)
    ballot.choice, ballot.reason, ballot.cast_at = choice, reason.strip()[:2000], clock.now()
    await tx.flush()
    return ballot


async def close_vote(tx: Transaction, vote: Vote, *, by: Member, statement: str = "") -> Decision:
    """Close before the time, with a sentence on what comes of it. Raise NotNow when closed."""
    proposals.must_carry(vote.proposal, by)
    return await close(tx, vote, statement=statement)


async def close(tx: Transaction, vote: Vote, *, statement: str = "") -> Decision:
    """Take no more ballots, count them, and enter the decision."""
    if vote.closed_at is not None:
        raise NotNow("the vote is closed already", code="vote-is-closed")
    vote.closed_at = clock.now()
    record(tx, VoteClosed(vote))
    verdict = method.find(vote.method).decide(await count(tx, vote), vote.rule)
    return await decisions.decide(
        tx,
        vote,
        verdict,
        tally=await tally(tx, vote),
        outside=await opinions(tx, vote),
        ballots=await _ballots_digest(tx, vote),
        statement=statement,
    )


async def due(tx: Transaction) -> Sequence[Vote]:
    """Return the votes whose time has come and that nobody has closed."""
    return await tx.all(select(Vote).where(Vote.closed_at.is_(None), Vote.closes_at <= clock.now()))


async def next_close(tx: Transaction) -> datetime | None:
    """Return when the next vote ends, if any is open."""
    moment = await tx.scalar(select(func.min(Vote.closes_at)).where(Vote.closed_at.is_(None)))
    return moment if isinstance(moment, datetime) else None


async def hear_opinion(
    tx: Transaction, vote: Vote, actor: Actor, choice: str, *, uri: str | None
) -> Opinion | None:
    """Keep an answer from outside: the first one of each actor, while the vote is open."""
    if is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if choice not in choices(vote):
        raise Refusal(f"{choice!r} is not among the answers")
    known = select(Opinion).where(Opinion.vote_id == vote.id, Opinion.actor_id == actor.id)
    if await tx.find(known) is not None:
        return None
    opinion = Opinion(vote_id=vote.id, actor_id=actor.id, choice=choice, uri=uri)
    tx.add(opinion)
    await tx.flush()
    record(tx, OpinionGiven(vote, opinion))
    return opinion


async def count(tx: Transaction, vote: Vote) -> method.Count:
    """Return how the ballots stand, as the method sees them."""
    return method.Count(await tally(tx, vote), vote.electorate_count)


async def tally(tx: Transaction, vote: Vote) -> dict[str, int]:
    """Return the ballots by choice, every choice named."""
    statement = select(Ballot.choice, func.count()).where(Ballot.vote_id == vote.id)
    rows = (await tx.execute(statement.group_by(Ballot.choice))).all()
    return {**dict.fromkeys(choices(vote), 0), **{row[0]: row[1] for row in rows}}


async def opinions(tx: Transaction, vote: Vote) -> dict[str, int]:
    """Return the answers from outside by choice, every choice named."""
    statement = select(Opinion.choice, func.count()).where(Opinion.vote_id == vote.id)
    rows = (await tx.execute(statement.group_by(Opinion.choice))).all()
    return {**dict.fromkeys(choices(vote), 0), **{row[0]: row[1] for row in rows}}


async def latest(tx: Transaction, proposal: Proposal) -> Vote | None:
    """Return the last vote about a proposal, open or not."""
    statement = select(Vote).where(Vote.proposal_id == proposal.id).order_by(Vote.round.desc())
    vote = await tx.find(statement.limit(1))
    return vote if isinstance(vote, Vote) else None


async def on(tx: Transaction, proposal: Proposal) -> Vote:
    """Return the vote about a proposal. Raise NotFound."""
    vote = await latest(tx, proposal)
    if vote is None:
        raise NotFound(f"there is no vote about {proposal.label}")
    return vote


async def ballot_of(tx: Transaction, vote: Vote, member: Member) -> Ballot | None:
    """Return what a member answered, if anything."""
    mine = select(Ballot).where(Ballot.vote_id == vote.id, Ballot.member_id == member.id)
    ballot = await tx.find(mine)
    return ballot if isinstance(ballot, Ballot) else None


async def may_vote(tx: Transaction, vote: Vote, member: Member) -> bool:
    """Say whether the member is on the roll of a vote that is still open."""
    return not is_over(vote) and await tx.get(Voter, (vote.id, member.id)) is not None


def is_over(vote: Vote) -> bool:
    """Say whether no ballot counts any more, by our own clock and our own record."""
    return vote.closed_at is not None or vote.closes_at <= clock.now()


def choices(vote: Vote) -> tuple[str, ...]:
    """Return the codes of the answers that can be given."""
    return method.find(vote.method).choices


async def _ballots_digest(tx: Transaction, vote: Vote) -> str:
    statement = select(Ballot.member_id, Ballot.choice).where(Ballot.vote_id == vote.id)
    rows = (await tx.execute(statement)).all()
    return digests.of(sorted([_mask(row[0], vote.id), row[1]] for row in rows))


def _pseudonym(member: Member, proposal: Proposal) -> str:
    return _mask(member.id, proposal.id)


def _mask(number: int, salt: int) -> str:
    """A name on the published roll that nobody can trace back to a member."""
    return hashlib.sha256(f"{salt}:{number}".encode()).hexdigest()
