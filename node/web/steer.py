"""Steering a proposal: taking the text back or putting it off, with a reason."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import carrying, decisions, proposals
from node.errors import Invalid, NotNow, Problem
from node.models import Proposal
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def ask_to_withdraw(request: Request) -> Response:
    """Ask why the text is taken back."""
    proposal = await _carried(request)
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-withdraw")
    return await _withdrawing(request, Form({}))


async def withdraw(request: Request) -> Response:
    """Take the text back; it stays readable with the reason."""
    answers, number = await form(request), request.path_params["n"]
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            proposal = await proposals.by_number(tx, number)
            await proposals.withdraw(tx, proposal, by=me, reason=answers["reason"])
    except Invalid as error:
        return await _withdrawing(request, answers, *error.problems)
    return see_other(f"/p/{number}", "notice.proposal-withdrawn")


async def ask_to_defer(request: Request) -> Response:
    """Ask why the text goes back to the discussion."""
    proposal = await _carried(request)
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.about(tx, proposal)
    if not carrying.can_be_deferred(proposal.state, decision):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-defer")
    return await _deferring(request, Form({}))


async def defer(request: Request) -> Response:
    """Put the text back under discussion."""
    answers, number = await form(request), request.path_params["n"]
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            proposal = await proposals.by_number(tx, number)
            await carrying.defer(tx, proposal, by=me, reason=answers["reason"])
    except Invalid as error:
        return await _deferring(request, answers, *error.problems)
    return see_other(f"/p/{number}", "notice.proposal-deferred")


async def _carried(request: Request) -> Proposal:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        proposal = await proposals.by_number(tx, request.path_params["n"])
    proposals.must_carry(proposal, member)
    return proposal


async def _withdrawing(request: Request, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "withdraw.html",
        status=422 if problems else 200,
        proposal=await _carried(request),
        values=values,
        problems=problems,
    )


async def _deferring(request: Request, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "defer.html",
        status=422 if problems else 200,
        proposal=await _carried(request),
        values=values,
        problems=problems,
    )


routes = [
    Route("/p/{n:int}/retirer", ask_to_withdraw),
    Route("/p/{n:int}/retirer", withdraw, methods=["POST"]),
    Route("/p/{n:int}/reporter", ask_to_defer),
    Route("/p/{n:int}/reporter", defer, methods=["POST"]),
]
