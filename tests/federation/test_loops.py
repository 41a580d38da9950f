"""What works in the background goes on whatever stumbles, and ends when it is told to."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from node.database import Transaction
from node.database.sqlite import SqliteDatabase
from node.federation import actors, handling, loops
from node.models import Follow, InboxItem
from tests.conftest import MakeSettings
from tests.federation.loopback import until
from tests.fediverse import Fediverse, Stranger, TestNode

log = logging.getLogger("palabre.tests")


@pytest.fixture
def zoe(fediverse: Fediverse) -> Stranger:
    """Somebody on a server that is no node of ours."""
    return fediverse.stranger("https://social.example/users/zoe")


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stumbles goes on at once."""
    monkeypatch.setattr(loops, "_PAUSE_SECONDS", 0)


@pytest.mark.usefixtures("no_pause")
async def test_a_round_that_stumbles_is_said_and_followed_by_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun = 0

    async def one_round() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise OSError("the disk is full")
        await asyncio.Event().wait()

    working = asyncio.create_task(loops.without_end(one_round, log, "the mill"))
    await until(lambda: begun == 3)
    await ends(working)
    assert [record.message for record in caplog.records] == 2 * [
        "the mill stumbled; trying again in a moment"
    ]


@pytest.mark.parametrize("error", [None, OSError("the connection is gone")])
async def test_a_word_that_is_lost_in_the_round_ends_it_all_the_same(
    error: Exception | None,
) -> None:
    has_begun = asyncio.Event()

    async def one_round() -> None:
        has_begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if error is not None:
                raise error from None

    working = asyncio.create_task(loops.without_end(one_round, log, "the mill"))
    await has_begun.wait()
    await ends(working)


async def test_a_node_stops_in_the_middle_of_a_handler(
    riverside: TestNode, zoe: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends at once, and what it was at is handled as if it had not been begun."""
    has_begun = asyncio.Event()

    async def endless(tx: Transaction, *_: Any) -> Any:
        has_begun.set()
        if tx.dialect == "postgresql":
            await tx.execute(text("SELECT pg_sleep(600)"))
        await asyncio.Event().wait()

    await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri))
    with monkeypatch.context() as patch:
        patch.setattr(handling, "_handle", endless)
        async with riverside.app.worker.running():
            await has_begun.wait()
    [item] = await riverside.all(InboxItem)
    assert (item.state, item.attempts) == ("waiting", 0)
    await riverside.work()
    assert await riverside.count(Follow) == 1


async def test_a_part_that_cannot_be_undone_takes_everything_with_it(
    riverside: TestNode, zoe: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that gives the transaction up, as a full disk makes it do, keeps none of it."""
    handle, turns = handling._handle, 0

    async def gives_up(tx: Transaction, *given: Any) -> Any:
        nonlocal turns
        turns += 1
        if turns == 1:
            return await handle(tx, *given)
        await tx.execute(text("ROLLBACK"))
        await tx.execute(text("SELECT nothing FROM nowhere"))

    letters = [zoe.activity("Follow", riverside.actor_uri, number) for number in range(3)]
    for letter in letters:
        await zoe.send(riverside, letter)
    await actors.discover(riverside.node, zoe.uri)
    with monkeypatch.context() as patch:
        patch.setattr(handling, "_handle", gives_up)
        with pytest.raises(Exception, match="nowhere"):
            await riverside.app.worker.receiver.work()
    assert turns == 2
    assert await riverside.count(Follow) == 0
    assert {item.state for item in await riverside.all(InboxItem)} == {"waiting"}
    await riverside.work()
    assert await riverside.count(Follow) == 1


@pytest.mark.parametrize("make_settings", ["sqlite"], indirect=True)
async def test_who_waited_for_another_process_in_vain_holds_nothing(
    make_settings: MakeSettings,
) -> None:
    """SQLite has one writing place; it is not taken for somebody who has gone."""
    settings = make_settings("riverside.example")
    database = SqliteDatabase(settings.folder / "palabre.db")

    async def write() -> None:
        async with database.transaction():
            pass

    await write()
    with closing(sqlite3.connect(database.path, isolation_level=None, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(write())
        await until(lambda: bool(asyncio.all_tasks() - {writing, asyncio.current_task()}))
        writing.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        await asyncio.wait([writing])
        assert writing.cancelled()
        other.execute("BEGIN IMMEDIATE")
    await database.close()


async def ends(working: "asyncio.Task[None]") -> None:
    """Tell it to end, and see that it does."""
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=30)
    assert done
    assert working.cancelled()
