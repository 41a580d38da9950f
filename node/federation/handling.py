"""Letting the handler of one activity act; whatever comes of it is a fate with its reason."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from node import clock
from node.activitypub.document import Document
from node.activitypub.vocabulary import parse
from node.assembly import hearing
from node.database import Transaction
from node.errors import Refusal, Unreachable
from node.federation import actors, pauses
from node.federation.incoming import Ignored, Incoming, Kept, Missing, handler

log = logging.getLogger("palabre.inbox")

_TRIES = 12
_SURPRISES = 3
_LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Item:
    """A row of the inbox on its way through the handlers."""

    id: int
    uri: str
    sender_uri: str
    document: str
    attempts: int


@dataclass
class Reading:
    """What was read from other servers for one activity so far."""

    fetched: dict[str, Document | None] = field(default_factory=dict)
    refreshed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Fate:
    """What became of an activity: a state, a reason to read, and when to try again."""

    state: str
    reason: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    missing: Missing | None = None


async def handle(tx: Transaction, item: Item, reading: Reading) -> Fate:
    """Let the handler of this activity act; whatever it raises becomes a fate with its reason.

    Raise what ended the whole transaction, with which no fate could be written down.
    """
    try:
        async with tx.savepoint():
            return await _handle(tx, item, reading)
    except Missing as missing:
        if missing.uri in reading.refreshed or missing.uri in reading.fetched:
            return Fate("refused", f"{missing.uri} was read and does not help")
        return Fate("waiting", "waits for another server", item.attempts, _lease(), missing)
    except Ignored as error:
        return Fate("ignored", str(error))
    except Kept as error:
        return Fate("kept", str(error))
    except Refusal as error:
        return Fate("refused", str(error))
    except Unreachable as error:
        return later(item, str(error))
    except Exception as error:
        if tx.is_lost:
            raise
        log.exception("%s could not be handled", item.uri)
        return later(item, f"{type(error).__name__}: {error}", most=_SURPRISES)


async def _handle(tx: Transaction, item: Item, reading: Reading) -> Fate:
    activity = parse(msgspec.json.decode(item.document))
    sender = tx.memory.get(("sender", item.sender_uri)) or await actors.known(tx, item.sender_uri)
    if sender is None:
        raise Missing(item.sender_uri, is_actor=True)
    if sender.deleted_at is not None:
        raise Ignored("its sender is gone")
    if ("heard", sender.id) not in tx.memory:
        await hearing.must_be_heard(tx, sender)
    act = handler(activity.type, activity.object_type)
    if act is None:
        raise Kept(f"a {activity.type} of {activity.object_type or 'something'}")
    incoming = Incoming(activity, sender, reading.fetched, frozenset(reading.refreshed))
    await act(tx, incoming)
    if incoming.kept_because is not None:
        return Fate("kept", incoming.kept_because)
    return Fate("handled")


def later(item: Item, reason: str, most: int = _TRIES) -> Fate:
    """Try again after a pause, until it has been tried too often."""
    tried = item.attempts + 1
    if tried >= most:
        return Fate("quarantined", reason, tried)
    return Fate("waiting", reason, tried, clock.now() + pauses.after(tried))


def _lease() -> datetime:
    return clock.now() + _LEASE
