"""Drafts: written alone or together, kept, published when they are ready."""

from typing import TypedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import drafts, proposals
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Draft, Member
from node.texts import line, render
from node.web import reading
from node.web.compose import servers
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


class Written(TypedDict):
    """What the form of a draft says."""

    title: str
    text: str
    is_signed: bool


async def begin(request: Request) -> Response:
    """Keep what was written so far as a draft."""
    signed_in(request)
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            draft = await drafts.begin(tx, await myself(tx, request), **_written(answers))
    except Invalid as error:
        return await page(
            request,
            "compose_proposal.html",
            status=422,
            values=answers,
            problems=error.problems,
            servers=await servers(request),
            number=None,
        )
    return see_other(f"/brouillons/{draft.id}", "notice.draft-saved")


async def show(request: Request) -> Response:
    """Show a draft to one who carries it, to go on writing."""
    draft = await _look(request)
    values = filled(title=draft.title, text=draft.source, signed="yes" if draft.is_signed else "")
    return await _page(request, draft, _on(draft, values))


async def save(request: Request) -> Response:
    """Keep the draft, show it as it will be read, or publish it."""
    answers, step = await form(request), ""
    try:
        async with request.app.state.node.database.transaction() as tx:
            draft, me = await _mine(tx, request)
            step = answers["step"]
            if step == "publish":
                proposal = await drafts.publish(
                    tx, draft, by=me, seen=answers["seen"], **_written(answers)
                )
                return see_other(f"/p/{proposal.number}", "notice.proposal-published")
            await drafts.save(tx, draft, seen=answers["seen"], **_written(answers))
        answers = _on(draft, answers)
        if step == "check":
            proposals.checked(answers["title"], answers["text"])
        elif answers.text("handle"):
            raise Invalid(Problem("handle", "carrier-not-invited", {}))
    except Invalid as error:
        return await _again(request, answers, error)
    if step == "check":
        return await _check(request, answers)
    return see_other(f"/brouillons/{draft.id}", "notice.draft-saved")


async def invite(request: Request) -> Response:
    """Keep the draft, and let another member write and publish it; both or neither."""
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            draft, _ = await _mine(tx, request)
            await drafts.save(tx, draft, seen=answers["seen"], **_written(answers))
            await drafts.invite(tx, draft, answers["handle"])
    except Invalid as error:
        return await _again(request, answers, error)
    return see_other(f"/brouillons/{draft.id}", "notice.draft-shared")


async def throw_away(request: Request) -> Response:
    """Forget the draft."""
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        draft, _ = await _mine(tx, request)
        await drafts.throw_away(tx, draft)
    return see_other("/tableau-de-bord", "notice.draft-thrown-away")


async def _look(request: Request) -> Draft:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        return await drafts.find(tx, reading.number(request, "d"), member)


async def _mine(tx: Transaction, request: Request) -> tuple[Draft, Member]:
    me = await myself(tx, request)
    return await drafts.find(tx, reading.number(request, "d"), me), me


def _written(answers: Form) -> Written:
    return {
        "title": answers["title"],
        "text": answers["text"],
        "is_signed": answers.has("signed"),
    }


def _on(draft: Draft, values: Form) -> Form:
    """Return what is in the form, based on the draft as it stands now."""
    return Form({**values, "seen": drafts.digest(draft)})


async def _again(request: Request, answers: Form, error: Invalid) -> Response:
    """Show what was typed again; beside what others wrote meanwhile when that is the fault."""
    draft = await _look(request)
    if isinstance(error, drafts.Changed):
        return await _page(request, draft, _on(draft, answers), error, is_changed=True)
    return await _page(request, draft, answers, error)


async def _page(
    request: Request,
    draft: Draft,
    values: Form,
    error: Invalid | None = None,
    *,
    is_changed: bool = False,
) -> Response:
    return await page(
        request,
        "draft.html",
        status=error.status if error else 200,
        draft=draft,
        values=values,
        problems=error.problems if error else (),
        is_changed=is_changed,
    )


async def _check(request: Request, values: Form) -> Response:
    return await page(
        request,
        "compose_check.html",
        values=values,
        title=line(values["title"]),
        content=render(values["text"]),
        servers=await servers(request),
        number=None,
    )


routes = [
    Route("/brouillons", begin, methods=["POST"]),
    Route("/brouillons/{d}", show),
    Route("/brouillons/{d}", save, methods=["POST"]),
    Route("/brouillons/{d}/porteurs", invite, methods=["POST"]),
    Route("/brouillons/{d}/jeter", throw_away, methods=["POST"]),
]
