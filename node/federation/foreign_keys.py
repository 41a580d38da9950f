"""The keys of others: from our memory, or read anew from the server of their owner."""

from dataclasses import replace

from sqlalchemy import select

from node import clock
from node.activitypub import addressing, uris
from node.activitypub.actors import ActorDocument, PublicKey
from node.activitypub.iri import is_web_address
from node.activitypub.vocabulary import MalformedActivity, parse_actor, parse_key
from node.assembly import hearing
from node.database import Transaction
from node.errors import BadSignature, Gone, Refusal, Unreachable
from node.federation import actors, fetching
from node.federation.node import KnownKey, Node
from node.models import Actor, ActorKey


async def known(node: Node, key_id: str) -> KnownKey:
    """Return the key with this id, from memory or from its owner's server.

    Those who ask for one key at the same moment are answered by one request. Raise BadSignature
    when no actor owns it, Unreachable when its server does not answer.
    """
    async with node.one_at_a_time(key_id):
        found = node.keys.get(key_id)
        if found is None:
            found = await _remembered(node, key_id)
            if found is None:
                return await fresh(node, key_id)
            node.keys.put(key_id, found)
        return found


async def fresh(node: Node, key_id: str) -> KnownKey:
    """Read a key anew from its owner's server; the owner must name it in return (A5).

    Its owner is not kept: a key that was asked for has proven nothing yet (P22).
    """
    if not is_web_address(key_id):
        raise BadSignature("the keyId is not an address")
    wait = node.lookups.take(addressing.operator(key_id)) or node.attempts.take(key_id)
    if wait:
        raise Unreachable(f"too many keys are asked of {addressing.host(key_id)}", retry_after=wait)
    try:
        owner = await _owner_of(node, key_id)
    except Gone as error:
        raise BadSignature(f"the key {key_id} is gone") from error
    except MalformedActivity as error:
        raise BadSignature(f"{key_id}: {error}") from error
    named = _named(owner, key_id)
    if named is None:
        raise BadSignature(f"{owner.id} does not have the key {key_id}")
    async with node.database.read() as tx:
        actor = await actors.known(tx, owner.id)
        is_heard = await hearing.is_heard(tx, addressing.host(owner.id)) and (
            actor is None or await _is_heard(tx, actor)
        )
    found = KnownKey(
        key_id=key_id,
        actor_uri=owner.id,
        domain=addressing.host(owner.id),
        text=named.text,
        is_heard=is_heard,
        fetched_at=clock.seconds(),
    )
    node.keys.put(key_id, found)
    return replace(found, found=owner)


async def _owner_of(node: Node, key_id: str) -> ActorDocument:
    """Read the actor that a key belongs to, as the actor's own address shows it (P2)."""
    address, owner = key_id.partition("#")[0], uris.actor_of_key(key_id)
    found = await fetching.read_key(node, key_id)
    stands_alone = "publicKeyPem" in found or "publicKeyMultibase" in found
    if found.get("id") == owner == address and not stands_alone:
        return parse_actor(found)
    if found.get("id") != owner or stands_alone:
        claimed = parse_key(found, key_id)
        if not addressing.same_origin(claimed.owner, key_id):
            raise MalformedActivity("the key belongs to another server")
        owner = claimed.owner
    return parse_actor(await fetching.read(node, owner))


def _named(owner: ActorDocument, key_id: str) -> PublicKey | None:
    """The key of this name; some name a key like its actor, which then may have only one."""
    for key in owner.public_keys:
        if key.id == key_id:
            return key
    mine = [key for key in owner.public_keys if key.algorithm == "rsa"]
    return mine[0] if key_id == owner.id and len(mine) == 1 else None


async def _remembered(node: Node, key_id: str) -> KnownKey | None:
    statement = (
        select(ActorKey)
        .join(Actor, Actor.id == ActorKey.actor_id)
        .where(ActorKey.not_after.is_(None), Actor.deleted_at.is_(None), ~Actor.is_local)
    )
    is_rsa_of = (Actor.uri == key_id) & (ActorKey.algorithm == "rsa")
    async with node.database.read() as tx:
        stored = await tx.find(statement.where(ActorKey.uri == key_id))
        if not isinstance(stored, ActorKey):
            several = await tx.all(statement.where(is_rsa_of).limit(2))
            if len(several) != 1:
                return None
            stored = several[0]
        actor = await tx.get(Actor, stored.actor_id)
        if actor is None:
            return None
        is_heard = await _is_heard(tx, actor)
    return KnownKey(
        key_id=key_id,
        actor_uri=actor.uri,
        domain=actor.domain,
        text=stored.public,
        is_heard=is_heard,
        fetched_at=stored.fetched_at.timestamp(),
    )


async def _is_heard(tx: Transaction, actor: Actor) -> bool:
    try:
        await hearing.must_be_heard(tx, actor)
    except Refusal:
        return False
    return True
