"""The assembly itself: how it is founded, and how its settings change."""

import re
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from node import clock
from node.assembly.events import ActorChanged, AssemblyFounded
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.events import record
from node.models import Actor, Assembly
from node.texts import line, render

_THE = ("assembly", 1)
_ASSEMBLY = select(Assembly)
HANDLE = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,28}[a-z0-9_])?")


async def found(tx: Transaction, *, origin: str, name: str, handle: str, language: str) -> Assembly:
    """Create the assembly and the actor of the node itself. Raise NotNow when there is one."""
    if await tx.get(Assembly, 1):
        raise NotNow("this node has its assembly already", code="assembly-exists")
    name = line(name)
    problems = [] if name else [Problem("name", "name-missing", {})]
    if not HANDLE.fullmatch(handle):
        problems.append(Problem("handle", "handle-malformed", {"handle": handle}))
    if problems:
        raise Invalid(*problems)
    host = origin.partition("://")[2]
    uri = f"{origin}/g/{handle}"
    actor = _actor(uri, "Group", handle, host, name, f"{origin}/inbox", inbox=f"{uri}/inbox")
    actor.kind = "assembly"
    actor.is_discoverable = True
    instance_uri = f"{origin}/actor"
    # The node's own actor is called like its host, which no person can be.
    instance = _actor(instance_uri, "Application", host, host, host, f"{origin}/inbox")
    assembly = Assembly(origin=origin, language=language, actor=actor, instance=instance)
    tx.add(assembly)
    await tx.flush()
    record(tx, AssemblyFounded(assembly))
    return assembly


async def the(tx: Transaction) -> Assembly:
    """Return the assembly of this node. Raise NotNow when none was founded."""
    assembly = tx.memory.get(_THE) or await tx.find(_ASSEMBLY)
    if not isinstance(assembly, Assembly):
        raise NotNow("this node has no assembly yet", code="no-assembly")
    tx.memory[_THE] = assembly
    return assembly


async def locked(tx: Transaction) -> Assembly:
    """Return the assembly and keep others from numbering anything until the end."""
    return (await tx.all(select(Assembly).with_for_update(of=Assembly)))[0]  # type: ignore[no-any-return]


async def describe(
    tx: Transaction, *, name: str, summary: str, place: str, timezone: str, approves: bool
) -> None:
    """Change what the assembly says about itself."""
    problems = [] if line(name) else [Problem("name", "name-missing", {})]
    if timezone not in available_timezones():
        problems.append(Problem("timezone", "timezone-unknown", {"timezone": timezone}))
    if problems:
        raise Invalid(*problems)
    assembly = await the(tx)
    assembly.place = line(place)
    assembly.timezone = timezone
    assembly.approves_followers = assembly.actor.is_locked = approves
    assembly.actor.name = line(name)
    assembly.actor.summary = render(summary)
    assembly.actor.updated_at = clock.now()
    record(tx, ActorChanged(assembly.actor))


def zone(assembly: Assembly) -> ZoneInfo:
    """Return the time zone in which the assembly's dates are read and written."""
    return ZoneInfo(assembly.timezone)


def _actor(
    uri: str, kind: str, handle: str, host: str, name: str, shared: str, inbox: str | None = None
) -> Actor:
    return Actor(
        uri=uri,
        type=kind,
        handle=handle,
        domain=host,
        name=name,
        inbox=inbox or shared,
        shared_inbox=shared,
        url=uri,
        outbox=f"{uri}/outbox",
        followers=f"{uri}/followers",
        following=f"{uri}/following",
        featured=f"{uri}/featured",
        is_local=True,
    )
