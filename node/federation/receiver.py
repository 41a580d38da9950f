"""Handling what arrived: many activities in one transaction, each in its own savepoint."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, select, update

from node import clock
from node.activitypub import text
from node.activitypub.document import Document
from node.activitypub.vocabulary import parse
from node.assembly import hearing
from node.database import Transaction
from node.errors import Gone, Refusal, Unreachable
from node.federation import actors, fetching, ours, pauses
from node.federation.inbox import ARRIVALS, Acceptor
from node.federation.incoming import Ignored, Incoming, Kept, Missing, handler
from node.federation.node import Node
from node.models import Actor, InboxItem

log = logging.getLogger("palabre.inbox")

_BATCH = 100
# While letters keep arriving, whoever waits for an answer waits for one short batch at most.
_BATCH_WHILE_ARRIVING = 8
_ROUNDS = 6
_TRIES = 12
_SURPRISES = 3
_READERS = 16
_LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Item:
    """A row of the inbox on its way through the handlers."""

    id: int
    uri: str
    sender_uri: str
    document: str
    attempts: int


@dataclass
class Reading:
    """What was read from other servers for one activity so far."""

    fetched: dict[str, Document | None] = field(default_factory=dict)
    refreshed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Fate:
    """What became of an activity: a state, a reason to read, and when to try again."""

    state: str
    reason: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    missing: Missing | None = None


class Receiver:
    """Works through the inbox until told to stop."""

    def __init__(self, node: Node, acceptor: Acceptor) -> None:
        self._node = node
        self._acceptor = acceptor
        self._backlog = acceptor.backlog
        self._reading: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_READERS)

    async def run(self) -> None:
        """Handle what arrives, woken by its commit."""
        try:
            while True:
                try:
                    count = await self.work()
                except Exception:
                    log.exception("the inbox stumbled; trying again in a second")
                    await asyncio.sleep(1)
                    continue
                if not count:
                    await self._node.database.live.wait(ARRIVALS, await self._pause())
        finally:
            for task in self._reading:
                task.cancel()

    async def work(self) -> int:
        """Handle one batch of what is due; return how many activities it held."""
        fates: list[tuple[Item, Fate]] = []
        async with self._node.database.transaction() as tx:
            items = await _due(tx, self._most())
            await _get_acquainted(tx, items)
            fates += [(item, await handle(tx, item, Reading())) for item in items]
            await _write(tx, fates)
        for item, fate in fates:
            self._close(item, fate)
            if fate.missing is not None:
                task = asyncio.create_task(self._read_and_handle(item, fate.missing))
                self._reading.add(task)
                task.add_done_callback(self._reading.discard)
        return len(fates)

    def _most(self) -> int:
        return _BATCH_WHILE_ARRIVING if self._acceptor.is_busy() else _BATCH

    async def idle(self) -> None:
        """Return when nothing is being read for any activity."""
        while self._reading:
            await asyncio.gather(*self._reading)

    async def _read_and_handle(self, item: Item, missing: Missing | None) -> None:
        """Talk first, then act: read what a handler missed, and let it try again."""
        reading, fate = Reading(), Fate("waiting")
        async with self._slots:
            try:
                for _ in range(_ROUNDS):
                    if missing is None:
                        break
                    await self._read(missing, reading)
                    async with self._node.database.transaction() as tx:
                        fate = await handle(tx, item, reading)
                        missing = fate.missing
                        if missing is None:
                            await _write(tx, [(item, fate)])
                            self._close(item, fate)
                            return
                fate = Fate("refused", "it leads from one thing to another without end")
            except (Unreachable, TimeoutError) as error:
                fate = _later(item, str(error))
            except Refusal as error:
                fate = Fate("refused", str(error))
            except Exception as error:
                log.exception("reading for %s failed", item.uri)
                fate = _later(item, f"{type(error).__name__}: {error}")
            async with self._node.database.transaction() as tx:
                await _write(tx, [(item, fate)])
            self._close(item, fate)

    async def _read(self, missing: Missing, reading: Reading) -> None:
        if missing.is_actor:
            reading.refreshed.add(missing.uri)
            await actors.discover(self._node, missing.uri)
            return
        try:
            reading.fetched[missing.uri] = await fetching.read(self._node, missing.uri)
        except Gone:
            reading.fetched[missing.uri] = None

    def _close(self, item: Item, fate: Fate) -> None:
        if fate.missing is not None or fate.state == "waiting":
            return
        self._backlog.remove(item.sender_uri)
        if fate.state != "handled":
            log.info("%s %s: %s", item.uri, fate.state, text.line(fate.reason or "", 500))

    async def _pause(self) -> float:
        """How long until something tried before is due again; a second at the most."""
        async with self._node.database.read() as tx:
            due = await tx.scalar(
                select(func.min(InboxItem.next_attempt_at)).where(InboxItem.state == "waiting")
            )
        if not isinstance(due, datetime):
            return 1.0
        return min(1.0, max(0.0, (due - clock.now()).total_seconds()))


async def handle(tx: Transaction, item: Item, reading: Reading) -> Fate:
    """Let the handler of this activity act; whatever it raises becomes a fate with its reason."""
    try:
        async with tx.savepoint():
            return await _handle(tx, item, reading)
    except Missing as missing:
        if missing.uri in reading.refreshed or missing.uri in reading.fetched:
            return Fate("refused", f"{missing.uri} was read and does not help")
        return Fate("waiting", "waits for another server", item.attempts, _lease(), missing)
    except Ignored as error:
        return Fate("ignored", str(error))
    except Kept as error:
        return Fate("kept", str(error))
    except Refusal as error:
        return Fate("refused", str(error))
    except Unreachable as error:
        return _later(item, str(error))
    except Exception as error:
        log.exception("%s could not be handled", item.uri)
        return _later(item, f"{type(error).__name__}: {error}", most=_SURPRISES)


async def _handle(tx: Transaction, item: Item, reading: Reading) -> Fate:
    activity = parse(msgspec.json.decode(item.document))
    sender = tx.memory.get(("sender", item.sender_uri)) or await actors.known(tx, item.sender_uri)
    if sender is None:
        raise Missing(item.sender_uri, is_actor=True)
    if sender.deleted_at is not None:
        raise Ignored("its sender is gone")
    if ("heard", sender.id) not in tx.memory:
        await hearing.must_be_heard(tx, sender)
    act = handler(activity.type, activity.object_type)
    if act is None:
        raise Kept(f"a {activity.type} of {activity.object_type or 'something'}")
    incoming = Incoming(activity, sender, reading.fetched, frozenset(reading.refreshed))
    await act(tx, incoming)
    if incoming.kept_because is not None:
        return Fate("kept", incoming.kept_because)
    return Fate("handled")


async def _get_acquainted(tx: Transaction, items: Sequence[Item]) -> None:
    """Ask once for a whole batch who the senders are, whether they are heard, and followed."""
    if not items:
        return
    uris = {item.sender_uri for item in items}
    senders = await tx.all(select(Actor).where(Actor.uri.in_(uris), Actor.deleted_at.is_(None)))
    heard = await hearing.heard_actors(tx, senders)
    followed = await ours.followed_among(tx, [sender.id for sender in senders])
    for sender in senders:
        tx.memory["sender", sender.uri] = sender
        tx.memory["followed", sender.id] = sender.id in followed
        if sender.id in heard:
            tx.memory["heard", sender.id] = True


async def _due(tx: Transaction, most: int) -> list[Item]:
    statement = (
        select(
            InboxItem.id,
            InboxItem.uri,
            InboxItem.sender_uri,
            InboxItem.document,
            InboxItem.attempts,
        )
        .where(InboxItem.state == "waiting", InboxItem.next_attempt_at <= clock.now())
        .order_by(InboxItem.next_attempt_at, InboxItem.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows: Sequence[Row[*tuple[Any, ...]]] = (await tx.execute(statement)).all()
    return [Item(*row) for row in rows]


_DONE = (
    update(InboxItem)
    .where(InboxItem.id == bindparam("item_id"))
    .values(
        state=bindparam("fate"),
        reason=bindparam("why"),
        attempts=bindparam("tried"),
        next_attempt_at=bindparam("again_at"),
        handled_at=bindparam("done_at"),
    )
)
# What was understood needs no second copy; what was not is kept for those in charge.
_DONE_AND_EMPTY = _DONE.values(document="")


async def _write(tx: Transaction, fates: list[tuple[Item, Fate]]) -> None:
    now = clock.now()
    emptied: list[dict[str, object]] = []
    kept: list[dict[str, object]] = []
    for item, fate in fates:
        row = {
            "item_id": item.id,
            "fate": fate.state,
            "why": text.line(fate.reason, 500) if fate.reason else None,
            "tried": fate.attempts,
            "again_at": fate.next_attempt_at or now,
            "done_at": None if fate.state == "waiting" else now,
        }
        (emptied if fate.state in ("handled", "ignored") else kept).append(row)
    if emptied:
        await tx.execute(_DONE_AND_EMPTY, emptied)
    if kept:
        await tx.execute(_DONE, kept)


def _later(item: Item, reason: str, most: int = _TRIES) -> Fate:
    tried = item.attempts + 1
    if tried >= most:
        return Fate("quarantined", reason, tried)
    return Fate("waiting", reason, tried, clock.now() + pauses.after(tried))


def _lease() -> datetime:
    return clock.now() + _LEASE
