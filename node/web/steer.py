"""Steering a proposal: opening its vote, closing it with a sentence, taking the text back."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import assemblies, members, proposals, votes
from node.errors import Invalid, NotNow, Problem
from node.models import Proposal, State
from node.web.compose import servers
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

_USUAL_VOTE = timedelta(days=7)


async def ask_to_open(request: Request) -> Response:
    """Ask until when the vote is to last: a week, unless said otherwise."""
    proposal = await _carried(request)
    zone = assemblies.zone(request.state.assembly)
    end = (clock.now() + _USUAL_VOTE).astimezone(zone)
    values = filled(closes_at_date=f"{end:%Y-%m-%d}", closes_at_time="20:00")
    return await _opening(request, proposal, values)


async def open_vote(request: Request) -> Response:
    """Freeze the text and the roll, and ask the members."""
    answers, number = await form(request), request.path_params["n"]
    zone = assemblies.zone(request.state.assembly)
    closes_at = answers.moment("closes_at_date", "closes_at_time", zone)
    problems = list(answers.problems)
    if closes_at is None:
        problems = problems or [Problem("closes_at", "date-missing", {})]
        return await _opening(request, await _carried(request), answers, *problems)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            proposal = await proposals.by_number(tx, number)
            await votes.open_vote(tx, proposal, by=me, closes_at=closes_at)
    except Invalid as error:
        return await _opening(request, await _carried(request), answers, *error.problems)
    return see_other(f"/p/{number}", "notice.vote-opened")


async def ask_to_close(request: Request) -> Response:
    """Ask for the sentence that says what comes of the vote."""
    return await _closing(request, Form({}))


async def close_vote(request: Request) -> Response:
    """Show what will be entered in the register, then close and count."""
    answers, number = await form(request), request.path_params["n"]
    if answers["step"] != "close":
        return await _closing(request, answers, is_check=answers["step"] == "check")
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        vote = await votes.on(tx, await proposals.by_number(tx, number))
        decision = await votes.close_vote(tx, vote, by=me, statement=answers["statement"][:2000])
    return see_other(f"/d/{decision.number}", "notice.vote-closed")


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


async def _carried(request: Request) -> Proposal:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        proposal = await proposals.by_number(tx, request.path_params["n"])
    proposals.must_carry(proposal, member)
    return proposal


async def _opening(
    request: Request, proposal: Proposal, values: Form, *problems: Problem
) -> Response:
    if proposal.state not in (*proposals.OPEN, State.FROZEN):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-open-vote")
    async with request.app.state.node.database.read() as tx:
        members_count = await members.count(tx)
    return await page(
        request,
        "vote_open.html",
        status=422 if problems else 200,
        proposal=proposal,
        values=values,
        problems=problems,
        members_count=members_count,
        servers=await servers(request),
    )


async def _closing(request: Request, values: Form, *, is_check: bool = False) -> Response:
    proposal = await _carried(request)
    async with request.app.state.node.database.read() as tx:
        vote = await votes.on(tx, proposal)
        count = await votes.count(tx, vote)
    if vote.closed_at is not None:
        raise NotNow("the vote is closed already", code="vote-is-closed")
    return await page(
        request,
        "vote_close.html",
        proposal=proposal,
        vote=vote,
        turnout=count.turnout,
        values=values,
        is_check=is_check,
    )


async def _withdrawing(request: Request, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "withdraw.html",
        status=422 if problems else 200,
        proposal=await _carried(request),
        values=values,
        problems=problems,
    )


routes = [
    Route("/p/{n:int}/ouvrir-le-vote", ask_to_open),
    Route("/p/{n:int}/ouvrir-le-vote", open_vote, methods=["POST"]),
    Route("/p/{n:int}/clore", ask_to_close),
    Route("/p/{n:int}/clore", close_vote, methods=["POST"]),
    Route("/p/{n:int}/retirer", ask_to_withdraw),
    Route("/p/{n:int}/retirer", withdraw, methods=["POST"]),
]
