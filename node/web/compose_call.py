"""Writing a call for participation, changing it, calling it off."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import assemblies, calls
from node.assembly.calls import Invitation
from node.errors import Invalid, NotNow, Problem
from node.models import Call
from node.texts import render
from node.web.compose import servers
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

FIELDS = (
    "title", "text", "starts_at_date", "starts_at_time", "ends_at_date", "ends_at_time",
    "place_name", "street", "postal_code", "locality", "online_url", "how_to_join", "needed",
)  # fmt: skip


async def begin(request: Request) -> Response:
    """Ask for what people need to know to take part."""
    signed_in(request)
    return await write(request, Form({}))


async def publish(request: Request) -> Response:
    """Show the call as it will be read, then publish it."""
    signed_in(request)
    answers = await form(request)
    invitation, problems = _invitation(request, answers)
    if answers["step"] == "write" or problems:
        return await write(request, answers, *(problems if answers["step"] != "write" else ()))
    if answers["step"] != "publish":
        return await check(request, answers, invitation)
    async with request.app.state.node.database.transaction() as tx:
        call = await calls.publish(tx, await myself(tx, request), invitation)
    return see_other(f"/e/{call.number}", "notice.call-published")


async def begin_change(request: Request) -> Response:
    """Show the call as it stands, to be changed."""
    call = await mine(request)
    if call.meeting is not None:
        return RedirectResponse(f"/e/{call.number}/reunion", 303)
    zone = assemblies.zone(request.state.assembly)
    return await write(request, as_typed(call, zone))


async def change(request: Request) -> Response:
    """Change the call; everybody who holds a copy is told."""
    answers, number = await form(request), request.path_params["n"]
    invitation, problems = _invitation(request, answers)
    if problems:
        return await write(request, answers, *problems)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        await calls.change(tx, await calls.by_number(tx, number), by=me, invitation=invitation)
    return see_other(f"/e/{number}", "notice.call-changed")


async def ask_to_cancel(request: Request) -> Response:
    """Ask why it will not take place."""
    return await _cancel_page(request, await mine(request), Form({}))


async def cancel(request: Request) -> Response:
    """Say to everybody that it will not take place."""
    answers, number = await form(request), request.path_params["n"]
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            call = await calls.by_number(tx, number)
            await calls.cancel(tx, call, by=me, reason=answers["reason"])
    except Invalid as error:
        return await _cancel_page(request, await mine(request), answers, *error.problems)
    return see_other(f"/e/{number}", "notice.call-cancelled")


def _invitation(request: Request, answers: Form) -> tuple[Invitation, list[Problem]]:
    invitation = Invitation(**read(request, answers))
    return invitation, all_problems(invitation, answers)


def read(request: Request, answers: Form) -> dict[str, Any]:
    """Return what a form says of an invitation, each value read."""
    zone = assemblies.zone(request.state.assembly)
    return {
        "title": answers["title"],
        "text": answers["text"],
        "starts_at": answers.moment("starts_at_date", "starts_at_time", zone),
        "ends_at": answers.moment("ends_at_date", "ends_at_time", zone),
        "how_to_join": answers["how_to_join"],
        "place_name": answers["place_name"],
        "street": answers["street"],
        "locality": answers["locality"],
        "postal_code": answers["postal_code"],
        "online_url": answers["online_url"],
        "needed": answers.number("needed"),
    }


def all_problems(invitation: Invitation, answers: Form) -> list[Problem]:
    """Return what cannot be read, then what is wrong with what can."""
    unread = {problem.field for problem in answers.problems}
    found = [problem for problem in invitation.problems() if problem.field not in unread]
    return [*answers.problems, *found]


def as_typed(call: Call, zone: ZoneInfo) -> Form:
    """Return the form of a call as it stands."""
    start, end = call.starts_at.astimezone(zone), call.ends_at and call.ends_at.astimezone(zone)
    return filled(
        title=call.title,
        text=call.source,
        starts_at_date=f"{start:%Y-%m-%d}",
        starts_at_time=f"{start:%H:%M}",
        ends_at_date=f"{end:%Y-%m-%d}" if end else "",
        ends_at_time=f"{end:%H:%M}" if end else "",
        place_name=call.place_name,
        street=call.street,
        postal_code=call.postal_code,
        locality=call.locality,
        online_url=call.online_url,
        how_to_join=call.how_to_join,
        needed=call.needed,
    )


async def mine(request: Request) -> Call:
    """Return the call at this address. Raise Refusal or NotNow for whoever may not change it."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        call = await calls.by_number(tx, request.path_params["n"])
    calls.must_organise(call, member)
    if call.cancelled_at is not None:
        raise NotNow("the call is cancelled", code="call-is-cancelled")
    return call


async def write(request: Request, values: Form, *problems: Problem, kind: str = "call") -> Response:
    """Show the form of a call or of a meeting."""
    return await page(
        request,
        f"compose_{kind}.html",
        status=422 if problems else 200,
        values=values,
        problems=problems,
        servers=await servers(request),
        number=request.path_params.get("n"),
    )


async def check(
    request: Request,
    values: Form,
    invitation: Invitation,
    *,
    kind: str = "call",
    names: Sequence[str] = FIELDS,
) -> Response:
    """Show a call or a meeting as it will be read, before it is announced."""
    return await page(
        request,
        f"compose_{kind}_check.html",
        values=values,
        names=names,
        call=invitation,
        content=render(invitation.text),
        servers=await servers(request),
    )


async def _cancel_page(request: Request, call: Call, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "call_cancel.html",
        status=422 if problems else 200,
        call=call,
        values=values,
        problems=problems,
    )


routes = [
    Route("/ecrire/appel", begin),
    Route("/ecrire/appel", publish, methods=["POST"]),
    Route("/e/{n:int}/modifier", begin_change),
    Route("/e/{n:int}/modifier", change, methods=["POST"]),
    Route("/e/{n:int}/annuler", ask_to_cancel),
    Route("/e/{n:int}/annuler", cancel, methods=["POST"]),
]
