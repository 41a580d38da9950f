"""One amendment by itself: what it changes, the vote about it, what came of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import dossiers
from node.errors import NotFound
from node.web import amendment_look, ballot_box, reading
from node.web.amendment_look import Shown
from node.web.forms import Form
from node.web.page import page


async def show(request: Request) -> Response:
    """Show an amendment with its vote, and the way to open one."""
    number, amendment = reading.number(request), reading.number(request, "a")
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, number)
        listed = await amendment_look.look(tx, dossier, request.state.member)
        shown = _find(listed, amendment)
        box = await ballot_box.look(tx, request, number, amendment) if shown.vote else None
    return await page(
        request,
        "amendment.html",
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        shown=shown,
        box=box,
        may_carry=dossier.is_carried_by(request.state.member),
        values=Form({}),
        problems=(),
    )


def _find(listed: list[Shown], number: int) -> Shown:
    for one in (*listed, *(under for shown in listed for under in shown.under)):
        if one.one.number == number:
            return one
    raise NotFound(f"there is no amendment {number}")


routes = [Route("/p/{n:int}/amendements/{a:int}", show)]
