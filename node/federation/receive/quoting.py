"""Somebody asks whether a post of theirs may quote something of ours (FEP-044f)."""

from sqlalchemy import select

from node.activitypub import addressing, contexts, uris
from node.activitypub.document import Document
from node.activitypub.vocabulary import MalformedActivity
from node.assembly import assemblies
from node.database import Transaction
from node.federation import ours, outbox
from node.federation.incoming import Ignored, Incoming, receives
from node.federation.objects import common
from node.models import Quote


@receives("QuoteRequest")
async def answer(tx: Transaction, incoming: Incoming) -> None:
    """What the assembly says to everybody may be quoted by everybody; anything else may not."""
    quoting, quoted = _instrument(incoming), incoming.object_id
    if not await ours.is_ours(tx, quoted):
        raise Ignored("it is about nothing of ours")
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this was taken back before it arrived")
    assembly = await assemblies.the(tx)
    request: Document = {
        "type": "QuoteRequest",
        "id": incoming.activity.id,
        "actor": incoming.sender.uri,
        "object": quoted,
        "instrument": quoting,
    }
    kind, more = "Reject", Document()
    if await ours.may_be_quoted(tx, quoted):
        found = await _kept(tx, Quote(uri=quoting, quoted_uri=quoted, actor_id=incoming.sender.id))
        kind, more = "Accept", {"result": uris.quote(assembly.origin, found.id)}
    said = common.activity(kind, assembly.actor, request, to=[incoming.sender.uri], **more)
    said["@context"] = contexts.QUOTE_CONTEXT
    await outbox.publish(tx, assembly.actor, said, [incoming.sender.inbox], is_public=False)


def _instrument(incoming: Incoming) -> str:
    """Return the address of the post that quotes, which must be the sender's own (A19)."""
    given = incoming.activity.document.get("instrument")
    author = given.get("attributedTo") if isinstance(given, dict) else incoming.sender.uri
    uri = given.get("id") if isinstance(given, dict) else given
    if not isinstance(uri, str) or not addressing.is_web_address(uri):
        raise MalformedActivity("the QuoteRequest names no post that quotes")
    if author != incoming.sender.uri or not addressing.same_origin(uri, incoming.sender.uri):
        raise MalformedActivity(f"{uri} is no post of {incoming.sender.uri}")
    return uri


async def _kept(tx: Transaction, quote: Quote) -> Quote:
    statement = select(Quote).where(Quote.uri == quote.uri, Quote.quoted_uri == quote.quoted_uri)
    known = await tx.find(statement)
    if isinstance(known, Quote):
        return known
    tx.add(quote)
    await tx.flush()
    return quote
