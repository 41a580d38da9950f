"""Whom we hear: not the blocked, nor, if the assembly says so, anyone not on its list."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select

from node.assembly import assemblies
from node.database import Transaction
from node.errors import Refusal
from node.models import Actor, ActorBlock, DomainRule

BLOCKED, ALLOWED = "blocked", "allowed"
_RULES = select(DomainRule.domain, DomainRule.rule).where(
    DomainRule.domain.in_(bindparam("domains", expanding=True))
)
_BLOCKED_AMONG = select(ActorBlock.blocked_id).where(
    ActorBlock.blocker_id == bindparam("blocker"),
    ActorBlock.blocked_id.in_(bindparam("actors", expanding=True)),
)


async def is_heard(tx: Transaction, domain: str) -> bool:
    """Say whether a server may speak to us and be spoken to, in any role (P14)."""
    return domain in await heard_among(tx, [domain])


async def heard_among(tx: Transaction, domains: Iterable[str]) -> set[str]:
    """Return those of these servers that we hear; a rule about a domain holds below it too."""
    names = {domain: _suffixes(domain) for domain in domains}
    if not names:
        return set()
    assembly = await assemblies.the(tx)
    every = set[str]().union(*names.values())
    rules = {row[0]: row[1] for row in await tx.execute(_RULES, {"domains": sorted(every)})}
    heard = set()
    for domain, suffixes in names.items():
        about = {rules[name] for name in suffixes if name in rules}
        if BLOCKED not in about and (ALLOWED in about or not assembly.only_allowed_domains):
            heard.add(domain)
    return heard


async def must_be_heard(tx: Transaction, actor: Actor) -> None:
    """Raise Refusal when the actor, or its server, is not to be heard."""
    if actor.is_local:
        return
    # A handle may name another domain than the server that speaks: both are asked for.
    domains = _servers(actor)
    if await heard_among(tx, domains) != domains:
        raise Refusal(f"{actor.domain} is blocked", code="domain-is-blocked", domain=actor.domain)
    assembly = await assemblies.the(tx)
    if await is_blocked_by(tx, assembly.actor, actor):
        raise Refusal(f"{actor.uri} is blocked", code="actor-is-blocked", address=actor.address)


async def heard_actors(tx: Transaction, actors: Iterable[Actor]) -> set[int]:
    """Return the row numbers of those of these actors that are heard, asked for all at once."""
    theirs = {actor.id: _servers(actor) for actor in actors}
    heard = await heard_among(tx, set[str]().union(*theirs.values()))
    assembly = await assemblies.the(tx)
    asked = {"blocker": assembly.actor.id, "actors": list(theirs)}
    blocked = {row[0] for row in await tx.execute(_BLOCKED_AMONG, asked)}
    return {one for one, servers in theirs.items() if servers <= heard and one not in blocked}


async def is_blocked_by(tx: Transaction, blocker: Actor, blocked: Actor) -> bool:
    """Say whether one actor does not hear another."""
    statement = select(ActorBlock.id).where(
        ActorBlock.blocker_id == blocker.id, ActorBlock.blocked_id == blocked.id
    )
    return await tx.scalar(statement) is not None


def _servers(actor: Actor) -> set[str]:
    return {actor.domain, urlsplit(actor.uri).netloc.lower()}


def _suffixes(domain: str) -> set[str]:
    """The domain, those above it, and both without the port of a server that has an unusual one."""
    names = set()
    for name in {domain, domain.partition(":")[0]}:
        parts = name.split(".")
        names |= {".".join(parts[start:]) for start in range(len(parts))}
    return names
