"""What came of a proposal, entered in the register for good."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from node import clock
from node.assembly import assemblies
from node.assembly.events import DecisionTaken
from node.assembly.method import Verdict
from node.database import Transaction
from node.errors import NotFound
from node.events import record
from node.models import Decision, Proposal, State, Vote
from node.texts import readable


async def decide(
    tx: Transaction,
    vote: Vote,
    verdict: Verdict,
    *,
    tally: Mapping[str, int],
    outside: Mapping[str, int],
    ballots: str,
    statement: str = "",
) -> Decision:
    """Enter the verdict of a vote as a decision, and end the proposal's life."""
    assembly = await assemblies.locked(tx)
    decision = Decision(
        number=await _next_number(tx),
        year=clock.now().astimezone(assemblies.zone(assembly)).year,
        outcome=verdict.outcome,
        explanation=verdict.explanation,
        tally=dict(tally),
        outside=dict(outside),
        turnout=sum(tally.values()),
        statement=readable(statement).strip(),
        ballots_digest=ballots,
        proposal=vote.proposal,
        version=vote.version,
        vote=vote,
    )
    vote.proposal.state = State.DECIDED
    vote.proposal.changed_at = clock.now()
    tx.add(decision)
    await tx.flush()
    record(tx, DecisionTaken(decision))
    return decision


async def note_withdrawal(tx: Transaction, proposal: Proposal) -> Decision:
    """Enter that a text was taken back: it ends in the register like any other."""
    assembly = await assemblies.locked(tx)
    decision = Decision(
        number=await _next_number(tx),
        year=clock.now().astimezone(assemblies.zone(assembly)).year,
        outcome="withdrawn",
        explanation="",
        statement=proposal.withdrawn_because or "",
        proposal=proposal,
        version=proposal.version,
    )
    tx.add(decision)
    await tx.flush()
    record(tx, DecisionTaken(decision))
    return decision


async def by_number(tx: Transaction, number: int) -> Decision:
    """Return the decision with this number. Raise NotFound."""
    decision = await tx.find(select(Decision).where(Decision.number == number))
    if not isinstance(decision, Decision):
        raise NotFound(f"there is no decision {number}")
    return decision


async def about(tx: Transaction, proposal: Proposal) -> Decision | None:
    """Return the last decision about a proposal, if there is one."""
    statement = select(Decision).where(Decision.proposal_id == proposal.id)
    decision = await tx.find(statement.order_by(Decision.number.desc()).limit(1))
    return decision if isinstance(decision, Decision) else None


async def listed(tx: Transaction, limit: int = 1000) -> Sequence[Decision]:
    """Return the decisions, newest first."""
    return await tx.all(select(Decision).order_by(Decision.number.desc()).limit(limit))


async def _next_number(tx: Transaction) -> int:
    return int(await tx.scalar(select(func.max(Decision.number))) or 0) + 1
