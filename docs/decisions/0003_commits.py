"""What a commit costs, and how long everybody else waits for it; see 0003-sqlite.md."""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import text

from node.database import open_database

TIMES, ROUNDS = 100, 7  # of the rounds, the one that was disturbed least
WORDS = "x" * 2000
MAKE = "CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT)"
KEEP = "INSERT INTO kept (words) VALUES (?)"
LOOK = "SELECT id FROM kept WHERE id = ?"
Act = Callable[[], Awaitable[object]]


def opened(folder: str, name: str, synchronous: str) -> sqlite3.Connection:
    raw = sqlite3.connect(Path(folder) / name, isolation_level=None, check_same_thread=False)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute(f"PRAGMA synchronous={synchronous}")
    raw.execute(MAKE)
    return raw


def on_the_loop(raw: sqlite3.Connection) -> Act:
    async def act() -> None:
        work(raw)
        raw.execute("COMMIT")

    return act


def commit_in_a_thread(raw: sqlite3.Connection) -> Act:
    async def act() -> None:
        work(raw)
        await asyncio.to_thread(raw.execute, "COMMIT")

    return act


def all_in_a_thread(raw: sqlite3.Connection) -> Act:
    thread = ThreadPoolExecutor(1)

    async def act() -> None:
        run = asyncio.get_running_loop().run_in_executor
        await run(thread, raw.execute, "BEGIN IMMEDIATE")
        for number in range(10):
            await run(thread, raw.execute, LOOK, (number,))
        await run(thread, raw.execute, KEEP, (WORDS,))
        await run(thread, raw.execute, "COMMIT")

    return act


def work(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN IMMEDIATE")
    for number in range(10):
        raw.execute(LOOK, (number,))
    raw.execute(KEEP, (WORDS,))


def of_the_node(folder: str, rows: int) -> Act:
    database = open_database(f"sqlite:///{folder}/node-{rows}.db")
    is_made = False
    values = [{"words": WORDS}] * rows

    async def act() -> None:
        nonlocal is_made
        async with database.transaction() as tx:
            if not is_made:
                await tx.execute(text(MAKE))
                is_made = True
            for number in range(10):
                await tx.execute(text("SELECT id FROM kept WHERE id = :id"), {"id": number})
            await tx.execute(text("INSERT INTO kept (words) VALUES (:words)"), values)

    return act


async def measure(act: Act) -> tuple[float, float]:
    """Return how long an act takes, and the longest it kept others from their turn."""
    gap = 0.0

    async def somebody_else() -> None:
        nonlocal gap
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0)
            gap = max(gap, time.perf_counter() - began)

    await act()
    other = asyncio.create_task(somebody_else())
    took, gaps = [], []
    for _ in range(TIMES):
        await asyncio.sleep(0)
        gap, began = 0.0, time.perf_counter()
        await act()
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0)
        gaps.append(gap)
    other.cancel()
    return statistics.median(took) * 1000, statistics.median(gaps) * 1000


async def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if sys.argv[1:] else None) as folder:
        normal, full = opened(folder, "n.db", "NORMAL"), opened(folder, "f.db", "FULL")
        acts = {
            "NORMAL, on the event loop": on_the_loop(normal),
            "FULL, on the event loop": on_the_loop(full),
            "FULL, every statement in a thread": all_in_a_thread(full),
            "FULL, the commit in a thread": commit_in_a_thread(full),
            "the node's own transaction, 1 row": of_the_node(folder, 1),
            "the node's own transaction, 64 rows": of_the_node(folder, 64),
        }
        rounds = [{name: await measure(act) for name, act in acts.items()} for _ in range(ROUNDS)]
    print(f"{'milliseconds':38} {'takes':>8} {'others wait':>12}")
    for name in acts:
        takes, waits = (min(one[name][place] for one in rounds) for place in (0, 1))
        print(f"{name:38} {takes:8.3f} {waits:12.3f}")


asyncio.run(main())
