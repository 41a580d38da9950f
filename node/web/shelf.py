"""Pages that many strangers read: written once, handed out until anything changes."""

import re
from collections import OrderedDict
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node import clock

# What says something to everybody, and asks nothing.
_SHELVED = re.compile(
    r"/|/(?:propositions|decisions|agenda|appels|assemblee|partenaires|reseau)"
    r"|/p/[0-9]{1,9}(?:-[a-z0-9-]{1,80})?|/[de]/[0-9]{1,9}"
)
# What else readers ask for in one way or another: their language, and whether it may be packed.
_ASKED = ("accept-language", "accept-encoding")
_BYTES_MOST = 1_000_000
_ONE_MOST = 100_000
# Pages say how long ago something was.
_SECONDS = 5


class Shelved(NamedTuple):
    """An answer as it was sent, and the state of the database it was written from."""

    mark: int
    start: Message
    body: bytes


class Shelf:
    """Keep the answers to readers who bring no cookie, as long as the database is the same.

    A change by this process or by another is seen at the next request. Where the database does not
    count its changes (PostgreSQL), nothing is kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: OrderedDict[tuple[str, bytes, str, int], Shelved] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mark = scope["app"].state.node.database.mark() if _is_shelved(scope) else None
        if mark is None:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = "\n".join(headers.get(name, "") for name in _ASKED)
        key = (scope["path"], scope["query_string"], asked, int(clock.seconds() // _SECONDS))
        found = self._kept.get(key)
        if found is None or found.mark != mark:
            await self.app(scope, receive, _Listening(self, key, mark, send))
            return
        await send(found.start)
        await send({"type": "http.response.body", "body": found.body})

    def keep(self, key: tuple[str, bytes, str, int], found: Shelved) -> None:
        """Put an answer on the shelf; the oldest make room."""
        self._drop(key)
        self._kept[key] = found
        self._size += len(found.body)
        while self._size > _BYTES_MOST:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, bytes, str, int]) -> None:
        found = self._kept.pop(key, None)
        self._size -= len(found.body) if found else 0


class _Listening:
    """Send an answer on, and keep it when it is a page for everybody."""

    def __init__(
        self, shelf: Shelf, key: tuple[str, bytes, str, int], mark: int, send: Send
    ) -> None:
        self._shelf, self._key, self._mark, self._send = shelf, key, mark, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message if _is_for_everybody(message) else None
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if len(self._body) > _ONE_MOST:
                self._start = None
            elif not message.get("more_body", False):
                self._shelf.keep(self._key, Shelved(self._mark, self._start, self._body))
        await self._send(message)


def _is_shelved(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or len(scope["query_string"]) > 100:
        return False
    if _SHELVED.fullmatch(scope["path"]) is None:
        return False
    names = {name for name, _value in scope["headers"]}
    return names.isdisjoint((b"cookie", b"authorization"))


def _is_for_everybody(start: Message) -> bool:
    headers = Headers(raw=list(start.get("headers", ())))
    is_page = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_page and "set-cookie" not in headers
