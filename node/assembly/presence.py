"""The quorum of presence during the whole meeting: when so many had left that it was lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from node.assembly import meetings
from node.assembly.meetings import PRESENT, REPRESENTED
from node.database import Transaction
from node.models import Attendee, Meeting


async def quorum_lost_at(tx: Transaction, meeting: Meeting) -> datetime | None:
    """Return when a quorum that was met at first was met no more; None when it never was, or is."""
    check = await meetings.quorum(tx, meeting)
    if check is None or check.is_met:
        return None
    roll = {member.id for member in await meetings.electorate(tx, meeting)}
    found: Sequence[Attendee] = await tx.all(
        select(Attendee).where(Attendee.meeting_id == meeting.id)
    )
    lines = [one for one in found if one.member_id in roll]
    left = {one.member_id: one.left_at for one in lines if one.left_at is not None}
    if not check._replace(have=_there(meeting, lines, {}, None)).is_met:
        return None
    moments = sorted(set(left.values()))
    lost = (
        one for one in moments if not check._replace(have=_there(meeting, lines, left, one)).is_met
    )
    return next(lost, None)


def _there(
    meeting: Meeting,
    lines: Sequence[Attendee],
    left: Mapping[int | None, datetime],
    after: datetime | None,
) -> int:
    """Return how many counted right after a moment, or at the beginning."""

    def stayed(member_id: int | None) -> bool:
        return after is None or member_id not in left or left[member_id] > after

    present = {one.member_id for one in lines if one.presence == PRESENT and stayed(one.member_id)}
    carried = [one for one in lines if one.presence == REPRESENTED and one.holder_id in present]
    return len(present) + (len(carried) if meeting.counts_represented else 0)
