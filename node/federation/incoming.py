"""What a handler gets: an activity, its proven sender, and what was read for it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from node.activitypub import addressing
from node.activitypub.document import Document
from node.activitypub.vocabulary import Activity, MalformedActivity
from node.database import Transaction
from node.models import Actor

Handler = Callable[[Transaction, "Incoming"], Awaitable[None]]

_handlers: dict[tuple[str, str | None], Handler] = {}


class Missing(Exception):
    """Something must be read from another server first; the network is used outside, then again."""

    def __init__(self, uri: str, *, is_actor: bool = False) -> None:
        super().__init__(uri)
        self.uri = uri
        self.is_actor = is_actor


class Ignored(Exception):
    """Understood, and of no concern to anybody here; the message says why."""


class Kept(Exception):
    """Not understood yet; kept as received for thirty days."""


@dataclass
class Incoming:
    """One activity. It exists only once its sender is proven, so no handler can forget."""

    activity: Activity
    sender: Actor
    fetched: Mapping[str, Document | None] = field(default_factory=dict)
    refreshed: frozenset[str] = frozenset()
    kept_because: str | None = None

    def keep(self, reason: str) -> None:
        """Keep the activity as received, for those in charge to see."""
        self.kept_because = reason

    @property
    def object_id(self) -> str:
        """The id of what the activity is about. Raise MalformedActivity when it has none."""
        uri = self.activity.object_id
        if uri is None or not addressing.is_web_address(uri):
            raise MalformedActivity(f"the {self.activity.type} is about nothing that has an id")
        return uri

    def thing(self) -> Document:
        """Return the object, as its owner says it (A19).

        Nobody speaks for a thing on another server, and nothing is fetched from there because
        they try. One that is only named is read: Missing asks for that. Raise Ignored when it is
        gone.
        """
        uri = self.object_id
        if not addressing.same_origin(uri, self.sender.uri):
            raise MalformedActivity(f"{uri} does not belong to the server of {self.sender.uri}")
        embedded = self.activity.object
        return self.read(uri) if embedded is None else embedded

    def read(self, uri: str) -> Document:
        """Return what stands at an address on another server, once it has been read."""
        if uri not in self.fetched:
            raise Missing(uri)
        found = self.fetched[uri]
        if found is None:
            raise Ignored(f"{uri} is not to be had any more")
        return found


def receives(kind: str, *things: str) -> Callable[[Handler], Handler]:
    """Register what to do with an activity of this type, about things of these types (or any)."""

    def register(handler: Handler) -> Handler:
        for thing in things or (None,):
            if (kind, thing) in _handlers:
                raise RuntimeError(f"two handlers receive {kind} of {thing or 'anything'}")
            _handlers[kind, thing] = handler
        return handler

    return register


def handler(kind: str, thing: str | None) -> Handler | None:
    """Return who handles this type of activity about this type of thing."""
    return _handlers.get((kind, thing)) or _handlers.get((kind, None))


def table() -> dict[tuple[str, str | None], Handler]:
    """Return every registration, for `palabre activities` and the documentation test."""
    return dict(_handlers)
