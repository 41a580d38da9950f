"""A server that is down costs one probe, and gets everything when it is back."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from node import clock
from node.database import Transaction
from node.federation import ledger, pauses, queue
from node.federation.answers import Job, Result
from node.models import Delivery, Follow
from tests.conftest import Travel
from tests.federation.readers import inboxes, letters, peer, posts, publish, read_by
from tests.fediverse import Fediverse, TestNode

HOST = "old.example"
INBOX = f"https://{HOST}/users/0/inbox"


async def test_a_server_that_is_down_costs_one_probe_however_much_waits_for_it(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 50))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    await fediverse.settle()
    assert 1 <= posts(fediverse, HOST) <= 6
    at_first = posts(fediverse, HOST)
    for probes in (1, 2, 3):
        await fediverse.settle()
        assert posts(fediverse, HOST) == at_first + probes - 1
        due = (await peer(riverside, HOST)).next_probe_at
        assert due is not None
        travel(seconds=(due - clock.now()).total_seconds() + 1)
        await fediverse.settle()
        assert posts(fediverse, HOST) == at_first + probes
    assert await riverside.count(Delivery, Delivery.state == "waiting") == 50


async def test_the_pauses_grow_for_more_than_a_week_and_then_the_failure_is_shown(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 20))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    began = clock.now()
    await fediverse.settle()
    first = (await peer(riverside, HOST)).next_probe_at
    assert first is not None
    assert began + timedelta(seconds=15) < first < clock.now() + timedelta(seconds=30)
    waited: list[timedelta] = []
    while await riverside.count(Delivery, Delivery.state == "waiting"):
        due = (await peer(riverside, HOST)).next_probe_at
        assert due is not None
        waited.append(due - clock.now())
        travel(seconds=waited[-1].total_seconds() + 1)
        await fediverse.settle()
        assert len(waited) < 40
    assert waited[:18] == sorted(waited[:18])
    assert clock.now() - began > timedelta(days=7)
    assert posts(fediverse, HOST) <= 6 + len(waited)
    failed = await riverside.all(Delivery, Delivery.state == "failed")
    assert len(failed) == 20
    assert all("cut off" in str(row.reason) for row in failed)
    before = posts(fediverse, HOST)
    travel(days=3)
    await fediverse.settle()
    assert posts(fediverse, HOST) == before


def test_no_two_servers_wait_for_exactly_the_same_time() -> None:
    waits = {pauses.after(3) for _ in range(20)}
    assert len(waits) > 10
    assert all(timedelta(seconds=96) <= wait <= timedelta(seconds=126) for wait in waits)


async def test_everything_is_delivered_at_once_when_a_server_is_back(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 30))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    await fediverse.settle()
    travel(hours=2)
    await fediverse.settle()
    await publish(riverside, "Une fontaine")
    await fediverse.settle()
    before = posts(fediverse, HOST)
    fediverse.unreachable.clear()
    travel(hours=1)
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == posts(fediverse, HOST) - before == 60
    assert await riverside.waiting() == []
    assert (await peer(riverside, HOST)).down_since is None


async def test_what_one_activity_cannot_be_digested_does_not_hold_up_the_others(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 4))
    fediverse.statuses[INBOX] = 500
    await publish(riverside)
    await fediverse.settle()
    [left] = await riverside.waiting()
    assert (left.inbox, left.reason, left.attempts) == (INBOX, "answers 500", 1)
    travel(minutes=1)
    await fediverse.settle()
    [left] = await riverside.waiting()
    assert left.attempts == 2
    fediverse.statuses.clear()
    travel(minutes=2)
    await fediverse.settle()
    assert await riverside.waiting() == []


async def test_an_activity_that_makes_a_server_stumble_is_not_its_only_probe(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 3))
    fediverse.statuses[INBOX] = 502
    await publish(riverside)
    for _ in range(40):
        await fediverse.settle()
        travel(minutes=5)
    assert [row.inbox for row in await riverside.waiting()] == [INBOX]


@pytest.mark.parametrize("said", ["3600", "date"])
@pytest.mark.parametrize("status", [429, 503])
async def test_the_wish_of_a_busy_server_is_respected(
    fediverse: Fediverse, riverside: TestNode, travel: Travel, status: int, said: str
) -> None:
    if said == "date":
        in_an_hour = clock.now() + timedelta(hours=1)
        said = in_an_hour.strftime("%a, %d %b %Y %H:%M:%S GMT")
    await read_by(riverside, *inboxes(HOST, 20))
    for number in range(20):
        inbox = f"https://{HOST}/users/{number}/inbox"
        fediverse.statuses[inbox] = status
        fediverse.headers[inbox] = {"retry-after": said}
    await publish(riverside)
    await fediverse.settle()
    before = posts(fediverse, HOST)
    assert before <= 6
    fediverse.statuses.clear()
    travel(minutes=59)
    await fediverse.settle()
    assert posts(fediverse, HOST) == before
    travel(minutes=2)
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 20


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("said", [None, "soon", "-5", "Fri, 99 Foo 2026"])
async def test_a_busy_server_is_given_time_also_when_it_asks_for_none(
    fediverse: Fediverse, riverside: TestNode, travel: Travel, status: int, said: str | None
) -> None:
    await read_by(riverside, *inboxes(HOST, 1))
    fediverse.statuses[INBOX] = status
    fediverse.headers[INBOX] = {"retry-after": said} if said else {}
    await publish(riverside)
    await fediverse.settle()
    travel(seconds=14)
    await fediverse.settle()
    assert posts(fediverse, HOST) == 1
    fediverse.statuses.clear()
    travel(seconds=20)
    await fediverse.settle()
    assert posts(fediverse, HOST) == 2
    assert await riverside.waiting() == []


@pytest.mark.parametrize("shared", [None, f"https://{HOST}/inbox"])
async def test_an_inbox_that_is_gone_for_good_ends_the_delivery_and_the_following(
    fediverse: Fediverse, riverside: TestNode, shared: str | None
) -> None:
    await read_by(riverside, f"https://{HOST}/users/0", shared_inbox=shared)
    await read_by(riverside, f"https://{HOST}/users/1")
    fediverse.statuses[shared or INBOX] = 410
    await publish(riverside)
    await fediverse.settle()
    assert await riverside.waiting() == []
    assert [follow.follower.handle for follow in await riverside.all(Follow)] == ["1"]
    await publish(riverside, "Une fontaine")
    assert [row.inbox for row in await riverside.waiting()] == [f"https://{HOST}/users/1/inbox"]


@pytest.mark.parametrize("status", [400, 404, 405, 406, 413, 422, 301])
async def test_a_refusal_is_shown_and_can_be_tried_again_by_hand(
    fediverse: Fediverse, riverside: TestNode, travel: Travel, status: int
) -> None:
    await read_by(riverside, *inboxes(HOST, 1))
    fediverse.statuses[INBOX] = status
    await publish(riverside)
    await fediverse.settle()
    travel(days=2)
    await fediverse.settle()
    [failed] = await riverside.waiting()
    assert (failed.state, failed.reason) == ("failed", f"answers {status}")
    fediverse.statuses.clear()
    async with riverside.database.transaction() as tx:
        assert await queue.retry(tx, failed.id) == 1
    await fediverse.settle()
    assert await riverside.waiting() == []
    assert len(letters(fediverse, HOST)) == 1


@pytest.mark.parametrize("status", [401, 403, 408, 425])
async def test_a_refusal_that_may_pass_is_tried_again_for_a_week(
    fediverse: Fediverse, riverside: TestNode, travel: Travel, status: int
) -> None:
    await read_by(riverside, *inboxes(HOST, 1))
    fediverse.statuses[INBOX] = status
    began = clock.now()
    await publish(riverside)
    for _ in range(30):
        await fediverse.settle()
        [row] = await riverside.waiting()
        if row.state == "failed":
            break
        travel(seconds=(row.next_attempt_at - clock.now()).total_seconds() + 1)
    assert row.state == "failed"
    assert clock.now() - began > timedelta(days=7)


async def test_an_answer_shows_that_a_server_is_back_whatever_it_says(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    await read_by(riverside, *inboxes(HOST, 20))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    await fediverse.settle()
    fediverse.unreachable.clear()
    for number in range(20):
        fediverse.statuses[f"https://{HOST}/users/{number}/inbox"] = 404
    travel(minutes=1)
    await fediverse.settle()
    assert await riverside.count(Delivery, Delivery.state == "failed") == 20
    assert (await peer(riverside, HOST)).down_since is None


async def test_many_servers_that_are_down_are_written_down_in_short_turns(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = [f"down{number}.example" for number in range(11)]
    for host in hosts:
        await read_by(riverside, *inboxes(host, 3))
        fediverse.unreachable.add(host)
    await read_by(riverside, INBOX.removesuffix("/inbox"))
    settled: list[set[str]] = []
    settle = ledger.settle

    async def watched(tx: Transaction, results: Sequence[Result]) -> None:
        settled.append({result.job.host for result in results if result.is_host_down})
        await settle(tx, results)

    monkeypatch.setattr(ledger, "settle", watched)
    await publish(riverside)
    await fediverse.settle()
    assert set().union(*settled) == set(hosts)
    assert max(map(len, settled)) <= 4
    assert posts(fediverse, HOST) == 1
    assert await riverside.count(Delivery, Delivery.state == "waiting") == 33
    for host in hosts:
        assert (await peer(riverside, host)).failures == 1


def test_every_result_is_written_in_one_turn_alone() -> None:
    now = clock.now()
    results = [
        Result(Job(n, 1, "", f"h{n % 9}", 0, now, now), "later", is_host_down=n % 2 == 0)
        for n in range(60)
    ]
    turns = ledger.turns(results)
    written = [result for turn in turns for result in turn]
    assert sorted(one.job.id for one in written) == list(range(60))
    assert ledger.turns([]) == []
    assert not any(result.is_host_down for result in turns[0])
