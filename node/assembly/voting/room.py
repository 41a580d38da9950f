"""Hands and paper: a room's figures, entered by one scrutineer and confirmed by another.

Who is on the attendance sheet votes in the room and no longer online; who voted online before is
left off the sheet. So nobody is counted twice (deciding.md, section 11).
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, func, insert, select

from node import clock, digests
from node.assembly.voting import finding
from node.assembly.voting.answers import Asking
from node.assembly.voting.opening import mask
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import (
    Attendance,
    Ballot,
    Member,
    Participation,
    RoomCount,
    Vote,
    VoteChange,
    Voter,
)

KINDS = ("hands", "paper")


async def enter(
    tx: Transaction,
    vote: Vote,
    *,
    by: Member,
    present: Iterable[int],
    figures: Mapping[str, int],
    kind: str = "hands",
) -> RoomCount:
    """Enter who voted in the room and how, in place of figures that nobody confirmed.

    `figures` goes by answer as it is kept. Raise Invalid when there are more answers than
    people, NotNow when figures were confirmed or the vote is over.
    """
    vote = await finding.locked(tx, vote)
    known = await _unconfirmed(tx, vote)
    if known is not None:
        await _forget(tx, vote)
    asking = Asking(vote.method, vote.rule, vote.options)
    kept = {asking.written(asking.plain(one)): count for one, count in figures.items() if count}
    sheet = await _may_vote_here(tx, vote, present)
    if not sheet:
        raise Invalid(Problem("present", "room-is-empty", {}))
    if any(count < 0 for count in kept.values()) or sum(kept.values()) > len(sheet):
        values: dict[str, object] = {"given": sum(kept.values()), "people": len(sheet)}
        raise Invalid(Problem("figures", "room-too-many", values))
    await tx.execute(insert(Attendance), [{"vote_id": vote.id, "member_id": o} for o in sheet])
    entered = RoomCount(
        vote_id=vote.id,
        kind=kind if kind in KINDS else KINDS[0],
        sheet_digest=digests.of(sorted(mask(member, vote.id) for member in sheet)),
        figures=kept,
        entered_by_id=by.id,
    )
    tx.add(entered, VoteChange(vote_id=vote.id, kind="room-entered", reason="", member_id=by.id))
    await tx.flush()
    return entered


async def confirm(tx: Transaction, vote: Vote, *, by: Member) -> RoomCount:
    """Sign the figures as second scrutineer; they count from now on and do not change."""
    vote = await finding.locked(tx, vote)
    entered = await _unconfirmed(tx, vote)
    if entered is None:
        raise NotNow("nobody entered figures", code="room-not-entered")
    if entered.entered_by_id == by.id:
        raise NotNow("one scrutineer is not two", code="room-same-scrutineer")
    entered.confirmed_by_id, entered.confirmed_at = by.id, clock.now()
    tx.add(VoteChange(vote_id=vote.id, kind="room-confirmed", reason="", member_id=by.id))
    await tx.flush()
    return entered


async def drop(tx: Transaction, vote: Vote, *, by: Member) -> None:
    """Take unconfirmed figures back: those on the sheet may vote online again."""
    vote = await finding.locked(tx, vote)
    if await _unconfirmed(tx, vote) is None:
        raise NotNow("nobody entered figures", code="room-not-entered")
    await _forget(tx, vote)
    tx.add(VoteChange(vote_id=vote.id, kind="room-dropped", reason="", member_id=by.id))


async def entered(tx: Transaction, vote_id: int) -> RoomCount | None:
    """Return the figures of the room, confirmed or not."""
    return await tx.get(RoomCount, vote_id)


async def figures(tx: Transaction, vote_id: int) -> dict[str, int]:
    """Return the figures that count: those that two scrutineers signed."""
    statement = select(RoomCount.figures).where(
        RoomCount.vote_id == vote_id, RoomCount.confirmed_by_id.is_not(None)
    )
    return dict(await tx.scalar(statement) or {})


async def people(tx: Transaction, vote_id: int) -> int:
    """Return how many are on the attendance sheet."""
    statement = select(func.count()).select_from(Attendance).where(Attendance.vote_id == vote_id)
    return int(await tx.scalar(statement))


async def _unconfirmed(tx: Transaction, vote: Vote) -> RoomCount | None:
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    known = await tx.get(RoomCount, vote.id)
    if known is not None and known.confirmed_by_id is not None:
        raise NotNow("the figures are confirmed", code="room-is-confirmed")
    return known


async def _may_vote_here(tx: Transaction, vote: Vote, present: Iterable[int]) -> list[int]:
    """Return those present who are on the roll and have not voted online."""
    here = set(present)
    roll = select(Voter.member_id).where(Voter.vote_id == vote.id)
    if vote.is_secret:
        online = select(Participation.member_id).where(
            Participation.vote_id == vote.id, Participation.has_voted.is_(True)
        )
    else:
        online = select(Ballot.member_id).where(Ballot.vote_id == vote.id)
    on_the_roll = {row[0] for row in (await tx.execute(roll)).all()}
    voted = {row[0] for row in (await tx.execute(online)).all()}
    return sorted((here & on_the_roll) - voted)


async def _forget(tx: Transaction, vote: Vote) -> None:
    known = await tx.get(RoomCount, vote.id)
    if known is not None:
        await tx.delete(known)
    await tx.flush()
    await tx.execute(delete(Attendance).where(Attendance.vote_id == vote.id))
