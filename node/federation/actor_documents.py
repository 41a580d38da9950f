"""What stands at the address of an actor of ours, and below it."""

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.activitypub import contexts, document, uris
from node.activitypub.document import Document
from node.assembly import assemblies, register
from node.database import Transaction
from node.errors import Gone, NotFound
from node.federation import collections, departures, identity
from node.federation.objects import actor as actor_object
from node.federation.objects import common
from node.federation.objects import register as register_object
from node.federation.responses import ActivityResponse, page_asked
from node.models import (
    Actor,
    Assembly,
    Decision,
    Member,
    Proposal,
)


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
    number = page_asked(request)
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
        return ActivityResponse(
            await collections.numbered(tx, uri, column, base, page_asked(request))
        )


async def register_head(request: Request) -> Response:
    """The head of the register, sealed by the assembly."""
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        last = await register.head(tx)
        if last is None:
            raise NotFound("the register is empty")
        written = register_object.head(last, assembly)
        return ActivityResponse(await identity.sealed(tx, assembly.actor, written))


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
    Route("/g/{slug}/register/head", register_head),
    *(
        Route(f"/g/{{slug}}/{part}", register_part)
        for part in ("register", "keys", "proposals", "decisions")
    ),
]
