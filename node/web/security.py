"""What every answer carries, and which forms are taken, so that no other site acts for a reader."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.database import Transaction
from node.errors import Refusal
from node.models import Member
from node.web.forms import Form, filled, form, see_other

__all__ = [
    "Form",
    "SameSite",
    "SecurityHeaders",
    "filled",
    "form",
    "in_charge",
    "is_secure",
    "myself",
    "protect",
    "same_site_path",
    "see_other",
    "signed_in",
]

RawHeaders = list[tuple[bytes, bytes]]
_POLICY = (
    b"default-src 'self'; object-src 'none'; base-uri 'none'; "
    b"form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: RawHeaders = [
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_SECURE = (b"strict-transport-security", b"max-age=31536000")
_SAFE = ("GET", "HEAD", "OPTIONS")


def protect(headers: RawHeaders, *, secure: bool) -> RawHeaders:
    """Add the security headers that an answer does not set itself."""
    known = {name.lower() for name, _ in headers}
    wanted = [*_HEADERS, _SECURE] if secure else _HEADERS
    return headers + [header for header in wanted if header[0] not in known]


class SecurityHeaders:
    """Put the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        secure = is_secure(scope)

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = protect(list(message.get("headers", [])), secure=secure)
            await send(message)

        await self.app(scope, receive, send_protected)


class SameSite:
    """Refuse what a page of another site makes a browser send to us."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _may_come_in(scope):
            refusal = Refusal("a form was sent from another site", code="other-site")
            answer = await self.refuse(Request(scope), refusal)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _may_come_in(scope: MutableMapping[str, Any]) -> bool:
    if scope["method"] in _SAFE or scope["path"].endswith("/inbox"):
        return True
    headers = Headers(scope=scope)
    if "authorization" in headers:
        return True
    came_from = headers.get("sec-fetch-site")
    if came_from is not None:
        return came_from in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True  # every browser of today sends one of the two; the cookie is SameSite as well
    ours = str(scope["app"].state.node.origin)
    return origin == ours or urlsplit(origin).netloc == headers.get("host")


def is_secure(scope: MutableMapping[str, Any]) -> bool:
    """Say whether this node is reached by https."""
    return str(scope["app"].state.node.origin).startswith("https://")


def same_site_path(path: str) -> str:
    """Return a path of this site to go on to, or the home page for anything else (E5)."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    readable = path.isprintable() and "\\" not in path and " " not in path
    return path if is_path and readable and len(path) < 2000 else "/"


def signed_in(request: Request) -> Member:
    """Return who is signed in, to look at. Raise Refusal, which leads to the sign-in page."""
    member = request.state.member
    if not isinstance(member, Member):
        raise Refusal("nobody is signed in", code="sign-in-first")
    return member


def in_charge(request: Request) -> Member:
    """Return who is signed in, one of those in charge. Raise Refusal for everybody else."""
    member = signed_in(request)
    if not member.is_in_charge:
        raise Refusal(f"{member.handle} is not in charge", code="not-in-charge")
    return member


async def myself(tx: Transaction, request: Request) -> Member:
    """Return who is signed in, to act as: an object of this very transaction."""
    member = await tx.get(Member, signed_in(request).id)
    if member is None or member.left_at is not None:
        raise Refusal("the member has left", code="sign-in-first")
    return member
