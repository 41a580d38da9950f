"""Leaving the assembly, by oneself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import leaving
from node.web.forms import form, see_other
from node.web.page import page
from node.web.security import is_secure, myself, signed_in
from node.web.visitor import session_cookie


async def ask(request: Request) -> Response:
    """Say what leaving means, before it is done."""
    signed_in(request)
    return await page(request, "account_leave.html")


async def leave(request: Request) -> Response:
    """End the membership, and every session with it."""
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await leaving.leave(tx, await myself(tx, request), reason=answers["reason"])
    answer = see_other("/", "notice.left")
    answer.delete_cookie(session_cookie(request), secure=is_secure(request.scope))
    return answer


routes = [
    Route("/compte/quitter", ask),
    Route("/compte/quitter", leave, methods=["POST"]),
]
