"""A restart loses nothing, and repeats nothing that was confirmed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from node.app import create_app
from node.federation import outbox, queue
from node.models import Delivery
from tests.conftest import Travel
from tests.federation.loopback import until
from tests.federation.readers import inboxes, letters, posts, publish, read_by
from tests.fediverse import Fediverse, TestNode

HOST = "slow.example"


class Gate:
    """Holds back what is posted until it is opened."""

    def __init__(self, fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = asyncio.Event()
        self.held = 0
        self._carry = fediverse.handle_async_request
        monkeypatch.setattr(fediverse, "handle_async_request", self._pass)

    async def _pass(self, request: httpx.Request) -> httpx.Response:
        self.held += 1
        try:
            await self.open.wait()
        finally:
            self.held -= 1
        return await self._carry(request)

    async def holds(self, count: int) -> None:
        """Return once so many requests wait here."""
        await until(lambda: self.held >= count)


@pytest.fixture
async def gate(fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gate]:
    """A network that holds everything back until told otherwise."""
    made = Gate(fediverse, monkeypatch)
    yield made
    made.open.set()


def again(fediverse: Fediverse, node: TestNode) -> TestNode:
    """The same node started anew over the same memory."""
    fresh = TestNode(node.settings, create_app(node.settings, node_=node.node), node.assembly)
    fediverse.nodes[node.settings.domain] = fresh
    return fresh


async def test_what_waited_is_delivered_after_a_restart(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, *inboxes(HOST, 20))
    await publish(riverside)
    fresh = again(fediverse, riverside)
    await fediverse.settle()
    assert set(Counter(letters(fediverse, HOST)).values()) == {20}
    assert await fresh.waiting() == []


async def test_a_stop_gives_back_what_was_claimed_and_repeats_nothing_confirmed(
    fediverse: Fediverse, riverside: TestNode, gate: Gate
) -> None:
    await read_by(riverside, *inboxes(HOST, 20))
    await publish(riverside)
    async with riverside.app.worker.running():
        await gate.holds(6)
        asyncio.get_running_loop().call_later(0.1, gate.open.set)
    confirmed = len(letters(fediverse, HOST))
    assert confirmed >= 6
    waiting = await riverside.waiting()
    assert len(waiting) == 20 - confirmed
    assert all(row.leased_until is None for row in waiting)
    await again(fediverse, riverside).work()
    assert len(letters(fediverse, HOST)) == 20


async def test_results_are_written_again_when_the_database_stumbles(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read_by(riverside, *inboxes(HOST, 3))
    await publish(riverside)
    courier = riverside.app.worker.courier
    await courier.start_due()
    await asyncio.gather(*courier._sending)
    database = riverside.database
    with monkeypatch.context() as patch:
        patch.setattr(type(database), "transaction", _unavailable)
        with pytest.raises(OSError, match="full"):
            await courier.write()
    await courier.write()
    await fediverse.settle()
    assert await riverside.waiting() == []
    assert len(letters(fediverse, HOST)) == 3


def _unavailable(_database: object) -> None:
    raise OSError("the disk is full")


async def test_what_a_killed_process_had_claimed_is_released_at_the_next_start(
    fediverse: Fediverse, riverside: TestNode, gate: Gate, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 3))
    await publish(riverside)
    await riverside.app.worker.courier.start_due()
    await gate.holds(3)
    for task in list(riverside.app.worker.courier._sending):
        task.cancel()
    gate.open.set()
    fresh = again(fediverse, riverside)
    if riverside.settings.database.startswith("postgresql"):
        # Others may hold the lease: only time shows that they do not.
        await fresh.work()
        assert letters(fediverse, HOST) == []
        travel(minutes=6)
        await fresh.work()
    else:
        async with fresh.app.worker.running():
            await until(lambda: len(letters(fediverse, HOST)) == 3)
    assert len(letters(fediverse, HOST)) == 3


async def test_what_waited_too_long_for_its_turn_is_not_sent_twice(
    fediverse: Fediverse, riverside: TestNode, gate: Gate, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 30))
    await publish(riverside)
    courier = riverside.app.worker.courier
    await courier.start_due()
    await gate.holds(6)
    travel(minutes=4, seconds=30)
    gate.open.set()
    await courier.idle()
    assert len(letters(fediverse, HOST)) == 6
    travel(minutes=1)
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 30


async def test_a_failure_elsewhere_does_not_give_away_what_is_on_its_way(
    fediverse: Fediverse, riverside: TestNode, gate: Gate, travel: Travel
) -> None:
    """One request times out while another, begun later, is still being answered."""
    await read_by(riverside, *inboxes(HOST, 2))
    await publish(riverside)
    other = again(fediverse, riverside)
    courier = riverside.app.worker.courier
    await courier.start_due()
    await gate.holds(2)
    await publish(riverside, "Une fontaine")
    fediverse.unreachable.add(HOST)
    with_gate_open = asyncio.create_task(other.app.worker.courier.start_due())
    await with_gate_open
    await gate.holds(4)
    in_flight = [row for row in await riverside.waiting() if row.leased_until]
    assert len(in_flight) == 4
    gate.open.set()
    await other.app.worker.courier.idle()
    await courier.idle()
    travel(minutes=1)
    fediverse.unreachable.clear()
    await fediverse.settle()
    assert set(Counter(letters(fediverse, HOST)).values()) == {2}


async def test_retrying_by_hand_leaves_alone_what_is_on_its_way(
    fediverse: Fediverse, riverside: TestNode, gate: Gate
) -> None:
    await read_by(riverside, *inboxes(HOST, 3))
    await publish(riverside)
    courier = riverside.app.worker.courier
    await courier.start_due()
    await gate.holds(3)
    async with riverside.database.transaction() as tx:
        await queue.retry(tx)
    assert await courier.start_due() == 0
    gate.open.set()
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 3


async def test_hundreds_of_different_activities_arrive_whole(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    """More at once than the memory for encoded bodies holds."""
    async with riverside.database.transaction() as tx:
        for number in range(300):
            note = {"id": f"{riverside.origin}/a/{number}", "type": "Like", "object": "https://x.y"}
            to = [f"https://{HOST}/inbox"]
            await outbox.publish(tx, riverside.assembly.actor, note, to, is_public=True)
    await fediverse.settle()
    assert sorted(letters(fediverse, HOST)) == sorted(
        f"{riverside.origin}/a/{number}" for number in range(300)
    )
    assert await riverside.count(Delivery) == 0
    assert posts(fediverse, HOST) == 300
