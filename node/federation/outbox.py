"""What we say to others, written down with the act that says it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, insert, select, update

from node import clock, ids
from node.activitypub import addressing, document
from node.activitypub.document import Document
from node.assembly import assemblies, hearing
from node.database import Transaction
from node.federation import identity
from node.models import Actor, ActorBlock, Contribution, Delivery, Follow, OutboxItem

DELIVERIES = "deliveries"


async def publish(
    tx: Transaction,
    actor: Actor,
    activity: Document,
    to: Iterable[str],
    *,
    is_public: bool,
    proposal_id: int | None = None,
) -> None:
    """Seal an activity, keep it, and queue one delivery for each distinct inbox.

    With a proposal, what is created is a post of its conversation.
    """
    sealed = await identity.sealed(tx, actor, activity)
    thing = sealed["object"]
    item = {
        "id": ids.new_id(),
        "uri": sealed["id"],
        "actor_id": actor.id,
        "type": sealed["type"],
        "document": document.encode(sealed).decode(),
        "is_public": is_public,
        "object_uri": thing if isinstance(thing, str) else thing.get("id"),
        "proposal_id": proposal_id,
        "published_at": clock.now(),
    }
    await tx.execute(insert(OutboxItem), item)
    if is_public:
        one_more = update(Actor).where(Actor.id == actor.id)
        await tx.execute(one_more.values(said_count=Actor.said_count + 1))
    rows = [_delivery(item["id"], inbox) for inbox in await _heard(tx, set(to))]
    if rows:
        await tx.execute(insert(Delivery), rows)
        tx.tell(DELIVERIES)


async def followers(tx: Transaction, actor: Actor) -> set[str]:
    """Return the inboxes of those who follow an actor, one for each server that shares one."""
    return await inboxes(tx, actor, _followers(actor))


async def partners(tx: Transaction, actor: Actor) -> set[str]:
    """Return the inboxes of the assemblies that follow us or that we follow."""
    followed = select(Follow.followed_id).where(
        Follow.follower_id == actor.id, Follow.state == "accepted"
    )
    either = Actor.id.in_(_followers(actor)) | Actor.id.in_(followed)
    return await inboxes(tx, actor, select(Actor.id).where(either, Actor.kind.is_not(None)))


async def voices(tx: Transaction, actor: Actor, proposal_id: int) -> set[str]:
    """Return the inboxes of those elsewhere who spoke about a proposal."""
    spoke = select(Contribution.author_id).where(
        Contribution.proposal_id == proposal_id, Contribution.is_outside
    )
    return await inboxes(tx, actor, spoke)


async def inboxes(tx: Transaction, actor: Actor, who: Select[Any]) -> set[str]:
    """Return where to reach these actors elsewhere, without those no longer on terms with ours."""
    blocked = select(ActorBlock.blocked_id).where(ActorBlock.blocker_id == actor.id)
    blockers = select(ActorBlock.blocker_id).where(ActorBlock.blocked_id == actor.id)
    statement = (
        select(Actor.shared_inbox, Actor.inbox)
        .where(Actor.id.in_(who), Actor.is_local.is_(False), Actor.deleted_at.is_(None))
        .where(Actor.id.not_in(blocked), Actor.id.not_in(blockers))
    )
    return {row[0] or row[1] for row in (await tx.execute(statement)).all()}


def _followers(actor: Actor) -> Select[int]:
    return select(Follow.follower_id).where(
        Follow.followed_id == actor.id, Follow.state == "accepted"
    )


async def _heard(tx: Transaction, inboxes_: set[str]) -> list[str]:
    """Leave out servers that are blocked, in this role as in every other (P14), and our own."""
    ours = addressing.host((await assemblies.the(tx)).origin)
    hosts = {inbox: addressing.host(inbox) for inbox in inboxes_}
    heard = await hearing.heard_among(tx, set(hosts.values())) - {ours}
    return sorted(inbox for inbox, host in hosts.items() if host in heard)


def _delivery(item_id: object, inbox: str) -> dict[str, object]:
    now = clock.now()
    return {
        "id": ids.new_id(),
        "outbox_item_id": item_id,
        "inbox": inbox,
        "host": addressing.host(inbox),
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
