"""Giving one's proxy to another member for one vote, and taking it back."""

from starlette.requests import Request
from starlette.responses import Response

from node.assembly import members
from node.assembly.voting import proxies
from node.errors import Invalid, NotFound, NotNow, Problem
from node.web import ballot_at
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Ask to whom, and list the proxies that were given."""
    return await _page(request, Form({}))


async def give(request: Request) -> Response:
    """Give a proxy, or take it back."""
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            vote = await ballot_at.vote(tx, request)
            if answers.has("revoke"):
                await proxies.revoke(tx, vote, giver=me)
            else:
                try:
                    holder = await members.by_handle(tx, answers.text("holder").lstrip("@"))
                except NotFound as error:
                    raise Invalid(Problem("holder", "no-such-member", error.values)) from error
                await proxies.give(tx, vote, giver=me, holder=holder)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    notice = "notice.proxy-revoked" if answers.has("revoke") else "notice.proxy-given"
    return see_other(f"{ballot_at.path(request)}/procuration", notice)


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    me = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        sheet = await ballot_at.sheet(tx, request)
        if not sheet.proxies_max:
            raise NotNow("this vote knows no proxies", code="no-proxies")
        listed = await proxies.listed(tx, sheet.vote_id)
    return await page(
        request,
        "vote_proxies.html",
        status=422 if problems else 200,
        vote=sheet,
        listed=listed,
        mine=next((one for one in listed if one.giver_id == me.id), None),
        values=values,
        problems=problems,
    )


routes = [
    *ballot_at.doors("procuration", show),
    *ballot_at.doors("procuration", give, "POST"),
]
