"""Who belongs to the assembly, and the links that let people in."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import access, members
from node.errors import Invalid, NotFound, Problem
from node.models import Member
from node.web.forms import Form, form
from node.web.page import page
from node.web.security import in_charge, is_secure

_SHOWN_ONCE = "lien"
_WELCOME_LASTS = timedelta(days=7)


async def show(request: Request) -> Response:
    """Show the members, and the link that was just made, once."""
    in_charge(request)
    return await _page(request, Form({}))


async def admit(request: Request) -> Response:
    """Admit a person, and make the link with which they come in for the first time."""
    in_charge(request)
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            member = await members.admit(
                tx,
                name=answers["name"],
                handle=answers.text("handle").removeprefix("@") or None,
                is_in_charge=answers.has("in_charge"),
            )
            secret = await access.make_link(
                tx, access.NEW_MEMBER, member=member, lasts=_WELCOME_LASTS
            )
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return _shown_once(request, secret)


async def let_in_again(request: Request) -> Response:
    """Make a link for a member who can no longer come in."""
    in_charge(request)
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        member = await tx.get(Member, request.path_params["id"])
        if member is None or member.left_at is not None:
            raise NotFound("there is no such member", code="no-such-member", handle="")
        secret = await access.make_link(tx, access.SIGN_IN, member=member)
    return _shown_once(request, secret)


def _shown_once(request: Request, secret: str) -> Response:
    answer = RedirectResponse("/admin/membres", 303)
    answer.set_cookie(
        _SHOWN_ONCE,
        secret,
        300,
        path="/admin/membres",
        secure=is_secure(request.scope),
        httponly=True,
        samesite="strict",
    )
    return answer


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    secret = request.cookies.get(_SHOWN_ONCE, "")
    async with request.app.state.node.database.read() as tx:
        listed = await members.all_present(tx)
    answer = await page(
        request,
        "admin_members.html",
        status=422 if problems else 200,
        members=listed,
        values=values,
        problems=problems,
        link=f"{request.state.assembly.origin}/lien/{secret}" if secret else None,
    )
    if secret:
        answer.headers["Cache-Control"] = "private, no-store"
        answer.delete_cookie(_SHOWN_ONCE, path="/admin/membres", samesite="strict")
    return answer


routes = [
    Route("/admin/membres", show),
    Route("/admin/membres", admit, methods=["POST"]),
    Route("/admin/membres/{id:int}/lien", let_in_again, methods=["POST"]),
]
