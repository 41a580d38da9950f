"""The detached secret ballot: who voted and what was voted, with nothing that joins the two.

The roll of participations and the urn are made whole when the vote opens: one flag for everybody,
one slot for each of them under a random key, all slots of one width (deciding.md, section 11).
Casting turns a flag and writes over a slot that is drawn by lot, both in place, so that no
row, page or gap of the file tells in which order anything came. SQLite's log, which would put the
two side by side, is emptied with every commit; PostgreSQL marks each row with the transaction that
last wrote it, so there all rows of the vote are written again together.
"""

import secrets

from sqlalchemy import BindParameter, bindparam, case, func, insert, select, update

from node.assembly.voting.answers import Asking
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.errors import NotNow
from node.models import Participation, SecretBallot, Vote

# With fewer, the figures would say what each of them chose.
LEAST_VOTERS = 3
_KEY_BYTES = 16
_AT_ONCE = 5000

_vote: BindParameter[int] = bindparam("vote")
_member: BindParameter[int] = bindparam("member")
_TAKE_PART = (
    update(Participation)
    .where(Participation.vote_id == _vote, Participation.member_id == _member)
    .where(Participation.has_voted.is_(False))
    .values(has_voted=True)
)
_BLANKS = select(func.count()).where(
    SecretBallot.vote_id == _vote, SecretBallot.choice == bindparam("blank")
)
_DRAWN = (
    select(SecretBallot.key)
    .where(SecretBallot.vote_id == _vote, SecretBallot.choice == bindparam("blank"))
    .order_by(SecretBallot.key)
    .limit(1)
    .offset(bindparam("skipped"))
)
_WRITE = (
    update(SecretBallot)
    .where(SecretBallot.vote_id == _vote, SecretBallot.key == bindparam("slot"))
    .values(choice=bindparam("written"))
)
_WRITE_ALL = (
    update(SecretBallot)
    .where(SecretBallot.vote_id == _vote)
    .values(
        choice=case(
            (SecretBallot.key == bindparam("slot"), bindparam("written")),
            else_=SecretBallot.choice,
        )
    )
)
_TOUCH_ALL = (
    update(Participation)
    .where(Participation.vote_id == _vote)
    .values(has_voted=Participation.has_voted)
)


async def make_urn(tx: Transaction, vote: Vote, roll: list[int]) -> None:
    """Lay out a flag and a slot for everybody on the roll."""
    blank = " " * Asking(vote.method, vote.rule, vote.options).width
    flags = [{"vote_id": vote.id, "member_id": one, "has_voted": False} for one in roll]
    keys = sorted(secrets.token_bytes(_KEY_BYTES) for _ in roll)
    slots = [{"vote_id": vote.id, "key": key, "choice": blank} for key in keys]
    for start in range(0, len(roll), _AT_ONCE):
        await tx.execute(insert(Participation), flags[start : start + _AT_ONCE])
        await tx.execute(insert(SecretBallot), slots[start : start + _AT_ONCE])


async def cast(tx: Transaction, sheet: Sheet, member_id: int, kept: str) -> None:
    """Note that a member took part, and put what they chose into the urn."""
    voter = {"vote": sheet.vote_id, "member": member_id}
    if not (await tx.execute(_TAKE_PART, voter)).rowcount:
        raise NotNow("a secret ballot is cast once", code="voted-already")
    width = sheet.asking.width
    blank = {"vote": sheet.vote_id, "blank": " " * width}
    free = (await tx.execute(_BLANKS, blank)).scalar_one()
    skipped = secrets.randbelow(int(free))
    key = (await tx.execute(_DRAWN, {**blank, "skipped": skipped})).scalar_one()
    written = {"vote": sheet.vote_id, "slot": key, "written": kept.ljust(width)}
    if tx.dialect == "sqlite":
        await tx.execute(_WRITE, written)
    else:
        await tx.execute(_WRITE_ALL, written)
        await tx.execute(_TOUCH_ALL, {"vote": sheet.vote_id})
    tx.leaves_no_trace = True


async def ballots(tx: Transaction, vote_id: int) -> list[str]:
    """Return the ballots in the urn, in the order of their random keys."""
    statement = select(SecretBallot.choice).where(SecretBallot.vote_id == vote_id)
    rows = (await tx.execute(statement.order_by(SecretBallot.key))).all()
    return [kept for row in rows if (kept := row[0].rstrip(" "))]


async def voters(tx: Transaction, vote_id: int) -> int:
    """Return how many took part."""
    statement = select(func.count()).where(
        Participation.vote_id == vote_id, Participation.has_voted.is_(True)
    )
    return int(await tx.scalar(statement))
