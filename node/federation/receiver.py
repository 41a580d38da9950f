"""Handling what arrived: many activities in one transaction, each in its own savepoint."""

import asyncio
import logging
import math
import time
from datetime import datetime

from sqlalchemy import func, select

from node import clock
from node.activitypub import addressing, text
from node.errors import Gone, Refusal, Unreachable
from node.federation import actors, arrivals, fetching, hosts, loops
from node.federation.caches import Bounded
from node.federation.handling import Fate, Item, Reading, handle, later
from node.federation.inbox import ARRIVALS, Acceptor
from node.federation.incoming import Missing
from node.federation.node import Node
from node.models import InboxItem

log = logging.getLogger("palabre.inbox")

_BATCH = 100
# While letters arrive, whoever waits for an answer waits for one short turn at most.
_TURN_SECONDS = 0.015
_BATCH_IN_A_TURN = 40
_ROUNDS = 6
_READERS = 16
_TAKEN = ("handled", "ignored", "kept")


class Receiver:
    """Works through the inbox until told to stop."""

    def __init__(self, node: Node, acceptor: Acceptor) -> None:
        self._node = node
        self._acceptor = acceptor
        self._backlog = acceptor.backlog
        self._reading: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_READERS)
        self._heard: set[str] = set()
        self._heard_lately: Bounded[str, bool] = Bounded(10_000, seconds=60)

    async def run(self) -> None:
        """Handle what arrives, woken by its commit."""
        try:
            await loops.without_end(self._round, log, "the inbox")
        finally:
            for task in self._reading:
                task.cancel()
            await asyncio.gather(*self._reading, return_exceptions=True)

    async def _round(self) -> None:
        if not await self._take_turn():
            await self._node.database.live.wait(ARRIVALS, await self._pause())

    async def _take_turn(self) -> int:
        """Handle a batch; while letters arrive a short one, and then leave the door as much time.

        Every turn costs a few questions and a commit, whatever it handles: the pause is also what
        lets enough letters come together.
        """
        if not self._acceptor.is_busy():
            return await self.work()
        began = time.monotonic()
        count = await self.work(_BATCH_IN_A_TURN, seconds=_TURN_SECONDS)
        await asyncio.sleep(time.monotonic() - began)
        return count

    async def work(self, most: int = _BATCH, *, seconds: float = math.inf) -> int:
        """Handle what is due, so many activities or as many as the time allows; return how many."""
        fates: list[tuple[Item, Fate]] = []
        async with self._node.database.transaction() as tx:
            ends = time.monotonic() + seconds
            items = await arrivals.due(tx, most)
            await arrivals.get_acquainted(tx, items)
            for item in items:
                fates.append((item, await handle(tx, item, Reading())))
                if time.monotonic() > ends:
                    break
            await arrivals.write(tx, fates)
        for item, fate in fates:
            self._close(item, fate)
            if fate.missing is not None:
                task = asyncio.create_task(self._read_and_handle(item, fate.missing))
                self._reading.add(task)
                task.add_done_callback(self._reading.discard)
        await self._note_news()
        return len(fates)

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
                            await arrivals.write(tx, [(item, fate)])
                            self._close(item, fate)
                            return
                fate = Fate("refused", "it leads from one thing to another without end")
            except (Unreachable, TimeoutError) as error:
                fate = later(item, str(error))
            except Refusal as error:
                fate = Fate("refused", str(error))
            except Exception as error:
                log.exception("reading for %s failed", item.uri)
                fate = later(item, f"{type(error).__name__}: {error}")
            async with self._node.database.transaction() as tx:
                await arrivals.write(tx, [(item, fate)])
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

    async def _note_news(self) -> None:
        """Write down which servers were heard from, each once a minute at the most."""
        fresh = [host for host in self._heard if not self._heard_lately.get(host)]
        self._heard.clear()
        if not fresh:
            return
        async with self._node.database.transaction() as tx:
            await hosts.note_heard(tx, fresh, clock.now())
        for host in fresh:
            self._heard_lately.put(host, True)

    def _close(self, item: Item, fate: Fate) -> None:
        if fate.missing is not None or fate.state == "waiting":
            return
        self._backlog.remove(item.sender_uri)
        if fate.state in _TAKEN:
            self._heard.add(addressing.host(item.sender_uri))
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
