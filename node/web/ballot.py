"""The vote of a member: the question, the answer checked once more, the receipt."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import dossiers, proposals, turnout, votes
from node.assembly.dossiers import Dossier
from node.assembly.turnout import Place
from node.errors import NotNow, Problem
from node.web import reading
from node.web.page import page
from node.web.security import form, myself, signed_in


async def ask(request: Request) -> Response:
    """Put the question with its answers, or explain why there is nothing to answer."""
    dossier, place = await _look(request)
    return await _question(request, dossier, place, choice=place.choice or "", reason=place.reason)


async def answer(request: Request) -> Response:
    """First show the answer to be checked; once it is confirmed, keep it."""
    written = await form(request)
    dossier, place = await _look(request)
    choice, reason = written.text("choice"), written.text("reason")
    if not dossier.is_asked or not place.is_on_the_roll or written.text("change"):
        return await _question(request, dossier, place, choice=choice, reason=reason)
    if choice not in dossier.choices:
        problem = Problem("choice", "choice-missing", {})
        return await _question(request, dossier, place, (problem,), choice=choice, reason=reason)
    if not written.text("confirmed"):
        return await page(
            request, "ballot_check.html", proposal=dossier, choice=choice, reason=reason
        )
    await _cast(request, choice, reason, written.text("digest"))
    return RedirectResponse(f"/p/{dossier.number}/recu", 303)


async def receipt(request: Request) -> Response:
    """Show a member what is kept of their answer."""
    dossier, place = await _look(request)
    if place.choice is None:
        return RedirectResponse(f"/p/{dossier.number}/voter", 303)
    return await page(
        request,
        "receipt.html",
        proposal=dossier,
        place=place,
        uri=f"{request.state.assembly.origin}/p/{dossier.number}",
    )


async def _cast(request: Request, choice: str, reason: str, digest: str) -> None:
    async with request.app.state.node.database.transaction() as tx:
        voter = await myself(tx, request)
        vote = await votes.on(tx, await proposals.by_number(tx, reading.number(request)))
        await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, reason=reason)


async def _look(request: Request) -> tuple[Dossier, Place]:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, reading.number(request))
        if dossier.vote_id is None:
            raise NotNow(f"{dossier.label} is not at the vote", code="no-vote-yet")
        return dossier, await turnout.place_of(tx, dossier.vote_id, member.id)


async def _question(
    request: Request,
    dossier: Dossier,
    place: Place,
    problems: Sequence[Problem] = (),
    **values: str,
) -> Response:
    return await page(
        request,
        "ballot.html",
        status=422 if problems else 200,
        proposal=dossier,
        place=place,
        content=reading.ours(dossier.content),
        problems=problems,
        **values,
    )


routes = [
    Route("/p/{n:int}/voter", ask),
    Route("/p/{n:int}/voter", answer, methods=["POST"]),
    Route("/p/{n:int}/recu", receipt),
]
