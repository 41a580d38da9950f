"""The node's memory in PostgreSQL, shared by several processes that wake each other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import cast

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from node import ids
from node.database.base import Database
from node.database.transaction import (
    Transaction,
    holding_the_database,
    transaction_is_open,
)

_CHANNEL = "palabre"
_CONNECT_SECONDS = 10
_NOTIFY = text("SELECT pg_notify('palabre', :topic)")
_SWEEP = text("VACUUM participation, secret_ballot")
_ONLY_LOOKING = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


class PostgresDatabase(Database):
    """A server. Several processes share it; they wake each other with NOTIFY."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._engine: AsyncEngine = create_async_engine(
            url, pool_size=8, max_overflow=8, connect_args={"timeout": _CONNECT_SECONDS}
        )
        self._listener: AsyncConnection | None = None
        self._owes_silence = False

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if transaction_is_open():
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        async with self._engine.connect() as connection:
            tx = Transaction(cast(Connection, connection.sync_connection), greenlet_spawn)
            try:
                with holding_the_database():
                    yield tx
                    await tx.finish()
                    for topic in sorted(tx.topics):
                        await connection.execute(_NOTIFY, {"topic": topic})
                    await tx.close()
                    await connection.commit()
            except BaseException:
                await _give_up(tx, connection)
                raise
        self._owes_silence = self._owes_silence or tx.leaves_no_trace
        self.announce(tx)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self._engine.connect() as connection:
            tx = Transaction(cast(Connection, connection.sync_connection), greenlet_spawn)
            try:
                with holding_the_database():
                    await connection.execute(_ONLY_LOOKING)
                    yield tx
                    await tx.close()
            except BaseException:
                await _give_up(tx, connection)
                raise

    async def forget(self) -> None:
        """Sweep away the rows as they were before, which still name their transaction."""
        if self._owes_silence:
            self._owes_silence = False
            async with self._engine.connect() as connection:
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(_SWEEP)

    async def start(self) -> None:
        self._listener = await self._engine.connect()
        raw = await self._listener.get_raw_connection()
        await raw.driver_connection.add_listener(  # type: ignore[union-attr]
            _CHANNEL, lambda *heard: self.live.ring([heard[-1]])
        )
        for slot in range(64):
            taken = text("SELECT pg_try_advisory_lock(7253, :slot)").bindparams(slot=slot)
            if await self._listener.scalar(taken):
                ids.use_slot(slot)
                break
        await self._listener.commit()

    async def close(self) -> None:
        if self._listener is not None:
            await self._listener.invalidate()
            await self._listener.close()
        await self._engine.dispose()


async def _give_up(tx: Transaction, connection: AsyncConnection) -> None:
    """Undo everything; what ended the transaction is raised, not what its end met with."""
    with contextlib.suppress(SQLAlchemyError):
        await tx.close()
    with contextlib.suppress(SQLAlchemyError):
        await asyncio.shield(connection.rollback())
