"""The three that work in the background: they handle, they deliver, they keep time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from node.federation import ledger
from node.federation.courier import Courier
from node.federation.inbox import Acceptor
from node.federation.node import Node
from node.federation.receiver import Receiver
from node.federation.timers import Timers


class Worker:
    """Everything of one node that nobody waits for."""

    def __init__(self, node: Node, acceptor: Acceptor) -> None:
        self._node = node
        self.receiver = Receiver(node, acceptor)
        self.courier = Courier(node)
        self.timers = Timers(node)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block ends; what was begun is finished or given back."""
        if self._node.settings.database.startswith("sqlite"):
            async with self._node.database.transaction() as tx:
                await ledger.release(tx)
        tasks = [
            asyncio.create_task(one.run()) for one in (self.receiver, self.courier, self.timers)
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
