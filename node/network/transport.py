"""The default way out: HTTP/1.1 over connections that go only where the guard has looked."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

import httpx

from node.network import guard
from node.network.connection import Broken, Connection, Head

CONNECTIONS_PER_HOST = 4
_IDLE_SECONDS = 20.0
_CONNECT_SECONDS = 5.0
_MOST_ADDRESSES_TRIED = 4


class _Host:
    """The connections to one host, remembered only while one is in use or kept."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(CONNECTIONS_PER_HOST)
        self.users = 0
        self.idle: list[Connection] = []


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that connects to the very addresses that were checked.

    At most four connections go to one host, and at most `connections` are open altogether.
    """

    def __init__(
        self,
        *,
        resolver: guard.Resolver,
        tls: Callable[[], ssl.SSLContext],
        allow_loopback: bool,
        connections: int,
    ) -> None:
        self._resolver = resolver
        self._tls = tls
        self._allow_loopback = allow_loopback
        self._most = connections
        self._in_use = 0
        self._slots = asyncio.Semaphore(connections)
        self._hosts: dict[guard.Target, _Host] = {}
        self._open: set[Connection] = set()
        # Oldest first, so that the one to give up for another host is found at once.
        self._idle: OrderedDict[Connection, tuple[guard.Target, asyncio.TimerHandle]] = (
            OrderedDict()
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its answer, whose body is still to be read."""
        target = guard.target_of(request.url)
        await self._take_slot(target)
        try:
            connection, head = await self._exchange(target, _written(request))
        except BaseException as error:
            self._leave_slot(target)
            if isinstance(error, Broken):
                raise httpx.RemoteProtocolError(str(error)) from error
            raise
        body = _Body(self, target, connection)
        return httpx.Response(head.status, headers=head.headers, stream=body)

    async def aclose(self) -> None:
        """Hang up on everybody."""
        for connection in list(self._open):
            connection.close()
        await asyncio.sleep(0)

    def give_back(self, target: guard.Target, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end, close any other."""
        connection.finish()
        if connection.is_reusable:
            timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, connection.close)
            self._idle[connection] = target, timer
            self._hosts[target].idle.append(connection)
        self._leave_slot(target)

    async def _exchange(self, target: guard.Target, written: bytes) -> tuple[Connection, Head]:
        # A server may close a kept connection just as we use it. What got no byte of answer is
        # sent again: a fetch changes nothing, and a repeated delivery is known by its id.
        while (kept := self._kept(target)) is not None:
            try:
                return kept, await _sent(kept, written)
            except Broken:
                if kept.has_heard:
                    raise
        fresh = await self._connect(target)
        return fresh, await _sent(fresh, written)

    def _kept(self, target: guard.Target) -> Connection | None:
        idle = self._hosts[target].idle
        if not idle:
            return None
        connection = idle.pop()
        self._idle.pop(connection)[1].cancel()
        return connection

    async def _connect(self, target: guard.Target) -> Connection:
        addresses = await guard.resolve(
            target.host, target.port, self._resolver, allow_loopback=self._allow_loopback
        )
        if self._in_use + len(self._idle) > self._most and self._idle:
            next(iter(self._idle)).close()
        failure: Exception | None = None
        for address in addresses[:_MOST_ADDRESSES_TRIED]:
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    return await self._connect_to(str(address), target)
            except ssl.SSLError as error:
                raise httpx.ConnectError(f"TLS: {_reason(error)}") from error
            except TimeoutError:
                failure = httpx.ConnectTimeout("timeout: the server did not take the call")
            except OSError as error:
                failure = httpx.ConnectError(f"{_class(error)}: {error.strerror or error}")
        raise failure or httpx.ConnectError("no address was left to try")

    async def _connect_to(self, address: str, target: guard.Target) -> Connection:
        is_secure = target.scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(self._forget),
            address,
            target.port,
            ssl=self._tls() if is_secure else None,
            server_hostname=target.host if is_secure else None,
        )
        if connection.is_reusable:  # it may be lost already
            self._open.add(connection)
        return connection

    def _forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        if kept := self._idle.pop(connection, None):
            target, timer = kept
            timer.cancel()
            self._hosts[target].idle.remove(connection)
            self._drop_if_unused(target)

    async def _take_slot(self, target: guard.Target) -> None:
        host = self._hosts.get(target)
        if host is None:
            host = self._hosts[target] = _Host()
        host.users += 1
        try:
            await host.slots.acquire()
        except BaseException:
            host.users -= 1
            self._drop_if_unused(target)
            raise
        try:
            await self._slots.acquire()
        except BaseException:
            self._leave_host(target)
            raise
        self._in_use += 1

    def _leave_slot(self, target: guard.Target) -> None:
        self._in_use -= 1
        self._slots.release()
        self._leave_host(target)

    def _leave_host(self, target: guard.Target) -> None:
        host = self._hosts[target]
        host.users -= 1
        host.slots.release()
        self._drop_if_unused(target)

    def _drop_if_unused(self, target: guard.Target) -> None:
        host = self._hosts[target]
        if not host.users and not host.idle:
            del self._hosts[target]


class _Body(httpx.AsyncByteStream):
    """The body of an answer, after which its connection is free again."""

    def __init__(
        self, transport: GuardedTransport, target: guard.Target, connection: Connection
    ) -> None:
        self._transport = transport
        self._target = target
        self._connection: Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._connection is not None:
            try:
                piece = await self._connection.read()
            except Broken as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if not piece:
                return
            yield piece

    async def aclose(self) -> None:
        """Free the connection, once."""
        if self._connection is not None:
            self._transport.give_back(self._target, self._connection)
            self._connection = None


async def _sent(connection: Connection, written: bytes) -> Head:
    try:
        return await connection.send(written)
    except BaseException:
        connection.close()
        raise


def _written(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""]) + request.content


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not good ({error.verify_message})"
    return error.reason or str(error)


def _class(error: OSError) -> str:
    return "refused" if isinstance(error, ConnectionRefusedError) else "unreachable"
