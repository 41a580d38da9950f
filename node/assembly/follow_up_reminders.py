"""On the day by which a decision is carried out or looked at again, people are told, once."""

from datetime import date, timedelta

from sqlalchemy import or_, select

from node import clock
from node.assembly import assemblies, follow_ups
from node.assembly.events import FollowUpDue
from node.assembly.follow_ups import Standing
from node.database import Transaction, insert_into
from node.events import record
from node.models import Actor, CoCarrier, Decision, FollowUpReminder, Member
from node.models.member import MEMBER

DUE, REVIEW = "due", "review"


async def remind(tx: Transaction) -> None:
    """Say of what the day has come, to whoever passes it on; each day of a decision only once."""
    today = clock.now().astimezone(assemblies.zone(await assemblies.the(tx))).date()
    for decision, now in await follow_ups.late(tx, today + timedelta(days=1)):
        for kind, day in _days(now):
            if day <= today and await _is_new(tx, decision, kind, day):
                told = await _who(tx, decision, now)
                record(tx, FollowUpDue(decision, kind, now.holder, tuple(told)))


def _days(now: Standing) -> list[tuple[str, date]]:
    days = []
    if now.due_on is not None and not now.is_done:
        days.append((DUE, now.due_on))
    if now.review_on is not None:
        days.append((REVIEW, now.review_on))
    return days


async def _is_new(tx: Transaction, decision: Decision, kind: str, day: date) -> bool:
    """Note that people are told; of two processes that come at once, one is the first."""
    row = {"decision_id": decision.id, "kind": kind, "day": day, "made_at": clock.now()}
    statement = insert_into(FollowUpReminder, tx.dialect).values(row).on_conflict_do_nothing()
    return bool((await tx.execute(statement)).rowcount)


async def _who(tx: Transaction, decision: Decision, now: Standing) -> list[int]:
    """Return those in charge, those who carried the text, and the holder if that is a member."""
    shared = select(CoCarrier.member_id).where(CoCarrier.proposal_id == decision.proposal_id)
    who = or_(
        Member.is_in_charge,
        Member.id == decision.proposal.carrier_id,
        Member.id.in_(shared),
        Actor.handle == now.holder.removeprefix("@").lower(),
        Actor.name == now.holder,
    )
    statement = select(Member.id).join(Actor, Actor.id == Member.actor_id).where(who)
    present = statement.where(Member.state == MEMBER, Member.left_at.is_(None))
    return [row[0] for row in (await tx.execute(present.order_by(Member.id))).all()]
