"""Carrying activities to other inboxes: claimed, signed, sent, and struck off when confirmed."""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain

from node import clock
from node.activitypub import contexts
from node.errors import Refusal, Unreachable
from node.federation import answers, ledger, loops
from node.federation.answers import Result
from node.federation.caches import Bounded
from node.federation.node import Node
from node.federation.outbox import DELIVERIES
from node.federation.parcels import Packer, Parcel, signed
from node.network.client import Answer

log = logging.getLogger("palabre.deliveries")

_CLAIM = 500
_IN_FLIGHT = 600
_AT_ONE_HOST = 6
_CHUNK = 8
_SIGNERS = 2
_LEASE_LEFT = timedelta(minutes=1)
_GRACE = 3.0


class Courier:
    """Works through the deliveries until told to stop."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._pool = ThreadPoolExecutor(_SIGNERS, thread_name_prefix="sign")
        self._packer = Packer(node)
        self._hosts: Bounded[str, asyncio.Semaphore] = Bounded(10_000, seconds=3600)
        self._results: list[Result] = []
        self._claimed: set[int] = set()
        self._is_ending = False
        self._sending: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._in_flight = 0

    async def run(self) -> None:
        """Deliver what is due, woken by the commit of the act."""
        writer = asyncio.create_task(
            loops.without_end(self._write_results, log, "the results of deliveries")
        )
        try:
            await loops.without_end(self._round, log, "the deliveries")
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self._end()

    async def _round(self) -> None:
        if not await self.start_due():
            await self._node.database.live.wait(DELIVERIES, await self._pause())
        elif self._in_flight > _IN_FLIGHT - _CLAIM:
            self._changed.clear()
            await self._changed.wait()

    async def start_due(self) -> int:
        """Claim what is due and begin to send it; return how many deliveries that is."""
        room = min(_CLAIM, _IN_FLIGHT - self._in_flight)
        if room <= 0:
            return 0
        async with self._node.database.transaction() as tx:
            jobs = await ledger.claim(tx, room)
            parcels = await self._packer.pack(tx, jobs)
            self._claimed.update(job.id for job in jobs)
        for chunk in _chunks(parcels):
            self._in_flight += len(chunk)
            task = asyncio.create_task(self._send_chunk(chunk))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(jobs)

    async def idle(self) -> None:
        """Return when nothing is on its way and every result is written."""
        while self._sending or self._results:
            await asyncio.gather(*self._sending)
            await self.write()

    async def write(self) -> None:
        """Write the results that came back so far, in turns that leave room for others."""
        results, self._results = self._results, []
        turns = ledger.turns(results)
        try:
            while turns:
                began = time.monotonic()
                async with self._node.database.transaction() as tx:
                    await ledger.settle(tx, turns[0])
                self._claimed.difference_update(result.job.id for result in turns.pop(0))
                if turns:
                    await asyncio.sleep(time.monotonic() - began)
        finally:
            self._results[:0] = chain.from_iterable(turns)

    async def _write_results(self) -> None:
        await self._changed.wait()
        self._changed.clear()
        await asyncio.sleep(0.02)
        try:
            await self.write()
        except Exception:
            self._changed.set()
            raise

    async def _end(self) -> None:
        """Finish what is on its way if it takes but a moment, and give back the rest."""
        self._is_ending = True
        if self._sending:
            await asyncio.wait(self._sending, timeout=_GRACE)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        await self.write()
        async with self._node.database.transaction() as tx:
            await ledger.give_back(tx, self._claimed)
        self._claimed.clear()

    async def _send_chunk(self, parcels: Sequence[Parcel]) -> None:
        try:
            loop = asyncio.get_running_loop()
            ready = await loop.run_in_executor(self._pool, signed, parcels)
            await asyncio.gather(*(self._deliver(parcel) for parcel in ready))
        except Exception as error:
            log.exception("deliveries could not be signed")
            reason = f"{type(error).__name__}: {error}"
            self._results += [Result(parcel.job, "later", reason) for parcel in parcels]
        finally:
            self._in_flight -= len(parcels)
            self._changed.set()

    async def _deliver(self, parcel: Parcel) -> None:
        """Send one; a host that fails is left alone by all who wait behind: one probe is enough."""
        job = parcel.job
        async with self._turn(job.host):
            if self._is_ending:
                return
            if clock.now() > job.leased_until - _LEASE_LEFT:
                # It waited so long for its turn that it could be claimed anew before it arrives.
                self._claimed.discard(job.id)
                return
            if self._node.down.get(job.host) and not job.is_probe:
                result = Result(job, "later", "the server is down", is_host_down=True, tried=False)
            else:
                result = await self._try(parcel)
            if result.is_host_down and result.tried:
                self._node.down.put(job.host, True)
            elif result.answered:
                self._node.down.forget(job.host)
        self._results.append(result)
        self._changed.set()

    def _turn(self, host: str) -> asyncio.Semaphore:
        turn = self._hosts.get(host)
        if turn is None:
            turn = asyncio.Semaphore(_AT_ONE_HOST)
            self._hosts.put(host, turn)
        return turn

    async def _try(self, parcel: Parcel) -> Result:
        try:
            answer = await self._post(parcel)
            if answer.status in (400, 401):
                second = await self._second_knock(parcel)
                if second is not None:
                    return second
        except Unreachable as error:
            return Result(parcel.job, "later", str(error), is_host_down=True)
        except Refusal as error:
            return Result(parcel.job, "failed", str(error))
        except Exception as error:
            log.exception("%s could not be sent to", parcel.job.inbox)
            return Result(parcel.job, "later", f"{type(error).__name__}: {error}")
        return answers.judged(parcel.job, answer)

    async def _second_knock(self, parcel: Parcel) -> Result | None:
        """Not everyone speaks the same dialect of signatures; what worked is remembered."""
        other = parcel.in_other_dialect()
        loop = asyncio.get_running_loop()
        [again] = await loop.run_in_executor(self._pool, signed, [other])
        answer = await self._post(again)
        if 200 <= answer.status < 300:
            return Result(parcel.job, "delivered", answered=True, dialect=other.dialect)
        return None

    async def _post(self, parcel: Parcel) -> Answer:
        headers = {"content-type": contexts.MEDIA_TYPE, **parcel.headers}
        return await self._node.client.post(parcel.job.inbox, headers=headers, body=parcel.body)

    async def _pause(self) -> float:
        async with self._node.database.read() as tx:
            due = await ledger.next_due(tx)
        if due is None:
            return 1.0
        return min(1.0, max(0.01, (due - clock.now()).total_seconds()))


def _chunks(parcels: Sequence[Parcel]) -> list[Sequence[Parcel]]:
    return [parcels[start : start + _CHUNK] for start in range(0, len(parcels), _CHUNK)]
