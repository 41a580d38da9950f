"""What came in, what went out and how it went: the reads of those who run the node."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from node import clock
from node.database import Transaction
from node.models import Actor, Counter, Delivery, Follow, InboxItem, Peer


@dataclass(frozen=True)
class Load:
    """How much is on its way: waiting and failed deliveries, the oldest, and the inbox."""

    waiting: int
    failed: int
    oldest: datetime | None
    unhandled: int


async def load(tx: Transaction) -> Load:
    """Return how much waits to go out and to be handled."""
    counted = select(Delivery.state, func.count(), func.min(Delivery.created_at))
    rows = (await tx.execute(counted.group_by(Delivery.state))).all()
    states = {row[0]: row for row in rows}
    unhandled = select(func.count()).select_from(InboxItem).where(InboxItem.state == "waiting")
    waiting = states.pop("waiting", None)
    return Load(
        waiting=waiting[1] if waiting else 0,
        failed=sum(row[1] for row in states.values()),
        oldest=waiting[2] if waiting else None,
        unhandled=int(await tx.scalar(unhandled)),
    )


async def oldest_unhandled(tx: Transaction) -> datetime | None:
    """Return since when the oldest arrival that is due waits to be handled."""
    statement = select(func.min(InboxItem.next_attempt_at)).where(InboxItem.state == "waiting")
    moment = await tx.scalar(statement)
    return moment if isinstance(moment, datetime) else None


async def arrivals(
    tx: Transaction, *, state: str | None = None, limit: int = 100
) -> Sequence[InboxItem]:
    """Return what arrived last, with what became of it, newest first."""
    statement = select(InboxItem).order_by(InboxItem.id.desc()).limit(limit)
    return await tx.all(statement.where(InboxItem.state == state) if state else statement)


async def fates(tx: Transaction) -> dict[str, int]:
    """Return how many arrivals met each fate."""
    statement = select(InboxItem.state, func.count()).group_by(InboxItem.state)
    return {row[0]: row[1] for row in (await tx.execute(statement)).all()}


async def counters(tx: Transaction) -> dict[str, int]:
    """Return how often the door refused, by reason."""
    return {one.name: one.value for one in await tx.all(select(Counter).order_by(Counter.name))}


async def peers(tx: Transaction) -> Sequence[Peer]:
    """Return the servers we exchange with, those in trouble first."""
    return await tx.all(select(Peer).order_by(Peer.failures.desc(), Peer.host))


async def servers_count(tx: Transaction, actor: Actor) -> int:
    """Return on how many other servers an actor is followed."""
    statement = (
        select(func.count(Actor.domain.distinct()))
        .join(Follow, Follow.follower_id == Actor.id)
        .where(Follow.followed_id == actor.id, Follow.state == "accepted")
        .where(Actor.is_local.is_(False))
    )
    return int(await tx.scalar(statement))


async def silent_since(tx: Transaction) -> list[str]:
    """Return the servers that have not answered for more than a day."""
    statement = select(Peer).where(Peer.down_since.is_not(None))
    now = clock.now()
    return [
        peer.host
        for peer in await tx.all(statement)
        if peer.down_since and (now - peer.down_since).days >= 1
    ]
