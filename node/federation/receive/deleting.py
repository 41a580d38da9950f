"""Somebody takes back what they published, or leaves for good."""

from node import clock
from node.activitypub import addressing
from node.assembly import contributions, following, publications
from node.database import Transaction
from node.errors import Refusal
from node.federation.incoming import Incoming, receives
from node.models import Actor


@receives("Delete")
async def forget(tx: Transaction, incoming: Incoming) -> None:
    """Forget it, also when it has not arrived yet; only its owner may say so (A23)."""
    uri, sender = incoming.object_id, incoming.sender
    if uri == sender.uri:
        await _forget_actor(tx, sender)
        return
    if not addressing.same_origin(uri, sender.uri):
        raise Refusal(f"{uri} does not belong to the server of {sender.uri}")
    contribution = await contributions.by_uri(tx, uri)
    if contribution is not None:
        if contribution.author_id != sender.id:
            raise Refusal(f"{uri} is not by {sender.uri}")
        await contributions.hear_removal(tx, contribution)
        return
    kept = await publications.by_uri(tx, uri)
    if kept is not None and kept.author_id != sender.id:
        raise Refusal(f"{uri} is not by {sender.uri}")
    await publications.forget(tx, uri, sender, kept.type if kept else None)


async def _forget_actor(tx: Transaction, sender: Actor) -> None:
    """Their words go with them, and what they called themselves; what was counted stays counted."""
    await following.forget(tx, sender)
    await contributions.forget_author(tx, sender)
    await publications.forget_author(tx, sender)
    sender.name, sender.summary, sender.icon_url = sender.handle, "", None
    sender.deleted_at = clock.now()
    await tx.flush()
