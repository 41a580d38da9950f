"""Whom we hear: not the blocked, nor, if the assembly says so, anyone not on its list."""

from sqlalchemy import select

from node.assembly import assemblies
from node.database import Transaction
from node.errors import Refusal
from node.models import Actor, ActorBlock, DomainRule

BLOCKED, ALLOWED = "blocked", "allowed"


async def is_heard(tx: Transaction, domain: str) -> bool:
    """Say whether a server may speak to us and be spoken to, in any role (P14)."""
    assembly = await assemblies.the(tx)
    parts = domain.split(".")
    names = [".".join(parts[start:]) for start in range(len(parts))]
    rows = await tx.execute(select(DomainRule.rule).where(DomainRule.domain.in_(names)))
    rules = {row[0] for row in rows}
    if BLOCKED in rules:
        return False
    return ALLOWED in rules or not assembly.only_allowed_domains


async def must_be_heard(tx: Transaction, actor: Actor) -> None:
    """Raise Refusal when the actor, or its server, is not to be heard."""
    if actor.is_local:
        return
    if not await is_heard(tx, actor.domain):
        raise Refusal(f"{actor.domain} is blocked", code="domain-is-blocked", domain=actor.domain)
    assembly = await assemblies.the(tx)
    if await is_blocked_by(tx, assembly.actor, actor):
        raise Refusal(f"{actor.uri} is blocked", code="actor-is-blocked", address=actor.address)


async def is_blocked_by(tx: Transaction, blocker: Actor, blocked: Actor) -> bool:
    """Say whether one actor does not hear another."""
    statement = select(ActorBlock.id).where(
        ActorBlock.blocker_id == blocker.id, ActorBlock.blocked_id == blocked.id
    )
    return await tx.scalar(statement) is not None
