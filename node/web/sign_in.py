"""Coming in with a name and a password, and going out."""

import asyncio
import ipaddress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import access, members
from node.errors import NotFound, Problem, TooMany
from node.models import Member
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import is_secure, same_site_path
from node.web.visitor import session_cookie

_BY_ADDRESS = ("sign_in_by_address", 1 / 20, 20)
_BY_NAME = ("sign_in_by_name", 1 / 60, 10)
_FAILED = Problem("handle", "sign-in-failed", {})


async def ask(request: Request) -> Response:
    """Ask who comes in."""
    if request.state.member is not None:
        return see_other(same_site_path(request.query_params.get("suite", "/tableau-de-bord")))
    return await _page(request, filled(suite=request.query_params.get("suite", "")))


async def come_in(request: Request) -> Response:
    """Open a session; whatever does not fit, the answer is the same (E7)."""
    answers = await form(request)
    handle = answers.text("handle").removeprefix("@").partition("@")[0].lower()[:100]
    _be_patient(request, handle)
    member = await _called(request, handle)
    kept = member.password_hash if member else None
    fits = await asyncio.to_thread(access.password_fits, kept, answers["password"][:1000])
    if member is None or not fits:
        return await _page(request, answers, _FAILED)
    async with request.app.state.node.database.transaction() as tx:
        secret = await access.open_session(tx, member)
    return with_session(
        request, see_other(same_site_path(answers["suite"] or "/tableau-de-bord")), secret
    )


async def go_out(request: Request) -> Response:
    """End the session on this device."""
    if secret := request.cookies.get(session_cookie(request)):
        async with request.app.state.node.database.transaction() as tx:
            await access.close_session(tx, secret)
    answer = see_other("/", "notice.signed-out")
    answer.delete_cookie(session_cookie(request), secure=is_secure(request.scope))
    return answer


def with_session(request: Request, answer: Response, secret: str) -> Response:
    """Let the browser keep the session, out of the reach of scripts and other sites."""
    answer.set_cookie(
        session_cookie(request),
        secret,
        int(access.SESSION_LASTS.total_seconds()),
        secure=is_secure(request.scope),
        httponly=True,
        samesite="lax",
    )
    return answer


def block_of(address: str) -> str:
    """Return what one operator holds of the net: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/64", strict=False))


def _be_patient(request: Request, handle: str) -> None:
    address = request.client.host if request.client else ""
    node = request.app.state.node
    wait = max(
        node.bucket(*_BY_ADDRESS).take(block_of(address)), node.bucket(*_BY_NAME).take(handle)
    )
    if wait:
        seconds = max(1, round(wait))
        raise TooMany("too many tries to sign in", code="too-many-tries", retry_after=seconds)


async def _called(request: Request, handle: str) -> Member | None:
    async with request.app.state.node.database.read() as tx:
        try:
            return await members.by_handle(tx, handle)
        except NotFound:
            return None


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    status = 422 if problems else 200
    return await page(request, "sign_in.html", status=status, values=values, problems=problems)


routes = [
    Route("/connexion", ask),
    Route("/connexion", come_in, methods=["POST"]),
    Route("/deconnexion", go_out, methods=["POST"]),
]
