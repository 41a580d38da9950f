"""The assembly: who we are, who chose to be named, how we decide, in figures."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import members, method, people, timelines
from node.models import State
from node.texts import plain
from node.web import reading
from node.web.page import page


async def show(request: Request) -> Response:
    """Show the assembly to somebody who has never heard of it."""
    assembly, words = request.state.assembly, request.state.words
    async with request.app.state.node.database.read() as tx:
        named = await people.published(tx)
        count = await members.count(tx)
        states = await timelines.counts(tx)
    proposals = sum(number for state, number in states.items() if state is not State.DRAFT)
    return await page(
        request,
        "assembly.html",
        summary=reading.ours(assembly.actor.summary),
        sentence=plain(assembly.actor.summary, 200),
        named=named,
        members_count=count,
        proposals_count=proposals,
        decisions_count=states.get(State.DECIDED, 0),
        methods=[name for name in method.names() if words.has(f"method-rule.{name}")],
        qr=reading.qr(assembly.origin),
    )


routes = [Route("/assemblee", show)]
