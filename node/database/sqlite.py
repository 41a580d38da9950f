"""The node's memory in one SQLite file, written by one connection at a time."""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from node.database.base import Database
from node.database.transaction import (
    Transaction,
    holding_the_database,
    transaction_is_open,
)

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

# The one who writes waits for its turn outside the event loop.
_FOR_WRITING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=0",
)
_FOR_READING = ("PRAGMA query_only=ON",)
# Said on every connection, when it is opened.
PRAGMAS: tuple[str, ...] = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
)
_PATIENCE = 5000
# The log is emptied after a secret ballot; a reader that stands in the way is gone in a moment.
_TRIES = 25
_BETWEEN_TRIES = 0.004


class SqliteDatabase(Database):
    """A file. Statements run on the event loop, the commit (the only slow part) in a thread."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._turn = asyncio.Lock()
        self._engine = _engine(path)
        self._writer: Connection | None = None
        self._readers: list[Connection] = []
        self._watcher: Connection | None = None
        # A program that was killed may have left a secret ballot in its log.
        self._owes_silence = True

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if transaction_is_open():
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        async with self._turn:
            connection = self._writer = self._writer or self._open(_FOR_WRITING)
            tx = Transaction(connection, _directly)
            try:
                await _begin_immediate(connection)
                with holding_the_database():
                    yield tx
                    await tx.finish()
                    await tx.close()
                    await _to_the_end(asyncio.to_thread(_commit, connection))
                    if tx.leaves_no_trace:
                        self._owes_silence = True
                        await _to_the_end(asyncio.to_thread(self._fall_silent, connection))
            except BaseException:
                await tx.close()
                _rollback(connection)
                raise
        self.announce(tx)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        connection = self._readers.pop() if self._readers else self._open(_FOR_READING)
        tx = Transaction(connection, _directly)
        try:
            with holding_the_database():
                connection.exec_driver_sql("BEGIN")
                yield tx
        finally:
            await tx.close()
            _rollback(connection)
            self._readers.append(connection)

    def mark(self) -> int | None:
        """Ask SQLite, which counts what any other connection of any process committed."""
        if self._watcher is None:
            self._watcher = self._open(_FOR_READING)
        found: int = self._watcher.exec_driver_sql("PRAGMA data_version").scalar_one()
        # What was looked at is let go of at once, or no later change would be seen.
        _rollback(self._watcher)
        return found

    async def forget(self) -> None:
        if self._owes_silence:
            async with self._turn:
                connection = self._writer = self._writer or self._open(_FOR_WRITING)
                await _to_the_end(asyncio.to_thread(self._fall_silent, connection))

    def _open(self, pragmas: tuple[str, ...]) -> Connection:
        connection = self._engine.connect()
        try:
            for pragma in (*pragmas, *PRAGMAS):
                connection.exec_driver_sql(pragma)
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        return connection

    def _fall_silent(self, connection: Connection) -> None:
        """Move the log into the file, where each thing has its place, and empty it."""
        for _ in range(_TRIES):
            row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if not row[0]:
                self._owes_silence = False
                return
            time.sleep(_BETWEEN_TRIES)

    async def close(self) -> None:
        for connection in (*self._readers, self._writer, self._watcher):
            if connection is not None:
                connection.close()
        self._readers.clear()
        self._writer = self._watcher = None


async def _directly(function: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
    return function(*arguments)


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Let the thread finish with the connection even when who waits for it is cancelled."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


async def _begin_immediate(connection: Connection) -> None:
    """Take SQLite's one writing place; if another process has it, wait outside the event loop."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError:
        _rollback(connection)
        await _to_the_end(asyncio.to_thread(_wait_for_turn, connection))


def _wait_for_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")


def _commit(connection: Connection) -> None:
    connection.exec_driver_sql("COMMIT")
    connection.commit()


def _rollback(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and raw.in_transaction:
        connection.exec_driver_sql("ROLLBACK")
    connection.rollback()


def _engine(path: Path) -> Engine:
    """One engine for those who write and those who read: what it compiled serves both."""

    def connect() -> sqlite3.Connection:
        patience = _PATIENCE / 1000
        return sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=patience
        )

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return create_engine("sqlite://", creator=connect, poolclass=NullPool)
