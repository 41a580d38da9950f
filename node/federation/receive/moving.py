"""Somebody moves to another address; those who follow them go along, membership does not."""

from datetime import timedelta

from sqlalchemy import select

from node import clock
from node.activitypub import addressing
from node.assembly import following
from node.database import Transaction
from node.errors import Refusal
from node.federation import actors, ours
from node.federation.incoming import Ignored, Incoming, Missing, receives
from node.models import Actor, InboxItem

_PAUSE = timedelta(days=30)


@receives("Move")
async def follow_along(tx: Transaction, incoming: Incoming) -> None:
    """Believed only when the new address, freshly read, names the old one (A27)."""
    target = incoming.activity.target_id
    if incoming.object_id != incoming.sender.uri or target is None:
        raise Refusal("one moves oneself, and to somewhere")
    if not addressing.is_web_address(target) or target == incoming.sender.uri:
        raise Refusal("one moves to another address")
    if not await ours.follows(tx, incoming.sender):
        raise Ignored("nobody here follows who moves")
    if await _moved_lately(tx, incoming):
        raise Refusal(f"{incoming.sender.uri} moves too often")
    if target not in incoming.refreshed:
        raise Missing(target, is_actor=True)
    new = await actors.known(tx, target)
    if new is None or incoming.sender.uri not in new.also_known_as:
        raise Refusal(f"{target} does not say that it was {incoming.sender.uri}")
    if incoming.sender.moved_to == target:
        return
    incoming.sender.moved_to = target
    for wish in await following.followers(tx, incoming.sender):
        if wish.follower.is_local and not new.is_local:
            await _go_along(tx, wish.follower, incoming.sender, new)


async def _moved_lately(tx: Transaction, incoming: Incoming) -> bool:
    """One move a month for each address, or a few who move in circles would keep us busy (A27)."""
    statement = select(InboxItem.id).where(
        InboxItem.sender_uri == incoming.sender.uri,
        InboxItem.type == "Move",
        InboxItem.state == "handled",
        InboxItem.handled_at > clock.now() - _PAUSE,
    )
    return await tx.scalar(statement.limit(1)) is not None


async def _go_along(tx: Transaction, follower: Actor, old: Actor, new: Actor) -> None:
    await following.unfollow(tx, follower, old)
    await following.follow(tx, follower, new)
