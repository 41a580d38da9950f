"""The minutes of a meeting: written, proposed, approved at a later meeting, corrected."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from node import clock, digests
from node.assembly import decided, meetings, minutes_record
from node.assembly.events import MinutesApproved, MinutesProposed
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.events import record
from node.models import Meeting, Member, Minutes
from node.texts import line, readable

DRAFT, PROPOSED, REPLACED, APPROVED = "draft", "proposed", "replaced", "approved"
TEXT_MAX = 50_000


async def versions(tx: Transaction, meeting: Meeting) -> Sequence[Minutes]:
    """Return every version of the minutes, newest first."""
    statement = select(Minutes).where(Minutes.meeting_id == meeting.id)
    fresh = statement.order_by(Minutes.number.desc())
    return await tx.all(fresh.execution_options(populate_existing=True))


async def latest(tx: Transaction, meeting: Meeting) -> Minutes | None:
    """Return the newest version, a draft or not."""
    await tx.flush()
    found = await versions(tx, meeting)
    return found[0] if found else None


async def must_be_open(tx: Transaction, meeting: Meeting) -> None:
    """Raise NotNow once the minutes are proposed: what they record changes by a correction only."""
    found = await latest(tx, meeting)
    if found is not None and found.state != DRAFT:
        raise NotNow("the minutes are proposed", code="minutes-are-proposed")


async def begin(
    tx: Transaction, meeting: Meeting, *, by: Member, secretary: Member | None = None
) -> Minutes:
    """Start the minutes, with a member who keeps them; those already started stay."""
    await meetings.must_run(tx, meeting, by)
    meeting = await meetings.locked(tx, meeting)
    if meeting.call.cancelled_at is not None:
        raise NotNow("the meeting is cancelled", code="call-is-cancelled")
    found = await latest(tx, meeting)
    if found is not None:
        return found
    begun = Minutes(meeting_id=meeting.id, number=1, secretary=secretary or by)
    tx.add(begun)
    await tx.flush()
    return begun


async def write(
    tx: Transaction,
    meeting: Meeting,
    *,
    by: Member,
    opening: str,
    closing: str,
    notes: Mapping[int, str],
    taken: Mapping[int, str] | None = None,
    next_number: int | None = None,
) -> Minutes:
    """Keep a draft: what was said before, on each point, and after, with the decisions taken.

    `taken` is what was written of the decision on a point: 2026-03, the number of its address,
    or nothing. Raise Invalid for texts that are too long and what does not exist.
    """
    meeting, draft = await _draft(tx, meeting, by)
    texts = {"opening": opening, "closing": closing}
    texts |= {f"notes-{number}": text for number, text in notes.items()}
    if long := [name for name, text in texts.items() if len(text) > TEXT_MAX]:
        raise Invalid(*(Problem(name, "text-too-long", {"max": TEXT_MAX}) for name in long))
    draft.opening, draft.closing = readable(opening).strip(), readable(closing).strip()
    for item in meeting.items:
        item.notes = readable(notes.get(item.id, item.notes)).strip()
        if taken is not None and item.id in taken:
            meant = await decided.meant(tx, taken[item.id], f"decision-{item.id}")
            item.decision_number = meant.number if meant else None
    draft.next_id = await _next(tx, meeting, next_number)
    draft.written_at = clock.now()
    await tx.flush()
    return draft


async def propose(tx: Transaction, meeting: Meeting, *, by: Member) -> Minutes:
    """Show the minutes to everybody: what this version says is fixed from now on."""
    meeting, draft = await _draft(tx, meeting, by)
    if not meetings.has_begun(meeting):
        raise NotNow("the meeting has not begun", code="meeting-not-begun")
    for other in await versions(tx, meeting):
        if other.state == PROPOSED:
            other.state = REPLACED
    draft.record = await minutes_record.of(tx, meeting, draft)
    draft.digest = digests.of(draft.record)
    draft.state, draft.proposed_at = PROPOSED, clock.now()
    meeting.minutes_at = meeting.minutes_at or draft.proposed_at
    await tx.flush()
    record(tx, MinutesProposed(meeting, draft))
    return draft


async def approve(tx: Transaction, meeting: Meeting, *, at: Meeting, by: Member) -> Minutes:
    """Note that a later meeting approved the minutes as they are proposed."""
    await meetings.must_run(tx, at, by)
    meeting = await meetings.locked(tx, meeting)
    found = await latest(tx, meeting)
    if found is None or found.state != PROPOSED:
        raise NotNow("no minutes wait for approval", code="minutes-not-proposed")
    if at.call.starts_at <= meeting.call.starts_at:
        raise Invalid(Problem("at", "approved-too-early", {}))
    if not meetings.has_begun(at):
        raise NotNow("the meeting has not begun", code="meeting-not-begun")
    found.state, found.approved_at, found.approved_in_id = APPROVED, clock.now(), at.id
    await tx.flush()
    record(tx, MinutesApproved(meeting, found))
    return found


async def correct(tx: Transaction, meeting: Meeting, *, by: Member, reason: str) -> Minutes:
    """Open another version, to be proposed and approved in its turn; the others stay."""
    await meetings.must_run(tx, meeting, by)
    meeting = await meetings.locked(tx, meeting)
    found = await latest(tx, meeting)
    if found is None or found.state == DRAFT:
        raise NotNow("there is nothing to correct", code="minutes-not-proposed")
    if not line(reason):
        raise Invalid(Problem("reason", "reason-missing", {}))
    corrected = Minutes(
        meeting_id=meeting.id,
        number=found.number + 1,
        secretary=found.secretary,
        opening=found.opening,
        closing=found.closing,
        next_id=found.next_id,
        corrected_because=line(reason),
    )
    tx.add(corrected)
    await tx.flush()
    return corrected


async def shown(tx: Transaction, meeting: Meeting, number: int | None = None) -> Minutes | None:
    """Return the newest version that everybody may read, or the one with this number.

    Raise NotFound for a number that nobody proposed.
    """
    public = [one for one in await versions(tx, meeting) if one.state != DRAFT]
    if number is None:
        return public[0] if public else None
    for one in public:
        if one.number == number:
            return one
    raise NotFound(f"there is no version {number} of these minutes")


async def _draft(tx: Transaction, meeting: Meeting, by: Member) -> tuple[Meeting, Minutes]:
    await meetings.must_run(tx, meeting, by)
    meeting = await meetings.locked(tx, meeting)
    found = await latest(tx, meeting)
    if found is None:
        raise NotNow("nobody has begun the minutes", code="minutes-not-begun")
    if found.state != DRAFT:
        raise NotNow("the minutes are proposed", code="minutes-are-proposed")
    return meeting, found


async def _next(tx: Transaction, meeting: Meeting, number: int | None) -> int | None:
    if number is None:
        return None
    following = await meetings.by_number(tx, number)
    if following.call.starts_at <= meeting.call.starts_at:
        raise Invalid(Problem("next", "next-too-early", {}))
    return following.id
