"""Closing a vote: no more ballots, the count, the decision."""

from node import clock
from node.assembly import decisions, method, proposals, showing, tally_facts, turnout
from node.assembly.events import VoteClosed
from node.assembly.method import Verdict
from node.assembly.poll import Tally
from node.assembly.voting import (
    counting,
    draws,
    finding,
    objecting,
    on_amendments,
    opinions,
    room,
)
from node.database import Transaction
from node.errors import NotNow
from node.events import record
from node.models import Decision, Member, State, Vote, VoteChange

BLOCK = "block"


async def close_vote(
    tx: Transaction, vote: Vote, *, by: Member, statement: str = "", minority: str = ""
) -> Decision | None:
    """Close before the time, with a sentence on what comes of it, and what the minority thinks.

    Who did it is noted, and the decision says that it was early. Raise NotNow when closed.
    """
    proposals.must_carry(vote.proposal, by)
    await room.must_be_confirmed(tx, vote)
    vote = await finding.locked(tx, vote)
    if vote.closed_at is None and clock.now() < vote.closes_at:
        ends = vote.closes_at
        tx.add(VoteChange(vote_id=vote.id, kind="closed", reason="", member_id=by.id, until=ends))
    return await close(tx, vote, statement=statement, minority=minority)


async def close(
    tx: Transaction, vote: Vote, *, statement: str = "", minority: str = ""
) -> Decision | None:
    """Take no more ballots, count them, and enter the decision.

    Only one of two who close at once does; what was recorded then decides, whatever a clock says
    later. A method that sums up without a verdict gives the text back to the discussion, and so
    does a vote on an amendment, which changes the text or leaves it as it is.
    """
    vote = await finding.locked(tx, vote)
    if vote.closed_at is not None:
        raise NotNow("the vote is closed already", code="vote-is-closed")
    await room.leave_out(tx, vote)
    vote.closed_at = clock.now()
    vote.ended_as = "counted"
    await tx.flush()
    record(tx, VoteClosed(vote))
    await objecting.settle(tx, vote)
    vote.facts = tally_facts.written(await counting.facts(tx, vote))
    if vote.amendment_id is not None:
        hidden = counting.too_few(vote, await counting.turnout(tx, vote))
        await on_amendments.settle(tx, vote, hidden or (await _counted(tx, vote))[0])
        return None
    if not method.find(vote.method).has_verdict:
        await _sum_up(tx, vote)
        return None
    voters = await counting.turnout(tx, vote)
    hidden = counting.too_few(vote, voters)
    if hidden is not None:
        return await decisions.decide(
            tx,
            vote,
            hidden,
            tally={},
            outside=await opinions.counted(tx, vote),
            ballots=None,
            statement=statement,
            turnout_count=voters,
        )
    verdict, found = await _counted(tx, vote)
    draw = await draws.announce(tx, vote) if found.verdict == draws.TIE else None
    announced = {"draw": draws.announced(draw)} if draw else {}
    return await decisions.decide(
        tx,
        vote,
        verdict,
        tally=counting.figures(vote, found),
        outside=await opinions.counted(tx, vote),
        ballots=await counting.digest(tx, vote),
        statement=statement,
        turnout_count=voters,
        working=counting.working(found) | announced,
        tolerated=await _tolerated(tx, vote, verdict),
        minority=minority,
    )


async def _tolerated(tx: Transaction, vote: Vote, verdict: Verdict) -> list[str]:
    """Return the reasons of the blocks in spite of which a text is adopted."""
    if vote.method != "consensus" or verdict.outcome not in decisions.ADOPTED:
        return []
    reasons = await turnout.reasons(tx, vote.id)
    return [reason for position, reason in reasons if position == BLOCK]


async def _counted(tx: Transaction, vote: Vote) -> tuple[Verdict, Tally]:
    """Count, and keep what the result says to people."""
    verdict, found = await counting.verdict(tx, vote)
    vote.shown = showing.kept(found)
    return verdict, found


async def _sum_up(tx: Transaction, vote: Vote) -> None:
    if not counting.too_few(vote, await counting.turnout(tx, vote)):
        vote.shown = showing.kept(await counting.result(tx, vote))
    vote.proposal.state = State.DISCUSSION
    vote.proposal.vote_closes_at = None
    vote.proposal.changed_at = clock.now()
