"""Carrying activities to other inboxes: claimed, signed, sent, and struck off when confirmed."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from node import clock
from node.activitypub import contexts, signatures
from node.activitypub.request import Request
from node.database import Transaction
from node.errors import Refusal, Unreachable
from node.federation import identity, ledger
from node.federation.caches import Bounded
from node.federation.identity import Signer
from node.federation.ledger import Job, Result
from node.federation.node import Node
from node.federation.outbox import DELIVERIES
from node.network.client import Answer

log = logging.getLogger("palabre.deliveries")

Dialect = Literal["cavage", "rfc9421"]

_CLAIM = 500
_IN_FLIGHT = 600
_AT_ONE_HOST = 6
_CHUNK = 8
_SIGNERS = 2
_ANOTHER: dict[Dialect, Dialect] = {"cavage": "rfc9421", "rfc9421": "cavage"}


@dataclass(frozen=True)
class Parcel:
    """A job with everything needed to send it, signed for this inbox alone."""

    job: Job
    body: bytes
    signer: Signer
    headers: dict[str, str]
    dialect: Dialect


class Courier:
    """Works through the deliveries until told to stop."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._pool = ThreadPoolExecutor(_SIGNERS, thread_name_prefix="sign")
        self._bodies: Bounded[int, tuple[bytes, int]] = Bounded(200, seconds=300)
        self._hosts: Bounded[str, asyncio.Semaphore] = Bounded(10_000, seconds=3600)
        self._results: list[Result] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._in_flight = 0

    async def run(self) -> None:
        """Deliver what is due, woken by the commit of the act."""
        writer = asyncio.create_task(self._write_results())
        try:
            while True:
                try:
                    started = await self.start_due()
                except Exception:
                    log.exception("the deliveries stumbled; trying again in a second")
                    await asyncio.sleep(1)
                    continue
                if not started:
                    await self._node.database.live.wait(DELIVERIES, await self._pause())
                elif self._in_flight > _IN_FLIGHT - _CLAIM:
                    self._changed.clear()
                    await self._changed.wait()
        finally:
            writer.cancel()
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, writer, return_exceptions=True)
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def start_due(self) -> int:
        """Claim what is due and begin to send it; return how many deliveries that is."""
        room = min(_CLAIM, _IN_FLIGHT - self._in_flight)
        if room <= 0:
            return 0
        async with self._node.database.transaction() as tx:
            jobs = await ledger.claim(tx, room)
            for job in jobs:
                await self._load(tx, job)
        for chunk in _chunks(jobs):
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
        """Write the results that came back so far."""
        results, self._results = self._results, []
        if results:
            async with self._node.database.transaction() as tx:
                await ledger.settle(tx, results)

    async def _write_results(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(0.02)
            try:
                await self.write()
            except Exception:
                log.exception("results of deliveries could not be written; they are sent again")

    async def _load(self, tx: Transaction, job: Job) -> None:
        if self._bodies.get(job.item_id) is None:
            body, actor_id = await ledger.item(tx, job.item_id)
            self._bodies.put(job.item_id, (body, actor_id))
        _, actor_id = self._bodies.get(job.item_id) or (b"", 0)
        if self._node.signers.get(actor_id) is None:
            self._node.signers.put(actor_id, await identity.signer(tx, actor_id))

    async def _send_chunk(self, jobs: Sequence[Job]) -> None:
        try:
            loop = asyncio.get_running_loop()
            unsigned = [self._unsigned(job) for job in jobs]
            parcels = await loop.run_in_executor(self._pool, _sign_all, unsigned)
            await asyncio.gather(*(self._deliver(parcel) for parcel in parcels))
        finally:
            self._in_flight -= len(jobs)
            self._changed.set()

    def _unsigned(self, job: Job) -> Parcel:
        body, actor_id = self._bodies.get(job.item_id) or (b"", 0)
        signer = self._node.signers.get(actor_id)
        if signer is None:
            raise LookupError(f"the key of actor {actor_id} is not at hand")
        return Parcel(job, body, signer, {}, "rfc9421" if job.dialect == "rfc9421" else "cavage")

    async def _deliver(self, parcel: Parcel) -> None:
        """Send one; a host that fails is left alone by all who wait behind: one probe is enough."""
        job = parcel.job
        async with self._turn(job.host):
            if self._node.down.get(job.host):
                result = Result(job, "later", "the server is down", is_host_down=True, tried=False)
            else:
                result = await self._try(parcel)
            if result.is_host_down and result.tried:
                self._node.down.put(job.host, True)
            elif result.fate == "delivered":
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
        return ledger.judged(parcel.job, answer)

    async def _second_knock(self, parcel: Parcel) -> Result | None:
        """Not everyone speaks the same dialect of signatures; what worked is remembered."""
        other = _ANOTHER[parcel.dialect]
        loop = asyncio.get_running_loop()
        again = Parcel(parcel.job, parcel.body, parcel.signer, {}, other)
        [signed] = await loop.run_in_executor(self._pool, _sign_all, [again])
        answer = await self._post(signed)
        if 200 <= answer.status < 300:
            return Result(parcel.job, "delivered", None, dialect=other)
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


def _sign_all(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Sign in a thread of its own: RSA lets go of the interpreter."""
    at = clock.now()
    signed = []
    for parcel in parcels:
        headers = {"content-type": contexts.MEDIA_TYPE}
        request = Request("POST", parcel.job.inbox, headers, parcel.body)
        made = signatures.sign(
            request, parcel.signer.key, parcel.signer.key_id, at=at, dialect=parcel.dialect
        )
        signed.append(Parcel(parcel.job, parcel.body, parcel.signer, made, parcel.dialect))
    return signed


def _chunks(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    return [jobs[start : start + _CHUNK] for start in range(0, len(jobs), _CHUNK)]
