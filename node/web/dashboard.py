"""What waits for the member who is signed in, and what is theirs."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import attention, following, timelines
from node.web.page import page
from node.web.security import signed_in


async def show(request: Request) -> Response:
    """Show the votes that ask for an answer first, by closing date."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        values: dict[str, Any] = {
            "asked": await attention.asked(tx, member),
            "carried": await attention.carried(tx, member),
            "organised": await attention.organised(tx, member),
            "said": await attention.said(tx, member, limit=5),
            "decisions": await timelines.decisions(tx, limit=3),
            "calls": await timelines.upcoming(tx, limit=3),
            "wishes": (
                await following.followers(tx, request.state.assembly.actor, following.ASKED)
                if member.is_in_charge
                else []
            ),
        }
    return await page(request, "dashboard.html", **values)


routes = [Route("/tableau-de-bord", show)]
