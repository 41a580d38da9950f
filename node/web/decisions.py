"""The register of decisions, year by year."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import decided, follow_ups, register
from node.assembly.follow_ups import Standing
from node.web import paging, printing, reading, register_words
from node.web.page import page
from node.words import Words


async def show(request: Request) -> Response:
    """List what was decided, and the fingerprint that stands for the whole register."""
    words = request.state.words
    async with request.app.state.node.database.read() as tx:
        counts = await decided.per_year(tx)
        year = reading.asked_number(request, "annee")
        year = year if year in counts else None
        at = paging.pages(request, counts[year] if year else sum(counts.values()))
        listed = await decided.newest(tx, at.most, offset=at.offset, year=year)
        head = await register.head(tx)
        standings = await follow_ups.standings(tx, [line.id for line in listed])
    return await page(
        request,
        "decisions.html",
        years=[(of, list(lines)) for of, lines in groupby(listed, lambda line: line.year)],
        counts=counts,
        chosen=year,
        at=at,
        head=head,
        follow={number: _told(now, words) for number, (_, now) in standings.items()},
        has_pdf=printing.is_available(),
    )


def _told(now: Standing, words: Words) -> list[str]:
    """Say in a few words who carries a decision out, by when, and when to look again."""
    told = [now.holder] if now.holder else []
    if now.is_done:
        told.append(words("register.done"))
    elif now.due_on:
        told.append(words("register.line-due", day=register_words.short_day(now.due_on, words)))
    if now.review_on:
        day = register_words.short_day(now.review_on, words)
        told.append(words("register.line-review", day=day))
    return told


routes = [Route("/decisions", show)]
