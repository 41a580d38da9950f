"""The draw that ends a tie: what was published before, what was drawn, how to do it again."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import dossiers, proposals, randomness, sortition, votes
from node.assembly.dossiers import Dossier
from node.assembly.voting import draws, finding
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Draw, Vote
from node.web import reading
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import in_charge, myself
from node.words import Words


class Line(NamedTuple):
    """One name of the list, what it stands for, and its place once the lots are drawn."""

    name: str
    meaning: str
    place: int | None
    rank: str


async def show(request: Request) -> Response:
    """Show the list, the rule and the source, and what came of them."""
    return await _page(request, Form({}))


async def enter(request: Request) -> Response:
    """Enter the randomness that somebody in charge read where it was published."""
    in_charge(request)
    answers, number = await form(request), reading.number(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            vote = await votes.on(tx, await proposals.by_number(tx, number))
            draw = await _of(tx, vote)
            found = _read(draw, answers)
            decision = await draws.enter(tx, vote, by=me, found=found)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(f"/d/{decision.number}", "notice.draw-entered")


async def export(request: Request) -> Response:
    """Return the file that `palabre draw` draws again (docs/draw.md)."""
    async with request.app.state.node.database.read() as tx:
        dossier, _vote, draw = await _look(tx, request)
    about = f"{request.state.assembly.origin}/p/{dossier.number}/tirage"
    body = json.dumps({"about": about, **draws.written(draw)}, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="tirage-{dossier.label}.json"'}
    return Response(body, media_type="application/json", headers=headers)


def _read(draw: Draw, answers: Form) -> str:
    if draw.source == "drand":
        return randomness.from_drand(answers["randomness"], draw.mode)
    return randomness.from_loto(answers["randomness"], answers["chance"])


async def _look(tx: Transaction, request: Request) -> tuple[Dossier, Vote, Draw]:
    dossier = await dossiers.by_number(tx, reading.number(request))
    vote = await tx.get(Vote, dossier.vote_id) if dossier.vote_id else None
    if vote is None:
        raise NotFound("there is no vote")
    return dossier, vote, await _of(tx, vote)


async def _of(tx: Transaction, vote: Vote) -> Draw:
    draw = await finding.draw_of(tx, vote)
    if draw is None:
        raise NotFound("there is no draw")
    return draw


def lines(draw: Draw, meanings: Mapping[str, str]) -> list[Line]:
    """Return the list in the order in which it was drawn, or as it is published before that."""
    names = sortition.listed(list(draw.names))
    if draw.randomness is None:
        return [Line(one, meanings[draw.names[one]], None, "") for one in names]
    ranks: dict[str, str] = {}
    if draw.mode == "tirage-v1":
        ranks = dict(sortition.ranked(names, draw.randomness))
    drawn = sortition.order(draw.mode, names, draw.randomness)
    return [
        Line(one, meanings[draw.names[one]], place, ranks.get(one, ""))
        for place, one in enumerate(drawn, 1)
    ]


def _meanings(vote: Vote, words: Words) -> dict[str, str]:
    options = {one["code"]: one["text"] for one in vote.options}
    return options or {code: words(f"outcome.{code}") for code in draws.VERDICTS}


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        dossier, vote, draw = await _look(tx, request)
    given: dict[str, Any] = {}
    if draw.beacon_round is not None:
        given["beacon"] = randomness.beacon_url(draw.beacon_round)
    return await page(
        request,
        "draw.html",
        status=422 if problems else 200,
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        draw=draw,
        lines=lines(draw, _meanings(vote, request.state.words)),
        is_due=clock.now() >= draw.due_at,
        values=values,
        problems=problems,
        **{"beacon": None, **given},
    )


routes = [
    Route("/p/{n:int}/tirage", show),
    Route("/p/{n:int}/tirage", enter, methods=["POST"]),
    Route("/p/{n:int}/tirage.json", export),
]
