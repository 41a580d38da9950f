"""What somebody said, at its own address: read in its place, changed, taken back."""

from collections.abc import Sequence

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import contributions
from node.database import Transaction
from node.errors import Gone, Invalid, NotFound, Problem, Refusal
from node.models import Contribution, Member, Proposal
from node.web import reading
from node.web.page import page
from node.web.security import form, myself, signed_in


async def show(request: Request) -> Response:
    """A voice is read where it was raised; what was taken back is gone."""
    async with request.app.state.node.database.read() as tx:
        contribution = await _find(tx, request)
        place = await _place(tx, contribution)
    return RedirectResponse(
        f"{place}?voix={contribution.id}#c-{contribution.id}", 302, {"Vary": "Accept"}
    )


async def edit(request: Request) -> Response:
    """Ask for one's own words again, to put them better."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        contribution, place = await _own(tx, request, member)
    return await _form(request, contribution.source or "", place)


async def save(request: Request) -> Response:
    """Keep the new words."""
    written = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            author = await myself(tx, request)
            contribution, place = await _own(tx, request, author)
            await contributions.edit(tx, contribution, by=author, text=written.text("text"))
    except Invalid as error:
        return await _form(request, written.text("text"), "", error.problems)
    return RedirectResponse(f"{place}?voix={contribution.id}#c-{contribution.id}", 303)


async def ask_to_remove(request: Request) -> Response:
    """Ask once before words are taken back, since it cannot be undone."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        contribution = await _find(tx, request)
        _may_remove(contribution, member)
        place = await _place(tx, contribution)
    return await page(
        request,
        "contribution_remove.html",
        content=reading.foreign(contribution.content),
        author=contribution.author.name,
        is_own=contribution.author_id == member.actor_id,
        place=place,
        ulid=request.path_params["ulid"],
    )


async def remove(request: Request) -> Response:
    """Take one's own words back, or as someone in charge those of anybody here."""
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        contribution = await _find(tx, request)
        place = await _place(tx, contribution)
        author = await myself(tx, request)
        await contributions.remove(tx, contribution, by=author)
    return RedirectResponse(f"{place}#discussion", 303)


async def _form(
    request: Request, text: str, place: str, problems: Sequence[Problem] = ()
) -> Response:
    return await page(
        request,
        "contribution_edit.html",
        status=422 if problems else 200,
        text=text,
        place=place or request.state.assembly.origin,
        problems=problems,
        ulid=request.path_params["ulid"],
    )


async def _own(tx: Transaction, request: Request, member: Member) -> tuple[Contribution, str]:
    contribution = await _find(tx, request)
    if contribution.author_id != member.actor_id:
        raise Refusal(f"{member.handle} did not write it", code="not-the-author")
    return contribution, await _place(tx, contribution)


def _may_remove(contribution: Contribution, member: Member) -> None:
    if contribution.author_id != member.actor_id and not member.is_in_charge:
        raise Refusal(f"{member.handle} did not write it", code="not-the-author")


async def _find(tx: Transaction, request: Request) -> Contribution:
    uri = f"{request.state.assembly.origin}/n/{request.path_params['ulid']}"
    contribution = await contributions.by_uri(tx, uri)
    if contribution is None:
        raise NotFound(f"nobody said anything at {uri}")
    if contribution.deleted_at is not None:
        raise Gone(f"{uri} was taken back", code="contribution-removed")
    return contribution


async def _place(tx: Transaction, contribution: Contribution) -> str:
    if contribution.proposal_id is None:
        return f"/reseau/{contribution.publication_id}"
    number = select(Proposal.number).where(Proposal.id == contribution.proposal_id)
    return f"/p/{await tx.scalar(number)}"


routes = [
    Route("/n/{ulid}", show),
    Route("/n/{ulid}/modifier", edit),
    Route("/n/{ulid}/modifier", save, methods=["POST"]),
    Route("/n/{ulid}/supprimer", ask_to_remove),
    Route("/n/{ulid}/supprimer", remove, methods=["POST"]),
]
