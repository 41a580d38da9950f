"""The log of acts: who changed what about members or rules, when, from what to what, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from node.assembly import decided, decisions
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Act, Actor, Member
from node.texts import readable


async def note(
    tx: Transaction,
    kind: str,
    *,
    by: Member | None,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    decision: str | None = None,
) -> None:
    """Write an act down beside what it does. Nobody (`by` None) is the command line."""
    tx.add(
        Act(
            kind=kind,
            member_id=by.id if by else None,
            subject=subject,
            before=dict(before or {}),
            after=dict(after or {}),
            reason=readable(reason).strip(),
            decision=decision,
        )
    )
    await tx.flush()


async def listed(
    tx: Transaction, kind: str | None = None, *, before: int | None = None, limit: int = 50
) -> list[tuple[Act, str | None]]:
    """Return acts with the name of who did them, newest first, older than a given one."""
    statement = select(Act).order_by(Act.id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(Act.kind == kind)
    if before is not None:
        statement = statement.where(Act.id < before)
    acts: Sequence[Act] = await tx.all(statement)
    named = select(Member.id, Actor.name).join(Actor, Actor.id == Member.actor_id)
    doers = {act.member_id for act in acts}
    rows = (await tx.execute(named.where(Member.id.in_(doers)))).all()
    names = {row[0]: row[1] for row in rows}
    return [(act, names.get(act.member_id)) for act in acts]


async def kinds(tx: Transaction) -> list[str]:
    """Return the kinds of acts that the log holds."""
    rows = (await tx.execute(select(Act.kind).distinct().order_by(Act.kind))).all()
    return [row[0] for row in rows]


async def decision_label(tx: Transaction, written: str) -> str | None:
    """Return the label of the adopted decision that somebody means: 2026-03, or its number.

    Nothing written means none. Raise Invalid when it is unknown, or was not adopted.
    """
    found = await decided.meant(tx, written, "decision")
    if found is None:
        return None
    if found.outcome not in decisions.ADOPTED:
        raise Invalid(Problem("decision", "decision-not-adopted", {"label": found.label}))
    return found.label
