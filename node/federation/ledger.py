"""The rows of the deliveries: what is due, and what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from node import clock
from node.assembly import following
from node.database import Transaction
from node.federation import pauses
from node.models import Actor, Delivery, OutboxItem, Peer
from node.network.client import Answer

_LEASE = timedelta(minutes=5)
_AGAIN = (401, 403, 408, 425, 429)

FateOf = Literal["delivered", "gone", "failed", "later"]


@dataclass(frozen=True)
class Job:
    """One delivery that this process has claimed."""

    id: int
    item_id: int
    inbox: str
    host: str
    attempts: int
    created_at: datetime
    dialect: str = "cavage"


@dataclass(frozen=True)
class Result:
    """What came of a delivery."""

    job: Job
    fate: FateOf
    reason: str | None = None
    is_host_down: bool = False
    tried: bool = True
    retry_after: float | None = None
    dialect: str | None = None


def judged(job: Job, answer: Answer) -> Result:
    """Read an answer: 2xx is delivered, 410 ends it, some are worth another try, the rest fail."""
    status = answer.status
    if 200 <= status < 300:
        return Result(job, "delivered")
    if status == 410:
        return Result(job, "gone", "the inbox is gone for good (410)")
    pause = _retry_after(answer)
    if status >= 500:
        return Result(job, "later", f"answers {status}", is_host_down=True, retry_after=pause)
    if status in _AGAIN:
        return Result(
            job,
            "later",
            f"answers {status}",
            is_host_down=status == 429,
            retry_after=pause,
        )
    return Result(job, "failed", f"answers {status}")


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
    rows = (await tx.execute(statement)).all()
    peers = await _peers(tx, {row[3] for row in rows})
    jobs, postponed = [], []
    probed: set[str] = set()
    for row in sorted(rows, key=lambda row: int(row[0])):
        peer = peers.get(row[3])
        if peer is not None and peer.down_since is not None:
            if row[3] in probed or (peer.next_probe_at or now) > now:
                postponed.append((int(row[0]), peer.next_probe_at or now))
                continue
            probed.add(row[3])
        job_id, item_id, inbox, host, attempts, created_at = row
        dialect = peer.dialect if peer else "cavage"
        jobs.append(Job(job_id, item_id, inbox, host, attempts, created_at, dialect))
    await _postpone(tx, postponed, now)
    return jobs


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
        await _fail(tx, result)
    await _note_success(tx, by_fate["delivered"], now)
    await _note_trouble(tx, by_fate["later"], now)


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


async def _peers(tx: Transaction, hosts: set[str]) -> dict[str, Peer]:
    if not hosts:
        return {}
    statement = select(Peer).where(Peer.host.in_(hosts))
    return {peer.host: peer for peer in await tx.all(statement)}


async def _postpone(tx: Transaction, jobs: list[tuple[int, datetime]], now: datetime) -> None:
    if jobs:
        soon = now + timedelta(seconds=30)
        await tx.execute(
            update(Delivery)
            .where(Delivery.id == bindparam("job_id"))
            .values(next_attempt_at=bindparam("again_at"), leased_until=None),
            [{"job_id": job_id, "again_at": max(probe, soon)} for job_id, probe in jobs],
        )


async def _note_success(tx: Transaction, results: list[Result], now: datetime) -> None:
    dialects: dict[str, str] = {}
    for result in results:
        dialects[result.job.host] = result.dialect or result.job.dialect
    if not dialects:
        return
    down = [peer.host for peer in (await _peers(tx, set(dialects))).values() if peer.down_since]
    insert = postgresql_insert if tx.dialect == "postgresql" else sqlite_insert
    fresh = {
        "last_delivered_at": now,
        "failures": 0,
        "down_since": None,
        "next_probe_at": None,
        "last_reason": None,
    }
    statement = insert(Peer)
    statement = statement.on_conflict_do_update(
        index_elements=["host"], set_={**fresh, "dialect": statement.excluded.dialect}
    )
    rows = [{"host": host, "dialect": said, **fresh} for host, said in sorted(dialects.items())]
    await tx.execute(statement, rows)
    if down:
        await tx.execute(
            update(Delivery)
            .where(Delivery.host.in_(down), Delivery.state == "waiting")
            .where(Delivery.leased_until.is_(None))
            .values(next_attempt_at=now)
        )
        tx.tell("deliveries")


async def _note_trouble(tx: Transaction, results: list[Result], now: datetime) -> None:
    hosts: dict[str, Result] = {}
    for result in results:
        if now - result.job.created_at > pauses.GIVE_UP_AFTER:
            await _fail(tx, result)
        elif result.is_host_down:
            if result.tried or result.job.host not in hosts:
                hosts[result.job.host] = result
        else:
            await _retry(tx, result, now)
    for host, result in sorted(hosts.items()):
        await _down(tx, host, result, now)


async def _down(tx: Transaction, host: str, result: Result, now: datetime) -> None:
    """Let everything for this host wait for one probe; failures at the same time count once."""
    peer = await tx.get(Peer, host)
    if peer is None:
        peer = Peer(host=host)
        tx.add(peer)
    if result.tried and (peer.next_probe_at is None or peer.next_probe_at <= now):
        peer.failures += 1
        pause = pauses.after(min(peer.failures, pauses.TRIES))
        if result.retry_after is not None:
            pause = max(pause, timedelta(seconds=result.retry_after))
        peer.next_probe_at = now + pause
        peer.down_since = peer.down_since or now
        peer.last_reason = result.reason
    await tx.flush()
    await tx.execute(
        update(Delivery)
        .where(Delivery.host == host, Delivery.state == "waiting")
        .values(
            next_attempt_at=peer.next_probe_at or now,
            leased_until=None,
            reason=peer.last_reason,
            attempts=peer.failures,
        )
    )


async def _retry(tx: Transaction, result: Result, now: datetime) -> None:
    tried = result.job.attempts + 1
    if tried >= pauses.TRIES:
        await _fail(tx, result)
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


async def _fail(tx: Transaction, result: Result) -> None:
    tried = result.job.attempts + 1
    await _set(tx, result, state="failed", attempts=tried, leased_until=None, reason=result.reason)


async def _set(tx: Transaction, result: Result, **values: object) -> None:
    await tx.execute(update(Delivery).where(Delivery.id == result.job.id).values(**values))


async def _end(tx: Transaction, inbox: str) -> None:
    """An inbox is gone: nothing more is sent there, and whoever it was no longer follows."""
    await tx.execute(delete(Delivery).where(Delivery.inbox == inbox, Delivery.state == "waiting"))
    for actor in await tx.all(select(Actor).where(Actor.inbox == inbox, ~Actor.is_local)):
        await following.forget(tx, actor)


def _retry_after(answer: Answer) -> float | None:
    """Seconds asked for by the other side; a week at the most, and only the plain form."""
    said = answer.headers.get("retry-after", "")
    return min(float(said), 604_800.0) if said.isascii() and said.isdigit() else None


def _ids(numbers: Iterable[int]) -> list[dict[str, int]]:
    return [{"job_id": number} for number in numbers]
