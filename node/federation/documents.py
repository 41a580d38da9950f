"""The address of a thing answers another server with the thing itself."""

import msgspec
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from node import clock
from node.activitypub import contexts
from node.assembly import assemblies, calls, contributions, decisions, proposals, votes
from node.database import Transaction
from node.errors import Gone, NotFound
from node.federation import actor_documents, collections, departures
from node.federation.objects import call as call_object
from node.federation.objects import common
from node.federation.objects import proposal as proposal_object
from node.federation.objects import quote as quote_object
from node.federation.objects import vote as vote_object
from node.federation.publish import contribution as publish_contribution
from node.federation.responses import ActivityResponse, page_asked
from node.models import (
    OutboxItem,
    Proposal,
    Quote,
    State,
)


async def proposal(request: Request) -> Response:
    """A proposal as it stands."""
    async with request.app.state.node.database.read() as tx:
        found = await _proposal(tx, request.path_params["number"])
        return ActivityResponse(proposal_object.article(found, await assemblies.the(tx)))


async def revision(request: Request) -> Response:
    """One version of a proposal."""
    async with request.app.state.node.database.read() as tx:
        found = await _proposal(tx, request.path_params["number"])
        for version in found.versions:
            if version.number == request.path_params["version"]:
                assembly = await assemblies.the(tx)
                return ActivityResponse(proposal_object.revision(found, version, assembly))
    raise NotFound("there is no such version")


async def vote(request: Request) -> Response:
    """The vote about a proposal, with the outside opinions as they stand."""
    async with request.app.state.node.database.read() as tx:
        about = await _proposal(tx, request.path_params["number"])
        found = await votes.on(tx, about)
        opinions, people = await votes.opinions(tx, found), await votes.opinion_givers(tx, found)
        assembly = await assemblies.the(tx)
        return ActivityResponse(vote_object.question(found, opinions, assembly, people=people))


async def dossier(request: Request) -> Response:
    """Replies to a proposal, or everything said and decided about it."""
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        found = await _proposal(tx, request.path_params["number"])
        if request.url.path.endswith("/replies"):
            return ActivityResponse(
                await collections.replies(tx, found, assembly, page_asked(request))
            )
        return ActivityResponse(await collections.context(tx, found, assembly, page_asked(request)))


async def decision(request: Request) -> Response:
    """A decision with its proof, as it was sealed."""
    async with request.app.state.node.database.read() as tx:
        found = await decisions.by_number(tx, request.path_params["number"])
    return ActivityResponse.sealed(found.document or "")


async def call(request: Request) -> Response:
    """A call for participation."""
    async with request.app.state.node.database.read() as tx:
        found = await calls.by_number(tx, request.path_params["number"])
        coming = await calls.coming_count(tx, found)
        written = call_object.event(found, coming, await assemblies.the(tx))
    if request.url.path.endswith("/attendees"):
        return ActivityResponse(collections.summary(written["attendees"]["id"], coming))
    return ActivityResponse(written)


async def note(request: Request) -> Response:
    """A contribution of a member, or the Tombstone of one; a phase note from the outbox."""
    async with request.app.state.node.database.read() as tx:
        uri = (await assemblies.the(tx)).origin + request.url.path
        found = await contributions.by_uri(tx, uri)
        if found is None:
            return await _said(tx, uri)
        if not found.is_federated:
            raise NotFound("nothing of that name was said to others")
        gone_at = found.deleted_at or await departures.since_its_author_left(tx, found)
        if gone_at is not None:
            return ActivityResponse(common.tombstone(uri, "Note", clock.wire(gone_at)), 410)
        return ActivityResponse(await publish_contribution.written(tx, found))


async def activity(request: Request) -> Response:
    """An activity that was said to everybody."""
    async with request.app.state.node.database.read() as tx:
        uri = (await assemblies.the(tx)).origin + request.url.path
        statement = select(OutboxItem).where(OutboxItem.uri == uri, OutboxItem.is_public)
        found = await tx.find(statement)
        if not isinstance(found, OutboxItem):
            raise NotFound("no such activity was said to everybody")
        if found.type != "Delete" and await departures.since(tx, found.actor_id) is not None:
            raise Gone("who said it is no longer to be found here")
    return ActivityResponse.sealed(found.document)


async def quote(request: Request) -> Response:
    """Our word that a post elsewhere may quote something of ours (FEP-044f)."""
    async with request.app.state.node.database.read() as tx:
        found = await tx.get(Quote, request.path_params["number"])
        if found is None:
            raise NotFound("nothing of that number may quote us")
        return ActivityResponse(quote_object.authorization(found, await assemblies.the(tx)))


async def palabre_context(_request: Request) -> Response:
    """The meaning of our one property."""
    return JSONResponse(contexts.PALABRE_CONTEXT, media_type="application/ld+json")


async def elsewhere(request: Request) -> Response:
    """Other addresses of the same thing lead to its id."""
    if "number" in request.path_params:
        return RedirectResponse(f"/p/{request.path_params['number']}", 303)
    async with request.app.state.node.database.read() as tx:
        ours = (await assemblies.the(tx)).actor
    handle = request.path_params.get("slug", ours.handle)
    return RedirectResponse(ours.uri if handle == ours.handle else f"/u/{handle}", 303)


async def not_to_be_read(_request: Request) -> Response:
    """An inbox is written to, not read."""
    return Response(status_code=405, headers={"allow": "POST"})


async def _proposal(tx: Transaction, number: int) -> Proposal:
    """A draft is not there for others (P13)."""
    found = await proposals.by_number(tx, number)
    if found.state is State.DRAFT:
        raise NotFound(f"there is no proposal {number}")
    return found


async def _said(tx: Transaction, uri: str) -> Response:
    statement = select(OutboxItem.document).where(
        OutboxItem.object_uri == uri, OutboxItem.type == "Create", OutboxItem.is_public
    )
    found = await tx.scalar(statement)
    if not isinstance(found, str):
        raise NotFound("nothing of that name was said to others")
    return ActivityResponse(msgspec.json.decode(found)["object"])


routes = [
    *actor_documents.routes,
    *(Route(path, not_to_be_read) for path in ("/inbox", "/g/{slug}/inbox", "/u/{slug}/inbox")),
    Route("/", elsewhere),
    Route("/@{slug}", elsewhere),
    Route("/p/{number:int}-{slug}", elsewhere),
    Route("/p/{number:int}", proposal),
    Route("/p/{number:int}/r/{version:int}", revision),
    Route("/p/{number:int}/vote", vote),
    Route("/p/{number:int}/replies", dossier),
    Route("/p/{number:int}/context", dossier),
    Route("/d/{number:int}", decision),
    Route("/e/{number:int}", call),
    Route("/e/{number:int}/attendees", call),
    Route("/n/{ulid}", note),
    Route("/a/{ulid}", activity),
    Route("/q/{number:int}", quote),
    Route("/ns/palabre/v1", palabre_context),
]
