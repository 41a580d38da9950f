"""What is accepted is written down first, then handled; nothing is dropped without a reason."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from node import clock
from node.assembly import blocking, hearing
from node.federation import incoming, timers
from node.federation.incoming import Incoming
from node.models import Counter, Follow, InboxItem, Peer, Publication, Tombstone
from tests.conftest import Travel
from tests.federation.loopback import until
from tests.federation.readers import read
from tests.fediverse import Fediverse, Stranger, TestNode


@pytest.fixture
def zoe(fediverse: Fediverse) -> Stranger:
    """Somebody on a server that is no node of ours."""
    return fediverse.stranger("https://social.example/users/zoe")


async def test_what_is_accepted_is_written_down_when_the_answer_comes(
    riverside: TestNode, zoe: Stranger
) -> None:
    answer = await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri))
    assert answer.status_code == 202
    [item] = await riverside.all(InboxItem)
    assert (item.uri, item.sender_uri, item.state) == (f"{zoe.uri}/follows/1", zoe.uri, "waiting")
    assert await riverside.count(Follow) == 0
    await riverside.work()
    [item] = await riverside.all(InboxItem)
    assert (item.state, item.document) == ("handled", "")
    assert item.handled_at is not None
    assert await riverside.count(Follow) == 1


async def met(riverside: TestNode, zoe: Stranger, travel: Travel) -> None:
    """Let her follow the assembly, which answers that she may, some time ago."""
    await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri))
    await zoe.fediverse.settle()
    travel(minutes=2)


async def heard_at(riverside: TestNode, zoe: Stranger, number: int) -> datetime | None:
    """Return when her server was last heard from, once she has sent something more."""
    await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri, number))
    await riverside.work()
    [peer] = await riverside.all(Peer)
    assert (peer.host, peer.failures) == ("social.example", 0)
    when: datetime | None = peer.last_heard_at
    return when


async def test_it_is_known_when_a_server_was_last_heard_from(
    riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    await met(riverside, zoe, travel)
    begin = clock.now()
    first = await heard_at(riverside, zoe, 1)
    assert first is not None
    assert begin <= first <= clock.now()
    travel(minutes=2)
    begin = clock.now()
    second = await heard_at(riverside, zoe, 2)
    assert second is not None
    assert begin <= second


async def test_news_of_a_server_are_written_down_once_a_minute(
    riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    await met(riverside, zoe, travel)
    assert await heard_at(riverside, zoe, 1) is not None
    async with riverside.database.transaction() as tx:
        await tx.execute(update(Peer).values(last_heard_at=None))
    assert await heard_at(riverside, zoe, 2) is None


async def test_of_who_is_blocked_and_of_strangers_no_news_are_kept(
    riverside: TestNode, zoe: Stranger, fediverse: Fediverse, travel: Travel
) -> None:
    await met(riverside, zoe, travel)
    async with riverside.database.transaction() as tx:
        await blocking.rule_domain(tx, "social.example", hearing.BLOCKED)
    assert await heard_at(riverside, zoe, 1) is None
    stranger = fediverse.stranger("https://other.example/users/max")
    await stranger.send(riverside, stranger.activity("Like", riverside.actor_uri))
    await riverside.work()
    assert [peer.host for peer in await riverside.all(Peer)] == ["social.example"]


async def test_many_letters_at_once_are_all_written_down(
    riverside: TestNode, zoe: Stranger
) -> None:
    likes = [zoe.activity("Like", riverside.actor_uri, number) for number in range(100)]
    answers = await asyncio.gather(*(zoe.send(riverside, like) for like in likes))
    assert {answer.status_code for answer in answers} == {202}
    assert await riverside.count(InboxItem) == 100


async def test_a_turn_ends_when_its_time_is_over_and_leaves_the_rest_for_the_next(
    riverside: TestNode, zoe: Stranger
) -> None:
    for number in range(5):
        await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri, number))
    receiver = riverside.app.worker.receiver
    assert await receiver.work(seconds=0) == 1
    assert await receiver.work(2) == 2
    states = [item.state for item in await riverside.all(InboxItem)]
    assert (states.count("handled"), states.count("waiting")) == (3, 2)
    assert await receiver.work() == 2


async def test_what_arrives_without_a_pause_is_handled_meanwhile(
    riverside: TestNode, zoe: Stranger
) -> None:
    async def is_done() -> bool:
        return "waiting" not in {item.state for item in await riverside.all(InboxItem)}

    likes = [zoe.activity("Like", riverside.actor_uri, number) for number in range(200)]
    working = asyncio.create_task(riverside.app.worker.receiver.run())
    try:
        for start in range(0, 200, 8):
            group = likes[start : start + 8]
            await asyncio.gather(*(zoe.send(riverside, like) for like in group))
        await until(is_done)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert await riverside.count(InboxItem) == 200


async def test_a_letter_that_cannot_be_written_down_is_not_said_to_be_accepted(
    riverside: TestNode, zoe: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri))

    def full(_database: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(riverside.database), "transaction", full)
        with pytest.raises(OSError, match="full"):
            await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri, 2))
    assert await riverside.count(InboxItem) == 1
    answer = await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri, 2))
    assert answer.status_code == 202
    assert await riverside.count(InboxItem) == 2


async def test_what_needs_a_server_that_is_down_is_tried_again_and_then_put_aside(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    fediverse.unreachable.add("away.example")
    await read(riverside, zoe)
    await zoe.send(riverside, zoe.activity("Announce", "https://away.example/notes/1"))
    waits: list[timedelta] = []
    while True:
        await fediverse.settle()
        [item] = await riverside.all(InboxItem)
        if item.state != "waiting":
            break
        waits.append(item.next_attempt_at - clock.now())
        travel(seconds=waits[-1].total_seconds() + 1)
        assert len(waits) < 30
    assert item.state == "quarantined"
    assert "away.example" in item.reason
    assert item.document != ""
    assert len(waits) >= 8
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(hours=8)


async def test_what_failed_for_a_while_succeeds_in_the_end(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri, 1))
    note = zoe.note(
        1, to=[riverside.actor_uri], cc=["https://www.w3.org/ns/activitystreams#Public"]
    )
    fediverse.documents[note["id"]] = note
    fediverse.statuses[note["id"]] = 503
    await zoe.send(riverside, zoe.activity("Create", note["id"]))
    await fediverse.settle()
    assert (await riverside.fates())[f"{zoe.uri}/creates/1"][0] == "waiting"
    fediverse.statuses.clear()
    travel(minutes=10)
    await fediverse.settle()
    assert (await riverside.fates())[f"{zoe.uri}/creates/1"] == ("handled", None)
    assert await riverside.count(Publication) == 1


async def test_a_bug_of_ours_puts_one_activity_aside_and_the_rest_goes_on(
    fediverse: Fediverse,
    riverside: TestNode,
    zoe: Stranger,
    travel: Travel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def stumble(tx: object, _arrived: Incoming) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setitem(incoming._handlers, ("Like", None), stumble)
    for number in range(3):
        await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri, number))
        await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri, number))
    await fediverse.settle()
    assert await riverside.count(Follow) == 1
    for _ in range(3):
        travel(minutes=5)
        await fediverse.settle()
    fates = await riverside.fates()
    for number in range(3):
        assert fates[f"{zoe.uri}/follows/{number}"] == ("handled", None)
        assert fates[f"{zoe.uri}/likes/{number}"] == (
            "quarantined",
            "ZeroDivisionError: a bug of ours",
        )


async def test_what_a_handler_did_before_it_failed_is_undone(
    riverside: TestNode, zoe: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = incoming._handlers["Follow", None]

    async def half_way(tx: object, arrived: Incoming) -> None:
        await follow(tx, arrived)  # type: ignore[arg-type]
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setitem(incoming._handlers, ("Follow", None), half_way)
    await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri))
    await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri))
    await riverside.work()
    assert await riverside.count(Follow) == 0
    assert await riverside.waiting() == []
    assert (await riverside.fates())[f"{zoe.uri}/likes/1"][0] == "handled"


async def test_what_is_not_understood_is_kept_for_thirty_days(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    await zoe.send(riverside, zoe.activity("Travel", riverside.actor_uri))
    await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri))
    await fediverse.settle()
    kept = {item.type: item for item in await riverside.all(InboxItem)}
    assert kept["Travel"].state == "kept"
    assert kept["Travel"].reason.startswith("a Travel of ")
    assert f"{zoe.uri}/travels/1" in kept["Travel"].document
    travel(days=29, hours=23)
    await riverside.app.worker.timers.work()
    assert await riverside.count(InboxItem) == 2
    travel(hours=2)
    await riverside.app.worker.timers.work()
    assert await riverside.count(InboxItem) == 0


async def test_much_is_forgotten_a_part_at_a_time(
    riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    for number in range(5):
        await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri, number))
        gone = zoe.activity("Delete", f"{zoe.uri}/notes/{number}", number)
        await zoe.send(riverside, gone)
    await riverside.work()
    assert (await riverside.count(InboxItem), await riverside.count(Tombstone)) == (10, 5)
    travel(days=31)
    left: list[tuple[bool, int, int]] = []
    for _ in range(4):
        async with riverside.database.transaction() as tx:
            more = await timers.prune(tx, most=3)
        counts = await riverside.count(InboxItem), await riverside.count(Tombstone)
        left.append((more, *counts))
    assert left == [(True, 7, 2), (True, 4, 0), (True, 1, 0), (False, 0, 0)]


async def test_what_was_not_handled_yet_is_never_pruned(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, travel: Travel
) -> None:
    await zoe.send(riverside, zoe.activity("Like", riverside.actor_uri))
    travel(days=60)
    async with riverside.database.transaction() as tx:
        await timers.prune(tx)
    assert await riverside.count(InboxItem) == 1


async def test_refusals_leave_a_counter_and_nothing_else(
    riverside: TestNode, zoe: Stranger
) -> None:
    for _ in range(3):
        answer = await riverside.post("/inbox", b"{}", {"content-type": "application/json"})
        assert answer.status_code == 401
    await riverside.app.worker.timers.work()
    await riverside.app.worker.timers.work()
    assert await riverside.count(InboxItem) == 0
    [counter] = await riverside.all(Counter)
    assert (counter.name, counter.value) == ("refused:401:bad-signature", 3)
