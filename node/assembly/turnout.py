"""How a vote stands while it is open, without saying for what, and what one member did about it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import and_, bindparam, func, literal, select

from node.assembly import method
from node.database import Transaction
from node.models import (
    Actor,
    Ballot,
    Opinion,
    Participation,
    RoomCount,
    Vote,
    Voter,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an open vote stands, without saying for what: how many answered, here and outside."""

    ballots: int
    opinions: int
    servers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What one member may do about a vote, and did; `choice` is the code of a position."""

    is_on_the_roll: bool
    choice: str | None
    reason: str
    cast_at: datetime | None
    has_voted: bool = False


_STANDING = select(
    select(func.count()).where(Ballot.vote_id == bindparam("vote")).scalar_subquery()
    + select(func.count())
    .where(Participation.vote_id == bindparam("vote"), Participation.has_voted.is_(True))
    .scalar_subquery(),
    func.count(Opinion.id),
    func.count(func.distinct(Actor.domain)),
).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(Opinion, Opinion.vote_id == bindparam("vote"))
    .outerjoin(Actor, Actor.id == Opinion.actor_id)
)
_ROOM = select(RoomCount.figures).where(
    RoomCount.vote_id == bindparam("vote"), RoomCount.confirmed_by_id.is_not(None)
)
_PLACE = (
    select(
        Voter.member_id,
        Ballot.choice,
        Ballot.reason,
        Ballot.cast_at,
        Participation.has_voted,
        Vote.options,
    )
    .join(Vote, Vote.id == Voter.vote_id)
    .outerjoin(Ballot, and_(Ballot.vote_id == Voter.vote_id, Ballot.member_id == Voter.member_id))
    .outerjoin(
        Participation,
        and_(Participation.vote_id == Voter.vote_id, Participation.member_id == Voter.member_id),
    )
    .where(Voter.vote_id == bindparam("vote"), Voter.member_id == bindparam("member"))
)
_REASONS = (
    select(Ballot.choice, Ballot.reason, Vote.method)
    .join(Vote, Vote.id == Ballot.vote_id)
    .where(Ballot.vote_id == bindparam("vote"), Ballot.reason != "")
    .order_by(Ballot.choice, Ballot.reason)
)


_ANY, _BLANK = "any", "blank"


async def standing(tx: Transaction, vote_id: int) -> Standing:
    """Return how many answered a vote so far."""
    row = (await tx.execute(_STANDING, {"vote": vote_id})).one()
    room = (await tx.execute(_ROOM, {"vote": vote_id})).scalar() or {}
    return Standing(ballots=row[0] + sum(room.values()), opinions=row[1], servers=row[2])


async def place_of(tx: Transaction, vote_id: int, member_id: int) -> Place:
    """Return whether a member is on the roll of a vote, and what they answered."""
    values = {"vote": vote_id, "member": member_id}
    row = (await tx.execute(_PLACE, values)).first()
    if row is None:
        return Place(is_on_the_roll=False, choice=None, reason="", cast_at=None)
    return Place(
        is_on_the_roll=True,
        choice=None if row[5] else row[1],
        reason=row[2] or "",
        cast_at=row[3],
        has_voted=row[1] is not None or bool(row[4]),
    )


async def reasons(tx: Transaction, vote_id: int) -> list[tuple[str, str]]:
    """Return the reasons given with the ballots, without names and in no order of time.

    Where people answer about options, a reason goes with the one option that its ballot puts
    first; a ballot that marks several says more than its reason, and stays out of it.
    """
    rows = (await tx.execute(_REASONS, {"vote": vote_id})).all()
    return sorted((_about(row[0], row[2]), row[1]) for row in rows)


def _about(kept: str, method_name: str) -> str:
    """Return the position of a ballot, the one option it puts first, `blank`, or `any`."""
    kind = method.find(method_name).ballot
    if not kind.has_options:
        return kept
    given = msgspec.json.decode(kept)
    if not given:
        return _BLANK
    if kind.name in ("ranking", "order") or (kind.name == "approvals" and len(given) == 1):
        given = given[0]
    return given if isinstance(given, str) else _ANY
