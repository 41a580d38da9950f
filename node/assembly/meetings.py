"""Meetings of the assembly: called, changed, found, and whether enough members are there."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from node import clock
from node.assembly import assemblies, calls
from node.assembly.calls import Invitation
from node.assembly.quorums import Check, Quorum
from node.database import Transaction
from node.errors import NotFound, Problem, Refusal
from node.models import Attendee, Call, Meeting, Member, Minutes
from node.texts import line

KIND = "meeting"
PRESENT, EXCUSED, REPRESENTED = "present", "excused", "represented"
PROXIES_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Convocation(Invitation):
    """What is filled in to call a meeting: an invitation, with access, quorum and who runs it."""

    access: str = ""
    facilitator: str = ""
    quorum_num: int = 0
    quorum_den: int = 1
    counts_represented: bool = False
    proxies_max: int = 0
    remote_voting: bool = False

    def problems(self) -> list[Problem]:
        """Return what keeps people from coming, one problem a field."""
        found = super().problems()
        if not 0 <= self.quorum_num <= self.quorum_den <= 1_000_000 or self.quorum_den < 1:
            found.append(Problem("quorum", "quorum-malformed", {}))
        if not 0 <= self.proxies_max <= PROXIES_MAX:
            found.append(Problem("proxies_max", "number-malformed", {}))
        return found


async def publish(tx: Transaction, organiser: Member | None, convocation: Convocation) -> Meeting:
    """Call the members together. Raise Invalid with one problem a field."""
    call = await calls.publish(tx, organiser, convocation)
    call.kind = KIND
    meeting = Meeting(call=call, items=[])
    _fill(meeting, convocation)
    tx.add(meeting)
    await tx.flush()
    await count_required(tx, meeting)
    return meeting


async def change(
    tx: Transaction, meeting: Meeting, *, by: Member, convocation: Convocation
) -> None:
    """Change what was announced; everybody who holds a copy is told."""
    await calls.change(tx, meeting.call, by=by, invitation=convocation)
    _fill(meeting, convocation)
    await count_required(tx, meeting)


async def by_number(tx: Transaction, number: int) -> Meeting:
    """Return the meeting at this address. Raise NotFound, also for a call that is none."""
    meeting = await tx.find(select(Meeting).join(Meeting.call).where(Call.number == number))
    if not isinstance(meeting, Meeting):
        raise NotFound(f"there is no meeting {number}")
    return _whole(meeting)


def may_run(meeting: Meeting, member: Member | None, minutes: Minutes | None = None) -> bool:
    """Say whether a member keeps the order of the day, the sheet and the minutes."""
    if minutes is not None and member is not None and minutes.secretary_id == member.id:
        return True
    return calls.may_organise(meeting.call, member)


async def must_run(tx: Transaction, meeting: Meeting, member: Member) -> None:
    """Raise Refusal unless the member organises the meeting or keeps its minutes."""
    kept = select(Minutes).where(
        Minutes.meeting_id == meeting.id, Minutes.secretary_id == member.id
    )
    if not may_run(meeting, member) and await tx.find(kept) is None:
        message = f"{member.handle} does not run meeting {meeting.call.number}"
        raise Refusal(message, code="not-running-the-meeting")


async def electorate(tx: Transaction, meeting: Meeting) -> Sequence[Member]:
    """Return who was a member when the meeting began, or is one now if it has not, by name."""
    found: Sequence[Member] = await tx.all(select(Member).where(*_belonged(meeting)))
    return sorted(found, key=lambda member: (alphabetical(member.name), member.id))


async def electorate_count(tx: Transaction, meeting: Meeting) -> int:
    """Return how many members the quorum is a share of."""
    statement = select(func.count()).select_from(Member).where(*_belonged(meeting))
    return int(await tx.scalar(statement))


async def present_members(tx: Transaction, meeting: Meeting) -> set[int]:
    """Return the ids of the members who are in the room and have not left it."""
    statement = (
        select(Attendee.member_id)
        .join(Member, Member.id == Attendee.member_id)
        .where(Attendee.meeting_id == meeting.id, Attendee.presence == PRESENT)
        .where(Attendee.left_at.is_(None), *_belonged(meeting))
    )
    return {row[0] for row in (await tx.execute(statement)).all()}


async def represented_members(tx: Transaction, meeting: Meeting) -> dict[int, int]:
    """Return who is represented in the room, and by whom of those present."""
    here, holder = aliased(Attendee), aliased(Member)
    statement = (
        select(Attendee.member_id, Attendee.holder_id)
        .join(here, (here.meeting_id == meeting.id) & (here.member_id == Attendee.holder_id))
        .join(Member, Member.id == Attendee.member_id)
        .join(holder, holder.id == Attendee.holder_id)
        .where(Attendee.meeting_id == meeting.id, Attendee.presence == REPRESENTED)
        .where(here.presence == PRESENT, here.left_at.is_(None))
        .where(*_belonged(meeting), *_belonged(meeting, holder))
    )
    return {row[0]: row[1] for row in (await tx.execute(statement)).all()}


async def quorum(tx: Transaction, meeting: Meeting) -> Check | None:
    """Hold the quorum of presence against the sheet; None when the meeting asks for none.

    It must hold during the whole meeting, so whoever left before the end does not count.
    """
    if not meeting.quorum_num:
        return None
    have = len(await present_members(tx, meeting))
    if meeting.counts_represented:
        have += len(await represented_members(tx, meeting))
    rule = Quorum("presence", meeting.quorum_num, meeting.quorum_den, meeting.counts_represented)
    of = await electorate_count(tx, meeting)
    return Check(rule, have, of, _required(meeting, of))


async def count_required(tx: Transaction, meeting: Meeting) -> None:
    """Keep how many must be there, as the announcement says it."""
    of = await electorate_count(tx, meeting)
    meeting.quorum_required = _required(meeting, of) if meeting.quorum_num else None


async def near(tx: Transaction, meeting: Meeting) -> Sequence[Meeting]:
    """Return the meetings after this one that were not called off, soonest first."""
    statement = (
        select(Meeting)
        .join(Meeting.call)
        .where(Call.starts_at > meeting.call.starts_at, Call.cancelled_at.is_(None))
        .order_by(Call.starts_at)
        .limit(30)
    )
    return await tx.all(statement)


async def kinds(tx: Transaction, numbers: Iterable[int]) -> dict[int, datetime | None]:
    """Return which of these calls are meetings, with the moment their minutes were shown."""
    statement = (
        select(Call.number, Meeting.minutes_at)
        .join(Meeting, Meeting.call_id == Call.id)
        .where(Call.number.in_(list(numbers)))
    )
    return {row[0]: row[1] for row in (await tx.execute(statement)).all()}


async def locked(tx: Transaction, meeting: Meeting) -> Meeting:
    """Return the meeting as it stands, and keep others from changing it until the end."""
    await assemblies.locked(tx)
    await tx.flush()
    fresh = select(Meeting).where(Meeting.id == meeting.id)
    found = await tx.find(fresh.execution_options(populate_existing=True))
    assert isinstance(found, Meeting)
    return _whole(found)


def alphabetical(name: str) -> str:
    """Return what puts names in the order of a list on paper: Élio before Fatou."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def has_begun(meeting: Meeting) -> bool:
    """Say whether the meeting takes place or took place."""
    return meeting.call.cancelled_at is None and meeting.call.starts_at <= clock.now()


def _whole(meeting: Meeting) -> Meeting:
    """Let the call know its meeting too, so that nothing is loaded by surprise."""
    set_committed_value(meeting.call, "meeting", meeting)
    return meeting


def _belonged(meeting: Meeting, who: type[Member] = Member) -> tuple[ColumnElement[bool], ...]:
    moment = min(clock.now(), meeting.call.starts_at)
    return who.admitted_at <= moment, or_(who.left_at.is_(None), who.left_at > moment)


def _required(meeting: Meeting, of: int) -> int:
    return -(-meeting.quorum_num * of // meeting.quorum_den)


def _fill(meeting: Meeting, convocation: Convocation) -> None:
    meeting.access = line(convocation.access)
    meeting.facilitator = line(convocation.facilitator)
    meeting.quorum_num = convocation.quorum_num
    meeting.quorum_den = convocation.quorum_den
    meeting.counts_represented = convocation.counts_represented
    meeting.proxies_max = convocation.proxies_max
    meeting.remote_voting = convocation.remote_voting
