"""Who welcomes newcomers: the members on duty, and whose turn it is for each request."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from node import clock
from node.assembly import journal, members
from node.database import Transaction
from node.errors import NotNow, Refusal
from node.models import Duty, JoinRequest, Member
from node.models.member import MEMBER

WELCOME = "welcome"
PATIENCE = timedelta(hours=48)


async def give(
    tx: Transaction, member: Member, *, by: Member | None, until: datetime | None
) -> Duty:
    """Give a member the welcome of newcomers, until a day. Whoever has it already keeps it."""
    if not members.is_present(member):
        raise NotNow("they are no member", code="not-a-member")
    for duty in await duties(tx):
        if duty.member_id == member.id:
            return duty
    duty = Duty(member=member, role=WELCOME, ends_at=until)
    tx.add(duty)
    ends = {"ends": clock.wire(until)} if until else {}
    await journal.note(tx, "duty-given", by=by, subject=member.handle, after=ends)
    return duty


async def end(tx: Transaction, member: Member, *, by: Member | None) -> None:
    """End a member's welcome of newcomers."""
    for duty in await duties(tx):
        if duty.member_id == member.id:
            duty.ends_at = clock.now()
            await journal.note(tx, "duty-ended", by=by, subject=member.handle)


async def duties(tx: Transaction) -> Sequence[Duty]:
    """Return who welcomes newcomers now, in the order in which they began."""
    now = clock.now()
    statement = (
        select(Duty)
        .join(Member, Member.id == Duty.member_id)
        .where(Duty.role == WELCOME, Duty.starts_at <= now, Member.state == MEMBER)
        .where(or_(Duty.ends_at.is_(None), Duty.ends_at > now))
        .order_by(Duty.starts_at, Duty.id)
    )
    return await tx.all(statement)


async def holders(tx: Transaction) -> list[Member]:
    """Return those who welcome newcomers; where nobody does, those in charge."""
    named = [duty.member for duty in await duties(tx)]
    if named:
        return named
    statement = select(Member).where(Member.is_in_charge, Member.state == MEMBER)
    return list(await tx.all(statement.order_by(Member.admitted_at, Member.id)))


def on_duty(request: JoinRequest, among: Sequence[Member]) -> Member | None:
    """Return whose turn it is: untouched for 48 hours, a request passes to the next one."""
    if not among:
        return None
    ids = [one.id for one in among]
    first = ids.index(request.taken_by_id) if request.taken_by_id in ids else 0
    passed = (clock.now() - (request.taken_at or request.asked_at)) // PATIENCE
    return among[(first + passed) % len(among)]


def term_end(months: int) -> datetime:
    """Return when a term of so many months ends that begins now, a month being 365/12 days."""
    return clock.now() + timedelta(days=months * 365 // 12)


async def may_welcome(tx: Transaction, member: Member) -> bool:
    """Say whether a member may answer those who ask to join."""
    return member.is_in_charge or member.id in {one.id for one in await holders(tx)}


async def must_welcome(tx: Transaction, member: Member | None) -> None:
    """Raise Refusal unless the member may answer; nobody is the command line."""
    if member is not None and not await may_welcome(tx, member):
        raise Refusal("they do not welcome newcomers", code="not-welcoming")
