"""A day before the close, those who have not voted are reminded, once."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, select

from node import clock
from node.assembly.events import VoteClosesSoon
from node.assembly.voting import finding
from node.database import Transaction
from node.events import record
from node.models import Attendance, Ballot, Participation, Vote, Voter

BEFORE = timedelta(hours=24)


async def due(tx: Transaction) -> Sequence[int]:
    """Return the votes that end within a day, were open longer, and reminded nobody yet."""
    now = clock.now()
    statement = select(Vote.id, Vote.opened_at, Vote.closes_at).where(
        Vote.closed_at.is_(None),
        Vote.reminded_at.is_(None),
        Vote.closes_at > now,
        Vote.closes_at <= now + BEFORE,
    )
    rows = (await tx.execute(statement)).all()
    return [row[0] for row in rows if row[2] - row[1] > BEFORE]


async def remind(tx: Transaction, vote: Vote) -> None:
    """Say that a vote ends soon, to whoever passes it on to those who have not voted."""
    vote = await finding.locked(tx, vote)
    if vote.reminded_at is not None or finding.is_over(vote):
        return
    vote.reminded_at = clock.now()
    waited_for = tuple(await missing(tx, vote))
    if waited_for:
        record(tx, VoteClosesSoon(vote, waited_for))


async def missing(tx: Transaction, vote: Vote) -> list[int]:
    """Return the members on the roll who have not voted, in the order of the roll."""
    statement = (
        select(Voter.member_id)
        .outerjoin(
            Ballot, and_(Ballot.vote_id == Voter.vote_id, Ballot.member_id == Voter.member_id)
        )
        .outerjoin(
            Participation,
            and_(
                Participation.vote_id == Voter.vote_id,
                Participation.member_id == Voter.member_id,
                Participation.has_voted.is_(True),
            ),
        )
        .outerjoin(
            Attendance,
            and_(Attendance.vote_id == Voter.vote_id, Attendance.member_id == Voter.member_id),
        )
        .where(Voter.vote_id == vote.id, Ballot.id.is_(None))
        .where(Participation.member_id.is_(None), Attendance.member_id.is_(None))
        .order_by(Voter.member_id)
    )
    return [row[0] for row in (await tx.execute(statement)).all()]
