"""Who others are: known from our memory, or discovered on their own server."""

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from node import clock
from node.activitypub import addressing
from node.activitypub.actors import ActorDocument, PublicKey
from node.activitypub.addressing import Handle
from node.activitypub.text import is_name
from node.activitypub.vocabulary import MalformedActivity, parse_actor
from node.database import Transaction
from node.errors import Gone, Refusal, Unreachable
from node.federation import fetching, remote
from node.federation.node import Node
from node.models import Actor, ActorKey
from node.texts import line, sanitise


async def known(tx: Transaction, uri: str | None) -> Actor | None:
    """Return the actor with this id, if we know it."""
    actor = await tx.find(select(Actor).where(Actor.uri == uri)) if uri else None
    return actor if isinstance(actor, Actor) else None


async def discover(node: Node, uri: str) -> Actor:
    """Read an actor from its own server and keep what it says of itself.

    Raise like `fetching.read`.
    """
    return await keep(node, parse_actor(await fetching.read(node, uri)))


async def keep(node: Node, found: ActorDocument) -> Actor:
    """Keep what an actor's own server says of it; its keys count from now on, former ones end."""
    handle = await _proven_handle(node, found)
    try:
        async with node.database.transaction() as tx:
            actor, named = await _keep(tx, found, handle)
    except IntegrityError:
        # Somebody else kept the same actor at the same moment: now it is known.
        async with node.database.transaction() as tx:
            actor, named = await _keep(tx, found, handle)
    for key_id in named:
        node.keys.forget(key_id)
    return actor


async def look_up(node: Node, written: str) -> Actor:
    """Find the actor that a person means by a handle or a link.

    Raise Refusal with code `no-such-actor` when nobody answers to that, Unreachable when the
    server does not answer.
    """
    written = written.strip()
    try:
        handle, uri = await remote.meant(node, written)
        async with node.database.read() as tx:
            actor = await known(tx, uri)
        if actor is None or (actor.deleted_at is not None and not actor.is_local):
            actor = await discover(node, uri)
        if handle is not None and str(handle) != actor.address:
            await remote.loop_back(node, handle, actor.uri, actor.handle)
        return actor
    except (MalformedActivity, Gone) as error:
        raise Refusal(str(error), code="no-such-actor", written=written[:200]) from error


async def is_gone(node: Node, uri: str) -> bool:
    """Say whether an actor's own server says that it is gone: 410, since 404 proves nothing."""
    try:
        await fetching.read(node, uri)
    except Gone as error:
        return error.values.get("answered") == 410
    except (Refusal, Unreachable):
        return False
    return False


async def _proven_handle(node: Node, found: ActorDocument) -> Handle:
    """The handle that the actor's server confirms; else its own name at its own host (A30)."""
    host = addressing.host(found.id)
    plain = Handle(found.handle or _name(found.id) or host, host)
    if found.webfinger is None:
        return plain
    try:
        claimed = addressing.parse_handle(found.webfinger)
        if claimed.domain == host:
            return claimed
        # Whom we ask is the actor's choice: it may not send us to one server again and again.
        if node.lookups.take(addressing.operator(f"https://{claimed.domain}")):
            return plain
        confirmed = await remote.found(node, claimed)
    except (Refusal, Unreachable):
        return plain
    return claimed if confirmed.actor_uri == found.id else plain


def _name(uri: str) -> str | None:
    """The name at the end of an address, if it can stand in a handle (A31)."""
    name = uri.rstrip("/").rsplit("/", 1)[-1].removeprefix("@")
    return name if is_name(name) else None


async def _keep(tx: Transaction, found: ActorDocument, handle: Handle) -> tuple[Actor, set[str]]:
    """Return the actor as it is now, and the names of all keys it has or had."""
    actor = await known(tx, found.id)
    if actor is not None and actor.is_local:
        raise MalformedActivity(f"{found.id} is one of ours")
    if actor is None:
        actor = Actor(
            uri=found.id, type=found.type, handle="", domain="", name="", inbox=found.inbox
        )
        tx.add(actor)
    actor.type, actor.handle, actor.domain = found.type, handle.name, handle.domain
    actor.name = line(found.name) or handle.name
    actor.summary = sanitise(found.summary)
    actor.url, actor.icon_url = found.url or found.id, found.icon_url
    actor.inbox, actor.shared_inbox = found.inbox, found.shared_inbox
    actor.outbox, actor.followers, actor.following = found.outbox, found.followers, found.following
    actor.featured, actor.is_locked = found.featured, found.is_locked
    actor.is_discoverable = found.is_discoverable
    actor.also_known_as, actor.moved_to = list(found.also_known_as), found.moved_to
    kind = found.assembly.get("kind")
    actor.kind = kind if isinstance(kind, str) and len(kind) < 50 else None
    actor.updated_at, actor.deleted_at = clock.now(), None
    await tx.flush()
    return actor, {actor.uri, *await _keep_keys(tx, actor, found.public_keys)}


async def _keep_keys(tx: Transaction, actor: Actor, published: tuple[PublicKey, ...]) -> set[str]:
    """Keep the keys an actor names now; a key of its own that it no longer names has ended."""
    held = {key.uri: key for key in await tx.all(_keys_of(actor))}
    named = {*held, *(key.id for key in published)}
    for key in published:
        mine = held.pop(key.id, None)
        if mine is None:
            taken = await tx.scalar(select(ActorKey.id).where(ActorKey.uri == key.id))
            if taken is not None:
                raise MalformedActivity(f"the key {key.id} belongs to somebody else")
            tx.add(
                ActorKey(uri=key.id, actor_id=actor.id, algorithm=key.algorithm, public=key.text)
            )
        else:
            mine.public, mine.algorithm = key.text, key.algorithm
            mine.fetched_at, mine.not_after = clock.now(), None
    for ended in held.values():
        ended.not_after = ended.not_after or clock.now()
    await tx.flush()
    return named


def _keys_of(actor: Actor) -> Select[ActorKey]:
    return select(ActorKey).where(ActorKey.actor_id == actor.id)
