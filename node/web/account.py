"""A member's own page: what they are called, where they exist, how they come in."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import access, linking, members
from node.errors import Invalid, Problem
from node.texts import plain
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in
from node.web.sign_in import with_session
from node.words import LANGUAGES

_PAGES = ("profil", "langue", "ailleurs", "mot-de-passe")


async def show(request: Request) -> Response:
    """Show each setting with its state, one page a line."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        linked = await linking.linked(tx, member)
    return await page(request, "account.html", linked=linked)


async def ask(request: Request) -> Response:
    """Ask about one setting."""
    member = signed_in(request)
    return await _page(
        request,
        filled(
            name=member.name,
            summary=plain(member.actor.summary),
            language=member.language or "",
        ),
    )


async def describe(request: Request) -> Response:
    """Change the name and the description."""
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            await members.describe(tx, me, name=answers["name"], summary=answers["summary"])
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other("/compte", "notice.saved")


async def speak(request: Request) -> Response:
    """Change the language in which the member is spoken to."""
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        me.language = answers["language"] if answers["language"] in LANGUAGES else None
    answer = see_other("/compte", "notice.saved")
    answer.delete_cookie("langue", samesite="lax", httponly=True)
    return answer


async def exist_elsewhere(request: Request) -> Response:
    """Begin or cease to exist outside of this node."""
    answers = await form(request)
    wants = answers["elsewhere"] == "yes"
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        await (members.publish if wants else members.unpublish)(tx, me)
    notice = "notice.published" if wants else "notice.unpublished"
    return see_other("/compte", notice)


async def change_password(request: Request) -> Response:
    """Keep a new password; every other device has to sign in again."""
    answers, member = await form(request), signed_in(request)
    problems = await _password_problems(member.password_hash, answers)
    if problems:
        return await _page(request, answers, *problems)
    kept = await asyncio.to_thread(access.hash_password, answers["password"])
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        await access.set_password(tx, me, kept)
        secret = await access.open_session(tx, me)
    return with_session(request, see_other("/compte", "notice.password-changed"), secret)


async def _password_problems(kept: str | None, answers: Form) -> list[Problem]:
    if kept and not await asyncio.to_thread(access.password_fits, kept, answers["present"]):
        return [Problem("present", "password-wrong", {})]
    try:
        access.check_password(answers["password"])
    except Invalid as error:
        return list(error.problems)
    return []


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    what = request.url.path.rpartition("/")[2]
    return await page(
        request,
        "account_setting.html",
        status=422 if problems else 200,
        what=what,
        values=values,
        problems=problems,
    )


async def profile(request: Request) -> Response:
    """Lead to the member's own public page."""
    return RedirectResponse(f"/@{signed_in(request).handle}", 302)


routes = [
    Route("/compte", show),
    Route("/compte/page", profile),
    *(Route(f"/compte/{what}", ask) for what in _PAGES),
    Route("/compte/profil", describe, methods=["POST"]),
    Route("/compte/langue", speak, methods=["POST"]),
    Route("/compte/ailleurs", exist_elsewhere, methods=["POST"]),
    Route("/compte/mot-de-passe", change_password, methods=["POST"]),
]
