"""The optional way out over pyreqwest, with every name pinned to the address that was checked."""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import NamedTuple

import httpx

from node.network import guard

try:
    from pyreqwest import exceptions
    from pyreqwest.client import Client, ClientBuilder
    from pyreqwest.request import StreamRequest
    from pyreqwest.response import Response

    IS_INSTALLED = True
except ImportError:
    IS_INSTALLED = False

# Building a client costs milliseconds, whatever the number of names in it: names wait for
# each other this long and share one.
_GATHER_SECONDS = 0.005
_PIN_SECONDS = 300.0
_MOST_CLIENTS = 8
_IDLE = timedelta(seconds=20)
_MOST_UNREAD = 65_536
_CLOSED = "connection closed before message completed"


class _Pin(NamedTuple):
    client: "Client"
    until: float


class FastTransport(httpx.AsyncBaseTransport):
    """An httpx transport over pyreqwest, which cannot be given a resolver, only fixed answers."""

    def __init__(
        self,
        *,
        resolver: guard.Resolver,
        verify: ssl.SSLContext | bool,
        allow_loopback: bool,
        connections: int,
    ) -> None:
        if not IS_INSTALLED:
            raise RuntimeError("the fast engine needs the extra: pip install 'palabre[fast]'")
        self._resolver = resolver
        self._verify = verify
        self._allow_loopback = allow_loopback
        self._slots = asyncio.Semaphore(connections)
        self._pins: dict[tuple[str, int], _Pin] = {}
        self._clients: deque[Client] = deque()
        self._waiting: dict[tuple[str, int], str] = {}
        self._gathering: asyncio.Task[None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body is still to be read."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._slots)
            client = await self._pinned(request.url)
            try:
                response = await stack.enter_async_context(_built(client, request))
            except exceptions.PyreqwestError as error:
                # A kept connection, closed just as we used it: once more, on another one.
                if _CLOSED not in _said(error):
                    raise _translated(error) from error
                response = await self._again(stack, client, request)
            return httpx.Response(
                response.status,
                headers=list(response.headers.items()),
                stream=_Body(response, stack.pop_all()),
            )

    async def _again(
        self, stack: AsyncExitStack, client: "Client", request: httpx.Request
    ) -> "Response":
        try:
            return await stack.enter_async_context(_built(client, request))
        except exceptions.PyreqwestError as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        """Hang up on everybody."""
        if self._gathering is not None:
            self._gathering.cancel()
        for client in self._clients:
            await client.close()
        self._clients.clear()
        self._pins.clear()

    async def _pinned(self, url: httpx.URL) -> "Client":
        place = guard.target_of(url)[1:]
        pin = self._pins.get(place)
        if pin is not None and pin.until > time.monotonic():
            return pin.client
        addresses = await guard.resolve(*place, self._resolver, allow_loopback=self._allow_loopback)
        # Only one answer can be pinned; IPv4 is the one that works everywhere.
        self._waiting[place] = str(min(addresses, key=lambda address: address.version))
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
        await asyncio.shield(self._gathering)
        return self._pins[place].client

    async def _gather(self) -> None:
        await asyncio.sleep(_GATHER_SECONDS)
        self._gathering = None
        waiting, self._waiting = self._waiting, {}
        pin = _Pin(self._build(waiting), time.monotonic() + _PIN_SECONDS)
        self._clients.append(pin.client)
        self._pins |= dict.fromkeys(waiting, pin)
        if len(self._clients) > _MOST_CLIENTS:
            gone = self._clients.popleft()
            self._pins = {p: pin for p, pin in self._pins.items() if pin.client is not gone}

    def _build(self, waiting: dict[tuple[str, int], str]) -> "Client":
        builder = ClientBuilder().no_proxy().follow_redirects(False).referer(False)
        builder = builder.gzip(False).deflate(False).brotli(False).zstd(False)
        builder = builder.https_only(not self._allow_loopback).pool_idle_timeout(_IDLE)
        builder = builder.pool_max_idle_per_host(4).http1_only()
        if isinstance(self._verify, ssl.SSLContext):
            for certificate in self._verify.get_ca_certs(binary_form=True):
                builder = builder.add_root_certificate_der(certificate)
        elif not self._verify:
            builder = builder.danger_accept_invalid_certs(True)
        for (host, port), address in waiting.items():
            builder = builder.resolve(host, address, port)
        return builder.build()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, after which its connection is free again."""

    def __init__(self, response: "Response", stack: AsyncExitStack) -> None:
        self._reader = response.body_reader
        self._stack = stack

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await self._reader.read_chunk()) is not None:
                yield bytes(piece)
        except exceptions.PyreqwestError as error:
            raise _translated(error) from error

    async def aclose(self) -> None:
        """Free the connection, once."""
        await self._stack.aclose()


def _built(client: "Client", request: httpx.Request) -> "StreamRequest":
    builder = client.request(request.method, str(request.url))
    builder = builder.headers(request.headers.multi_items()).body_bytes(request.content)
    return builder.streamed_read_buffer_limit(_MOST_UNREAD).build_streamed()


def _said(error: "exceptions.PyreqwestError") -> str:
    causes = getattr(error, "details", {}).get("causes") or []
    return "; ".join([error.message, *(cause["message"] for cause in causes)])


def _translated(error: "exceptions.PyreqwestError") -> httpx.HTTPError:
    said = _said(error)
    if isinstance(error, exceptions.RequestTimeoutError):
        return httpx.ConnectTimeout(f"timeout: {said}")
    if not isinstance(error, exceptions.ConnectError):
        return httpx.RemoteProtocolError(said)
    if "certificate" in said or "tls" in said.lower():
        return httpx.ConnectError(f"TLS: {said}")
    kind = "refused" if "refused" in said else "unreachable"
    return httpx.ConnectError(f"{kind}: {said}")
