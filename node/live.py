"""Who waits for news is woken after the commit: in this process, and in the others."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable


class Live:
    """Named bells. Ringing wakes everyone who waits, and is remembered until somebody came."""

    def __init__(self) -> None:
        self._bells: dict[str, asyncio.Event] = {}
        self._acts: dict[str, list[Callable[[], None]]] = defaultdict(list)

    def on(self, topic: str, act: Callable[[], None]) -> None:
        """Do this at once whenever the topic is rung: forget what memory holds of it."""
        self._acts[topic].append(act)

    def ring(self, topics: Iterable[str]) -> None:
        """Wake those who wait for any of these topics."""
        for topic in topics:
            for act in self._acts.get(topic, ()):
                act()
            self._bell(topic).set()

    async def wait(self, topic: str, seconds: float) -> None:
        """Return when the topic was rung since the last wait, or after so many seconds."""
        bell = self._bell(topic)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await bell.wait()
        bell.clear()

    def _bell(self, topic: str) -> asyncio.Event:
        return self._bells.setdefault(topic, asyncio.Event())
