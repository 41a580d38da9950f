"""Somebody moves to another address; those who follow them go along, membership does not."""

from node.assembly import following
from node.database import Transaction
from node.errors import Refusal
from node.federation import actors
from node.federation.incoming import Incoming, Missing, receives
from node.models import Actor


@receives("Move")
async def follow_along(tx: Transaction, incoming: Incoming) -> None:
    """Believed only when the new address, freshly read, names the old one (A27)."""
    target = incoming.activity.target_id
    if incoming.object_id != incoming.sender.uri or target is None:
        raise Refusal("one moves oneself, and to somewhere")
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


async def _go_along(tx: Transaction, follower: Actor, old: Actor, new: Actor) -> None:
    await following.unfollow(tx, follower, old)
    await following.follow(tx, follower, new)
