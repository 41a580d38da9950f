"""What ends an objection before the close: its author lifts it, or others find it unreasonable."""

from sqlalchemy import select

from node import clock
from node.assembly.events import ObjectionAppealed, ObjectionJudged
from node.assembly.voting import casting, finding, objecting, sheets
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.events import record
from node.models import Member, Objection, ObjectionVoice, Vote, Voter

# What the author of an objection answers once it is settled.
POSITIONS = ("consent", "consent_with_concern", "not_concerned")
PAIR = 2


async def lift(
    tx: Transaction, objection: Objection, *, by: Member, position: str, reason: str = ""
) -> None:
    """Take one's objection back, and say what one answers instead."""
    await _settle(tx, objection, by, "lifted", position, reason)


async def accept(
    tx: Transaction, objection: Objection, *, by: Member, position: str, reason: str = ""
) -> None:
    """Say that the version now put to the vote answers one's objection to an earlier one."""
    await _settle(tx, objection, by, "integrated", position, reason)


async def judge(
    tx: Transaction, objection: Objection, *, by: Member, is_unreasonable: bool
) -> None:
    """Say whether somebody else's objection is unreasonable, in place of what one said before.

    Who may is the rule of the assembly (deciding.md, section 5). Raise Refusal or NotNow.
    """
    vote, objection = await _open(tx, objection)
    if objection.author_id == by.id:
        raise Refusal(f"{by.handle} raised it", code="objection-is-yours")
    as_facilitator = _as_facilitator(vote, objection, by)
    await _must_be_on_roll(tx, vote, by)
    key = (objection.id, by.id, as_facilitator)
    voice = await tx.get(ObjectionVoice, key)
    if voice is None:
        voice = ObjectionVoice(
            objection_id=objection.id, member_id=by.id, as_facilitator=as_facilitator
        )
        tx.add(voice)
    voice.is_unreasonable, voice.given_at = is_unreasonable, clock.now()
    await tx.flush()
    objecting.note(tx, objection, "objection-judged", by.id)
    record(tx, ObjectionJudged(objection))


async def appeal(tx: Transaction, objection: Objection, *, by: Member) -> None:
    """Ask the circle about what a pair of facilitators declared unreasonable."""
    vote, objection = await _open(tx, objection)
    await _must_be_on_roll(tx, vote, by)
    cards = {one.id: one for one in await objecting.listed(tx, vote.id)}
    is_declared = cards[objection.id].facilitators >= PAIR
    if objecting.judge(vote) != "pair" or objection.appealed_at is not None or not is_declared:
        raise NotNow("there is nothing to appeal against", code="objection-no-appeal")
    objection.appealed_by_id, objection.appealed_at = by.id, clock.now()
    await tx.flush()
    objecting.note(tx, objection, "objection-appealed", by.id)
    record(tx, ObjectionAppealed(objection))


async def by_id(tx: Transaction, vote: Vote, objection_id: int) -> Objection:
    """Return an objection of a vote. Raise NotFound."""
    found = await tx.get(Objection, objection_id)
    if found is None or found.vote_id != vote.id:
        raise NotFound(f"there is no objection {objection_id}")
    return found


def is_facilitator(vote: Vote, member: Member) -> bool:
    """Say whether a member may be one of the pair: in charge, and not a carrier of the text."""
    carriers = {vote.proposal.carrier_id, *(one.member_id for one in vote.proposal.co_carriers)}
    return member.is_in_charge and member.id not in carriers


def _as_facilitator(vote: Vote, objection: Objection, by: Member) -> bool:
    judged_by = objecting.judge(vote)
    if judged_by == "author":
        raise Refusal("only its author ends it", code="objection-author-alone")
    if judged_by == "circle" or objection.appealed_at is not None:
        return False
    if not is_facilitator(vote, by):
        raise Refusal(f"{by.handle} is no facilitator", code="objection-not-a-facilitator")
    return True


async def _settle(
    tx: Transaction, objection: Objection, by: Member, state: str, position: str, reason: str
) -> None:
    vote, objection = await _open(tx, objection)
    if objection.author_id != by.id:
        raise Refusal(f"{by.handle} did not raise it", code="objection-not-yours")
    is_new = vote.version.number > objection.version_number
    if state == "integrated" and not is_new:
        raise NotNow("the text is the same", code="objection-same-text")
    if position not in POSITIONS:
        raise Invalid(Problem("position", "choice-missing", {}))
    objection.integrated_in = vote.version.number if state == "integrated" else None
    await objecting.end(tx, objection, state)
    sheet = await sheets.of(tx, vote)
    place = await sheets.place_of(tx, vote.id, by.id)
    if place is not None and not place.votes_in_the_room:
        digest = vote.version.digest
        await casting.cast(tx, sheet, by.id, position, digest=digest, reason=reason)


async def _open(tx: Transaction, objection: Objection) -> tuple[Vote, Objection]:
    """Return the vote and the objection as they are now, while both are open. Raise NotNow."""
    vote = await tx.get(Vote, objection.vote_id)
    assert vote is not None
    vote = await finding.locked(tx, vote)
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    statement = select(Objection).where(Objection.id == objection.id)
    found = await tx.find(statement.execution_options(populate_existing=True))
    assert isinstance(found, Objection)
    if found.state != "raised":
        raise NotNow("the objection is settled", code="objection-settled")
    return vote, found


async def _must_be_on_roll(tx: Transaction, vote: Vote, by: Member) -> None:
    if await tx.get(Voter, (vote.id, by.id)) is None:
        raise Refusal("the member is not on the roll", code="not-on-the-roll")
