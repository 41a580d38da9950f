"""Members who wish a text to be put to the vote, where the rules ask for some first."""

from sqlalchemy import delete, func, select

from node.assembly import proposals, rules
from node.database import Transaction
from node.errors import NotNow
from node.models import Endorsement, Member, Proposal


async def needed(tx: Transaction) -> int:
    """Return how many members have to support a text before its vote; none unless a rule says."""
    return (await rules.current(tx)).endorsements


async def count(tx: Transaction, proposal_id: int) -> int:
    """Return how many members of today support a text."""
    statement = (
        select(func.count())
        .select_from(Endorsement)
        .join(Member, Member.id == Endorsement.member_id)
        .where(Endorsement.proposal_id == proposal_id, Member.left_at.is_(None))
    )
    return int(await tx.scalar(statement))


async def is_given(tx: Transaction, proposal_id: int, member: Member) -> bool:
    """Say whether a member supports a text."""
    statement = select(Endorsement.member_id).where(Endorsement.proposal_id == proposal_id)
    return await tx.scalar(statement.where(Endorsement.member_id == member.id)) is not None


async def give(tx: Transaction, proposal: Proposal, member: Member) -> None:
    """Support a text; once is enough."""
    proposal = await _open(tx, proposal)
    if not await is_given(tx, proposal.id, member):
        tx.add(Endorsement(proposal_id=proposal.id, member_id=member.id))
        await tx.flush()


async def take_back(tx: Transaction, proposal: Proposal, member: Member) -> None:
    """Support a text no longer."""
    proposal = await _open(tx, proposal)
    mine = (Endorsement.proposal_id == proposal.id) & (Endorsement.member_id == member.id)
    await tx.execute(delete(Endorsement).where(mine))


async def must_suffice(tx: Transaction, proposal: Proposal) -> None:
    """Raise NotNow, with how many are missing, unless enough members support the text."""
    missing = await needed(tx) - await count(tx, proposal.id)
    if missing > 0:
        raise NotNow(
            f"proposal {proposal.label} lacks {missing} endorsements",
            code="endorsements-missing",
            missing=missing,
        )


async def _open(tx: Transaction, proposal: Proposal) -> Proposal:
    proposal = await proposals.locked(tx, proposal)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="endorsing-too-late")
    return proposal
