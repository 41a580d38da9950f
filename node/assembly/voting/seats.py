"""Who votes in the room: those on the sheet of the meeting, and those whom they represent.

Whoever voted online has no seat, whoever has a seat votes no longer online, and whoever is
represented has one seat whichever way they gave their voice (deciding.md, sections 7 and 11).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from node import clock
from node.assembly import meetings
from node.assembly.voting import finding
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import (
    Attendance,
    Ballot,
    Call,
    Meeting,
    Member,
    Participation,
    Proxy,
    RoomCount,
    Vote,
    VoteChange,
    Voter,
)

Seats = Mapping[int, int | None]
_STILL = timedelta(days=30)


class Expected(NamedTuple):
    """Who may vote in the room by the sheet of its meeting, by name."""

    here: list[tuple[int, str]]
    represented: list[tuple[str, str]]
    online: list[str]


async def attach(tx: Transaction, vote: Vote, meeting: Meeting, *, by: Member) -> None:
    """Take the vote at a meeting too: whoever votes in its room is on its sheet."""
    vote = await finding.locked(tx, vote)
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if await tx.get(RoomCount, vote.id) is not None:
        raise NotNow("the room has voted already", code="room-has-voted")
    await must_be_held(tx, meeting.id, before=vote.closes_at)
    vote.meeting_id = meeting.id
    tx.add(VoteChange(vote_id=vote.id, kind="room-meeting", reason="", member_id=by.id))
    await tx.flush()


async def must_be_held(
    tx: Transaction, meeting_id: int, *, before: datetime | None = None
) -> Meeting:
    """Return the meeting. Raise Invalid when there is none, when it was called off, or is too late.

    A vote that ends before the meeting begins cannot be taken there.
    """
    meeting = await tx.get(Meeting, meeting_id)
    if meeting is None or meeting.call.cancelled_at is not None:
        raise Invalid(Problem("meeting", "no-such-meeting", {}))
    if before is not None and meeting.call.starts_at >= before:
        raise Invalid(Problem("meeting", "closes-before-the-meeting", {}))
    return meeting


async def meeting_of(tx: Transaction, meeting_id: int | None) -> Meeting | None:
    """Return the meeting at which a vote is taken, if it is."""
    if meeting_id is None:
        return None
    return await tx.get(Meeting, meeting_id)


async def candidates(
    tx: Transaction, proposal_number: int, *, before: datetime | None = None
) -> list[tuple[Meeting, bool]]:
    """Return the meetings that a vote may be taken at, soonest first: is the text on the agenda?"""
    statement = (
        select(Meeting)
        .join(Meeting.call)
        .where(Call.cancelled_at.is_(None), Call.starts_at > clock.now() - _STILL)
        .order_by(Call.starts_at)
        .limit(30)
    )
    if before is not None:
        statement = statement.where(Call.starts_at < before)
    found = await tx.all(statement)
    return [
        (one, any(item.proposal_number == proposal_number for item in one.items)) for one in found
    ]


async def expected(tx: Transaction, vote: Vote) -> Expected:
    """Return whom the scrutineers will find in the room, who is represented, who voted online."""
    meeting = await meeting_of(tx, vote.meeting_id)
    if meeting is None:
        return Expected([], [], [])
    roll, voted = await _roll(tx, vote), await _voted_online(tx, vote)
    present = await meetings.present_members(tx, meeting) & roll
    here = present - voted
    carried = await _represented(tx, vote, meeting, here, roll - voted)
    names = await _names(tx, {*present, *carried})
    return Expected(
        here=_by_name((one, names[one]) for one in here),
        represented=sorted((names[giver], names[holder]) for giver, holder in carried.items()),
        online=[name for _, name in _by_name((one, names[one]) for one in present & voted)],
    )


async def given(tx: Transaction, vote: Vote, present: Iterable[int]) -> Seats:
    """Return who has a seat, each with who raises the hand for them if it is somebody else.

    Raise Invalid, naming those who voted online meanwhile or are not at the meeting.
    """
    roll, voted = await _roll(tx, vote), await _voted_online(tx, vote)
    here = set(present) & roll
    meeting = await meeting_of(tx, vote.meeting_id)
    if meeting is not None:
        missing = here - await meetings.present_members(tx, meeting)
        await _refuse(tx, missing, "room-not-at-the-meeting")
    await _refuse(tx, here & voted, "room-voted-online")
    if not here:
        raise Invalid(Problem("present", "room-is-empty", {}))
    carried = await _represented(tx, vote, meeting, here, roll - voted)
    return {**dict.fromkeys(sorted(here)), **carried}


async def presence(tx: Transaction, vote: Vote) -> tuple[set[int], set[int]]:
    """Return who is there and who is represented there, for a quorum of presence."""
    meeting = await meeting_of(tx, vote.meeting_id)
    if meeting is None:
        statement = select(Attendance.member_id, Attendance.holder_id)
        rows = (await tx.execute(statement.where(Attendance.vote_id == vote.id))).all()
        return {row[0] for row in rows if row[1] is None}, {row[0] for row in rows if row[1]}
    roll = await _roll(tx, vote)
    here = await meetings.present_members(tx, meeting) & roll
    carried = await meetings.represented_members(tx, meeting)
    return here, carried.keys() & roll - here


async def _represented(
    tx: Transaction, vote: Vote, meeting: Meeting | None, here: set[int], free: set[int]
) -> dict[int, int]:
    """Return who is represented by whom of those here: no chains, and nobody by two.

    A proxy given for this very vote goes before one noted on the sheet of the meeting, also where
    its holder is elsewhere: it counts with what the holder answers there.
    """
    if vote.is_secret or not vote.proxies_max:
        return {}
    statement = select(Proxy.giver_id, Proxy.holder_id).where(Proxy.vote_id == vote.id)
    rows = (await tx.execute(statement.order_by(Proxy.given_at, Proxy.id))).all()
    offered = [(row[0], row[1]) for row in rows]
    if meeting is not None:
        by_sheet = await meetings.represented_members(tx, meeting)
        offered += sorted((one, by_sheet[one]) for one in by_sheet.keys() - {g for g, _ in offered})
    found: dict[int, int] = {}
    hands: Counter[int] = Counter()
    for giver, holder in offered:
        fits = holder in here and giver in free - here and giver not in found
        if fits and hands[holder] < vote.proxies_max:
            found[giver] = holder
            hands[holder] += 1
    return found


async def _refuse(tx: Transaction, members: set[int], code: str) -> None:
    if members:
        names = ", ".join(name for _, name in _by_name((await _names(tx, members)).items()))
        raise Invalid(Problem("present", code, {"names": names}))


async def _roll(tx: Transaction, vote: Vote) -> set[int]:
    statement = select(Voter.member_id).where(Voter.vote_id == vote.id)
    return {row[0] for row in (await tx.execute(statement)).all()}


async def _voted_online(tx: Transaction, vote: Vote) -> set[int]:
    if vote.is_secret:
        statement = select(Participation.member_id).where(
            Participation.vote_id == vote.id, Participation.has_voted.is_(True)
        )
    else:
        statement = select(Ballot.member_id).where(Ballot.vote_id == vote.id)
    return {row[0] for row in (await tx.execute(statement)).all()}


async def _names(tx: Transaction, members: set[int]) -> dict[int, str]:
    found = await tx.all(select(Member).where(Member.id.in_(members)))
    return {one.id: one.name for one in found}


def _by_name(pairs: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(pairs, key=lambda one: (meetings.alphabetical(one[1]), one[0]))
