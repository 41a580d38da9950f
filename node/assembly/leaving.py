"""How membership ends: by oneself, by a decision of the assembly, and how it begins anew."""

from sqlalchemy import delete, func, select

from node import clock
from node.assembly import journal, members
from node.assembly.events import MembershipEnded
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem, Refusal
from node.events import record
from node.models import (
    AccessToken,
    AccountClaim,
    Duty,
    LinkedAccount,
    Member,
    OneTimeLink,
    Session,
)
from node.models.member import EXCLUDED, LEFT
from node.texts import readable


async def leave(
    tx: Transaction, member: Member, *, reason: str = "", by: Member | None = None
) -> None:
    """End a membership because the person wishes it. What they said and decided stays.

    Raise NotNow for the last one in charge: somebody else must be able to open the door.
    """
    await _must_not_be_the_last(tx, member)
    await _end(tx, member, LEFT, reason)
    await journal.note(tx, "left", by=by or member, subject=member.handle, reason=reason)


async def exclude(
    tx: Transaction, member: Member, *, by: Member | None, reason: str, decision: str
) -> None:
    """End a membership because the assembly decided so; the reason and the decision are kept.

    They stay on the rolls that were frozen before. Raise Invalid when one of the two is missing.
    """
    if by is not None and not by.is_in_charge:
        raise Refusal("only those in charge carry out an exclusion", code="not-in-charge")
    if by is not None and by.id == member.id:
        raise NotNow("nobody excludes themselves", code="exclude-oneself")
    reason = readable(reason).strip()
    label = await journal.decision_label(tx, decision)
    problems = [] if reason else [Problem("reason", "reason-missing", {})]
    if label is None:
        problems.append(Problem("decision", "decision-missing", {}))
    if problems:
        raise Invalid(*problems)
    await _must_not_be_the_last(tx, member)
    await _end(tx, member, EXCLUDED, reason)
    member.left_by_decision = label
    await journal.note(tx, "excluded", by=by, subject=member.handle, reason=reason, decision=label)


async def readmit(
    tx: Transaction, member: Member, *, by: Member | None, decision: str = ""
) -> None:
    """Admit somebody again who had left; after an exclusion only the assembly can say so."""
    if member.state not in (LEFT, EXCLUDED):
        raise NotNow("they never left", code="never-left")
    label = await journal.decision_label(tx, decision)
    if member.state == EXCLUDED and label is None:
        raise Invalid(Problem("decision", "decision-missing", {}))
    await members.enter(tx, member, by=by)
    if label is not None:
        await journal.note(tx, "readmitted", by=by, subject=member.handle, decision=label)


async def _must_not_be_the_last(tx: Transaction, member: Member) -> None:
    if not members.is_present(member):
        raise NotNow("they are no member", code="not-a-member")
    others = (
        select(func.count())
        .select_from(Member)
        .where(Member.is_in_charge, Member.state == member.state, Member.id != member.id)
    )
    if member.is_in_charge and not int(await tx.scalar(others)):
        raise NotNow("nobody would be in charge", code="last-in-charge")


async def _end(tx: Transaction, member: Member, state: str, reason: str) -> None:
    """Close every door: sessions, links, keys of applications, accounts elsewhere, roles."""
    now = clock.now()
    await members.unpublish(tx, member)
    member.state, member.left_at = state, now
    member.left_because = readable(reason).strip()
    member.is_in_charge, member.password_hash, member.votes_from = False, None, None
    linked = await tx.get(LinkedAccount, member.id)
    if linked is not None:
        if linked.join_uri is not None and state == EXCLUDED:
            record(tx, MembershipEnded(linked.actor, linked.join_uri))
        await tx.delete(linked)
    await tx.flush()
    for model in (Session, OneTimeLink, AccessToken, AccountClaim):
        await tx.execute(delete(model).where(model.member_id == member.id))
    duties = select(Duty).where(Duty.member_id == member.id, Duty.ends_at.is_(None))
    for duty in await tx.all(duties):
        duty.ends_at = now
    await tx.flush()
