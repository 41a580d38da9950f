"""What waits to be delivered and why, for those in charge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from node import clock
from node.database import Transaction
from node.errors import NotFound
from node.federation.outbox import DELIVERIES
from node.models import Delivery, OutboxItem, Peer


@dataclass(frozen=True)
class Waiting:
    """One delivery that has not arrived."""

    id: int
    activity: str
    type: str
    inbox: str
    host: str
    state: str
    attempts: int
    next_attempt_at: datetime
    reason: str | None


async def overview(tx: Transaction, limit: int = 200) -> Sequence[Waiting]:
    """Return what has not arrived, oldest first."""
    statement = (
        select(
            Delivery.id,
            OutboxItem.uri,
            OutboxItem.type,
            Delivery.inbox,
            Delivery.host,
            Delivery.state,
            Delivery.attempts,
            Delivery.next_attempt_at,
            Delivery.reason,
        )
        .join(OutboxItem, OutboxItem.id == Delivery.outbox_item_id)
        .order_by(Delivery.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in (await tx.execute(statement)).all()]


async def retry(tx: Transaction, delivery_id: int | None = None) -> int:
    """Try one delivery now, or all of them; return how many. Those on their way stay alone."""
    chosen = [Delivery.id == delivery_id] if delivery_id is not None else []
    rows = (await tx.execute(select(Delivery.host).where(*chosen))).all()
    if not rows and delivery_id is not None:
        raise NotFound(f"there is no delivery {delivery_id}", code="no-such-delivery")
    now = clock.now()
    is_idle = or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now)
    await tx.execute(
        update(Delivery)
        .where(*chosen, is_idle)
        .values(state="waiting", next_attempt_at=now, leased_until=None)
    )
    hosts = {row[0] for row in rows}
    await tx.execute(update(Peer).where(Peer.host.in_(hosts)).values(next_probe_at=None))
    tx.tell(DELIVERIES)
    return len(rows)


async def drop(tx: Transaction, delivery_id: int) -> None:
    """Give up one delivery. Raise NotFound."""
    count = (await tx.execute(delete(Delivery).where(Delivery.id == delivery_id))).rowcount
    if not count:
        raise NotFound(f"there is no delivery {delivery_id}", code="no-such-delivery")


async def drop_host(tx: Transaction, host: str) -> int:
    """Give up everything that waits for one server; return how many."""
    return (await tx.execute(delete(Delivery).where(Delivery.host == host))).rowcount
