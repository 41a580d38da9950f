"""How a vote stands while it is open, without saying for what, and what one member did about it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, literal, select

from node.database import Transaction
from node.models import Actor, Ballot, Opinion, Voter


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an open vote stands, without saying for what: how many answered, here and outside."""

    ballots: int
    opinions: int
    servers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What one member may do about a vote, and did."""

    is_on_the_roll: bool
    choice: str | None
    reason: str
    cast_at: datetime | None


_STANDING = select(
    select(func.count()).where(Ballot.vote_id == bindparam("vote")).scalar_subquery(),
    func.count(Opinion.id),
    func.count(func.distinct(Actor.domain)),
).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(Opinion, Opinion.vote_id == bindparam("vote"))
    .outerjoin(Actor, Actor.id == Opinion.actor_id)
)
_PLACE = (
    select(Voter.member_id, Ballot.choice, Ballot.reason, Ballot.cast_at)
    .outerjoin(Ballot, and_(Ballot.vote_id == Voter.vote_id, Ballot.member_id == Voter.member_id))
    .where(Voter.vote_id == bindparam("vote"), Voter.member_id == bindparam("member"))
)
_REASONS = (
    select(Ballot.choice, Ballot.reason)
    .where(Ballot.vote_id == bindparam("vote"), Ballot.reason != "")
    .order_by(Ballot.choice, Ballot.reason)
)


async def standing(tx: Transaction, vote_id: int) -> Standing:
    """Return how many answered a vote so far."""
    row = (await tx.execute(_STANDING, {"vote": vote_id})).one()
    return Standing(ballots=row[0], opinions=row[1], servers=row[2])


async def place_of(tx: Transaction, vote_id: int, member_id: int) -> Place:
    """Return whether a member is on the roll of a vote, and what they answered."""
    values = {"vote": vote_id, "member": member_id}
    row = (await tx.execute(_PLACE, values)).first()
    if row is None:
        return Place(is_on_the_roll=False, choice=None, reason="", cast_at=None)
    return Place(is_on_the_roll=True, choice=row[1], reason=row[2] or "", cast_at=row[3])


async def reasons(tx: Transaction, vote_id: int) -> list[tuple[str, str]]:
    """Return the reasons given with the ballots, without names and in no order of time."""
    rows = (await tx.execute(_REASONS, {"vote": vote_id})).all()
    return [(row[0], row[1]) for row in rows]
