"""Other words for a paragraph: proposed by members, answered by whoever carries the text."""

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy import func, or_, select

from node import clock
from node.assembly import amending, paragraphs, proposals
from node.assembly.amending import WAITING
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.models import Amendment, Member, Proposal, Standing, Version
from node.texts import line, readable

WORDS_MAX = 20_000
REASON_MAX = 2000


class Words(TypedDict):
    """What an amendment says, as it is kept."""

    replacement: str
    reason: str


async def propose(
    tx: Transaction,
    proposal: Proposal,
    author: Member,
    *,
    paragraph: int,
    seen: str,
    replacement: str,
    reason: str,
) -> Amendment:
    """Propose other words for a paragraph; `seen` is the digest of what the author had read.

    Raise NotNow when the text is frozen or the paragraph has changed meanwhile, Invalid with one
    problem a field.
    """
    proposal = await _open(tx, proposal)
    original = target(proposal.version, paragraph)
    if paragraphs.digest(original) != seen:
        raise NotNow(f"paragraph {paragraph} has changed", code="paragraph-changed")
    amendment = Amendment(
        proposal_id=proposal.id,
        number=await _next_number(tx, proposal),
        version_number=proposal.version.number,
        paragraph=paragraph,
        original=original,
        original_digest=seen,
        **_checked(original, replacement, reason),
        author=author,
    )
    return await _kept(tx, amendment)


async def propose_under(
    tx: Transaction,
    proposal: Proposal,
    amended: Amendment,
    author: Member,
    *,
    seen: str,
    replacement: str,
    reason: str,
) -> Amendment:
    """Propose other words for what an amendment says: one level, no deeper."""
    proposal = await _open(tx, proposal)
    amended = await amending.as_it_is(tx, amended)
    if amended.amends_id is not None:
        raise NotNow("a sub-amendment is not amended", code="amendment-too-deep")
    if amended.state is not Standing.PROPOSED:
        raise NotNow(f"amendment {amended.number} is {amended.state}", code="amendment-settled")
    if paragraphs.digest(amended.replacement) != seen:
        raise NotNow(f"amendment {amended.number} has changed", code="paragraph-changed")
    amendment = Amendment(
        proposal_id=proposal.id,
        number=await _next_number(tx, proposal),
        version_number=proposal.version.number,
        paragraph=amended.paragraph,
        original=amended.replacement,
        original_digest=seen,
        **_checked(amended.replacement, replacement, reason),
        author=author,
        amends_id=amended.id,
    )
    return await _kept(tx, amendment)


async def accept(tx: Transaction, amendment: Amendment, *, by: Member, note: str) -> None:
    """Take the words in: a new version of the text, or of the amendment that is amended."""
    proposal, amendment, amended = await _answered(tx, amendment, by)
    await amending.sub_amendments_first(tx, amendment, (Standing.TO_VOTE,))
    await amending.take_in(tx, proposal, amendment, amended, note=note)


async def decline(tx: Transaction, amendment: Amendment, *, by: Member, reason: str) -> None:
    """Leave the text as it is, and say why."""
    _, amendment, _ = await _answered(tx, amendment, by)
    amendment.answer = _reason(reason)
    await amending.settle(tx, amendment, Standing.DECLINED)


async def put_to_vote(tx: Transaction, amendment: Amendment, *, by: Member) -> None:
    """Leave it to the assembly, which votes on the amendment before it votes on the text."""
    proposal, amendment, amended = await _answered(tx, amendment, by)
    if amendment.state is Standing.TO_VOTE:
        raise NotNow("that is put to the vote already", code="amendment-settled")
    amending.with_it(proposal, amendment, amended)
    amendment.state, amendment.settled_at = Standing.TO_VOTE, clock.now()
    await tx.flush()


async def take_back(tx: Transaction, amendment: Amendment, *, by: Member) -> None:
    """Withdraw one's own amendment."""
    amendment = await amending.as_it_is(tx, amendment)
    if amendment.author_id != by.id:
        raise Refusal(f"{by.handle} did not write it", code="not-the-author")
    at_vote = select(Amendment.id).where(Amendment.state == Standing.VOTING)
    mine_or_under_it = or_(Amendment.id == amendment.id, Amendment.amends_id == amendment.id)
    if await tx.scalar(at_vote.where(mine_or_under_it)) is not None:
        raise NotNow(f"the assembly votes on {amendment.number}", code="amendment-at-vote")
    if amendment.state not in WAITING:
        raise NotNow(f"amendment {amendment.number} is settled", code="amendment-settled")
    await amending.settle(tx, amendment, Standing.WITHDRAWN)


async def on_proposal(tx: Transaction, proposal_id: int) -> Sequence[Amendment]:
    """Return the amendments to a text, oldest first."""
    statement = select(Amendment).where(Amendment.proposal_id == proposal_id)
    return await tx.all(statement.order_by(Amendment.number))


async def by_number(tx: Transaction, proposal: Proposal, number: int) -> Amendment:
    """Return an amendment to a text. Raise NotFound."""
    statement = select(Amendment).where(Amendment.proposal_id == proposal.id)
    found = await tx.find(statement.where(Amendment.number == number))
    if not isinstance(found, Amendment):
        raise NotFound(f"proposal {proposal.label} has no amendment {number}")
    return found


def target(version: Version, paragraph: int) -> str:
    """Return the paragraph of a version with this number. Raise NotFound."""
    found = paragraphs.split(version.source)
    if not 1 <= paragraph <= len(found):
        raise NotFound(f"version {version.number} has no paragraph {paragraph}")
    return found[paragraph - 1]


async def _answered(
    tx: Transaction, amendment: Amendment, by: Member
) -> tuple[Proposal, Amendment, Amendment | None]:
    """Return the text and both amendments as they stand, for the one who may answer."""
    proposal = await tx.get(Proposal, amendment.proposal_id)
    assert proposal is not None
    proposal = await _open(tx, proposal)
    amendment = await amending.as_it_is(tx, amendment)
    amended = await amending.amended_by(tx, amendment)
    if amended is None:
        proposals.must_carry(proposal, by)
    elif amended.author_id != by.id and not by.is_in_charge:
        raise Refusal(f"{by.handle} did not write what is amended", code="not-the-author")
    if amendment.state not in WAITING or (amended and amended.state not in WAITING):
        raise NotNow(f"amendment {amendment.number} is settled", code="amendment-settled")
    return proposal, amendment, amended


async def _open(tx: Transaction, proposal: Proposal) -> Proposal:
    proposal = await proposals.locked(tx, proposal)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    return proposal


async def _kept(tx: Transaction, amendment: Amendment) -> Amendment:
    tx.add(amendment)
    await tx.flush()
    return amendment


async def _next_number(tx: Transaction, proposal: Proposal) -> int:
    last = select(func.max(Amendment.number)).where(Amendment.proposal_id == proposal.id)
    return int(await tx.scalar(last) or 0) + 1


def _checked(original: str, replacement: str, reason: str) -> Words:
    replacement = readable(replacement).strip()
    problems = []
    if replacement == original.strip():
        problems.append(Problem("replacement", "amendment-unchanged", {}))
    if len(replacement) > WORDS_MAX:
        problems.append(Problem("replacement", "text-too-long", {"max": WORDS_MAX}))
    try:
        reason = _reason(reason)
    except Invalid as error:
        problems += error.problems
    if problems:
        raise Invalid(*problems)
    return {"replacement": replacement, "reason": reason}


def _reason(reason: str) -> str:
    reason = line(reason)
    if not reason:
        raise Invalid(Problem("reason", "reason-missing", {}))
    if len(reason) > REASON_MAX:
        raise Invalid(Problem("reason", "reason-too-long", {"max": REASON_MAX}))
    return reason
