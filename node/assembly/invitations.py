"""Invitations on paper: a secret that admits whoever brings it, so many times, until a date."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, select

from node import clock
from node.assembly import access, journal, members
from node.database import Transaction
from node.errors import Gone, Invalid, NotFound, Problem, Refusal
from node.models import Actor, Invitation, Member
from node.models.member import INVITED
from node.texts import line

USES_MOST, DAYS_MOST, LABEL_MOST = 200, 90, 80


async def make(
    tx: Transaction,
    *,
    by: Member | None,
    label: str = "",
    name: str = "",
    uses: int = 1,
    days: int = 14,
) -> tuple[Invitation, str]:
    """Return an invitation with its secret, of which only the digest is kept.

    With a `name` it is for that person, who is noted as invited. Raise Invalid or Refusal.
    """
    if by is not None and not by.is_in_charge:
        raise Refusal("only those in charge invite", code="not-in-charge")
    name, label = line(name), line(label)
    problems = []
    if not 1 <= uses <= USES_MOST:
        problems.append(Problem("uses", "invitation-uses", {"most": USES_MOST}))
    if name and uses != 1:
        problems.append(Problem("uses", "invitation-for-one", {}))
    if not 1 <= days <= DAYS_MOST:
        problems.append(Problem("days", "invitation-days", {"most": DAYS_MOST}))
    for field, text in (("name", name), ("label", label)):
        if len(text) > LABEL_MOST:
            problems.append(Problem(field, "join-too-long", {"max": LABEL_MOST}))
    if problems:
        raise Invalid(*problems)
    invited = await members.prepare(tx, name=name, state=INVITED) if name else None
    secret = access.hand_secret()
    invitation = Invitation(
        digest=digest(secret),
        label=name or label,
        uses_max=uses,
        expires_at=clock.now() + timedelta(days=days),
        made_by_id=by.id if by else None,
        member_id=invited.id if invited else None,
    )
    tx.add(invitation)
    about = {"uses": uses, "days": days}
    await journal.note(tx, "invitation-made", by=by, subject=invitation.label, after=about)
    return invitation, secret


async def look_at(tx: Transaction, secret: str) -> Invitation:
    """Return an invitation that still admits. Raise NotFound for a wrong one, Gone for a spent."""
    return await _good(tx, _by_secret(secret))


async def accept(
    tx: Transaction, secret: str, *, name: str = "", handle: str | None = None
) -> Member:
    """Admit whoever brings the secret. Of two who bring it at once for one place, one comes in."""
    invitation = await _good(tx, _by_secret(secret).with_for_update())
    invitation.used_count += 1
    await tx.flush()
    by = await tx.get(Member, invitation.made_by_id) if invitation.made_by_id else None
    member = await tx.get(Member, invitation.member_id) if invitation.member_id else None
    if member is None:
        return await members.admit(tx, name=name, handle=handle, by=by)
    if line(name):
        member.actor.name = line(name)
    await members.enter(tx, member, by=by)
    return member


async def revoke(tx: Transaction, number: int, *, by: Member | None) -> None:
    """Let an invitation admit nobody any more; who was invited by name is forgotten."""
    if by is not None and not by.is_in_charge:
        raise Refusal("only those in charge revoke an invitation", code="not-in-charge")
    invitation = await tx.get(Invitation, number)
    if invitation is None or invitation.revoked_at is not None:
        raise NotFound("there is no such invitation", code="invitation-unknown")
    invitation.revoked_at = clock.now()
    await journal.note(tx, "invitation-revoked", by=by, subject=invitation.label)
    await _forget_invited(tx, invitation)


async def listed(tx: Transaction) -> Sequence[Invitation]:
    """Return the invitations that still admit, newest first."""
    found = await tx.all(select(Invitation).order_by(Invitation.id.desc()).limit(200))
    return [one for one in found if is_good(one)]


async def prune(tx: Transaction) -> None:
    """Forget whoever was invited by name and did not come in time."""
    late = select(Invitation).where(
        Invitation.member_id.is_not(None),
        Invitation.used_count == 0,
        Invitation.expires_at <= clock.now(),
    )
    for invitation in await tx.all(late):
        await _forget_invited(tx, invitation)


def digest(secret: str) -> str:
    """Return what is kept of the secret, however it was copied."""
    return access.digest(access.by_hand(secret))


def is_good(invitation: Invitation) -> bool:
    """Say whether an invitation still admits somebody."""
    return (
        invitation.revoked_at is None
        and invitation.used_count < invitation.uses_max
        and invitation.expires_at > clock.now()
    )


def _by_secret(secret: str) -> Select[Invitation]:
    return select(Invitation).where(Invitation.digest == digest(secret))


async def _good(tx: Transaction, wanted: Select[Invitation]) -> Invitation:
    found = await tx.find(wanted.execution_options(populate_existing=True))
    if not isinstance(found, Invitation):
        raise NotFound("there is no such invitation", code="invitation-unknown")
    if not is_good(found):
        raise Gone("the invitation is spent", code="invitation-spent")
    return found


async def _forget_invited(tx: Transaction, invitation: Invitation) -> None:
    member = await tx.get(Member, invitation.member_id) if invitation.member_id else None
    if member is None or member.state != INVITED:
        return
    invitation.member_id = None
    await tx.flush()
    await tx.delete(member)
    await tx.flush()
    await tx.execute(delete(Actor).where(Actor.id == member.actor_id))
