"""What the parts of one running node share."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from node.activitypub.actors import ActorDocument
from node.database import Database
from node.federation.caches import Bounded
from node.federation.identity import Signer
from node.federation.register_watch import RegisterWatch
from node.network.client import Client
from node.network.politeness import Breaker, Bucket
from node.settings import Settings


@dataclass(frozen=True)
class KnownKey:
    """A public key of somebody, as the door needs it: who, and with what.

    `found` is its owner, just read and not kept yet.
    """

    key_id: str
    actor_uri: str
    domain: str
    text: str
    is_heard: bool
    fetched_at: float
    found: ActorDocument | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Node:
    """One node: its settings, its memory, and its way out. Two of them fit one process."""

    settings: Settings
    database: Database
    client: Client
    counters: Counter[str] = field(default_factory=Counter)
    keys: Bounded[str, KnownKey] = field(default_factory=lambda: Bounded(10_000, seconds=600))
    documents: Bounded[str, bytes] = field(default_factory=lambda: Bounded(2_000, seconds=10))
    signers: Bounded[int, Signer] = field(default_factory=lambda: Bounded(1_000, seconds=600))
    register: RegisterWatch = field(default_factory=RegisterWatch)
    breaker: Breaker = field(default_factory=Breaker)
    lookups: Bucket = field(default_factory=lambda: Bucket(rate=5, burst=100))
    down: Bounded[str, bool] = field(default_factory=lambda: Bounded(10_000, seconds=15))
    attempts: Bucket = field(default_factory=lambda: Bucket(rate=1 / 60, burst=3))
    refetches: Bucket = field(default_factory=lambda: Bucket(rate=1 / 300, burst=1))

    busy: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def one_at_a_time(self, name: str) -> asyncio.Lock:
        """Return the lock under this name, the same for all who hold or await it."""
        return self.busy.setdefault(name, asyncio.Lock())

    buckets: dict[str, Bucket] = field(default_factory=dict)

    def bucket(self, name: str, rate: float, burst: float) -> Bucket:
        """Return the node's own limit of this name: two nodes in one process share none."""
        if name not in self.buckets:
            self.buckets[name] = Bucket(rate=rate, burst=burst)
        return self.buckets[name]

    @property
    def origin(self) -> str:
        """Scheme and host of every address of ours."""
        return self.settings.origin
