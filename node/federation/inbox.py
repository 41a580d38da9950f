"""Writing down what arrived before saying that it did: many letters in one commit."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from node import clock, ids
from node.activitypub import addressing, document
from node.database import Database, Transaction, insert_into
from node.errors import TooMany
from node.federation.door import Letter
from node.models import InboxItem

ARRIVALS = "arrivals"
_GROUP = 64
_MOST_WAITING = 50_000
_MOST_WAITING_OF_ONE = 20_000
_RECOUNT_SECONDS = 10
_MOMENT = 0.05

Waiting = tuple[Letter, asyncio.Future[None]]


class Backlog:
    """How much was accepted and not yet handled, in all and for each operator of servers."""

    def __init__(self) -> None:
        self.total = 0
        self.by_operator: Counter[str] = Counter()
        self._recounted_at = 0.0

    def add(self, sender: str) -> None:
        """Count one in. Raise TooMany when its operator, or everybody, has sent enough for now."""
        operator = addressing.operator(sender)
        mine = self.by_operator[operator]
        if mine >= _MOST_WAITING_OF_ONE or self.total >= _MOST_WAITING:
            raise TooMany(f"{mine} activities of {operator} wait already", code="inbox-is-full")
        self.total += 1
        self.by_operator[operator] = mine + 1

    def remove(self, sender: str) -> None:
        """Count one out; what was there before this process began was never counted in."""
        operator = addressing.operator(sender)
        mine = self.by_operator[operator]
        if mine:
            self.total -= 1
            self.by_operator[operator] = mine - 1
        if mine <= 1:
            del self.by_operator[operator]

    async def recount(self, tx: Transaction) -> None:
        """Take the number of what waits from our records: others may have handled some of it."""
        waiting = select(InboxItem.sender_uri, func.count()).where(InboxItem.state == "waiting")
        self.by_operator.clear()
        for sender, number in (await tx.execute(waiting.group_by(InboxItem.sender_uri))).all():
            self.by_operator[addressing.operator(sender)] += number
        self.total = self.by_operator.total()

    def may_recount(self) -> bool:
        """Say whether the last count was long enough ago for another."""
        is_time = clock.seconds() - self._recounted_at >= _RECOUNT_SECONDS
        if is_time:
            self._recounted_at = clock.seconds()
        return is_time


class Acceptor:
    """Takes letters from many requests and commits them in groups; each hears when it is safe."""

    def __init__(self, database: Database) -> None:
        self.backlog = Backlog()
        self._database = database
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._arrived_at = -math.inf

    def is_busy(self) -> bool:
        """Say whether somebody waits for an answer, or did a moment ago: more are to follow."""
        is_writing = self._task is not None and not self._task.done()
        return is_writing or time.monotonic() - self._arrived_at < _MOMENT

    async def keep(self, letter: Letter) -> None:
        """Return once the letter is durable. The same letter again changes nothing (A11)."""
        await self._count_in(letter)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, done))
        self._arrived_at = time.monotonic()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_groups())
        await done

    async def _commit_groups(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
            try:
                await self._commit(group)
            except Exception:
                # One that cannot be written must not stop the others (P20).
                for one in group:
                    try:
                        await self._commit([one])
                    except Exception as error:
                        self._answer(one, error)

    async def _commit(self, group: list[Waiting]) -> None:
        async with self._database.transaction() as tx:
            new = await write(tx, [letter for letter, _ in group])
        for one in group:
            if _name(one[0]) not in new:
                self.backlog.remove(one[0].sender)
            new.discard(_name(one[0]))
            self._answer(one, None)

    def _answer(self, one: Waiting, error: Exception | None) -> None:
        letter, done = one
        if error is not None:
            self.backlog.remove(letter.sender)
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    async def _count_in(self, letter: Letter) -> None:
        try:
            self.backlog.add(letter.sender)
        except TooMany:
            if not self.backlog.may_recount():
                raise
            async with self._database.read() as tx:
                await self.backlog.recount(tx)
            self.backlog.add(letter.sender)


async def write(tx: Transaction, letters: Sequence[Letter]) -> set[tuple[str, str]]:
    """Keep letters that are not kept yet, ring for who reads them; return the names of the new."""
    now = clock.now()
    statement = insert_into(InboxItem, tx.dialect)
    statement = statement.on_conflict_do_nothing(index_elements=["uri", "sender_uri"])
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
    written = await tx.execute(statement.returning(InboxItem.uri, InboxItem.sender_uri), rows)
    tx.tell(ARRIVALS)
    return {(row[0], row[1]) for row in written.all()}


def _name(letter: Letter) -> tuple[str, str]:
    """What makes a letter one and the same: its id, in the mouth of its sender."""
    return letter.uri, letter.sender
