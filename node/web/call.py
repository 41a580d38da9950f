"""One call for participation or one meeting: what, when, where, and the answer to it."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node import clock
from node.assembly import calls, visits
from node.errors import Invalid, Problem
from node.models import Call
from node.texts import plain
from node.web import meeting_words, reading
from node.web.page import page
from node.web.security import form, myself


async def show(request: Request) -> Response:
    """Show the call, with the way to answer it."""
    return await _page(request)


async def answer(request: Request) -> Response:
    """Somebody comes: a member in one press, a visitor with a name."""
    number, written = reading.number(request), await form(request)
    name, contact = written.text("name"), written.text("contact")
    try:
        async with request.app.state.node.database.transaction() as tx:
            call = await calls.by_number(tx, number)
            if request.state.member is None:
                secret = await visits.answer(tx, call, name=name, contact=contact)
                return RedirectResponse(f"/e/{number}/reponse/{secret}", 303)
            member = await myself(tx, request)
            await calls.answer(tx, call, actor=member.actor, name=member.name)
    except Invalid as error:
        return await _page(request, error.problems, name=name, contact=contact)
    return RedirectResponse(f"/e/{number}#reponse", 303)


async def take_back(request: Request) -> Response:
    """A member who said yes does not come after all."""
    number = reading.number(request)
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        member = await myself(tx, request)
        await calls.take_back(tx, await calls.by_number(tx, number), member.actor)
    return RedirectResponse(f"/e/{number}#reponse", 303)


async def visit(request: Request) -> Response:
    """Show a visitor's own answer; the address is the only key to it."""
    async with request.app.state.node.database.read() as tx:
        call = await calls.by_number(tx, reading.number(request))
        rsvp = await visits.find(tx, call, request.path_params["secret"])
    response = await page(request, "visit.html", call=call, rsvp=rsvp, is_over=_is_over(call))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def end_visit(request: Request) -> Response:
    """A visitor who said yes does not come after all."""
    number = reading.number(request)
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        call = await calls.by_number(tx, number)
        await visits.take_back(tx, call, request.path_params["secret"])
    return RedirectResponse(f"/e/{number}?repris=1#reponse", 303)


async def _page(request: Request, problems: Sequence[Problem] = (), **written: str) -> Response:
    member = request.state.member
    values: dict[str, Any] = {"mine": None, "people": []}
    async with request.app.state.node.database.read() as tx:
        call = await calls.by_number(tx, reading.number(request))
        values["coming"] = await calls.coming_count(tx, call)
        if member is not None:
            values["mine"] = await calls.rsvp_of(tx, call, member.actor)
        if calls.may_organise(call, member):
            values["people"] = await calls.answers(tx, call)
        if call.meeting is not None:
            values |= await meeting_words.around(tx, call.number, member)
    uri = f"{request.state.assembly.origin}/e/{call.number}"
    return await page(
        request,
        "meeting.html" if call.meeting else "call.html",
        status=422 if problems else 200,
        call=call,
        uri=uri,
        content=reading.ours(call.content, call.language),
        sentence=plain(call.content, 200),
        online=reading.link(call.online_url),
        may_organise=calls.may_organise(call, member),
        is_over=_is_over(call),
        missing=max((call.needed or 0) - values["coming"], 0),
        taken_back="repris" in request.query_params,
        qr=reading.qr(uri),
        problems=problems,
        written=written,
        **values,
    )


def _is_over(call: Call) -> bool:
    return (call.ends_at or call.starts_at) <= clock.now()


routes = [
    Route("/e/{n:int}", show),
    Route("/e/{n:int}/reponse", answer, methods=["POST"]),
    Route("/e/{n:int}/reprendre", take_back, methods=["POST"]),
    Route("/e/{n:int}/reponse/{secret}", visit),
    Route("/e/{n:int}/reponse/{secret}", end_visit, methods=["POST"]),
]
