"""One member: where they stand, their welcome of newcomers, and how a membership ends."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import assemblies, leaving, members, rules, welcoming
from node.clock import now
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Member
from node.models.member import ASKED, INVITED
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import in_charge, myself


async def show(request: Request) -> Response:
    """Show one member to those in charge."""
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        months = (await rules.current(tx)).term_months
    end = welcoming.term_end(months).astimezone(assemblies.zone(request.state.assembly))
    return await _page(request, filled(until_date=f"{end:%Y-%m-%d}" if months else ""))


async def act(request: Request) -> Response:
    """Give or end the welcome of newcomers; end a membership, or begin it anew."""
    in_charge(request)
    answers = await form(request)
    until = answers.moment("until_date", "until_time", assemblies.zone(request.state.assembly))
    if answers.problems:
        return await _page(request, answers, *answers.problems)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, member = await myself(tx, request), await _known(tx, request)
            await _do(tx, member, me, answers, until)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(f"/admin/membres/{member.id}", "notice.saved")


async def _do(
    tx: Transaction, member: Member, me: Member, answers: Form, until: datetime | None
) -> None:
    does = answers["act"]
    if does == "give-welcome":
        if until is not None and until <= now():
            raise Invalid(Problem("until", "term-in-the-past", {}))
        await welcoming.give(tx, member, by=me, until=until)
    elif does == "end-welcome":
        await welcoming.end(tx, member, by=me)
    elif does == "leave":
        await leaving.leave(tx, member, by=me, reason=answers["left_reason"])
    elif does == "exclude":
        reason, decision = answers["reason"], answers["decision"]
        await leaving.exclude(tx, member, by=me, reason=reason, decision=decision)
    elif does == "readmit":
        await leaving.readmit(tx, member, by=me, decision=answers["decision"])
    else:
        raise NotFound("there is no such button")


async def _known(tx: Transaction, request: Request) -> Member:
    member = await tx.get(Member, request.path_params["id"])
    if member is None or member.state in (ASKED, INVITED):
        raise NotFound("there is no such member", code="no-such-member", handle="")
    return member


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        one = await _known(tx, request)
        duties = [duty for duty in await welcoming.duties(tx) if duty.member_id == one.id]
    return await page(
        request,
        "admin_member.html",
        status=422 if problems else 200,
        one=one,
        is_present=members.is_present(one),
        duty=duties[0] if duties else None,
        values=values,
        problems=problems,
    )


routes = [
    Route("/admin/membres/{id:int}", show),
    Route("/admin/membres/{id:int}", act, methods=["POST"]),
]
