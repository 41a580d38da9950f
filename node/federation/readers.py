"""Who may read: everybody, or where the assembly says so, servers that sign what they ask."""

import re

from sqlalchemy import select
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.activitypub import request, text
from node.errors import Refusal
from node.federation.door import must_be_named
from node.federation.node import Node
from node.models import Assembly

# Keys can be had without a key, or two nodes that both ask for one never get to speak. What is
# made for verifying, and addresses that only lead on, are for everybody too.
_FOR_EVERYBODY = re.compile(
    r"/|/@[^/]+|/actor|/[gu]/[^/]+|/g/[^/]+/(?:keys|register/head)|(?:/[gu]/[^/]+)?/inbox"
    r"|/(?:\.well-known|nodeinfo|ns)/.*"
)


class ReadersDoor:
    """Hands out documents; where the assembly says so, to those alone who sign what they ask."""

    def __init__(self, documents: ASGIApp, node: Node) -> None:
        self._documents = documents
        self._node = node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _FOR_EVERYBODY.fullmatch(scope["path"]) or not await self._is_for_the_named():
            await self._documents(scope, receive, send)
            return
        send = _for_one_reader(send)
        try:
            url = address(self._node, scope)
            asked = request.from_asgi(scope["method"], url, scope["headers"], b"")
            await must_be_named(self._node, asked)
        except Refusal as error:
            self._node.counters[f"unread:{error.status}:{error.code}"] += 1
            answer = JSONResponse({"error": text.line(str(error), 500)}, error.status)
            await answer(scope, receive, send)
            return
        await self._documents(scope, receive, send)

    async def _is_for_the_named(self) -> bool:
        async with self._node.database.read() as tx:
            return bool(await tx.scalar(select(Assembly.only_signed_readers)))


def address(node: Node, scope: Scope) -> str:
    """The address that must have been signed: our origin is known, not taken from headers."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    target = path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
    return node.origin + target


def _for_one_reader(send: Send) -> Send:
    """What was asked for with a signature is kept by nobody between us and who signed."""

    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [one for one in message["headers"] if one[0] not in (b"vary", b"cache-control")]
            message["headers"] = [
                *kept,
                (b"vary", b"Accept, Signature"),
                (b"cache-control", b"private"),
            ]
        await send(message)

    return send_marked
