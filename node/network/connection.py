"""One HTTP/1.1 connection to another server, on which one exchange happens at a time."""

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

MOST_HEADERS = 100
MOST_HEADER_BYTES = 65_536
MOST_INTERIM = 8
_MOST_UNREAD = 65_536


class Broken(Exception):
    """The other side went away or does not speak HTTP; nothing more can be read from it."""


class Head:
    """What comes before the body of an answer."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.size = 0
        self.count = 0

    def every(self, name: bytes) -> list[bytes]:
        """Return all values of a header."""
        return [value for known, value in self.headers if known.lower() == name]


class Connection(asyncio.Protocol):
    """A connection that refuses every answer whose length could be read in two ways."""

    def __init__(self, forget: Callable[["Connection"], None]) -> None:
        self.is_used = False
        self.has_heard = False
        self._forget = forget
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._is_busy = False
        self._is_paused = False
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._start_over()

    def _start_over(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._head = Head()
        self._pieces: list[bytes] = []
        self._unread = 0
        self._head_bytes = 0
        self._interim_count = 0
        self._has_head = False
        self._is_complete = False
        self._may_continue = False
        self._ends_with_connection = False

    # What the transport asks of it.

    @property
    def is_reusable(self) -> bool:
        """Whether a next exchange may follow the last one here."""
        return self._failure is None and self._transport is not None and not self._is_busy

    async def send(self, request: bytes) -> Head:
        """Send a request and wait for the head of its answer."""
        if self._transport is None or self._failure is not None:
            raise self._failure or Broken("the connection is closed")
        if self.is_used:
            self._start_over()
        self.is_used = self._is_busy = True
        self.has_heard = False
        self._transport.write(request)
        while not self._has_head:
            await self._wait()
        return self._head

    async def read(self) -> bytes:
        """Return the next piece of the body, or nothing at its end."""
        while not self._pieces and not self._is_complete:
            await self._wait()
        piece = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._unread = 0
        if self._is_paused and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return piece

    def finish(self) -> None:
        """Take note that the reader is done; what is not read to its end is closed."""
        if self._may_continue and not self._pieces and self._failure is None:
            self._is_busy = False
        else:
            self.close()

    def close(self) -> None:
        """Hang up without waiting for the other side."""
        self._fail(Broken("the connection is closed"))

    async def _wait(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        if self._transport is not None:
            self._transport.abort()
        self._forget(self)
        self._wake()

    # What the event loop tells it.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_busy or self._failure is not None:
            self._fail(Broken("the other server speaks without being asked"))
            return
        self.has_heard = True
        if not self._has_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            # A refusal of ours inside a callback arrives wrapped, as the context of the error.
            cause = error.__context__
            self._fail(cause if isinstance(cause, Broken) else Broken(f"not HTTP: {error}"))
            return
        if not self._has_head and self._head_bytes > MOST_HEADER_BYTES:
            self._fail(Broken("the headers are too large"))
        elif self._unread > _MOST_UNREAD and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        if self._has_head and self._ends_with_connection:
            self._is_complete = True

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and self._has_head and self._ends_with_connection:
            self._is_complete = True
        self._fail(Broken(f"the connection was lost ({error or 'closed by the other side'})"))
        self._transport = None
        self._forget(self)

    # What the parser found.

    def on_header(self, name: bytes, value: bytes) -> None:
        head = self._head
        head.size += len(name) + len(value)
        head.count += 1
        if not self._has_head:  # what comes after the body, nobody may rely on
            head.headers.append((name, value))
        if head.count > MOST_HEADERS or head.size > MOST_HEADER_BYTES:
            raise Broken("the headers are too many or too large")

    def on_headers_complete(self) -> None:
        head = self._head
        head.status = self._parser.get_status_code()
        if head.status < 200:
            return
        lengths, codings = head.every(b"content-length"), head.every(b"transfer-encoding")
        if len(lengths) + len(codings) > 1:
            raise Broken("the length of the answer is given twice")
        if lengths and not (lengths[0].isdigit() and len(lengths[0]) < 16):
            raise Broken("the length of the answer is not a number")
        if codings and codings[0].lower() != b"chunked":
            raise Broken("the answer is in an unknown transfer coding")
        bodiless = head.status in (204, 304)
        self._ends_with_connection = not (lengths or codings or bodiless)
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._unread += len(body)

    def on_message_begin(self) -> None:
        if self._has_head:
            raise Broken("more than one answer came to one request")

    def on_message_complete(self) -> None:
        if self._has_head:
            self._is_complete = True
            self._may_continue = self._parser.should_keep_alive()
        else:
            self._await_final()

    def _await_final(self) -> None:
        self._interim_count += 1
        if self._head.status == 101 or self._interim_count > MOST_INTERIM:
            raise Broken("interim answers without end, or a change of protocol")
        self._head = Head()
