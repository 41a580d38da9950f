"""The attendance sheet of a meeting: who is there, excused, represented, or visiting."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from node import clock
from node.assembly import meetings, minutes
from node.assembly.meetings import EXCUSED, PRESENT, REPRESENTED
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Attendee, Meeting, Member
from node.texts import line

NAME_MAX = 100
VISITORS_MAX = 500


async def sheet(tx: Transaction, meeting: Meeting) -> Sequence[Attendee]:
    """Return everybody on the sheet, by name."""
    statement = select(Attendee).where(Attendee.meeting_id == meeting.id)
    found: Sequence[Attendee] = await tx.all(statement)
    return sorted(found, key=lambda one: (meetings.alphabetical(one.name), one.id))


async def note(
    tx: Transaction, meeting: Meeting, presences: Mapping[int, str], *, by: Member
) -> None:
    """Note members as present or excused by their id; an empty word takes them off the sheet.

    Raise Invalid for somebody who was no member when the meeting began.
    """
    meeting = await _editable(tx, meeting, by)
    roll = {member.id: member for member in await meetings.electorate(tx, meeting)}
    if unknown := set(presences) - set(roll):
        raise Invalid(Problem("present", "not-on-the-sheet", {"count": len(unknown)}))
    lines = await _lines(tx, meeting)
    for member_id, presence in presences.items():
        if presence not in (PRESENT, EXCUSED, ""):
            raise Invalid(Problem("present", "presence-unknown", {}))
        await _note_one(tx, meeting, roll[member_id], presence, lines.get(member_id), by)
    await tx.flush()
    await _drop_lost_proxies(tx, meeting)


async def represent(
    tx: Transaction, meeting: Meeting, *, giver: Member, holder: Member, by: Member
) -> None:
    """Note that a member who is away is represented by one who is there; no chains."""
    meeting = await _editable(tx, meeting, by)
    lines = await _lines(tx, meeting)
    roll = {member.id for member in await meetings.electorate(tx, meeting)}
    held = [one for one in lines.values() if one.holder_id == holder.id]
    if not meeting.proxies_max:
        raise NotNow("nobody is represented here", code="proxies-off")
    if giver.id not in roll or giver.id == holder.id:
        raise Invalid(Problem("giver", "proxy-giver-unfit", {}))
    there = lines.get(holder.id)
    if there is None or there.presence != PRESENT or there.left_at is not None:
        raise Invalid(Problem("holder", "proxy-holder-absent", {}))
    if len([one for one in held if one.member_id != giver.id]) >= meeting.proxies_max:
        raise Invalid(Problem("holder", "proxy-holder-full", {"max": meeting.proxies_max}))
    found = lines.get(giver.id) or Attendee(
        meeting_id=meeting.id, presence=REPRESENTED, name=giver.name, member_id=giver.id
    )
    found.presence, found.holder_id, found.left_at = REPRESENTED, holder.id, None
    found.noted_by_id, found.noted_at = by.id, clock.now()
    tx.add(found)
    await tx.flush()
    await _drop_lost_proxies(tx, meeting)


async def leave(
    tx: Transaction, meeting: Meeting, *, who: Member, at: datetime | None, by: Member
) -> None:
    """Note when somebody left before the end, or, with no moment, that they stayed after all.

    From then on they are not counted, nor is whom they represent (deciding.md, section 4).
    """
    meeting = await _editable(tx, meeting, by)
    if not meetings.has_begun(meeting):
        raise NotNow("the meeting has not begun", code="meeting-not-begun")
    found = (await _lines(tx, meeting)).get(who.id)
    if found is None or found.presence != PRESENT:
        raise Invalid(Problem("who", "leaver-absent", {"name": who.name}))
    if at is not None and not meeting.call.starts_at <= at <= clock.now():
        raise Invalid(Problem("left_at", "left-outside", {}))
    found.left_at, found.noted_by_id = at, by.id
    await tx.flush()


async def welcome(tx: Transaction, meeting: Meeting, *, name: str, by: Member) -> Attendee:
    """Note a visitor by name: somebody who is there and has no vote."""
    meeting = await _editable(tx, meeting, by)
    if not line(name):
        raise Invalid(Problem("name", "name-missing", {}))
    if len([one for one in await sheet(tx, meeting) if one.member_id is None]) >= VISITORS_MAX:
        raise NotNow("there are too many visitors", code="sheet-is-full", max=VISITORS_MAX)
    visitor = Attendee(
        meeting_id=meeting.id, presence=PRESENT, name=line(name)[:NAME_MAX], noted_by_id=by.id
    )
    tx.add(visitor)
    await tx.flush()
    return visitor


async def strike(tx: Transaction, meeting: Meeting, attendee_id: int, *, by: Member) -> None:
    """Take a line off the sheet."""
    meeting = await _editable(tx, meeting, by)
    found = await tx.get(Attendee, attendee_id)
    if found is None or found.meeting_id != meeting.id:
        raise NotFound("this line is not on the sheet", code="no-such-line")
    await tx.delete(found)
    await tx.flush()
    await _drop_lost_proxies(tx, meeting)


async def named(tx: Transaction, meeting: Meeting, written: str, field: str) -> Member:
    """Return the one member whose name or handle was written. Raise Invalid at the field."""
    wanted = line(written).casefold().removeprefix("@")
    roll = await meetings.electorate(tx, meeting)
    found = [one for one in roll if wanted in (one.name.casefold(), one.handle)]
    exact = [one for one in found if one.handle == wanted]
    if len(found) != 1 and len(exact) != 1:
        code = "member-ambiguous" if found else "no-such-member"
        raise Invalid(Problem(field, code, {}))
    return (exact or found)[0]


async def _editable(tx: Transaction, meeting: Meeting, by: Member) -> Meeting:
    await meetings.must_run(tx, meeting, by)
    meeting = await meetings.locked(tx, meeting)
    if meeting.call.cancelled_at is not None:
        raise NotNow("the meeting is cancelled", code="call-is-cancelled")
    await minutes.must_be_open(tx, meeting)
    return meeting


async def _lines(tx: Transaction, meeting: Meeting) -> dict[int, Attendee]:
    return {one.member_id: one for one in await sheet(tx, meeting) if one.member_id}


async def _note_one(
    tx: Transaction,
    meeting: Meeting,
    member: Member,
    presence: str,
    known: Attendee | None,
    by: Member,
) -> None:
    if not presence:
        if known is not None:
            await tx.delete(known)
        return
    if known is None:
        known = Attendee(
            meeting_id=meeting.id, presence=presence, name=member.name, member_id=member.id
        )
        tx.add(known)
    known.presence, known.holder_id, known.left_at = presence, None, None
    known.noted_by_id, known.noted_at = by.id, clock.now()


async def _drop_lost_proxies(tx: Transaction, meeting: Meeting) -> None:
    """Whoever was represented by somebody who is not there is excused."""
    lines = await _lines(tx, meeting)
    for one in lines.values():
        holder = lines.get(one.holder_id or 0)
        if one.presence == REPRESENTED and (holder is None or holder.presence != PRESENT):
            one.presence, one.holder_id = EXCUSED, None
    await tx.flush()
