"""The page to which an invitation leads: who brings it is a member, with or without a password."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import access, invitations, rules
from node.errors import Invalid, Problem
from node.models import Member
from node.web.forms import Form, form, see_other
from node.web.link import password_problems
from node.web.page import page
from node.web.sign_in import with_session


async def ask(request: Request) -> Response:
    """Say what the invitation will do, and do nothing yet."""
    return await _page(request, Form({}))


async def accept(request: Request) -> Response:
    """Use one place of the invitation, keep the password, open a session."""
    answers = await form(request)
    problems = password_problems(answers)
    if problems:
        return await _page(request, answers, *problems)
    password = answers["password"]
    kept = await asyncio.to_thread(access.hash_password, password) if password else None
    try:
        async with request.app.state.node.database.transaction() as tx:
            member = await invitations.accept(
                tx,
                request.path_params["secret"],
                name=answers["name"],
                handle=answers.text("handle").removeprefix("@") or None,
            )
            if kept:
                await access.set_password(tx, member, kept)
            session = await access.open_session(tx, member)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return with_session(request, see_other("/tableau-de-bord", "notice.welcome"), session)


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        found = await invitations.look_at(tx, request.path_params["secret"])
        invited = await tx.get(Member, found.member_id) if found.member_id else None
        days = (await rules.current(tx)).roll_after_days
    answer = await page(
        request,
        "invitation.html",
        status=422 if problems else 200,
        invitation=found,
        person=invited,
        days=days,
        values=values,
        problems=problems,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


routes = [
    Route("/invitation/{secret}", ask),
    Route("/invitation/{secret}", accept, methods=["POST"]),
]
