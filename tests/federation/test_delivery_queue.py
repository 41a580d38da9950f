"""Those in charge see what waits and why, and decide about it: `palabre queue`."""

import asyncio
import json
import re

import pytest

from node.cli import main
from node.errors import NotFound
from node.federation import queue
from node.models import Delivery
from tests.federation.readers import inboxes, letters, posts, publish, read_by
from tests.fediverse import Fediverse, TestNode

HOST = "picky.example"


@pytest.fixture
async def refused(fediverse: Fediverse, riverside: TestNode) -> TestNode:
    """An assembly three of whose deliveries were refused."""
    await read_by(riverside, *inboxes(HOST, 3))
    for number in range(3):
        fediverse.statuses[f"https://{HOST}/users/{number}/inbox"] = 422
    await publish(riverside)
    await fediverse.settle()
    fediverse.statuses.clear()
    return riverside


async def palabre(node: TestNode, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Give a command as an operator would, beside the running node."""
    settings = node.settings
    environment = {"PALABRE_DATABASE_URL": settings.database_url, "PALABRE_URL": settings.url}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "en")
        for name, value in environment.items():
            patch.setenv(name, value)
        code = await asyncio.to_thread(main, [*words, "--data", settings.data])
    said = capsys.readouterr()
    assert code == 0, said.err
    return said.out


async def test_the_queue_is_listed_with_reasons(
    refused: TestNode, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = json.loads(await palabre(refused, capsys, "queue", "list", "--json"))
    assert [(row["type"], row["state"], row["attempts"]) for row in rows] == [
        ("Create", "failed", 1)
    ] * 3
    assert {row["reason"] for row in rows} == {"answers 422"}
    for_people = await palabre(refused, capsys, "queue", "list")
    assert len(re.findall("answers 422", for_people)) == 3


async def test_one_delivery_or_all_are_tried_again(
    fediverse: Fediverse, refused: TestNode, capsys: pytest.CaptureFixture[str]
) -> None:
    [first, *_] = await refused.waiting()
    await palabre(refused, capsys, "queue", "retry", str(first.id))
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 1
    said = await palabre(refused, capsys, "queue", "retry")
    assert "2" in said
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 3
    assert json.loads(await palabre(refused, capsys, "queue", "list", "--json")) == []


async def test_a_delivery_is_dropped(
    fediverse: Fediverse, refused: TestNode, capsys: pytest.CaptureFixture[str]
) -> None:
    [first, *others] = await refused.waiting()
    await palabre(refused, capsys, "queue", "drop", str(first.id))
    assert {row.id for row in await refused.waiting()} == {row.id for row in others}
    async with refused.database.transaction() as tx:
        assert await queue.drop_host(tx, HOST) == 2
    assert await refused.count(Delivery) == 0


async def test_a_number_that_is_no_delivery_is_said_to_be_none(refused: TestNode) -> None:
    async with refused.database.transaction() as tx:
        with pytest.raises(NotFound):
            await queue.drop(tx, 17)
    async with refused.database.transaction() as tx:
        with pytest.raises(NotFound):
            await queue.retry(tx, 17)


async def test_a_retry_does_not_wait_for_the_next_probe(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, *inboxes(HOST, 10))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    await fediverse.settle()
    fediverse.unreachable.clear()
    before = posts(fediverse, HOST)
    async with riverside.database.transaction() as tx:
        await queue.retry(tx)
    await fediverse.settle()
    assert posts(fediverse, HOST) == before + 10
    assert await riverside.waiting() == []


async def test_a_retry_of_a_server_that_is_still_down_costs_one_probe(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, *inboxes(HOST, 10))
    fediverse.unreachable.add(HOST)
    await publish(riverside)
    await fediverse.settle()
    before = posts(fediverse, HOST)
    async with riverside.database.transaction() as tx:
        assert await queue.retry(tx) == 10
    await fediverse.settle()
    assert posts(fediverse, HOST) == before + 1
