"""Blocking actors and servers, and hearing them again."""

from collections.abc import Sequence

from sqlalchemy import select

from node.assembly import assemblies, following
from node.assembly.events import ActorBlocked
from node.assembly.hearing import BLOCKED, is_blocked_by
from node.database import Transaction
from node.errors import Invalid, Problem
from node.events import record
from node.models import Actor, ActorBlock, DomainRule
from node.texts import line

# Rung when what was heard a moment ago may be refused now, or the reverse.
HEARING = "hearing"


async def block(tx: Transaction, blocker: Actor, blocked: Actor, reason: str = "") -> None:
    """Stop hearing an actor, and end what was between the two."""
    if await is_blocked_by(tx, blocker, blocked):
        return
    await end_relations(tx, blocker, blocked)
    tx.tell(HEARING)
    tx.add(ActorBlock(blocker_id=blocker.id, blocked_id=blocked.id, reason=line(reason)))
    await tx.flush()
    record(tx, ActorBlocked(blocker, blocked))


async def unblock(tx: Transaction, blocker: Actor, blocked: Actor) -> None:
    """Hear an actor again."""
    tx.tell(HEARING)
    statement = select(ActorBlock).where(
        ActorBlock.blocker_id == blocker.id, ActorBlock.blocked_id == blocked.id
    )
    for row in await tx.all(statement):
        await tx.delete(row)


async def was_blocked(tx: Transaction, blocker: Actor, blocked: Actor, *, uri: str) -> None:
    """Somebody elsewhere no longer hears one of ours: we send nothing more to them."""
    if not await is_blocked_by(tx, blocker, blocked):
        await following.forget_follower(tx, blocker, blocked)
        await following.forget_follower(tx, blocked, blocker)
        tx.add(ActorBlock(blocker_id=blocker.id, blocked_id=blocked.id, uri=uri))
        await tx.flush()


async def rule_domain(tx: Transaction, domain: str, rule: str, reason: str = "") -> None:
    """Block a server, or put it on the list of those allowed."""
    domain = domain.strip().lower().rstrip(".").removeprefix("https://").rstrip("/")
    if not domain or "/" in domain or " " in domain or "." not in domain.partition(":")[0]:
        raise Invalid(Problem("domain", "domain-malformed", {"domain": domain}))
    tx.tell(HEARING)
    known = await tx.get(DomainRule, domain)
    if known is None:
        tx.add(DomainRule(domain=domain, rule=rule, reason=line(reason)))
    else:
        known.rule, known.reason = rule, line(reason)
    await tx.flush()
    if rule == BLOCKED:
        ending = f".{domain}"
        there = Actor.domain.endswith(ending, autoescape=True) | (Actor.domain == domain)
        for actor in await tx.all(select(Actor).where(there, Actor.is_local.is_(False))):
            await following.forget(tx, actor)


async def forget_domain(tx: Transaction, domain: str) -> None:
    """Drop the rule about a server."""
    tx.tell(HEARING)
    known = await tx.get(DomainRule, domain)
    if known is not None:
        await tx.delete(known)


async def domain_rules(tx: Transaction) -> Sequence[DomainRule]:
    """Return the rules about servers, by name."""
    return await tx.all(select(DomainRule).order_by(DomainRule.domain))


async def blocked_actors(tx: Transaction, blocker: Actor) -> Sequence[Actor]:
    """Return whom an actor does not hear."""
    statement = select(Actor).join(ActorBlock, ActorBlock.blocked_id == Actor.id)
    return await tx.all(statement.where(ActorBlock.blocker_id == blocker.id))


async def hear_only_allowed(tx: Transaction, *, only: bool) -> None:
    """Switch between hearing everyone but the blocked, and nobody but the allowed."""
    assembly = await assemblies.the(tx)
    assembly.only_allowed_domains = only
    tx.tell(HEARING)


async def answer_only_signed(tx: Transaction, *, only: bool) -> None:
    """Switch between handing documents to every server, and to those alone that say who asks."""
    (await assemblies.the(tx)).only_signed_readers = only


async def end_relations(tx: Transaction, ours: Actor, other: Actor) -> None:
    """End follows in both directions, telling the other side."""
    theirs = await following.between(tx, other, ours)
    if theirs is not None:
        await following.refuse_follower(tx, theirs)
    if await following.between(tx, ours, other) is not None:
        await following.unfollow(tx, ours, other)
