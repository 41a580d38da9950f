"""Somebody changed what they had published, or themselves."""

from node import clock
from node.activitypub import document
from node.activitypub.kinds import ACTORS
from node.activitypub.things import Thing
from node.activitypub.vocabulary import parse_object
from node.assembly import contributions, publications
from node.database import Transaction
from node.errors import Refusal
from node.federation.incoming import Ignored, Incoming, Missing, receives
from node.federation.receive import creating
from node.models import Actor, Contribution
from node.texts import sanitise


@receives("Update")
async def change(tx: Transaction, incoming: Incoming) -> None:
    """Only the owner changes a thing, and an actor only by what its own server says (A22)."""
    uri = incoming.object_id
    if uri == incoming.sender.uri:
        if uri not in incoming.refreshed:
            raise Missing(uri, is_actor=True)
        return
    found = incoming.thing()
    thing = parse_object(found)
    if thing.type in ACTORS:
        raise Refusal("an actor is changed by itself alone")
    creating.check_author(thing, incoming.sender)
    contribution = await contributions.by_uri(tx, uri)
    if contribution is not None:
        await _edit(tx, contribution, thing, incoming.sender)
        return
    kept = await publications.by_uri(tx, uri)
    if kept is None:
        await creating.keep_thing(tx, incoming, found)
        return
    if kept.author_id != incoming.sender.id:
        raise Refusal(f"{uri} is not by {incoming.sender.uri}")
    if kept.deleted_at is not None:
        raise Ignored("it was deleted before")
    fresh = await creating.publication(tx, thing, incoming.sender, incoming)
    if kept.updated_at and fresh.updated_at and fresh.updated_at < kept.updated_at:
        raise Ignored("a later change arrived before")
    kept.document = document.encode(found).decode()
    kept.name, kept.summary, kept.content = fresh.name, fresh.summary, fresh.content
    kept.url, kept.language, kept.kind = fresh.url, fresh.language, fresh.kind
    kept.is_proven = fresh.is_proven
    # Never a wider audience than it had (P7).
    kept.is_public = kept.is_public and fresh.is_public
    kept.updated_at = min(fresh.updated_at or clock.now(), clock.now())
    await tx.flush()


async def _edit(tx: Transaction, contribution: Contribution, thing: Thing, sender: Actor) -> None:
    if contribution.author_id != sender.id:
        raise Refusal(f"{thing.id} is not by {sender.uri}")
    changed_at = min(thing.updated or clock.now(), clock.now())
    if contribution.edited_at is not None and changed_at < contribution.edited_at:
        raise Ignored("a later change arrived before")
    await contributions.hear_edit(tx, contribution, content=sanitise(thing.content or ""))
    if contribution.deleted_at is None:
        contribution.edited_at = changed_at
