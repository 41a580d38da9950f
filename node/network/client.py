"""The only way out: every request of this node to another machine is made here."""

import asyncio
import functools
import importlib
import os
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass

import certifi
import httpx

from node.database import transaction_is_open
from node.errors import Unreachable
from node.network import bodies, guard
from node.network.guard import ForbiddenAddress, Resolver
from node.network.resolver import SystemResolver
from node.network.transport import GuardedTransport

__all__ = ["Answer", "Client", "ForbiddenAddress", "Resolver"]

HeadersFor = Callable[[str, str], Awaitable[Mapping[str, str]]]
_OURS = {"host", "user-agent", "accept-encoding", "content-length", "transfer-encoding"}
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Answer:
    """What another server said: `url` is where it was said, header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Talks to other servers, with a limit on everything they could make endless.

    Whatever they do, only Unreachable and ForbiddenAddress come out. Addresses are judged
    unless a `transport` that is no network replaces the real one; then a `resolver` may judge.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        user_agent: str = "Palabre",
        resolver: Resolver | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        engine: str = "auto",
        verify: ssl.SSLContext | bool = True,
        connections: int = 128,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._user_agent = user_agent
        self._judge = resolver if transport is not None else None
        self._system = SystemResolver()
        self._transport = transport or _engine(
            engine,
            resolver=resolver or self._system,
            verify=verify,
            allow_loopback=allow_loopback,
            connections=connections,
        )

    async def get(
        self,
        url: str,
        *,
        accept: str,
        headers_for: HeadersFor | None = None,
        limit: int = 1_000_000,
        seconds: float = 10,
        hops: int = 3,
    ) -> Answer:
        """Fetch a document, following up to `hops` redirects, each judged like the first URL.

        `headers_for(method, url)` is asked anew for every hop: what is signed is for it alone.
        """
        _refuse_in_transaction()
        return await _in_time(url, seconds, self._follow(url, accept, headers_for, limit, hops))

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float = 30,
        limit: int = 65_536,
    ) -> Answer:
        """Deliver a body; a redirect is an answer like any other, never followed."""
        _refuse_in_transaction()
        work = self._exchange("POST", self._checked(url), headers, body, limit)
        return await _in_time(url, seconds, work)

    async def close(self) -> None:
        """Hang up on everybody."""
        await self._transport.aclose()
        self._system.close()

    async def _follow(
        self, url: str, accept: str, headers_for: HeadersFor | None, limit: int, hops: int
    ) -> Answer:
        seen: set[str] = set()
        checked = self._checked(url)
        while (address := str(checked)) not in seen and len(seen) <= hops:
            seen.add(address)
            headers = dict(await headers_for("GET", address)) if headers_for else {}
            headers |= {"accept": accept}
            answer = await self._exchange("GET", checked, headers, b"", limit)
            location = answer.headers.get("location")
            if answer.status not in _MOVED or not location:
                return answer
            checked = self._checked(_joined(checked, location), after=checked)
        raise Unreachable(f"{url} is redirected in a circle or too often")

    def _checked(self, url: str, after: httpx.URL | None = None) -> httpx.URL:
        target = guard.check_url(url, self._allow_loopback)
        if after is not None and after.scheme == "https" != target.scheme:
            raise ForbiddenAddress(f"a redirect leads from https to {url!r}")
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ForbiddenAddress(f"{url!r} is not a web address: {error}") from None
        if parsed.host != target.host or parsed.fragment:
            host = f"[{target.host}]" if ":" in target.host else target.host
            parsed = parsed.copy_with(host=host, port=target.port, fragment=None)
        return parsed

    async def _exchange(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        headers = _kept(headers) | {
            "host": url.netloc.decode("ascii"),  # the one that was checked, whatever was signed
            "user-agent": self._user_agent,
            "accept-encoding": "gzip" if method == "GET" else "identity",
        }
        try:
            if self._judge is not None:
                await self._judge_host(url, self._judge)
            request = httpx.Request(method, url, headers=headers, content=body or None)
            response = await self._transport.handle_async_request(request)
            try:
                received = await bodies.read(response, limit)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreachable(f"{url.host}: {_said(error)}") from error
        return Answer(response.status_code, str(url), dict(response.headers.items()), received)

    async def _judge_host(self, url: httpx.URL, resolver: Resolver) -> None:
        _, host, port = guard.target_of(url)
        await guard.resolve(host, port, resolver, allow_loopback=self._allow_loopback)


# Measured: our own transport costs a third of pyreqwest for one host and as much for many, so
# "auto" does not look whether pyreqwest is there.
def _engine(
    engine: str,
    *,
    resolver: Resolver,
    verify: ssl.SSLContext | bool,
    allow_loopback: bool,
    connections: int,
) -> httpx.AsyncBaseTransport:
    if engine == "fast":
        # Loaded only where it is asked for: it takes seven megabytes.
        fast = importlib.import_module("node.network.fast")
        transport: httpx.AsyncBaseTransport = fast.FastTransport(
            resolver=resolver,
            verify=verify,
            allow_loopback=allow_loopback,
            connections=connections,
        )
        return transport
    if engine not in ("auto", "httpx"):
        raise ValueError(f"there is no engine {engine!r}; choose auto, httpx or fast")
    return GuardedTransport(
        resolver=resolver,
        tls=functools.cache(lambda: _trust(verify)),
        allow_loopback=allow_loopback,
        connections=connections,
    )


def _trust(verify: ssl.SSLContext | bool) -> ssl.SSLContext:
    """Trust the authorities that come along, or those in the file that SSL_CERT_FILE names."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not verify:
        return httpx.create_ssl_context(verify=False, trust_env=False)
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


async def _in_time(url: str, seconds: float, work: Coroutine[object, object, Answer]) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            answer = await work
    except TimeoutError:
        raise Unreachable(f"timeout: {url} took more than {seconds:g} seconds") from None
    return answer


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in headers.items():
        if any(character in name + value for character in "\r\n\0"):
            raise ValueError(f"the header {name!r} would break its line")
        if name.lower() not in _OURS:
            kept[name] = value
    return kept


def _refuse_in_transaction() -> None:
    if transaction_is_open():
        raise RuntimeError("talk first, then act: the network is closed inside a transaction")


def _joined(url: httpx.URL, location: str) -> str:
    # An absolute address is judged as it is written; parsing it first would tidy it up.
    if "://" in location[:9]:
        return location
    try:
        return str(url.join(location))
    except httpx.InvalidURL as error:
        raise ForbiddenAddress(f"a redirect leads to {location!r}: {error}") from None


def _said(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return str(error) if str(error).startswith("timeout") else f"timeout: {error}"
    return str(error) or type(error).__name__
