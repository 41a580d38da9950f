"""The rows of the deliveries: what is due, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, or_, select, update

from node import clock
from node.assembly import following, hearing
from node.database import Transaction
from node.federation import hosts, pauses
from node.federation.answers import Job, Result
from node.models import Actor, Delivery, OutboxItem

_LEASE = timedelta(minutes=5)
_DOWN_IN_A_TURN = 4  # servers


async def claim(tx: Transaction, most: int) -> list[Job]:
    """Take deliveries that are due, so that no other process does; of a host that is down, one."""
    now = clock.now()
    due = (
        select(Delivery.id)
        .where(Delivery.state == "waiting", Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(due))
        .values(next_attempt_at=now + _LEASE, leased_until=now + _LEASE)
        .returning(
            Delivery.id,
            Delivery.outbox_item_id,
            Delivery.inbox,
            Delivery.host,
            Delivery.attempts,
            Delivery.created_at,
        )
    )
    by_host: dict[str, list[Job]] = defaultdict(list)
    for job_id, item_id, inbox, host, attempts, created_at in (await tx.execute(statement)).all():
        job = Job(job_id, item_id, inbox, host, attempts, created_at, now + _LEASE)
        by_host[host].append(job)
    return await _ready(tx, by_host, now)


def turns(results: Sequence[Result]) -> list[list[Result]]:
    """Share results out so that no transaction is long; each result is in one of them.

    When a server is down, all that waits for it is put off: that may be thousands of rows.
    """
    down: dict[str, list[Result]] = defaultdict(list)
    light: list[Result] = []
    for result in results:
        (down[result.job.host] if result.is_host_down else light).append(result)
    hosts_of = list(down.values())
    heavy = [
        [result for of_host in hosts_of[start : start + _DOWN_IN_A_TURN] for result in of_host]
        for start in range(0, len(hosts_of), _DOWN_IN_A_TURN)
    ]
    return [light, *heavy] if light else heavy


async def settle(tx: Transaction, results: Sequence[Result]) -> None:
    """Write what came of deliveries; what was confirmed is struck off."""
    now = clock.now()
    by_fate: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_fate[result.fate].append(result)
    done = [result.job.id for result in by_fate["delivered"] + by_fate["gone"]]
    if done:
        await tx.execute(delete(Delivery).where(Delivery.id == bindparam("job_id")), _ids(done))
    for result in by_fate["gone"]:
        await _end(tx, result.job.inbox)
    for result in by_fate["failed"]:
        await fail(tx, result)
    await hosts.note_success(tx, by_fate["delivered"], now)
    await hosts.note_answers(tx, results, now)
    await _note_trouble(tx, by_fate["later"], now)


async def fail(tx: Transaction, result: Result) -> None:
    """Put a delivery aside, with its reason, until somebody looks at it."""
    tried = result.job.attempts + 1
    await _set(tx, result, state="failed", attempts=tried, leased_until=None, reason=result.reason)


async def item(tx: Transaction, item_id: int) -> tuple[bytes, int]:
    """Return the encoded activity and whose it is."""
    statement = select(OutboxItem.document, OutboxItem.actor_id).where(OutboxItem.id == item_id)
    row = (await tx.execute(statement)).one()
    return str(row[0]).encode(), int(row[1])


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next delivery is due."""
    statement = select(func.min(Delivery.next_attempt_at)).where(Delivery.state == "waiting")
    due = await tx.scalar(statement)
    return due if isinstance(due, datetime) else None


async def release(tx: Transaction) -> None:
    """Give back what this node's one process had claimed before it was ended."""
    await tx.execute(
        update(Delivery)
        .where(Delivery.state == "waiting", Delivery.leased_until.is_not(None))
        .values(next_attempt_at=clock.now(), leased_until=None)
    )


async def give_back(tx: Transaction, job_ids: Iterable[int]) -> None:
    """Let others have what this process claimed and will not send."""
    if ids := _ids(job_ids):
        statement = update(Delivery).where(Delivery.id == bindparam("job_id"))
        await tx.execute(statement.values(next_attempt_at=clock.now(), leased_until=None), ids)


async def _ready(tx: Transaction, by_host: dict[str, list[Job]], now: datetime) -> list[Job]:
    peers = await hosts.known(tx, by_host)
    heard = await hearing.heard_among(tx, by_host)
    ready: list[Job] = []
    unheard: list[int] = []
    for host, jobs in by_host.items():
        peer = peers.get(host)
        if host not in heard:
            unheard += [job.id for job in jobs]
        elif peer is None:
            ready += jobs
        elif peer.down_since is None:
            ready += [replace(job, dialect=peer.dialect) for job in jobs]
        else:
            ready += await hosts.probe(tx, peer, jobs, now)
    if unheard:
        await tx.execute(delete(Delivery).where(Delivery.id == bindparam("job_id")), _ids(unheard))
    return sorted(ready, key=lambda job: job.id)


async def _note_trouble(tx: Transaction, results: list[Result], now: datetime) -> None:
    down: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.is_host_down:
            down[result.job.host].append(result)
        elif result.job.created_at < now - pauses.GIVE_UP_AFTER:
            await fail(tx, result)
        else:
            await _retry(tx, result, now)
    for host, failed in sorted(down.items()):
        await hosts.note_down(tx, host, failed, now)


async def _retry(tx: Transaction, result: Result, now: datetime) -> None:
    tried = result.job.attempts + 1
    if tried >= pauses.TRIES:
        await fail(tx, result)
        return
    pause = pauses.after(tried)
    if result.retry_after is not None:
        pause = max(pause, timedelta(seconds=result.retry_after))
    await _set(
        tx,
        result,
        attempts=tried,
        next_attempt_at=now + pause,
        leased_until=None,
        reason=result.reason,
    )


async def _set(tx: Transaction, result: Result, **values: object) -> None:
    await tx.execute(update(Delivery).where(Delivery.id == result.job.id).values(**values))


async def _end(tx: Transaction, inbox: str) -> None:
    """An inbox is gone: nothing more is sent there, and whoever read there no longer follows."""
    await tx.execute(delete(Delivery).where(Delivery.inbox == inbox, Delivery.state == "waiting"))
    there = or_(Actor.inbox == inbox, Actor.shared_inbox == inbox)
    for actor in await tx.all(select(Actor).where(there, Actor.is_local.is_(False))):
        await following.forget(tx, actor)


def _ids(numbers: Iterable[int]) -> list[dict[str, int]]:
    return [{"job_id": number} for number in numbers]
