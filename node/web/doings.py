"""A double click makes one act: which forms were acted on lately, and where that led."""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from node.errors import TooMany

_REMEMBERED_MAX = 5000
_PATIENCE = 20


class DoneAlready(Exception):
    """The same form came twice; the first one was acted on."""

    def __init__(self, outcome: "Outcome") -> None:
        super().__init__(outcome.location)
        self.outcome = outcome


class Outcome(NamedTuple):
    """Where an act led its reader, and what the browser was given to keep."""

    location: str
    cookies: tuple[str, ...]


class Doings:
    """Which forms were acted on lately, and where their readers were sent then."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, asyncio.Future[Outcome | None]] = OrderedDict()

    async def begin(self, key: str) -> asyncio.Future[Outcome | None]:
        """Take a form up. Raise DoneAlready when it was acted on, waiting while it is."""
        while (known := self._known.get(key)) is not None:
            outcome = await _outcome(known)
            if outcome is not None:
                raise DoneAlready(outcome)
            if self._known.get(key) is known:
                del self._known[key]
        mine: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._known[key] = mine
        while len(self._known) > _REMEMBERED_MAX:
            self._known.popitem(last=False)
        return mine


async def _outcome(doing: asyncio.Future[Outcome | None]) -> Outcome | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await asyncio.shield(doing)
    except TimeoutError as error:
        raise TooMany("the same form is still being acted on", retry_after=5) from error
