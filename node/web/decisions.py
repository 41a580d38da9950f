"""The register of decisions, year by year."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import register, timelines
from node.web import register_book
from node.web.page import page


async def show(request: Request) -> Response:
    """List what was decided, and the fingerprint that stands for the whole register."""
    async with request.app.state.node.database.read() as tx:
        listed = await timelines.decisions(tx)
        head = await register.head(tx)
    years = [(year, list(of_year)) for year, of_year in groupby(listed, lambda line: line.year)]
    return await page(
        request,
        "decisions.html",
        years=years,
        count=len(listed),
        head=head,
        has_pdf=register_book.makes_pdf(),
    )


routes = [Route("/decisions", show)]
