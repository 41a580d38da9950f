"""Hands and paper: a room's figures, entered by one scrutineer and confirmed by another.

Figures are identical ballots with how many there are of each; who is in the room stands on a
sheet beside them, and nothing joins the two (deciding.md, section 11).
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, func, insert, select

from node import clock, digests
from node.assembly import method
from node.assembly.voting import finding, seats, secret
from node.assembly.voting.answers import NEED_A_REASON, Asking
from node.assembly.voting.opening import mask
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import Attendance, Member, RoomCount, Vote, VoteChange

HANDS, PAPER = "hands", "paper"
KINDS = (HANDS, PAPER)
# Hands are raised for one answer at a time.
_COUNTED_BY_HAND = ("position", "one")


async def enter(
    tx: Transaction,
    vote: Vote,
    *,
    by: Member,
    present: Iterable[int],
    figures: Mapping[str, int],
    kind: str = HANDS,
) -> RoomCount:
    """Enter who voted in the room and how, in place of figures that nobody confirmed.

    `figures` goes by answer as it is kept. Raise Invalid when there are more answers than
    people, when somebody on the sheet voted online, or when hands cannot be counted; NotNow when
    figures were confirmed or the vote is over.
    """
    vote = await finding.locked(tx, vote)
    if await _unconfirmed(tx, vote) is not None:
        await _forget(tx, vote)
    kind = kind if kind in KINDS else HANDS
    if kind == HANDS and (why := why_no_hands(vote)):
        raise Invalid(Problem("kind", why, {}))
    kept = _kept(vote, figures)
    sheet = await seats.given(tx, vote, present)
    if vote.is_secret and len(sheet) < secret.LEAST_VOTERS:
        raise Invalid(Problem("present", "room-too-few-secret", {"least": secret.LEAST_VOTERS}))
    if sum(kept.values()) > len(sheet):
        values: dict[str, object] = {"given": sum(kept.values()), "people": len(sheet)}
        raise Invalid(Problem("figures", "room-too-many", values))
    rows = [{"vote_id": vote.id, "member_id": o, "holder_id": h} for o, h in sheet.items()]
    await tx.execute(insert(Attendance), rows)
    entered = RoomCount(
        vote_id=vote.id,
        kind=kind,
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


async def must_be_confirmed(tx: Transaction, vote: Vote) -> None:
    """Raise NotNow when figures wait for a second scrutineer: they would be lost."""
    if await _waits(tx, vote):
        raise NotNow("the figures of the room are not confirmed", code="room-unconfirmed")


async def leave_out(tx: Transaction, vote: Vote) -> None:
    """Forget figures that nobody confirmed in time, and say that they were not counted."""
    if await _waits(tx, vote):
        await _forget(tx, vote)
        tx.add(VoteChange(vote_id=vote.id, kind="room-uncounted", reason=""))
        await tx.flush()


def why_no_hands(vote: Vote) -> str | None:
    """Return the code of the sentence that says why raised hands cannot be counted, if so."""
    if vote.is_secret:
        return "room-hands-secret"
    kind = method.find(vote.method).ballot.name
    return None if kind in _COUNTED_BY_HAND else "room-hands-many"


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
    """Return how many vote in the room, in person or represented."""
    statement = select(func.count()).select_from(Attendance).where(Attendance.vote_id == vote_id)
    return int(await tx.scalar(statement))


async def represented(tx: Transaction, vote_id: int) -> int:
    """Return how many of them are represented by somebody who is there."""
    statement = (
        select(func.count())
        .select_from(Attendance)
        .where(Attendance.vote_id == vote_id, Attendance.holder_id.is_not(None))
    )
    return int(await tx.scalar(statement))


def _kept(vote: Vote, figures: Mapping[str, int]) -> dict[str, int]:
    """Return the figures by answer as it is kept. Raise Invalid for an answer that is none."""
    asking = Asking(vote.method, vote.rule, vote.options)
    kept: dict[str, int] = {}
    for one, count in figures.items():
        if count < 0:
            raise Invalid(Problem("figures", "number-malformed", {}))
        if count and one in NEED_A_REASON:
            raise Invalid(Problem(f"count-{one}", "room-needs-words", {}))
        if count:
            written = asking.written(asking.plain(one))
            kept[written] = kept.get(written, 0) + count
    return kept


async def _unconfirmed(tx: Transaction, vote: Vote) -> RoomCount | None:
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    known = await tx.get(RoomCount, vote.id)
    if known is not None and known.confirmed_by_id is not None:
        raise NotNow("the figures are confirmed", code="room-is-confirmed")
    return known


async def _waits(tx: Transaction, vote: Vote) -> bool:
    known = await tx.get(RoomCount, vote.id)
    return known is not None and known.confirmed_by_id is None


async def _forget(tx: Transaction, vote: Vote) -> None:
    known = await tx.get(RoomCount, vote.id)
    if known is not None:
        await tx.delete(known)
    await tx.flush()
    await tx.execute(delete(Attendance).where(Attendance.vote_id == vote.id))
