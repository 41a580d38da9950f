"""One proposal: its state, its text, the way to vote or the outcome, the discussion."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import contributions, dossiers, proposals
from node.assembly.dossiers import Dossier
from node.assembly.voices import Voice, on_proposal
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Contribution
from node.texts import plain
from node.web import ballot_box, life, reading, tables, voices
from node.web.ballot_box import Box
from node.web.life import Life
from node.web.page import page
from node.web.security import form, myself, signed_in


class _Seen(NamedTuple):
    """What one moment of the database says about a proposal."""

    dossier: Dossier
    said: Sequence[Voice]
    box: Box | None
    life: Life


async def show(request: Request) -> Response:
    """One address holds the whole question; the slug is decoration and a wrong one redirects."""
    seen = await _look(request)
    path = reading.proposal_path(seen.dossier.number, seen.dossier.title)
    if "slug" in request.path_params and request.url.path != path:
        return RedirectResponse(path, 301)
    return await _page(request, seen, reply_to=request.query_params.get("repondre", ""))


async def vote(request: Request) -> Response:
    """The opening of the vote is read on the proposal's own page."""
    return RedirectResponse(f"/p/{reading.number(request)}#vote", 302, {"Vary": "Accept"})


async def contribute(request: Request) -> Response:
    """Say something about the proposal, or answer somebody who did."""
    number = reading.number(request)
    signed_in(request)
    written = await form(request)
    text, reply_to = written.text("text"), written.text("reply_to")
    try:
        async with request.app.state.node.database.transaction() as tx:
            author = await myself(tx, request)
            proposal = await proposals.by_number(tx, number)
            answered = await _answered(tx, proposal.id, reply_to)
            contribution = await contributions.comment(
                tx, author, on=proposal, text=text, in_reply_to=answered
            )
    except Invalid as error:
        seen = await _look(request)
        return await _page(request, seen, error.problems, text=text, reply_to=reply_to)
    return RedirectResponse(f"/p/{number}?voix={contribution.id}#c-{contribution.id}", 303)


async def _answered(tx: Transaction, proposal_id: int, reply_to: str) -> Contribution | None:
    if not reply_to:
        return None
    answered = await contributions.by_id(tx, reading.row_number(reply_to))
    if answered.proposal_id != proposal_id:
        raise NotFound("that one is about something else")
    return answered


async def _look(request: Request) -> _Seen:
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, reading.number(request))
        said = await on_proposal(tx, dossier.id)
        box = await ballot_box.look(tx, request, dossier.number) if dossier.vote_id else None
        lived = await life.look(tx, dossier, request.state.member)
    return _Seen(dossier, said, box, lived)


async def _page(
    request: Request,
    seen: _Seen,
    problems: Sequence[Problem] = (),
    *,
    text: str = "",
    reply_to: str = "",
) -> Response:
    dossier, said = seen.dossier, seen.said
    wanted = reply_to or request.query_params.get("voix", "")
    part = reading.asked_number(request, "suite")
    uri = f"{request.state.assembly.origin}/p/{dossier.number}"
    return await page(
        request,
        "proposal.html",
        status=422 if problems else 200,
        proposal=dossier,
        uri=uri,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        content=reading.ours(dossier.content, dossier.language),
        sentence=plain(dossier.content, 200),
        part=voices.part(voices.threads(request, said), part, wanted),
        voices_count=voices.count(said),
        servers_count=voices.servers(said),
        reply=next((v for v in said if str(v.id) == reply_to and not v.is_removed), None),
        box=seen.box,
        life=seen.life,
        table=tables.of(dossier.tally, seen.box.names if seen.box else None),
        outside=tables.of(dossier.outside, seen.box.names if seen.box else None),
        may_carry=dossier.is_carried_by(request.state.member),
        qr=reading.qr(uri),
        problems=problems,
        text=text,
    )


routes = [
    Route("/p/{n:int}", show),
    Route("/p/{n:int}-{slug}", show),
    Route("/p/{n:int}/vote", vote),
    Route("/p/{n:int}/contributions", contribute, methods=["POST"]),
]
