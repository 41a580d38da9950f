"""How others find us: WebFinger, host-meta, NodeInfo."""

import json

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import version
from node.activitypub import addressing, nodeinfo, uris, webfinger
from node.activitypub.vocabulary import MalformedActivity
from node.assembly import assemblies, members
from node.database import Transaction
from node.errors import NotFound
from node.federation.node import Node
from node.models import Actor, Assembly, Contribution, Member, Proposal, State

_OPEN = {"access-control-allow-origin": "*"}


async def find_actor(request: Request) -> Response:
    """WebFinger (RFC 7033): 400 without a resource, 404 for nobody, 410 for who was here once."""
    resource = request.query_params.get("resource", "")
    if not resource:
        return Response("resource is missing", 400, _OPEN, "text/plain")
    node: Node = request.app.state.node
    async with node.database.read() as tx:
        assembly = await assemblies.the(tx)
        actor = await _named(tx, assembly, resource)
        is_gone = actor is not None and await _is_gone(tx, actor)
        actor = actor if actor is not None and await _is_public(tx, actor) else None
    if is_gone:
        return Response("they are no longer to be found here", 410, _OPEN, "text/plain")
    if actor is None:
        return Response("nobody here is called so", 404, _OPEN, "text/plain")
    interaction = f"{assembly.origin}/interagir?uri="
    written = webfinger.document(
        actor.handle,
        actor.domain,
        actor.uri,
        actor.url or actor.uri,
        subscribe_template=f"{interaction}{{uri}}",
        intents={
            name: f"{interaction}{{object}}&intent={name.lower()}" for name in webfinger.INTENTS
        },
        service=uris.instance(node.origin) if _is_the_server(assembly, resource) else None,
    )
    return _json(written, webfinger.MEDIA_TYPE)


async def host_meta(request: Request) -> Response:
    """Where WebFinger is, for those who ask here first (RFC 6415)."""
    node: Node = request.app.state.node
    return Response(webfinger.host_meta(node.origin), 200, _OPEN, "application/xrd+xml")


async def nodeinfo_discovery(request: Request) -> Response:
    """Where NodeInfo is."""
    node: Node = request.app.state.node
    return _json(nodeinfo.discovery(node.origin), "application/json")


async def nodeinfo_document(request: Request) -> Response:
    """What this node is and how much is said on it (FEP-f1d5)."""
    node: Node = request.app.state.node
    number = request.path_params["version"]
    if number not in ("2.0", "2.1"):
        raise NotFound("there is no such version of NodeInfo")
    async with node.database.read() as tx:
        assembly = await assemblies.the(tx)
        written = nodeinfo.document(
            number,
            software_version=version.VERSION,
            users=await members.count(tx),
            local_posts=await _count(tx, Proposal, Proposal.state != State.DRAFT)
            + await _count(tx, Contribution, ~Contribution.is_outside),
            open_registrations=False,
            metadata={"nodeName": assembly.name, "place": assembly.place},
        )
    profile = f"http://nodeinfo.diaspora.software/ns/schema/{number}#"
    return _json(written, f'application/json; profile="{profile}"')


def _is_the_server(assembly: Assembly, resource: str) -> bool:
    return resource.rstrip("/") == assembly.origin


async def _named(tx: Transaction, assembly: Assembly, resource: str) -> Actor | None:
    if resource.startswith(("https://", "http://")):
        wanted = (assembly.actor.uri, assembly.actor.url)
        if resource.rstrip("/") in (assembly.origin, *wanted):
            return assembly.actor
        statement = select(Actor).where(Actor.uri == resource)
    else:
        try:
            handle = addressing.parse_handle(resource)
        except MalformedActivity:
            return None
        if handle.domain != assembly.actor.domain:
            return None
        statement = select(Actor).where(Actor.handle == handle.name.lower())
    actor = await tx.find(statement.where(Actor.is_local, Actor.deleted_at.is_(None)))
    return actor if isinstance(actor, Actor) else None


async def _is_gone(tx: Transaction, actor: Actor) -> bool:
    """Say whether somebody existed outside and no longer does; whoever never did is unknown."""
    statement = select(Member.unpublished_at).where(Member.actor_id == actor.id)
    return await tx.scalar(statement.where(Member.is_published.is_(False))) is not None


async def _is_public(tx: Transaction, actor: Actor) -> bool:
    if actor.type != "Person":
        return True
    statement = select(Member.id).where(Member.actor_id == actor.id, Member.is_published)
    return await tx.scalar(statement) is not None


async def _count(tx: Transaction, model: type, *conditions: object) -> int:
    statement = select(func.count()).select_from(model)
    return int(await tx.scalar(statement.where(*conditions)))  # type: ignore[arg-type]


def _json(written: object, media_type: str) -> Response:
    content = json.dumps(written, ensure_ascii=False).encode()
    return Response(content, 200, _OPEN, media_type)


routes = [
    Route("/.well-known/webfinger", find_actor),
    Route("/.well-known/host-meta", host_meta),
    Route("/.well-known/nodeinfo", nodeinfo_discovery),
    Route("/nodeinfo/{version}", nodeinfo_document),
]
