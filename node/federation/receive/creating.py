"""Somebody published something: an answer to us, or something for those who follow them."""

from node import clock
from node.activitypub import addressing, document, values
from node.activitypub.document import Document
from node.activitypub.things import Thing
from node.activitypub.vocabulary import MalformedActivity, parse_object
from node.assembly import contributions, publications
from node.database import Transaction
from node.federation import ours, proving
from node.federation.incoming import Ignored, Incoming, receives
from node.federation.receive import answering, linking
from node.models import Actor, Publication
from node.texts import line, plain, sanitise

KEPT = ("Note", "Article", "Question", "Event", "Page", "Video", "Image", "Audio")


@receives("Create", *KEPT)
async def keep(tx: Transaction, incoming: Incoming) -> None:
    """Keep what concerns us: an answer, a remark, or news of somebody we follow."""
    if await answering.count_answers(tx, incoming) or await linking.hear_code(tx, incoming):
        return
    await keep_thing(tx, incoming, incoming.thing())


@receives("Create")
async def keep_named(tx: Transaction, incoming: Incoming) -> None:
    """Some only name what they made, or answer several choices at once."""
    if await answering.count_answers(tx, incoming):
        return
    found = incoming.thing()
    if parse_object(found).type not in KEPT:
        raise Ignored(f"a {parse_object(found).type} is nothing that is shown here")
    await keep_thing(tx, incoming, found)


async def keep_thing(tx: Transaction, incoming: Incoming, found: Document) -> None:
    """Keep an object of the sender as a remark on one of our proposals, or as a publication."""
    thing = parse_object(found)
    check_author(thing, incoming.sender)
    proposal = await ours.proposal_answered(tx, thing.in_reply_to)
    if proposal is not None:
        if not addressing.audience(found).is_public:
            raise Ignored("a remark for few is not shown to all")
        if await ours.was_taken_back(tx, str(thing.id), incoming.sender):
            raise Ignored("it was deleted before it arrived")
        await contributions.hear(
            tx,
            proposal,
            incoming.sender,
            uri=str(thing.id),
            content=sanitise(thing.content or ""),
            url=thing.url,
            language=thing.language,
            in_reply_to=thing.in_reply_to,
        )
        return
    if not await ours.concerns(tx, incoming.sender, thing):
        raise Ignored("nobody here follows the author or is addressed")
    await publications.keep(tx, await publication(tx, thing, incoming.sender, incoming))


def check_author(thing: Thing, sender: Actor) -> None:
    """Raise MalformedActivity unless the thing is the sender's own (P1)."""
    author = thing.attributed_to or thing.actor_id
    if thing.id is None or author != sender.uri:
        raise MalformedActivity(f"{thing.id} is not by {sender.uri}")
    if not addressing.same_origin(thing.id, sender.uri):
        raise MalformedActivity(f"{thing.id} does not belong to the server of {sender.uri}")


async def publication(
    tx: Transaction, thing: Thing, author: Actor, incoming: Incoming | None = None
) -> Publication:
    """Read what somebody elsewhere published into what we keep of it.

    It is proven by a proof of its own, or by that of the activity it came in.
    """
    kind = thing.assembly.get("kind")
    return Publication(
        uri=str(thing.id),
        author_id=author.id,
        type=thing.type,
        document=document.encode(thing.document).decode(),
        is_public=addressing.audience(thing.document).is_public,
        kind=kind if isinstance(kind, str) and len(kind) < 50 else None,
        name=line(plain(thing.name))[:500] if thing.name else None,
        summary=sanitise(thing.summary) if thing.summary else None,
        content=sanitise(thing.content or ""),
        url=thing.url,
        language=thing.language,
        in_reply_to=thing.in_reply_to,
        is_proven=await proving.is_proven(tx, thing.document, author)
        or (incoming is not None and await _came_proven(tx, incoming, author)),
        # Their date is a claim: never later than now (P17).
        published_at=min(thing.published or clock.now(), clock.now()),
        updated_at=thing.updated,
    )


async def _came_proven(tx: Transaction, incoming: Incoming, author: Actor) -> bool:
    if incoming.activity.object is None or incoming.sender.id != author.id:
        return False
    return await proving.is_proven(tx, incoming.activity.document, author)


def first_author(found: Document) -> str | None:
    """Return who a document says made it."""
    return values.author(found, "attributedTo") or values.author(found, "actor")
