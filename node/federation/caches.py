"""A memory that forgets: bounded in number and in age."""

from collections import OrderedDict
from typing import Generic, TypeVar

from node import clock

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """At most so many values, each for at most so many seconds; the oldest goes first."""

    def __init__(self, most: int, *, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._values: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value, if it is still fresh."""
        found = self._values.get(key)
        if found is None or found[0] < clock.seconds():
            return None
        return found[1]

    def put(self, key: Key, value: Value) -> None:
        """Remember a value under this key."""
        self._values[key] = (clock.seconds() + self._seconds, value)
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Drop one value."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._values.clear()
