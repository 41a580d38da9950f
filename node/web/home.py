"""The home of the assembly: what is open now, what comes, what was decided, news of others."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import decided, members, neighbours, timelines
from node.errors import NotFound
from node.texts import plain
from node.web import news, reading
from node.web.page import page


async def show(request: Request) -> Response:
    """Answer first what can still be influenced, and until when."""
    assembly = request.state.assembly
    ours = assembly.actor
    async with request.app.state.node.database.read() as tx:
        open_now = await timelines.open_now(tx, limit=4)
        values: dict[str, Any] = {
            "open_now": open_now[:3],
            "more_open": len(open_now) > 3,
            "next_call": next(iter(await timelines.upcoming(tx, limit=1)), None),
            "decisions": await decided.newest(tx, 3),
            "news": [news.show(one) for one in await neighbours.news(tx, ours, limit=3)],
            "members_count": await members.count(tx),
        }
    summary = assembly.actor.summary
    return await page(
        request, "home.html", summary=reading.ours(summary), sentence=plain(summary, 200), **values
    )


async def named(request: Request) -> Response:
    """The assembly's own address leads a browser home."""
    assembly = request.state.assembly
    if request.path_params["handle"] != assembly.actor.handle:
        raise NotFound("no assembly here is called so")
    return RedirectResponse("/", 302, {"Vary": "Accept"})


routes = [Route("/", show), Route("/g/{handle}", named)]
