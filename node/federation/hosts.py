"""Which servers are down, when to ask them again, and what waits for them meanwhile."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from node.database import Transaction, insert_into
from node.federation import pauses
from node.federation.answers import Job, Result
from node.models import Delivery, Peer

_PROBE_TAKES = timedelta(seconds=45)
_A_WHILE = timedelta(seconds=15)
_WELL: dict[str, Any] = {
    "failures": 0,
    "down_since": None,
    "next_probe_at": None,
    "last_reason": None,
}


async def known(tx: Transaction, hosts: Iterable[str]) -> dict[str, Peer]:
    """Return what we learnt about these servers, of those we know."""
    statement = select(Peer).where(Peer.host.in_(list(hosts)))
    return {peer.host: peer for peer in await tx.all(statement)}


async def probe(tx: Transaction, peer: Peer, jobs: list[Job], now: datetime) -> list[Job]:
    """Of what waits for a host that is down, take one when it is time; let the rest wait.

    Any one of them, so that an activity which the host cannot digest does not hold up the others.
    """
    probes: list[Job] = []
    if peer.next_probe_at is None or peer.next_probe_at <= now:
        probes = [replace(random.choice(jobs), dialect=peer.dialect, is_probe=True)]
        peer.next_probe_at = now + _PROBE_TAKES
    taken = {probe.id for probe in probes}
    waiting = [{"job_id": job.id} for job in jobs if job.id not in taken]
    if waiting:
        again_at = max(peer.next_probe_at or now, now + _A_WHILE)
        await tx.execute(
            update(Delivery)
            .where(Delivery.id == bindparam("job_id"))
            .values(next_attempt_at=again_at, leased_until=None),
            waiting,
        )
    return probes


async def note_success(tx: Transaction, results: Sequence[Result], now: datetime) -> None:
    """Whoever took something is well, and speaks the dialect in which it was signed."""
    dialects: dict[str, str] = {}
    for result in results:
        dialects[result.job.host] = result.dialect or result.job.dialect
    if not dialects:
        return
    down = await _down_among(tx, set(dialects))
    fresh = {**_WELL, "last_delivered_at": now}
    statement = insert_into(Peer, tx.dialect)
    statement = statement.on_conflict_do_update(
        index_elements=["host"], set_={**fresh, "dialect": statement.excluded.dialect}
    )
    rows = [{"host": host, "dialect": said, **fresh} for host, said in sorted(dialects.items())]
    await tx.execute(statement, rows)
    await _release_hosts(tx, down, now)


async def note_heard(tx: Transaction, hosts: Iterable[str], now: datetime) -> None:
    """Something proven came from these servers; a stranger to whom we never wrote is no peer."""
    statement = update(Peer).where(Peer.host == bindparam("of")).values(last_heard_at=now)
    await tx.execute(statement, [{"of": host} for host in sorted(hosts)])


async def note_answers(tx: Transaction, results: Sequence[Result], now: datetime) -> None:
    """A host that answers is not down, whatever it says to one activity."""
    up = {one.job.host for one in results if one.answered and not one.is_host_down}
    hosts = await _down_among(tx, up)
    if hosts:
        await tx.execute(update(Peer).where(Peer.host.in_(hosts)).values(**_WELL))
        await _release_hosts(tx, hosts, now)


async def _down_among(tx: Transaction, hosts: set[str]) -> list[str]:
    statement = select(Peer.host).where(Peer.host.in_(hosts), Peer.down_since.is_not(None))
    return [row[0] for row in (await tx.execute(statement)).all()] if hosts else []


async def _release_hosts(tx: Transaction, hosts: list[str], now: datetime) -> None:
    """Deliver at once what waited for hosts that are back."""
    if hosts:
        await tx.execute(
            update(Delivery)
            .where(Delivery.host.in_(hosts), Delivery.state == "waiting")
            .where(Delivery.leased_until.is_(None))
            .values(next_attempt_at=now)
        )
        tx.tell("deliveries")


async def note_down(tx: Transaction, host: str, results: list[Result], now: datetime) -> None:
    """Let everything for this host wait for one probe; failures at the same time count once."""
    peer = await tx.get(Peer, host)
    if peer is None:
        peer = Peer(host=host)
        tx.add(peer)
    tried = [result for result in results if result.tried]
    is_time = peer.next_probe_at is None or peer.next_probe_at <= now
    if tried and (is_time or any(result.job.is_probe for result in tried)):
        peer.failures += 1
        pause = pauses.after(min(peer.failures, pauses.TRIES))
        asked = max(result.retry_after or 0.0 for result in tried)
        peer.next_probe_at = now + max(pause, timedelta(seconds=asked))
        peer.down_since = peer.down_since or now
        peer.last_reason = tried[-1].reason
    await tx.flush()
    # What is on its way elsewhere at this moment keeps its lease, or it would be sent twice.
    waiting = or_(
        Delivery.leased_until.is_(None),
        Delivery.leased_until <= now,
        Delivery.id.in_([result.job.id for result in results]),
    )
    there = update(Delivery).where(Delivery.host == host, Delivery.state == "waiting", waiting)
    is_old = Delivery.created_at < now - pauses.GIVE_UP_AFTER
    what: dict[str, Any] = {
        "leased_until": None,
        "reason": peer.last_reason,
        "attempts": peer.failures,
    }
    await tx.execute(there.where(is_old).values(state="failed", **what))
    again_at = peer.next_probe_at or now + _A_WHILE
    await tx.execute(there.values(next_attempt_at=again_at, **what))
