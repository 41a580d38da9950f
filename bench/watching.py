"""Looking into the node's database from outside, without disturbing it."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_WAITING = "SELECT count(*) FROM inbox_item WHERE state = 'waiting'"
_HANDLED = "SELECT count(*) FROM inbox_item WHERE handled_at IS NOT NULL"


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file to look only."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def waiting(connection: sqlite3.Connection) -> int:
    """Return how many activities are still to be handled."""
    return int(connection.execute(_WAITING).fetchone()[0])


def handled(connection: sqlite3.Connection) -> int:
    """Return how many activities were handled."""
    return int(connection.execute(_HANDLED).fetchone()[0])


def until_handled(connection: sqlite3.Connection, seconds: float) -> float:
    """Wait until nothing waits, or no longer; return when the last one was handled (the clock)."""
    deadline = time.monotonic() + seconds
    while waiting(connection) and time.monotonic() < deadline:
        time.sleep(0.05)
    last = connection.execute("SELECT max(handled_at) FROM inbox_item").fetchone()[0]
    return datetime.fromisoformat(last).replace(tzinfo=UTC).timestamp()


def missing(connection: sqlite3.Connection, addresses: Sequence[str]) -> list[str]:
    """Return those of the activities that the database does not hold."""
    known = {row[0] for row in connection.execute("SELECT uri FROM inbox_item")}
    return [address for address in addresses if address not in known]
