"""Writing down what arrived before saying that it did: many letters in one commit."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from node import clock, ids
from node.activitypub import document
from node.database import Database, Transaction
from node.errors import TooMany
from node.federation.door import Letter
from node.models import InboxItem

ARRIVALS = "arrivals"
_GROUP = 64
_MOST_WAITING = 50_000
_MOST_WAITING_OF_ONE = 20_000


class Backlog:
    """How much was accepted and not yet handled, in all and for each sender's server."""

    def __init__(self) -> None:
        self.total = 0
        self.by_host: dict[str, int] = {}

    def add(self, host: str) -> None:
        """Count one in. Raise TooMany when the server, or everybody, has sent enough for now."""
        mine = self.by_host.get(host, 0)
        if self.total >= _MOST_WAITING or mine >= _MOST_WAITING_OF_ONE:
            raise TooMany(f"{mine} activities of {host} wait already", code="inbox-is-full")
        self.total += 1
        self.by_host[host] = mine + 1

    def remove(self, host: str) -> None:
        """Count one out; what was there before this process began was never counted in."""
        if mine := self.by_host.get(host):
            self.total -= 1
            if mine == 1:
                del self.by_host[host]
            else:
                self.by_host[host] = mine - 1


class Acceptor:
    """Takes letters from many requests and commits them in groups; each hears when it is safe."""

    def __init__(self, database: Database) -> None:
        self.backlog = Backlog()
        self._database = database
        self._waiting: list[tuple[Letter, str, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def keep(self, letter: Letter, host: str) -> None:
        """Return once the letter is durable. The same letter again changes nothing (A11)."""
        self.backlog.add(host)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, host, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_groups())
        await done

    async def _commit_groups(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            try:
                async with self._database.transaction() as tx:
                    await write(tx, [letter for letter, _, _ in group])
            except Exception as error:
                self._answer(group, error)
            else:
                self._answer(group, None)

    def _answer(
        self, group: list[tuple[Letter, str, asyncio.Future[None]]], error: Exception | None
    ) -> None:
        for _, host, done in group:
            if error is not None:
                self.backlog.remove(host)
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)


async def write(tx: Transaction, letters: Sequence[Letter]) -> None:
    """Keep letters that are not kept yet, and ring for the one who reads them."""
    now = clock.now()
    insert = postgresql_insert if tx.dialect == "postgresql" else sqlite_insert
    statement = insert(InboxItem).on_conflict_do_nothing(index_elements=["uri"])
    rows = [
        {
            "id": ids.new_id(),
            "uri": letter.uri,
            "sender_uri": letter.sender,
            "type": letter.type,
            "document": document.encode(letter.document).decode(),
            "state": "waiting",
            "attempts": 0,
            "next_attempt_at": now,
            "received_at": now,
        }
        for letter in letters
    ]
    await tx.execute(statement, rows)
    tx.tell(ARRIVALS)
