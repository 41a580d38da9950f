"""News of the network: what those we follow publish, and what our members answer."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import contributions, neighbours, publications, sharing
from node.assembly.neighbours import News
from node.assembly.voices import on_publication
from node.errors import Invalid, Problem
from node.texts import plain
from node.web import reading, voices
from node.web.page import page
from node.web.security import form, in_charge, myself, see_other, signed_in

_PAGE = 20
_OFFICIAL = ("proposal", "vote", "decision", "call", "meeting", "common-text")


class Shown(NamedTuple):
    """A publication as the page shows it: cleaned, labelled only with what is proven."""

    news: News
    title: str
    extract: str
    content: Markup
    label: str | None
    original: str | None
    author_page: str | None


async def listed(request: Request) -> Response:
    """Show the news, newest first, page by page."""
    before = reading.asked_number(request, "avant")
    async with request.app.state.node.database.read() as tx:
        ours = request.state.assembly.actor
        found = await neighbours.news(tx, ours, before=before, limit=_PAGE + 1)
    following = found[_PAGE - 1].id if len(found) > _PAGE else None
    return await page(
        request,
        "news.html",
        listed=[show(news) for news in found[:_PAGE]],
        following=following,
        is_first=before is None,
    )


async def one(request: Request) -> Response:
    """Show one publication and what our members answered to it."""
    return await _page(request)


async def answer(request: Request) -> Response:
    """Answer a text of another assembly; it leaves this house under the member's name."""
    number = reading.number(request)
    signed_in(request)
    written = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            author = await myself(tx, request)
            publication = await publications.by_id(tx, number)
            contribution = await contributions.comment(
                tx, author, on=publication, text=written.text("text")
            )
    except Invalid as error:
        return await _page(request, error.problems, text=written.text("text"))
    return RedirectResponse(f"/reseau/{number}#c-{contribution.id}", 303)


async def pass_on(request: Request) -> Response:
    """Pass a text on to everyone who follows the assembly, or take that back."""
    number = reading.number(request)
    in_charge(request)
    wish = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        publication = await publications.by_id(tx, number)
        if wish.has("take-back"):
            await sharing.unshare(tx, publication, by=me)
        else:
            await sharing.share(tx, publication, by=me)
    return see_other(f"/reseau/{number}", "notice.saved")


def show(news: News) -> Shown:
    """Prepare somebody else's publication for a page of ours."""
    content = reading.foreign(news.content or news.summary or "")
    summary = reading.foreign(news.summary) if news.summary else content
    official = news.kind if news.is_proven and news.kind in _OFFICIAL else None
    return Shown(
        news,
        plain(reading.foreign(news.name or ""), 200),
        plain(summary, 280),
        content,
        official,
        reading.link(news.url) or reading.link(news.uri),
        reading.link(news.author_url),
    )


async def _page(request: Request, problems: Sequence[Problem] = (), *, text: str = "") -> Response:
    async with request.app.state.node.database.read() as tx:
        news = await neighbours.one(tx, reading.number(request))
        said = await on_publication(tx, news.id)
        is_shared = await sharing.is_shared(tx, await publications.by_id(tx, news.id))
    return await page(
        request,
        "publication.html",
        status=422 if problems else 200,
        shown=show(news),
        threads=voices.threads(request, said),
        voices_count=voices.count(said),
        is_shared=is_shared,
        problems=problems,
        text=text,
    )


routes = [
    Route("/reseau", listed),
    Route("/reseau/{n:int}", one),
    Route("/reseau/{n:int}/contributions", answer, methods=["POST"]),
    Route("/reseau/{n:int}/partage", pass_on, methods=["POST"]),
]
