"""Who belongs to the assembly, who asks to, and the links and invitations that let people in."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import access, invitations, joining, members, welcoming
from node.errors import Invalid, Problem
from node.models import Member
from node.models.member import ASKED
from node.web import paging, reading
from node.web.forms import Form, form
from node.web.page import page
from node.web.security import in_charge, is_secure, myself

_HERE = "/admin/membres"
_LINES = 25  # of each of four lists
_SHOWN_ONCE = "lien"
_WELCOME_LASTS = timedelta(days=7)
# Both forms of the page ask for a name.
_OTHER_FIELD = {"name": "for_name"}


async def show(request: Request) -> Response:
    """Show who waits first, the members, and the link that was just made, once."""
    in_charge(request)
    return await shown(request, Form({}))


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
                by=await myself(tx, request),
            )
            secret = await access.make_link(
                tx, access.NEW_MEMBER, member=member, lasts=_WELCOME_LASTS
            )
    except Invalid as error:
        return await shown(request, answers, *error.problems)
    return _shown_once(request, secret)


async def let_in_again(request: Request) -> Response:
    """Make a link for a member who can no longer come in."""
    in_charge(request)
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        member = await members.by_id(tx, request.path_params["id"])
        secret = await access.make_link(tx, access.SIGN_IN, member=member)
    return _shown_once(request, secret)


def beside(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of an invitation beside the fields it has on this page."""
    return [
        Problem(_OTHER_FIELD.get(one.field, one.field), one.code, one.values) for one in problems
    ]


def _shown_once(request: Request, secret: str) -> Response:
    answer = RedirectResponse(_HERE, 303)
    answer.set_cookie(
        _SHOWN_ONCE,
        secret,
        300,
        path=_HERE,
        secure=is_secure(request.scope),
        httponly=True,
        samesite="strict",
    )
    return answer


async def shown(request: Request, values: Form, *problems: Problem) -> Response:
    """Return the page, with what was typed and what is wrong with it."""
    secret = request.cookies.get(_SHOWN_ONCE, "")
    async with request.app.state.node.database.read() as tx:
        everybody = await members.everybody(tx)
        waiting = await joining.waiting(tx)
        among = await welcoming.holders(tx)
        welcoming_ids = {duty.member_id for duty in await welcoming.duties(tx)}
        invited = await invitations.listed(tx)
    present = [one for one in everybody if members.is_present(one)]
    others = [one for one in everybody if not members.is_present(one) and one.state != ASKED]
    searched = request.query_params.get("nom", "")[:100]
    wanted = reading.slug(searched)
    found = [one for one in present if _is_called(one, wanted)]
    lists = {
        "demandes": waiting,
        "membres": found,
        "autres": others,
        "invitations": invited,
    }
    at = paging.several(request, lists, most=_LINES, path=_HERE)
    answer = await page(
        request,
        "admin_members.html",
        status=422 if problems else 200,
        members=at["membres"].cut(found),
        members_count=len(present),
        searched=searched,
        others=at["autres"].cut(others),
        waiting=[(one, welcoming.on_duty(one, among)) for one in at["demandes"].cut(waiting)],
        welcoming_ids=welcoming_ids,
        invitations=at["invitations"].cut(invited),
        at=at,
        values=values,
        problems=problems,
        link=f"{request.state.assembly.origin}/lien/{secret}" if secret else None,
    )
    if secret:
        answer.headers["Cache-Control"] = "private, no-store"
        answer.delete_cookie(_SHOWN_ONCE, path=_HERE, samesite="strict")
    return answer


def _is_called(member: Member, wanted: str) -> bool:
    """Say whether a slug is in a name, whatever its capitals and accents, or in a handle."""
    return wanted in f"{reading.slug(member.name)} {member.handle}"


routes = [
    Route(_HERE, show),
    Route(_HERE, admit, methods=["POST"]),
    Route(_HERE + "/{id:int}/lien", let_in_again, methods=["POST"]),
]
