"""What became of a decision: who carries it out, by when, whether it is done, the next look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, bindparam, false, func, or_, select, union

from node.assembly import decisions, proposals
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem, Refusal
from node.models import Decision, FollowUp, Member
from node.texts import line, readable

TEXT_MAX = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How things stand with a decision, by the last line that says so."""

    holder: str = ""
    due_on: date | None = None
    review_on: date | None = None
    is_done: bool = False


def may_follow_up(decision: Decision, member: Member | None) -> bool:
    """Say whether this member may write what became of it: those in charge, or who carried it."""
    return decision.vote is not None and proposals.may_carry(decision.proposal, member)


async def add(
    tx: Transaction,
    decision: Decision,
    *,
    by: Member,
    text: str = "",
    holder: str | None = None,
    due_on: date | None = None,
    review_on: date | None = None,
    is_done: bool | None = None,
) -> FollowUp:
    """Add a line; None leaves as it is who carries it out, a date, or whether it is done.

    Raise Refusal for who may not, NotNow for a decision that was corrected, Invalid for a line
    that says nothing.
    """
    if not may_follow_up(decision, by):
        raise Refusal(f"{by.handle} does not carry {decision.label}", code="not-the-carrier")
    if await decisions.superseding(tx, decision) is not None:
        raise NotNow(f"decision {decision.label} was corrected", code="decision-superseded")
    text = readable(text).strip()
    if not text and (holder, due_on, review_on, is_done) == (None, None, None, None):
        raise Invalid(Problem("text", "follow-up-empty", {}))
    if len(text) > TEXT_MAX:
        raise Invalid(Problem("text", "correction-too-long", {"max": TEXT_MAX}))
    entry = FollowUp(
        decision_id=decision.id,
        author=by,
        text=text,
        holder=None if holder is None else line(holder)[:200],
        due_on=due_on,
        review_on=review_on,
        is_done=is_done,
    )
    tx.add(entry)
    await tx.flush()
    return entry


async def listed(tx: Transaction, decision: Decision) -> Sequence[FollowUp]:
    """Return the lines about a decision, oldest first, those about what it corrects included."""
    known, earlier = [decision.id], decision
    while (corrected := await decisions.superseded(tx, earlier)) is not None:
        known.append(corrected.id)
        earlier = corrected
    statement = select(FollowUp).where(FollowUp.decision_id.in_(known))
    return await tx.all(statement.order_by(FollowUp.written_at, FollowUp.id))


def standing(decision: Decision, lines: Sequence[FollowUp]) -> Standing:
    """Return how things stand: what was decided, then what each line changed."""
    holder, due_on, review_on, is_done = "", None, decision.review_on, False
    for one in lines:
        holder = holder if one.holder is None else one.holder
        due_on = one.due_on or due_on
        review_on = one.review_on or review_on
        is_done = is_done if one.is_done is None else one.is_done
    return Standing(holder=holder, due_on=due_on, review_on=review_on, is_done=is_done)


async def standings(tx: Transaction, ids: Collection[int]) -> dict[int, tuple[Decision, Standing]]:
    """Return how things stand with these decisions, of which anything is said, by number.

    What was noted under a decision goes on under the one that corrects it: of a decision that was
    corrected, the one in force is told.
    """
    among = await _with_corrections(tx, set(ids))
    written = select(FollowUp).where(FollowUp.decision_id.in_(among))
    wanted = select(Decision).where(Decision.id.in_(among))
    lines: dict[int, list[FollowUp]] = {}
    for one in await tx.all(written.order_by(FollowUp.written_at, FollowUp.id)):
        lines.setdefault(one.decision_id, []).append(one)
    is_told = Decision.id.in_(lines) | Decision.review_on.is_not(None)
    wanted = wanted.where(is_told | Decision.supersedes_id.is_not(None))
    found = {one.id: one for one in await tx.all(wanted.order_by(Decision.number))}
    for one in found.values():
        earlier = lines.pop(one.supersedes_id or 0, [])
        lines[one.id] = [*earlier, *lines.get(one.id, [])]
    superseded = {one.supersedes_id for one in found.values()}
    return {
        one.number: (one, standing(one, lines.get(one.id, ())))
        for one in found.values()
        if one.id not in superseded
    }


async def late(tx: Transaction, today: date) -> list[tuple[Decision, Standing]]:
    """Return the decisions to remind of: due and not done, or to be looked at again by now.

    Only those that may be are read: a register of many years is not read for one reminder.
    """
    rows = (await tx.execute(_MAY_BE_LATE, {"today": today})).all()
    if not rows:
        return []
    told = await standings(tx, [row[0] for row in rows])
    return [(one, now) for one, now in told.values() if is_late(now, today)]


async def _with_corrections(tx: Transaction, known: set[int]) -> set[int]:
    """Return these decisions with all that they correct and that correct them."""
    while True:
        corrected = select(Decision.supersedes_id).where(Decision.id.in_(known))
        statement = select(Decision.id).where(
            Decision.supersedes_id.in_(known) | Decision.id.in_(corrected)
        )
        more = {row[0] for row in (await tx.execute(statement)).all()} - known
        if not more:
            return known
        known = known | more


def _last(column: Any) -> Any:
    """What the last line that says something about it says."""
    statement = select(column).where(FollowUp.decision_id == Decision.id, column.is_not(None))
    newest = statement.order_by(FollowUp.written_at.desc(), FollowUp.id.desc()).limit(1)
    return newest.correlate(Decision).scalar_subquery()


_today = bindparam("today", type_=Date)
_DATED = union(
    select(FollowUp.decision_id).where(FollowUp.due_on < _today),
    select(FollowUp.decision_id).where(FollowUp.review_on <= _today),
    select(Decision.id).where(Decision.review_on <= _today),
)
_MAY_BE_LATE = select(Decision.id).where(
    Decision.id.in_(_DATED),
    or_(
        and_(
            _last(FollowUp.due_on) < _today,
            func.coalesce(_last(FollowUp.is_done), false()).is_(False),
        ),
        func.coalesce(_last(FollowUp.review_on), Decision.review_on) <= _today,
    ),
)


def is_late(now: Standing, today: date) -> bool:
    """Say whether something is due and not done, or to be looked at again by now."""
    is_overdue = now.due_on is not None and now.due_on < today and not now.is_done
    return is_overdue or (now.review_on is not None and now.review_on <= today)
