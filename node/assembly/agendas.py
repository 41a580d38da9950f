"""The order of the day of a meeting: built from what is open, arranged by those in charge."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from node import clock
from node.assembly import meetings, minutes, timelines
from node.assembly.events import CallChanged
from node.assembly.timelines import ProposalLine
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.events import record
from node.models import AgendaItem, Call, Meeting, Member, Minutes
from node.texts import line

ITEMS_MAX = 25
TITLE_MAX = 200
LASTS_MAX = 24 * 60


async def suggested(tx: Transaction, meeting: Meeting) -> list[ProposalLine]:
    """Return the open proposals that are not on the order of the day, votes first."""
    known = {item.proposal_number for item in meeting.items}
    return [line for line in await timelines.open_now(tx, limit=100) if line.number not in known]


async def awaiting(tx: Transaction, meeting: Meeting) -> Sequence[Meeting]:
    """Return the earlier meetings whose minutes wait for approval and are not on it yet."""
    known = [item.approves_id for item in meeting.items if item.approves_id]
    statement = (
        select(Meeting)
        .join(Meeting.call)
        .join(Minutes, (Minutes.meeting_id == Meeting.id) & (Minutes.state == minutes.PROPOSED))
        .where(Call.starts_at < meeting.call.starts_at, Meeting.id.not_in(known))
        .order_by(Call.starts_at)
    )
    return await tx.all(statement)


async def build(tx: Transaction, meeting: Meeting, *, by: Member) -> None:
    """Put on it the minutes that wait for approval, then the open proposals, votes first."""
    for earlier in await awaiting(tx, meeting):
        await add_approval(tx, meeting, by=by, earlier=earlier)
    room = ITEMS_MAX - len(meeting.items)
    found = await suggested(tx, meeting)
    await add_proposals(tx, meeting, by=by, numbers=[one.number for one in found[:room]])


async def add_proposals(
    tx: Transaction, meeting: Meeting, *, by: Member, numbers: Iterable[int]
) -> None:
    """Put open proposals on it, in the order in which they close."""
    meeting = await _editable(tx, meeting, by)
    wanted = set(numbers)
    for one in await suggested(tx, meeting):
        if one.number in wanted:
            await _append(tx, meeting, title=one.title, proposal_number=one.number)


async def add_approval(tx: Transaction, meeting: Meeting, *, by: Member, earlier: Meeting) -> None:
    """Put the approval of another meeting's minutes on it."""
    meeting = await _editable(tx, meeting, by)
    await _append(tx, meeting, title=earlier.call.title, approves_id=earlier.id)


async def add(
    tx: Transaction,
    meeting: Meeting,
    *,
    by: Member,
    title: str,
    lasts: int | None = None,
    brought_by: str = "",
) -> AgendaItem:
    """Put a point on it that is no proposal."""
    meeting = await _editable(tx, meeting, by)
    checked = _checked(title, lasts)
    return await _append(tx, meeting, title=checked, lasts=lasts, brought_by=line(brought_by)[:100])


async def change(
    tx: Transaction,
    meeting: Meeting,
    item_id: int,
    *,
    by: Member,
    title: str,
    lasts: int | None = None,
    brought_by: str = "",
) -> None:
    """Put a point in other words, or give it another length."""
    meeting = await _editable(tx, meeting, by)
    item = _find(meeting, item_id)
    item.title, item.lasts = _checked(title, lasts), lasts
    item.brought_by = line(brought_by)[:100]


async def move(tx: Transaction, meeting: Meeting, item_id: int, *, by: Member, up: bool) -> None:
    """Take a point one place earlier or later; at either end it stays where it is."""
    meeting = await _editable(tx, meeting, by)
    items = sorted(meeting.items, key=lambda item: item.position)
    place = items.index(_find(meeting, item_id))
    other = place - 1 if up else place + 1
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
    for position, item in enumerate(items):
        item.position = position
    await tx.flush()


async def remove(tx: Transaction, meeting: Meeting, item_id: int, *, by: Member) -> None:
    """Take a point off."""
    meeting = await _editable(tx, meeting, by)
    item = _find(meeting, item_id)
    meeting.items.remove(item)
    await tx.delete(item)
    await tx.flush()


async def send(tx: Transaction, meeting: Meeting, *, by: Member) -> None:
    """Tell the order of the day to everybody who holds a copy of the announcement."""
    meeting = await _editable(tx, meeting, by)
    if meeting.call.cancelled_at is not None:
        raise NotNow("the meeting is cancelled", code="call-is-cancelled")
    await meetings.count_required(tx, meeting)
    meeting.call.changed_at = clock.now()
    meeting.call.sequence += 1
    record(tx, CallChanged(meeting.call))


async def _editable(tx: Transaction, meeting: Meeting, by: Member) -> Meeting:
    await meetings.must_run(tx, meeting, by)
    meeting = await meetings.locked(tx, meeting)
    await minutes.must_be_open(tx, meeting)
    return meeting


async def _append(tx: Transaction, meeting: Meeting, **values: object) -> AgendaItem:
    if len(meeting.items) >= ITEMS_MAX:
        raise NotNow("the order of the day is full", code="agenda-is-full", max=ITEMS_MAX)
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    position = int(await tx.scalar(last) or 0) + 1
    item = AgendaItem(meeting_id=meeting.id, position=position, **values)  # type: ignore[arg-type]
    meeting.items.append(item)
    await tx.flush()
    return item


def _find(meeting: Meeting, item_id: int) -> AgendaItem:
    for item in meeting.items:
        if item.id == item_id:
            return item
    raise NotFound("this point is not on the order of the day", code="no-such-item")


def _checked(title: str, lasts: int | None) -> str:
    title, problems = line(title), []
    if not title:
        problems.append(Problem("title", "title-missing", {}))
    elif len(title) > TITLE_MAX:
        problems.append(Problem("title", "title-too-long", {"max": TITLE_MAX}))
    if lasts is not None and not 0 < lasts <= LASTS_MAX:
        problems.append(Problem("lasts", "number-malformed", {}))
    if problems:
        raise Invalid(*problems)
    return title
