"""A member who chose to be seen: who they are, and what they do in the open."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import people
from node.texts import plain
from node.web import reading
from node.web.page import page


async def show(request: Request) -> Response:
    """Show a published member; anybody else is not there for a visitor (P13)."""
    async with request.app.state.node.database.read() as tx:
        profile = await people.called(tx, request.path_params["handle"])
        carried = await people.carried(tx, profile)
        said = await people.said(tx, profile)
    answer = await page(
        request,
        "profile.html",
        profile=profile,
        summary=reading.ours(profile.summary),
        sentence=plain(profile.summary, 200),
        carried=[(row, reading.proposal_path(row.number, row.title)) for row in carried],
        said=[(row, plain(row.content, 160)) for row in said],
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


routes = [Route("/u/{handle}", show), Route("/@{handle}", show)]
