"""Somebody takes back what they did: a follow, a like, a share, an answer to a call, a block."""

from sqlalchemy import delete, select

from node.activitypub import addressing, values
from node.activitypub.document import Document
from node.assembly import following, joining, publications
from node.database import Transaction
from node.federation import actors
from node.federation.incoming import Incoming, receives
from node.models import ActorBlock, Follow, JoinRequest, Publication, Reaction, Rsvp


@receives("Undo")
async def undo(tx: Transaction, incoming: Incoming) -> None:
    """Undo our own record of it, found by its address and its doer (P7).

    What has not arrived yet is remembered as undone, if it can be the sender's at all.
    """
    uri, mine = incoming.activity.object_id, incoming.sender.id
    if uri is not None and await _undone(tx, uri, mine):
        return
    copy = incoming.activity.object
    if copy is not None and values.first_id(copy.get("actor")) == incoming.sender.uri:
        await _undo_named(tx, copy, incoming)
    if uri is not None and addressing.same_origin(uri, incoming.sender.uri):
        await publications.forget(tx, uri, incoming.sender, "Activity")


async def _undone(tx: Transaction, uri: str, mine: int) -> bool:
    found = await tx.find(select(Follow).where(Follow.uri == uri, Follow.follower_id == mine))
    if isinstance(found, Follow):
        await tx.delete(found)
        await tx.flush()
        return True
    asked = await tx.find(
        select(JoinRequest).where(JoinRequest.uri == uri, JoinRequest.actor_id == mine)
    )
    if isinstance(asked, JoinRequest) and asked.answered_at is None:
        await joining.take_back(tx, asked)
        return True
    statements = (
        delete(Reaction).where(Reaction.uri == uri, Reaction.actor_id == mine),
        delete(Rsvp).where(Rsvp.uri == uri, Rsvp.actor_id == mine),
        delete(ActorBlock).where(ActorBlock.uri == uri, ActorBlock.blocker_id == mine),
    )
    undone = [(await tx.execute(statement)).rowcount for statement in statements]
    return any(undone)


async def _undo_named(tx: Transaction, copy: Document, incoming: Incoming) -> None:
    """Some give the undone a new address; what it names of the sender's own still counts."""
    about = values.first_id(copy.get("object"))
    kind, mine = copy.get("type"), incoming.sender.id
    if kind == "Follow":
        followed = await actors.known(tx, about)
        if followed is not None and followed.is_local:
            await following.forget_follower(tx, incoming.sender, followed)
    elif kind in ("Like", "EmojiReact", "Announce"):
        wanted = "share" if kind == "Announce" else "like"
        await tx.execute(
            delete(Reaction).where(
                Reaction.actor_id == mine, Reaction.object_uri == about, Reaction.kind == wanted
            )
        )
        if kind == "Announce":
            await _unshare(tx, about, mine)


async def _unshare(tx: Transaction, about: str | None, mine: int) -> None:
    kept = await publications.by_uri(tx, about) if about else None
    if isinstance(kept, Publication) and kept.shared_by_id == mine:
        kept.shared_by_id = None
        await tx.flush()
