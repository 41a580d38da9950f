"""The list of proposals: under discussion, at the vote, ended."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import timelines
from node.web import paging
from node.web.page import page

_TABS = {
    "discussion": timelines.DISCUSSED,
    "vote": timelines.VOTED,
    "terminees": timelines.ENDED,
}


async def show(request: Request) -> Response:
    """Show one tab; without a choice, the first that has something, the vote before all."""
    async with request.app.state.node.database.read() as tx:
        states = await timelines.counts(tx)
        counts = {tab: sum(states.get(state, 0) for state in _TABS[tab]) for tab in _TABS}
        first = next((tab for tab in ("vote", "discussion", "terminees") if counts[tab]), None)
        tab = request.query_params.get("etat", "")
        tab = tab if tab in _TABS else first or "discussion"
        at = paging.pages(request, counts[tab])
        stretch = {"limit": at.most, "offset": at.offset}
        if tab == "terminees":
            listed = await timelines.proposals(tx, timelines.ENDED, **stretch)
        else:
            listed = await timelines.open_now(tx, _TABS[tab], **stretch)
    return await page(request, "proposals.html", tab=tab, counts=counts, listed=listed, at=at)


routes = [Route("/propositions", show)]
