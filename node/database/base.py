"""The one interface to the node's memory, whichever engine is underneath."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager

from node.database.transaction import Transaction
from node.live import Live


class Database(ABC):
    """The node's memory. `transaction` changes it, `read` looks; both hide which engine it is."""

    def __init__(self) -> None:
        self.live = Live()

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Everything inside happens, with all its consequences, or nothing does."""

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Look at one consistent moment; nothing can be changed."""

    async def start(self) -> None:
        """Begin to hear what other processes commit."""

    def mark(self) -> int | None:
        """Return what changes with every change that others made; None where that costs much."""
        return None

    async def forget(self) -> None:
        """Leave nothing behind that says in which order the last secret ballots came."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of every connection."""

    def announce(self, tx: Transaction) -> None:
        """Do what was to follow the commit: ring bells, refresh what is kept in memory."""
        self.live.ring(tx.topics)
        for act in tx.after_commit:
            act()
