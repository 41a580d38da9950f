"""Rounds of a discussion, how members feel meanwhile, and who wishes for a vote."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import assemblies, endorsements, proposals, rounds
from node.errors import Invalid, NotNow, Problem
from node.models import Proposal
from node.web import reading
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

_USUALLY = timedelta(days=7)


async def ask_to_open(request: Request) -> Response:
    """Ask which round, and until when."""
    proposal = await _carried(request)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    end = (clock.now() + _USUALLY).astimezone(assemblies.zone(request.state.assembly))
    values = filled(closes_at_date=f"{end:%Y-%m-%d}", closes_at_time="20:00")
    return await _opening(request, proposal, values)


async def open_round(request: Request) -> Response:
    """Open the round; it ends by itself."""
    answers, number = await form(request), reading.number(request)
    proposal = await _carried(request)
    zone = assemblies.zone(request.state.assembly)
    closes_at = answers.moment("closes_at_date", "closes_at_time", zone)
    if closes_at is None:
        missing = answers.problems or [Problem("closes_at", "date-missing", {})]
        return await _opening(request, proposal, answers, *missing)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, proposal = await myself(tx, request), await proposals.by_number(tx, number)
            await rounds.open_round(tx, proposal, by=me, kind=answers["kind"], closes_at=closes_at)
    except Invalid as error:
        return await _opening(request, proposal, answers, *error.problems)
    return see_other(f"/p/{number}", "notice.round-opened")


async def lean(request: Request) -> Response:
    """Note how a member feels about the text."""
    answers, number = await form(request), reading.number(request)
    async with request.app.state.node.database.transaction() as tx:
        me, proposal = await myself(tx, request), await proposals.by_number(tx, number)
        if answers["position"] not in rounds.POSITIONS:
            raise Invalid(Problem("position", "position-unknown", {}))
        await rounds.lean(tx, proposal, me, answers["position"])
    return see_other(f"/p/{number}#ressenti", "notice.leaning-given")


async def endorse(request: Request) -> Response:
    """Support the text, or support it no longer."""
    answers, number = await form(request), reading.number(request)
    async with request.app.state.node.database.transaction() as tx:
        me, proposal = await myself(tx, request), await proposals.by_number(tx, number)
        if answers["act"] == "take-back":
            await endorsements.take_back(tx, proposal, me)
            return see_other(f"/p/{number}#soutiens", "notice.endorsement-taken-back")
        await endorsements.give(tx, proposal, me)
    return see_other(f"/p/{number}#soutiens", "notice.endorsed")


async def _carried(request: Request) -> Proposal:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        proposal = await proposals.by_number(tx, reading.number(request))
    proposals.must_carry(proposal, member)
    return proposal


async def _opening(
    request: Request, proposal: Proposal, values: Form, *problems: Problem
) -> Response:
    return await page(
        request,
        "round.html",
        status=422 if problems else 200,
        proposal=proposal,
        kinds=rounds.KINDS,
        values=values,
        problems=problems,
    )


routes = [
    Route("/p/{n:int}/tour", ask_to_open),
    Route("/p/{n:int}/tour", open_round, methods=["POST"]),
    Route("/p/{n:int}/ressenti", lean, methods=["POST"]),
    Route("/p/{n:int}/soutenir", endorse, methods=["POST"]),
]
