"""What happens because time passes: votes close, members are reminded, opinions are told."""

import logging
from datetime import timedelta

from sqlalchemy import delete, select, tuple_

from node import clock
from node.assembly import follow_up_reminders, invitations, votes
from node.assembly.voting import reminding
from node.database import Transaction, insert_into
from node.errors import NotNow
from node.federation import loops
from node.federation.node import Node
from node.federation.publish import vote as publish_vote
from node.models import Counter, InboxItem, OneTimeLink, Opinion, Tombstone, Vote

log = logging.getLogger("palabre.timers")

VOTES = "votes"
_TELL_EVERY = timedelta(minutes=3)
_KEEP = timedelta(days=30)
_FORGOTTEN = (
    (InboxItem, [InboxItem.id], InboxItem.handled_at),
    (Tombstone, [Tombstone.uri, Tombstone.author_uri], Tombstone.deleted_at),
    (OneTimeLink, [OneTimeLink.id], OneTimeLink.expires_at),
)
# Another process may have opened a vote beside this one.
_LONGEST_SLEEP = 1.0


class Timers:
    """Does what is due, sleeps until the next thing is."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._pruned_at = clock.now() - timedelta(days=1)

    async def run(self) -> None:
        """Keep time until told to stop."""
        await loops.without_end(self._round, log, "a timer")

    async def _round(self) -> None:
        await self.work()
        await self._node.database.live.wait(VOTES, await self._pause())

    async def work(self) -> None:
        """Do everything that is due now, each thing in its own transaction."""
        await self._close_votes()
        await self._remind()
        await self._tell_opinions()
        await self._node.database.forget()
        await self._count()
        if clock.now() - self._pruned_at > timedelta(hours=1):
            async with self._node.database.transaction() as tx:
                if await prune(tx):
                    return
            self._pruned_at = clock.now()
            async with self._node.database.transaction() as tx:
                await follow_up_reminders.remind(tx)

    async def _close_votes(self) -> None:
        async with self._node.database.read() as tx:
            due = await votes.due(tx)
        for vote_id in due:
            try:
                async with self._node.database.transaction() as tx:
                    vote = await tx.get(Vote, vote_id)
                    if vote is not None:
                        await votes.close(tx, vote)
            except NotNow:
                log.info("vote %s was closed by somebody else", vote_id)
            except Exception:
                # One vote that cannot be counted never keeps the others open (P20).
                log.exception("vote %s cannot be closed; trying again", vote_id)

    async def _remind(self) -> None:
        async with self._node.database.read() as tx:
            due = await reminding.due(tx)
        for vote_id in due:
            async with self._node.database.transaction() as tx:
                vote = await tx.get(Vote, vote_id)
                if vote is not None:
                    await reminding.remind(tx, vote)

    async def _tell_opinions(self) -> None:
        since = clock.now() - _TELL_EVERY
        async with self._node.database.read() as tx:
            statement = (
                select(Vote.id)
                .join(Opinion, Opinion.vote_id == Vote.id)
                .where(Vote.closed_at.is_(None), Vote.told_at <= since)
                .where(Opinion.given_at > Vote.told_at)
                .distinct()
            )
            due = [row[0] for row in (await tx.execute(statement)).all()]
        for vote_id in due:
            async with self._node.database.transaction() as tx:
                vote = await tx.get(Vote, vote_id)
                if vote is not None and not votes.is_over(vote):
                    await publish_vote.send_opinions(tx, vote)

    async def _count(self) -> None:
        counted = dict(self._node.counters)
        if not counted:
            return
        async with self._node.database.transaction() as tx:
            statement = insert_into(Counter, tx.dialect)
            statement = statement.on_conflict_do_update(
                index_elements=["name"], set_={"value": Counter.value + statement.excluded.value}
            )
            rows = [{"name": name, "value": value} for name, value in counted.items()]
            await tx.execute(statement, rows)
        self._node.counters.subtract(counted)
        for name in [name for name, value in self._node.counters.items() if value <= 0]:
            del self._node.counters[name]

    async def _pause(self) -> float:
        async with self._node.database.read() as tx:
            due = await votes.next_close(tx)
        if due is None:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max(0.0, (due - clock.now()).total_seconds()))


async def prune(tx: Transaction, most: int = 2000) -> bool:
    """Forget what was handled, or not understood, thirty days ago, and who did not come in time.

    Return whether there is more: who was away for weeks has much to forget, and nobody waits for
    more than so many rows of it.
    """
    old = clock.now() - _KEEP
    counts: list[int] = []
    for table, key, at in _FORGOTTEN:
        some = select(*key).where(at < old).limit(most)
        gone = await tx.execute(delete(table).where(tuple_(*key).in_(some)))
        counts.append(gone.rowcount)
    await invitations.prune(tx)
    return max(counts) >= most
