"""The assembly votes on an amendment before it votes on the text (deciding.md, section 2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from node import clock, words
from node.assembly import amending, decisions, method, motions, proposals
from node.assembly.method import Verdict
from node.assembly.voting import opening, terms
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Amendment, Member, Proposal, Standing, State, Vote

USUAL = "majority"


def methods() -> list[str]:
    """Return the methods that count for and against, the only ones an amendment is voted by."""
    return [name for name in method.every() if method.find(name).ballot is motions.BALLOT]


async def usual(tx: Transaction, method_name: str = USUAL) -> Terms:
    """Return the terms that the rules give; an amendment is asked about here and not elsewhere.

    A tie leaves the text as it is: lots are drawn for texts alone.
    """
    found = await terms.usual(tx, method_name)
    parameters = {name: one for name, one in found.parameters.items() if name != "tie"}
    return replace(found, parameters=parameters, poll_ballots=False)


async def open_vote(
    tx: Transaction,
    amendment: Amendment,
    *,
    by: Member,
    closes_at: datetime,
    on: Terms | None = None,
) -> Vote:
    """Freeze text and roll, and ask whether the amendment changes the text.

    Raise NotNow while it is not its turn, Invalid when the end is past or the terms are not
    allowed.
    """
    proposal = await tx.get(Proposal, amendment.proposal_id)
    assert proposal is not None
    proposals.must_carry(proposal, by)
    proposal = await proposals.locked(tx, proposal)
    amendment = await amending.as_it_is(tx, amendment)
    await must_be_next(tx, proposal, amendment)
    opening.must_be_ahead(closes_at)
    kept = await allowed(tx, on or await usual(tx))
    earlier = await listed(tx, amendment.id)
    vote = await opening.freeze(
        tx,
        proposal,
        kept,
        closes_at=closes_at,
        round_=len(earlier) + 1,
        amendment_id=amendment.id,
    )
    amendment.state = Standing.VOTING
    opening.begin(tx, vote, State.FROZEN)
    return vote


async def must_be_next(tx: Transaction, proposal: Proposal, amendment: Amendment) -> None:
    """Raise NotNow unless the assembly can vote on the amendment now."""
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-open-vote")
    if amendment.state is not Standing.TO_VOTE:
        raise NotNow(f"{amendment.number} is not for the vote", code="amendment-not-for-vote")
    amended = await amending.amended_by(tx, amendment)
    await amending.sub_amendments_first(tx, amendment, amending.WAITING)
    changed = amending.with_it(proposal, amendment, amended)
    if amended is None:
        # Found out now and not at the close, when nobody could mend it.
        proposals.next_version(proposal, proposal.title, changed)


async def allowed(tx: Transaction, on: Terms) -> Terms:
    """Return the terms as they are kept. Raise Invalid when an amendment is not voted so."""
    if on.method not in methods():
        raise Invalid(Problem("method", "method-not-for-amendments", {}))
    return replace(await opening.allowed(tx, on), ties="stand")


async def settle(tx: Transaction, vote: Vote, verdict: Verdict) -> None:
    """Let the text be as the assembly has voted; it is open to discussion again.

    What is adopted is taken in, credited in the note of the version; what is rejected is
    declined. A vote that decides nothing leaves the amendment to be voted, or answered.
    """
    amendment = await about(tx, vote)
    give_back(vote)
    vote.outcome, vote.explanation = verdict.outcome, verdict.explanation
    amendment.state = Standing.TO_VOTE
    await tx.flush()
    if verdict.outcome in decisions.ADOPTED:
        amended = await amending.amended_by(tx, amendment)
        note = words.of(vote.proposal.language)(
            "amendment.note-voted",
            number=amendment.number,
            name=amendment.author.name,
            figures=verdict.explanation,
        )
        await amending.take_in(tx, vote.proposal, amendment, amended, note=note)
    elif verdict.outcome == "rejected":
        await amending.settle(tx, amendment, Standing.DECLINED)


async def cancel(tx: Transaction, vote: Vote) -> None:
    """Leave an amendment to be voted, because its vote ended without a count."""
    give_back(vote)
    (await about(tx, vote)).state = Standing.TO_VOTE
    await tx.flush()


def give_back(vote: Vote) -> None:
    """Let the text be discussed again, in the round it was in."""
    proposal = vote.proposal
    in_amendments = proposal.round_kind == "amendments"
    proposal.state = State.AMENDMENT if in_amendments else State.DISCUSSION
    proposal.vote_closes_at = None
    proposal.changed_at = clock.now()


async def about(tx: Transaction, vote: Vote) -> Amendment:
    """Return the amendment that a vote is about, as it stands. Raise NotFound."""
    found = await tx.get(Amendment, vote.amendment_id) if vote.amendment_id else None
    if found is None:
        raise NotFound("the vote is about no amendment")
    return await amending.as_it_is(tx, found)


async def on(tx: Transaction, amendment: Amendment) -> Vote:
    """Return the last vote about an amendment, open or not. Raise NotFound."""
    found = await listed(tx, amendment.id)
    if not found:
        raise NotFound(f"there is no vote about amendment {amendment.number}")
    return found[-1]


async def listed(tx: Transaction, *amendment_ids: int) -> Sequence[Vote]:
    """Return the votes about amendments, oldest first."""
    statement = select(Vote).where(Vote.amendment_id.in_(amendment_ids))
    return await tx.all(statement.order_by(Vote.opened_at, Vote.round))
