"""What an act may do with the database while it holds it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from node.events import tell

T = TypeVar("T")
Rows = CursorResult[*tuple[Any, ...]]

_open: ContextVar[bool] = ContextVar("transaction_is_open", default=False)
# How far one thing may cause another: beyond it is a circle. How many happen is nobody's fault.
_CAUSES_MAX = 50


def transaction_is_open() -> bool:
    """Say whether the running task holds the database, and so must not wait for the network."""
    return _open.get()


@contextlib.contextmanager
def holding_the_database() -> Iterator[None]:
    """Mark the running task for `transaction_is_open`."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


class Transaction:
    """What an act may do with the database: execute statements, or keep mapped objects."""

    def __init__(self, connection: Connection, call: Callable[..., Awaitable[Any]]) -> None:
        self.events: list[object] = []
        self.topics: set[str] = set()
        self.after_commit: list[Callable[[], None]] = []
        self.leaves_no_trace = False
        # The database gave the whole transaction up, as it does when its disk is full.
        self.is_lost = False
        # What was read once and holds for the whole transaction; forgotten when a part is undone.
        self.memory: dict[tuple[str, object], Any] = {}
        self.connection = connection
        self._call = call
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The mapped objects of this transaction; made when first asked for."""
        if self._session is None:
            self._session = Session(
                self.connection,
                expire_on_commit=False,
                join_transaction_mode="create_savepoint",
            )
        return self._session

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.connection.dialect.name

    async def execute(self, statement: Executable, values: Any = None) -> Rows:
        """Run a Core statement; with a list of values, once for each."""
        if self._session is not None:
            await self.flush()
        result = await self._call(self.connection.execute, statement, values)
        return cast(Rows, result)

    async def scalar(self, statement: Executable, values: Any = None) -> Any:
        """Run a statement and return the first value of the first row, or None."""
        if self._session is not None:
            await self.flush()
        return await self._call(self.connection.scalar, statement, values)

    async def find(self, statement: Executable, values: Any = None) -> Any:
        """Return the first mapped object that the statement selects, or None."""
        return await self._call(self.session.scalar, statement, values)

    async def all(self, statement: Executable, values: Any = None) -> Sequence[Any]:
        """Return every mapped object that the statement selects."""
        return cast("Sequence[Any]", await self._call(self._all, statement, values))

    def _all(self, statement: Executable, values: Any) -> Sequence[Any]:
        """Fetch where the driver may wait: what a row brings along is read while it is fetched."""
        return self.session.scalars(statement, values).unique().all()

    async def get(self, model: type[T], identity: Any) -> T | None:
        """Return the object with this primary key, or None."""
        return cast("T | None", await self._call(self.session.get, model, identity))

    def add(self, *things: object) -> None:
        """Keep new objects; they are written at the next statement or at the end."""
        self.session.add_all(things)

    async def delete(self, thing: object) -> None:
        """Forget an object."""
        await self._call(self.session.delete, thing)

    async def flush(self) -> None:
        """Write what was added or changed."""
        if self._session is not None:
            await self._call(self._session.flush)

    def tell(self, *topics: str) -> None:
        """Ring these bells once the transaction has committed."""
        self.topics.update(topics)

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happens inside when it raises; the rest of the transaction stays.

        Whoever is cancelled inside must let the whole transaction end: no part of it is undone.
        Where the database can no longer undo a part either, `is_lost` says so.
        """
        await self._keep_objects()
        await self._call(self.connection.exec_driver_sql, "SAVEPOINT part")
        heard, rung, later = len(self.events), set(self.topics), len(self.after_commit)
        try:
            yield
            await self._tell_everything(heard)
            await self._keep_objects()
        except Exception:
            del self.events[heard:]
            del self.after_commit[later:]
            self.topics = rung
            self.memory.clear()
            await self._undo_part()
            raise
        await self._call(self.connection.exec_driver_sql, "RELEASE SAVEPOINT part")

    async def _undo_part(self) -> None:
        try:
            await self.close()
            await self._call(self.connection.exec_driver_sql, "ROLLBACK TO SAVEPOINT part")
            await self._call(self.connection.exec_driver_sql, "RELEASE SAVEPOINT part")
        except SQLAlchemyError:
            self.is_lost = True

    async def _keep_objects(self) -> None:
        """Write the mapped objects and release the savepoint that the session works in."""
        if self._session is not None and self._session.in_transaction():
            await self._call(self._session.commit)

    async def _tell_everything(self, start: int = 0) -> None:
        """Tell the listeners what happened, and what happened because of it."""
        told = start
        for _ in range(_CAUSES_MAX):
            happened = self.events[told:]
            if not happened:
                break
            told += len(happened)
            for one in happened:
                await tell(self, one)
        else:
            raise RuntimeError("the events of this transaction never come to an end")
        del self.events[start:]

    async def finish(self) -> None:
        """Do everything that belongs to this transaction before it can commit."""
        await self._tell_everything()
        await self._keep_objects()

    async def close(self) -> None:
        """Let go of the mapped objects; they keep what they had loaded."""
        if self._session is not None:
            await self._call(self._session.close)
