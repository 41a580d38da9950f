"""Somebody likes or shares something: shown as a sign of interest, never a vote (V11)."""

from sqlalchemy import select

from node.activitypub import addressing
from node.activitypub.document import Document
from node.activitypub.vocabulary import MalformedActivity, parse_object
from node.assembly import hearing, publications
from node.database import Transaction
from node.errors import NotFound
from node.federation import actors, ours
from node.federation.incoming import Ignored, Incoming, Missing, receives
from node.federation.receive import creating
from node.models import Reaction


@receives("Like")
async def like(tx: Transaction, incoming: Incoming) -> None:
    """Note it, when it is about something of ours."""
    if not await ours.is_ours(tx, incoming.object_id):
        raise Ignored("it is about nothing of ours")
    await _note(tx, incoming, "like")


@receives("EmojiReact")
async def react(tx: Transaction, incoming: Incoming) -> None:
    """A like with a picture (FEP-c0e0)."""
    await like(tx, incoming)


@receives("Dislike")
async def dislike(_tx: Transaction, _incoming: Incoming) -> None:
    """Opposition is said in words or in the vote."""
    raise Ignored("a dislike says nothing that is shown here")


@receives("Announce")
async def share(tx: Transaction, incoming: Incoming) -> None:
    """Note a share of something of ours, or keep what somebody we follow shares."""
    about = incoming.activity.object_id
    if about is not None and await ours.is_ours(tx, about):
        await _note(tx, incoming, "share")
        return
    if not await ours.follows(tx, incoming.sender):
        raise Ignored("nobody here follows who shares this")
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this share was undone before it arrived")
    found = _shared(incoming)
    thing = parse_object(found)
    named = thing.attributed_to or thing.actor_id
    if named is None or thing.id is None or not addressing.same_origin(named, thing.id):
        raise MalformedActivity(f"{thing.id} is not by somebody of its own server")
    author = await actors.known(tx, named)
    if author is None or author.deleted_at is not None:
        raise Missing(named, is_actor=True)
    await hearing.must_be_heard(tx, author)
    creating.check_author(thing, author)
    await publications.keep(tx, await creating.publication(tx, thing, author))
    kept = await publications.by_uri(tx, thing.id)
    if kept is not None and kept.shared_by_id is None and kept.deleted_at is None:
        kept.shared_by_id = incoming.sender.id
        await tx.flush()


def _shared(incoming: Incoming) -> Document:
    """The thing itself, from its own server; a shared activity leads to its object (FEP-1b12)."""
    embedded = incoming.activity.object
    if embedded is not None and embedded.get("type") in ("Create", "Update"):
        inner = embedded.get("object")
        uri = inner if isinstance(inner, str) else (inner or {}).get("id")
        if not isinstance(uri, str):
            raise MalformedActivity("the shared activity is about nothing that has an id")
        return incoming.read(uri)
    if embedded is not None and embedded.get("type") not in creating.KEPT:
        raise Ignored(f"a shared {str(embedded.get('type'))[:40]} is nothing that is shown here")
    found = incoming.read(incoming.object_id)
    if parse_object(found).type not in creating.KEPT:
        raise Ignored(f"a shared {parse_object(found).type} is nothing that is shown here")
    return found


async def _note(tx: Transaction, incoming: Incoming, kind: str) -> None:
    if not await ours.exists(tx, incoming.object_id):
        raise NotFound(f"there is nothing at {incoming.object_id}")
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("it was undone before it arrived")
    known = select(Reaction.id).where(
        Reaction.actor_id == incoming.sender.id,
        Reaction.object_uri == incoming.object_id,
        Reaction.kind == kind,
    )
    if await tx.scalar(known) is None:
        tx.add(
            Reaction(
                uri=incoming.activity.id,
                actor_id=incoming.sender.id,
                object_uri=incoming.object_id,
                kind=kind,
            )
        )
        await tx.flush()
