"""Who belongs to the assembly, who votes, and which of them exist outside of it."""

import re
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from node import clock
from node.assembly import assemblies, journal, rules
from node.assembly.events import ActorChanged, MemberAdmitted, MemberPublished, MemberUnpublished
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.events import record
from node.models import Actor, LinkedAccount, Member
from node.models.member import MEMBER
from node.texts import line, render


async def admit(
    tx: Transaction,
    *,
    name: str,
    handle: str | None = None,
    is_in_charge: bool = False,
    by: Member | None = None,
) -> Member:
    """Admit a person. Without a handle, one is made from the name."""
    member = await prepare(tx, name=name, handle=handle, state=MEMBER)
    member.is_in_charge = is_in_charge
    await enter(tx, member, by=by)
    return member


async def prepare(tx: Transaction, *, name: str, state: str, handle: str | None = None) -> Member:
    """Note a person who is not admitted yet. Without a handle, one is made from the name."""
    name = line(name)
    if not name:
        raise Invalid(Problem("name", "name-missing", {}))
    assembly = await assemblies.locked(tx)
    handle = handle.strip().lower() if handle else await _free_handle(tx, name)
    if not assemblies.HANDLE.fullmatch(handle):
        raise Invalid(Problem("handle", "handle-malformed", {"handle": handle}))
    if await _taken(tx, handle):
        raise Invalid(Problem("handle", "handle-taken", {"handle": handle}))
    uri = f"{assembly.origin}/u/{handle}"
    actor = Actor(
        uri=uri,
        type="Person",
        handle=handle,
        domain=assembly.actor.domain,
        name=name,
        inbox=f"{uri}/inbox",
        shared_inbox=assembly.actor.shared_inbox,
        url=uri,
        outbox=f"{uri}/outbox",
        followers=f"{uri}/followers",
        following=f"{uri}/following",
        featured=f"{uri}/featured",
        is_local=True,
        is_locked=True,
    )
    member = Member(actor=actor, state=state, admitted_at=None)
    tx.add(member)
    await tx.flush()
    return member


async def enter(tx: Transaction, member: Member, *, by: Member | None) -> None:
    """Make a person a member from now on; they vote from the day that the rules set."""
    now = clock.now()
    member.state, member.admitted_at = MEMBER, now
    member.votes_from = now + timedelta(days=(await rules.current(tx)).roll_after_days)
    member.left_at, member.left_because, member.left_by_decision = None, "", None
    await journal.note(tx, "admitted", by=by, subject=member.handle)
    record(tx, MemberAdmitted(member))


async def count(tx: Transaction) -> int:
    """Return how many members the assembly has now."""
    statement = select(func.count()).select_from(Member).where(*_present())
    return int(await tx.scalar(statement))


async def all_present(tx: Transaction) -> list[Member]:
    """Return the members of the assembly, by name."""
    statement = select(Member).join(Member.actor).where(*_present())
    return list(await tx.all(statement.order_by(Actor.name)))


async def everybody(tx: Transaction) -> list[Member]:
    """Return all who are known, in whatever state, by name."""
    return list(await tx.all(select(Member).join(Member.actor).order_by(Actor.name)))


async def on_roll(tx: Transaction, at: datetime) -> list[int]:
    """Return the row numbers of the members who vote when a vote opens at this moment."""
    statement = select(Member.id).where(*_present(), Member.votes_from <= at)
    return [row[0] for row in (await tx.execute(statement.order_by(Member.id))).all()]


async def by_handle(tx: Transaction, handle: str) -> Member:
    """Return the member called so. Raise NotFound."""
    statement = select(Member).join(Member.actor).where(Actor.handle == handle.strip().lower())
    member = await tx.find(statement.where(Actor.is_local, *_present()))
    if not isinstance(member, Member):
        raise NotFound(f"no member is called {handle}", code="no-such-member", handle=handle)
    return member


async def by_id(tx: Transaction, number: int) -> Member:
    """Return the member with this number. Raise NotFound."""
    member = await tx.get(Member, number)
    if member is None or not is_present(member):
        raise NotFound("there is no such member", code="no-such-member", handle="")
    return member


async def by_linked_account(tx: Transaction, actor: Actor) -> Member | None:
    """Return the member whose account elsewhere this is, proved from both sides."""
    statement = (
        select(Member)
        .join(LinkedAccount, LinkedAccount.member_id == Member.id)
        .where(LinkedAccount.actor_id == actor.id, *_present())
    )
    found = await tx.find(statement) if actor.deleted_at is None else None
    return found if isinstance(found, Member) else None


def is_present(member: Member) -> bool:
    """Say whether somebody is a member now."""
    return member.state == MEMBER and member.left_at is None


async def describe(tx: Transaction, member: Member, *, name: str, summary: str) -> None:
    """Change the name and the description that a member goes by."""
    if not line(name):
        raise Invalid(Problem("name", "name-missing", {}))
    member.actor.name = line(name)
    member.actor.summary = render(summary)
    member.actor.updated_at = clock.now()
    if member.is_published:
        record(tx, ActorChanged(member.actor))


async def publish(tx: Transaction, member: Member) -> None:
    """Let a member exist outside of this node: followed, answered, named under what they say."""
    if not member.is_published:
        member.is_published, member.unpublished_at = True, None
        record(tx, MemberPublished(member))


async def unpublish(tx: Transaction, member: Member) -> None:
    """Let a member no longer exist outside of this node."""
    if member.is_published:
        member.is_published, member.unpublished_at = False, clock.now()
        record(tx, MemberUnpublished(member))


def _present() -> tuple[ColumnElement[bool], ...]:
    return Member.state == MEMBER, Member.left_at.is_(None)


async def _taken(tx: Transaction, handle: str) -> bool:
    statement = select(Actor.id).where(Actor.is_local, Actor.handle == handle)
    return await tx.scalar(statement) is not None


async def _free_handle(tx: Transaction, name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    wanted = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:24] or "membre"
    handle, number = wanted, 1
    while await _taken(tx, handle):
        number += 1
        handle = f"{wanted}_{number}"
    return handle
