"""Somebody puts something of theirs in front, or no longer."""

from node.assembly import publications
from node.database import Transaction
from node.errors import Refusal
from node.federation.incoming import Ignored, Incoming, receives


@receives("Add")
async def put_in_front(tx: Transaction, incoming: Incoming) -> None:
    """Only one's own things, in one's own collection (A28)."""
    await _feature(tx, incoming, is_featured=True)


@receives("Remove")
async def take_from_front(tx: Transaction, incoming: Incoming) -> None:
    """The reverse."""
    await _feature(tx, incoming, is_featured=False)


async def _feature(tx: Transaction, incoming: Incoming, *, is_featured: bool) -> None:
    featured = incoming.sender.featured
    if featured is None or incoming.activity.target_id != featured:
        raise Refusal("the collection is not the sender's own")
    kept = await publications.by_uri(tx, incoming.object_id)
    if kept is None:
        raise Ignored("what is featured is not kept here")
    if kept.author_id != incoming.sender.id:
        raise Refusal(f"{kept.uri} is not by {incoming.sender.uri}")
    kept.is_featured = is_featured
    await tx.flush()
