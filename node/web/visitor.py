"""Who asks, of which assembly, in which words: found out once for each request."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node import clock
from node.assembly import access, assemblies
from node.assembly.events import ActorChanged, AssemblyFounded
from node.database import Transaction
from node.errors import NotNow
from node.events import on
from node.federation.node import Node
from node.models import Assembly, Member
from node.web import language
from node.web.doings import Doings, Outcome
from node.web.security import is_secure

_TTL = 5.0
_generation = 0


class Visitor:
    """Put `assembly`, `member`, `words` and `theme` into the state of each request."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.refuse = refuse
        self.doings = Doings()
        self._assembly: Assembly | None = None
        self._read_at = 0.0
        self._generation = -1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        request = Request(scope)
        assembly = await self._the_assembly(scope["app"].state.node)
        member = await _member(request)
        state["assembly"], state["member"] = assembly, member
        state["words"] = language.spoken(language.chosen(request, member, assembly))
        state["theme"] = language.theme(request)
        state["doings"] = self.doings
        if assembly is None:
            refusal = NotNow("this node has no assembly yet", code="no-assembly")
            refusal.status = 503
            await (await self.refuse(request, refusal))(scope, receive, send)
        elif scope["method"] == "POST":
            await _remembering_where(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _the_assembly(self, node: Node) -> Assembly | None:
        """Return the assembly as it was a moment ago at most, without asking the database."""
        is_fresh = self._read_at + _TTL > clock.seconds() and self._generation == _generation
        if self._assembly is None or not is_fresh:
            self._generation, self._read_at = _generation, clock.seconds()
            async with node.database.read() as tx:
                try:
                    self._assembly = await assemblies.the(tx)
                except NotNow:
                    self._assembly = None
        return self._assembly


@on(AssemblyFounded, ActorChanged)
async def look_again(tx: Transaction, _event: object) -> None:
    """Read the assembly afresh once its change is committed."""
    tx.after_commit.append(_forget)


def _forget() -> None:
    global _generation
    _generation += 1


def session_cookie(request: Request) -> str:
    """Return the name of the cookie that holds the session; no subdomain can set it by https."""
    return "__Host-session" if is_secure(request.scope) else "session"


async def _member(request: Request) -> Member | None:
    secret = request.cookies.get(session_cookie(request))
    if not secret:
        return None
    async with request.app.state.node.database.read() as tx:
        return await access.in_session(tx, secret)


async def _remembering_where(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Keep where a form led, for a second copy of the same form."""
    outcome: Outcome | None = None

    async def listening(message: Message) -> None:
        nonlocal outcome
        if message["type"] == "http.response.start" and message["status"] == 303:
            headers = Headers(raw=message["headers"])
            cookies = tuple(headers.getlist("set-cookie"))
            outcome = Outcome(headers.get("location", "/"), cookies)
        await send(message)

    try:
        await app(scope, receive, listening)
    finally:
        doing = cast("dict[str, Any]", scope["state"]).get("doing")
        if isinstance(doing, asyncio.Future) and not doing.done():
            doing.set_result(outcome)
