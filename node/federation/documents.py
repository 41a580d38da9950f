"""The address of a thing answers another server with the thing itself."""

import msgspec
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from node import clock
from node.activitypub import contexts, document, uris
from node.activitypub.document import Document
from node.assembly import assemblies, calls, contributions, decisions, proposals, register, votes
from node.database import Transaction
from node.errors import Gone, NotFound
from node.federation import collections, departures, identity
from node.federation.objects import actor as actor_object
from node.federation.objects import call as call_object
from node.federation.objects import common
from node.federation.objects import proposal as proposal_object
from node.federation.objects import quote as quote_object
from node.federation.objects import register as register_object
from node.federation.objects import vote as vote_object
from node.federation.publish import contribution as publish_contribution
from node.models import (
    Actor,
    Assembly,
    Decision,
    Member,
    OutboxItem,
    Proposal,
    Quote,
    State,
)


class ActivityResponse(Response):
    """A document for other servers."""

    media_type = contexts.MEDIA_TYPE

    def __init__(self, content: Document, status_code: int = 200) -> None:
        headers = {"vary": "Accept", "cache-control": "no-cache"}
        super().__init__(document.encode(content), status_code, headers)


async def actor(request: Request) -> Response:
    """An actor of ours. A member is there for others only if they chose to be (E2)."""
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        try:
            found = await _actor(tx, assembly, request.url.path)
        except Gone as error:
            uri = assembly.origin + request.url.path
            return ActivityResponse(
                common.tombstone(uri, "Person", str(error.values["since"])), error.status
            )
        keys = await identity.public_keys(tx, found)
        written = document.encode(actor_object.document(found, keys, assembly))
    request.app.state.node.documents.put(request.url.path, written)
    return Response(written, media_type=contexts.MEDIA_TYPE, headers={"vary": "Accept"})


async def collection(request: Request) -> Response:
    """A collection of an actor of ours."""
    path, _, name = request.url.path.rpartition("/")
    number = _page(request)
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        found = await _actor(tx, assembly, path)
        if name == "outbox":
            written = await collections.outbox(tx, found, number)
        elif name == "followers":
            written = await collections.followers(tx, found)
        elif name == "following":
            written = await collections.followed(tx, found)
        else:
            written = await collections.featured(tx, found, assembly)
    return ActivityResponse(written)


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
            return ActivityResponse(await collections.replies(tx, found, assembly, _page(request)))
        return ActivityResponse(await collections.context(tx, found, assembly, _page(request)))


async def decision(request: Request) -> Response:
    """A decision with its proof, as it was sealed."""
    async with request.app.state.node.database.read() as tx:
        found = await decisions.by_number(tx, request.path_params["number"])
    return Response((found.document or "").encode(), media_type=contexts.MEDIA_TYPE)


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
    return Response(found.document.encode(), media_type=contexts.MEDIA_TYPE)


async def quote(request: Request) -> Response:
    """Our word that a post elsewhere may quote something of ours (FEP-044f)."""
    async with request.app.state.node.database.read() as tx:
        found = await tx.get(Quote, request.path_params["number"])
        if found is None:
            raise NotFound("nothing of that number may quote us")
        return ActivityResponse(quote_object.authorization(found, await assemblies.the(tx)))


async def register_part(request: Request) -> Response:
    """The register, its head, or the keys of the assembly."""
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        await _actor(tx, assembly, f"/g/{request.path_params['slug']}")
        part = request.url.path.rpartition("/")[2]
        if part == "register":
            after = request.query_params.get("after", "0")
            number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
            return ActivityResponse(await collections.register(tx, assembly, number))
        if part == "keys":
            return ActivityResponse(await _keys(tx, assembly))
        uri, base = f"{assembly.actor.uri}/{part}", f"{assembly.origin}/{part[0]}/"
        column = Proposal.number if part == "proposals" else Decision.number
        return ActivityResponse(await collections.numbered(tx, uri, column, base, _page(request)))


async def register_head(request: Request) -> Response:
    """The head of the register, sealed by the assembly."""
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        last = await register.head(tx)
        if last is None:
            raise NotFound("the register is empty")
        written = register_object.head(last, assembly)
        return ActivityResponse(await identity.sealed(tx, assembly.actor, written))


async def palabre_context(_request: Request) -> Response:
    """The meaning of our one property."""
    return JSONResponse(contexts.PALABRE_CONTEXT, media_type="application/ld+json")


async def elsewhere(request: Request) -> Response:
    """Other addresses of the same thing lead to its id."""
    path: str = request.url.path
    if path == "/":
        async with request.app.state.node.database.read() as tx:
            return RedirectResponse((await assemblies.the(tx)).actor.uri, 303)
    if path.startswith("/@"):
        return RedirectResponse(f"/u/{request.path_params['slug']}", 303)
    return RedirectResponse(f"/p/{request.path_params['number']}", 303)


async def not_to_be_read(_request: Request) -> Response:
    """An inbox is written to, not read."""
    return Response(status_code=405, headers={"allow": "POST"})


def _page(request: Request) -> int | None:
    asked = request.query_params.get("page")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) < 1_000_000):
        raise NotFound("there is no such page")
    return int(asked[:9])


async def _actor(tx: Transaction, assembly: Assembly, path: str) -> Actor:
    statement = select(Actor).where(Actor.uri == assembly.origin + path, Actor.is_local)
    found = await tx.find(statement)
    if not isinstance(found, Actor):
        raise NotFound("nobody here is called so")
    if found.type == "Person":
        member = await tx.find(select(Member).where(Member.actor_id == found.id))
        if not isinstance(member, Member) or not member.is_published:
            raise departures.gone_or_unknown(member)
    return found


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


async def _keys(tx: Transaction, assembly: Assembly) -> Document:
    keys = await identity.public_keys(tx, assembly.actor)
    items = [
        {
            "id": key.uri,
            "type": "Multikey",
            "controller": assembly.actor.uri,
            "publicKeyMultibase": key.public,
            "assembly": {
                "notBefore": clock.wire(key.not_before),
                "notAfter": clock.wire(key.not_after) if key.not_after else None,
            },
        }
        for key in keys
        if key.algorithm == "ed25519"
    ]
    return common.collection(uris.keys(assembly.actor.uri), items)


_ACTORS = ("/actor", "/g/{slug}", "/u/{slug}")

routes = [
    *(Route(path, actor) for path in _ACTORS),
    *(
        Route(f"{path}/{name}", collection)
        for path in _ACTORS
        for name in ("outbox", "followers", "following", "featured")
    ),
    *(Route(path, not_to_be_read) for path in ("/inbox", "/g/{slug}/inbox", "/u/{slug}/inbox")),
    Route("/g/{slug}/register/head", register_head),
    *(
        Route(f"/g/{{slug}}/{part}", register_part)
        for part in ("register", "keys", "proposals", "decisions")
    ),
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
