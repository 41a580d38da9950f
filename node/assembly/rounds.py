"""Rounds of discussion with a time box, and how members feel about the text meanwhile."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select

from node import clock
from node.assembly import proposals
from node.assembly.events import RoundOpened
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.events import record
from node.models import Leaning, Member, Proposal, State, Step

KINDS = ("clarification", "reactions", "amendments")
POSITIONS = ("favourable", "mixed", "reserved")


async def open_round(
    tx: Transaction, proposal: Proposal, *, by: Member, kind: str, closes_at: datetime
) -> None:
    """Open a round that ends by itself at the given moment; it takes the place of the last one."""
    proposals.must_carry(proposal, by)
    proposal = await proposals.locked(tx, proposal)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    if kind not in KINDS:
        raise Invalid(Problem("kind", "round-unknown", {}))
    if closes_at <= clock.now():
        raise Invalid(Problem("closes_at", "closes-in-the-past", {}))
    before = proposal.state
    proposal.state = State.AMENDMENT if kind == "amendments" else State.DISCUSSION
    proposal.round_kind, proposal.discussion_closes_at = kind, closes_at
    proposal.changed_at = clock.now()
    tx.add(Step(proposal_id=proposal.id, kind=kind, member_id=by.id, until=closes_at))
    await tx.flush()
    record(tx, RoundOpened(proposal, before, kind, closes_at))


async def lean(tx: Transaction, proposal: Proposal, member: Member, position: str) -> None:
    """Say how one feels about the text; saying it again replaces it, nothing takes it back."""
    proposal = await proposals.locked(tx, proposal)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="leaning-too-late")
    if position not in (*POSITIONS, ""):
        raise Invalid(Problem("position", "position-unknown", {}))
    mine = (Leaning.proposal_id == proposal.id) & (Leaning.member_id == member.id)
    await tx.execute(delete(Leaning).where(mine))
    if position:
        tx.add(Leaning(proposal_id=proposal.id, member_id=member.id, position=position))
        await tx.flush()


async def leanings(tx: Transaction, proposal_id: int) -> Mapping[str, int]:
    """Return how many members feel in each way, without any verdict."""
    statement = select(Leaning.position, func.count()).where(Leaning.proposal_id == proposal_id)
    rows = (await tx.execute(statement.group_by(Leaning.position))).all()
    counts = {row[0]: int(row[1]) for row in rows}
    return {position: counts.get(position, 0) for position in POSITIONS}


async def leaning_of(tx: Transaction, proposal_id: int, member: Member) -> str:
    """Return how a member said to feel, or nothing."""
    statement = select(Leaning.position).where(Leaning.proposal_id == proposal_id)
    return str(await tx.scalar(statement.where(Leaning.member_id == member.id)) or "")
