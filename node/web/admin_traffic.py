"""What is on its way out, and what came in, with the fate of each."""

from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import traffic
from node.federation import queue
from node.web import reading
from node.web.forms import form, see_other
from node.web.page import page
from node.web.security import in_charge

_LINES = 30


async def waiting(request: Request) -> Response:
    """Show what waits to go out: how much, since when, why, and what can be done."""
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        items = await queue.overview(tx, limit=_LINES)
        load = await traffic.load(tx)
    reasons = Counter(item.reason for item in items if item.reason)
    return await page(
        request,
        "admin_queue.html",
        items=items,
        hidden=max(0, load.waiting + load.failed - len(items)),
        load=load,
        reasons=reasons.most_common(12),
    )


async def retry(request: Request) -> Response:
    """Try a delivery again now, or all of them."""
    in_charge(request)
    which = (await form(request))["id"]
    async with request.app.state.node.database.transaction() as tx:
        await queue.retry(tx, None if which == "tout" else reading.whole(which) or 0)
    return see_other("/admin/file", "notice.delivery-retried")


async def drop(request: Request) -> Response:
    """Give a delivery up."""
    in_charge(request)
    number = reading.whole((await form(request))["id"]) or 0
    async with request.app.state.node.database.transaction() as tx:
        await queue.drop(tx, number)
    return see_other("/admin/file", "notice.delivery-dropped")


async def journal(request: Request) -> Response:
    """Show what arrived last and what became of it, and how often the door refused."""
    in_charge(request)
    state = request.query_params.get("etat", "")
    state = state if state.isascii() and state.isalpha() else ""
    async with request.app.state.node.database.read() as tx:
        values: dict[str, Any] = {
            "items": await traffic.arrivals(tx, state=state or None, limit=50),
            "fates": await traffic.fates(tx),
            "counters": await traffic.counters(tx),
        }
    return await page(request, "admin_journal.html", chosen=state, **values)


routes = [
    Route("/admin/file", waiting),
    Route("/admin/file/reessayer", retry, methods=["POST"]),
    Route("/admin/file/abandonner", drop, methods=["POST"]),
    Route("/admin/journal", journal),
]
