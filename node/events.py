"""How one part of the node hears what another did: `record` in the act, `on` at the listener."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

Listener = TypeVar("Listener", bound=Callable[..., Awaitable[None]])


class Recorder(Protocol):
    """A transaction, as far as events are concerned."""

    events: list[object]


_listeners: dict[type, list[Callable[..., Awaitable[None]]]] = {}


def on(*kinds: type) -> Callable[[Listener], Listener]:
    """Register an `async (tx, event)` function, told in the transaction that recorded the event."""

    def register(listener: Listener) -> Listener:
        for kind in kinds:
            heard = _listeners.setdefault(kind, [])
            if any(_name(one) == _name(listener) for one in heard):
                raise RuntimeError(f"{_name(listener)} listens to {kind.__name__} twice")
            heard.append(listener)
        return listener

    return register


def record(tx: Recorder, event: object) -> None:
    """Note that something happened; listeners are told before the transaction commits."""
    tx.events.append(event)


async def tell(tx: Recorder, event: object) -> None:
    """Let every listener of this kind of event act, in order of registration."""
    for listener in _listeners.get(type(event), ()):
        await listener(tx, event)


def listeners() -> dict[type, list[Callable[..., Awaitable[None]]]]:
    """Return who listens to what, for `palabre activities` and the documentation test."""
    return {kind: list(heard) for kind, heard in _listeners.items()}


def _name(listener: Callable[..., Any]) -> str:
    return f"{listener.__module__}.{listener.__qualname__}"
