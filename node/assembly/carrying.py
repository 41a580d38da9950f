"""What whoever carries a text does with it: put it off, take it up again, see its way so far."""

from collections.abc import Sequence

from sqlalchemy import select

from node import clock
from node.assembly import decisions, proposals
from node.assembly.events import ProposalDeferred
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.events import record
from node.models import Decision, Member, Proposal, State, Step
from node.texts import line

DEFERRED = "deferred"
REASON_MAX = 500
# What decided nothing may be discussed again (deciding.md, section 2).
UNSETTLED = ("quorum_not_met", "blocked", "tie", "void")


async def defer(tx: Transaction, proposal: Proposal, *, by: Member, reason: str) -> None:
    """Put the text back under discussion, and say why.

    A vote is cancelled instead, with a reason of its own; what was decided stays decided.
    """
    proposals.must_carry(proposal, by)
    proposal = await proposals.locked(tx, proposal)
    if proposal.state is State.FROZEN and proposal.vote_closes_at is not None:
        raise NotNow("the assembly votes on an amendment", code="amendment-at-vote")
    if not can_be_deferred(proposal.state, await decisions.about(tx, proposal)):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-defer")
    reason = line(reason)
    if not reason:
        raise Invalid(Problem("reason", "reason-missing", {}))
    if len(reason) > REASON_MAX:
        raise Invalid(Problem("reason", "reason-too-long", {"max": REASON_MAX}))
    before = proposal.state
    proposal.state, proposal.round_kind = State.DISCUSSION, None
    proposal.discussion_closes_at = proposal.vote_closes_at = None
    proposal.changed_at = clock.now()
    tx.add(Step(proposal_id=proposal.id, kind=DEFERRED, member_id=by.id, reason=reason))
    await tx.flush()
    record(tx, ProposalDeferred(proposal, before, reason))


def can_be_deferred(state: State, decision: Decision | None) -> bool:
    """Say whether a text in this state can go back to the discussion."""
    is_unsettled = decision is not None and decision.outcome in UNSETTLED
    is_before = state in (*proposals.OPEN, State.FROZEN)
    return is_before or (state is State.DECIDED and is_unsettled)


async def steps(tx: Transaction, proposal_id: int) -> Sequence[Step]:
    """Return the rounds and deferrals of a text, oldest first."""
    statement = select(Step).where(Step.proposal_id == proposal_id)
    return await tx.all(statement.order_by(Step.made_at, Step.id))
