"""A link that opens the door once: for the first member, for a new one, for a lost password."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import access, members
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Member, OneTimeLink
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.sign_in import with_session


async def ask(request: Request) -> Response:
    """Say what the link will do, and do nothing yet: mail programs open links too."""
    return await _page(request, Form({}))


async def use(request: Request) -> Response:
    """Spend the link: admit the person if they are new, keep the password, open a session."""
    answers = await form(request)
    problems = password_problems(answers)
    if problems:
        return await _page(request, answers, *problems)
    password = answers["password"]
    kept = await asyncio.to_thread(access.hash_password, password) if password else None
    try:
        async with request.app.state.node.database.transaction() as tx:
            link = await access.use_link(tx, request.path_params["secret"])
            member = await _whose(tx, link) or await _admit(tx, link, answers)
            if kept:
                await access.set_password(tx, member, kept)
            secret = await access.open_session(tx, member)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    notice = "notice.signed-in" if link.purpose == access.SIGN_IN else "notice.welcome"
    return with_session(request, see_other("/tableau-de-bord", notice), secret)


def password_problems(answers: Form) -> list[Problem]:
    """Return what is wrong with a password that may also be left out."""
    if not answers["password"]:
        return []
    try:
        access.check_password(answers["password"])
    except Invalid as error:
        return list(error.problems)
    return []


async def _whose(tx: Transaction, link: OneTimeLink) -> Member | None:
    return await tx.get(Member, link.member_id) if link.member_id is not None else None


async def _admit(tx: Transaction, link: OneTimeLink, answers: Form) -> Member:
    return await members.admit(
        tx,
        name=answers.text("name"),
        handle=answers.text("handle").removeprefix("@") or None,
        is_in_charge=link.purpose == access.FIRST_MEMBER,
    )


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        link = await access.look_at_link(tx, request.path_params["secret"])
        member = await _whose(tx, link)
    return await page(
        request,
        "link.html",
        status=422 if problems else 200,
        link=link,
        person=member,
        values=values,
        problems=problems,
    )


routes = [
    Route("/lien/{secret}", ask),
    Route("/lien/{secret}", use, methods=["POST"]),
]
