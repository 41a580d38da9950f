"""The doors for other servers: one at which letters arrive, one at which documents are read."""

import asyncio
import logging
import re

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.activitypub import contexts, request, text
from node.errors import Refusal, TooLarge, Unreachable
from node.federation import discovery, documents
from node.federation.door import open_letter
from node.federation.inbox import Acceptor
from node.federation.node import Node
from node.federation.readers import ReadersDoor, address

log = logging.getLogger("palabre.door")

BODY_LIMIT = 1_000_000
BODY_SECONDS = 30.0
# A number that no row can have is nobody's address.
_ABSURD = re.compile(r"/[0-9]{19,}(?:/|$)")
_OURS = ("/a/", "/q/", "/ns/", "/inbox")
_ALWAYS = ("/.well-known/", "/nodeinfo/")
_WHOLE = (
    "/outbox",
    "/followers",
    "/following",
    "/featured",
    "/replies",
    "/context",
    "/inbox",
    "/register/head",
)


class FederationDoor:
    """Stands before the pages: what is for other servers never gets further than here."""

    def __init__(self, pages: ASGIApp, node: Node, acceptor: Acceptor) -> None:
        self._pages = pages
        self._node = node
        self._inbox = InboxDoor(node, acceptor)
        shelf = Starlette(
            routes=[*discovery.routes, *documents.routes],
            exception_handlers={Refusal: _refused, Unreachable: _unreachable},
        )
        shelf.state.node = node
        self._documents = ReadersDoor(shelf, node)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        path: str = scope["path"]
        if scope["method"] == "POST" and path.endswith("/inbox"):
            await self._inbox(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and _is_for_servers(scope, path):
            await self._serve(scope, receive, send, path)
        else:
            await self._pages(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer from memory what is asked again and again: who we are."""
        ready = None if scope["query_string"] else self._node.documents.get(path)
        if _ABSURD.search(path):
            scope = {**scope, "path": "/-", "raw_path": b"/-"}
        if ready is None:
            await self._documents(scope, receive, _never_sniffed(send))
            return
        await send({"type": "http.response.start", "status": 200, "headers": _headers(ready)})
        await send({"type": "http.response.body", "body": ready})


class InboxDoor:
    """Takes letters: size, signature, envelope; written down; then 202."""

    def __init__(self, node: Node, acceptor: Acceptor) -> None:
        self._node = node
        self._acceptor = acceptor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(scope, receive)
        except TimeoutError:
            await self._answer(send, 408, "the body did not arrive in time")
            return
        except TooLarge as error:
            self._node.counters["refused:413"] += 1
            await self._answer(send, 413, str(error))
            return
        except ConnectionError:
            return
        try:
            await self._accept(scope, body)
        except Refusal as error:
            self._node.counters[f"refused:{error.status}:{error.code}"] += 1
            reason = text.line(str(error), 500)
            log.info("refused with %s: %s", error.status, reason)
            await self._answer(send, error.status, reason)
            return
        await send({"type": "http.response.start", "status": 202, "headers": _ACCEPTED})
        await send({"type": "http.response.body", "body": b""})

    async def _accept(self, scope: Scope, body: bytes) -> None:
        url = address(self._node, scope)
        arrived = request.from_asgi("POST", url, scope["headers"], body)
        letter = await open_letter(self._node, arrived)
        if letter is not None:
            await self._acceptor.keep(letter)

    async def _answer(self, send: Send, status: int, message: str) -> None:
        body = message.encode("utf-8", "replace")
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status in (429, 503):
            headers.append((b"retry-after", b"60"))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_ACCEPTED = [(b"content-length", b"0")]


async def _body(scope: Scope, receive: Receive) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value[:12]) > BODY_LIMIT):
            raise TooLarge(f"an activity has at most {BODY_LIMIT} bytes")
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        return _within(body)
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        _within(b"", sum(map(len, parts)))
    if message["type"] == "http.disconnect":
        raise ConnectionError
    return _within(b"".join(parts))


def _within(body: bytes, size: int = 0) -> bytes:
    if max(len(body), size) > BODY_LIMIT:
        raise TooLarge(f"an activity has at most {BODY_LIMIT} bytes")
    return body


def _is_for_servers(scope: Scope, path: str) -> bool:
    if path.startswith(_ALWAYS) or path.startswith(_OURS) or path.endswith(_WHOLE):
        return True
    for name, value in scope["headers"]:
        if name == b"accept":
            return b"json" in value and contexts.wants_activity(value.decode("latin-1"))
    return False


def _never_sniffed(send: Send) -> Send:
    """Nothing said to servers may be taken for something else by a browser."""

    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
        await send(message)

    return send_marked


def _headers(ready: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", contexts.MEDIA_TYPE.encode()),
        (b"content-length", str(len(ready)).encode()),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
    ]


async def _refused(_request: StarletteRequest, error: Exception) -> Response:
    status = error.status if isinstance(error, Refusal) else 500
    return JSONResponse({"error": str(error)}, status)


async def _unreachable(_request: StarletteRequest, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 503, {"retry-after": "60"})
