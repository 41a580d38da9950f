"""Somebody wishes to follow one of ours, or answers our wish to follow them."""

from node.activitypub import values
from node.activitypub.document import Document
from node.assembly import following
from node.database import Transaction
from node.errors import NotFound
from node.federation import actors, ours
from node.federation.incoming import Ignored, Incoming, receives
from node.models import Follow


@receives("Follow")
async def admit_follower(tx: Transaction, incoming: Incoming) -> None:
    """They may follow at once, or wait for those in charge."""
    followed = await actors.known(tx, incoming.object_id)
    if followed is None or not followed.is_local or not await ours.may_be_known(tx, followed):
        raise NotFound(f"nobody here is called {incoming.object_id}")
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this follow was undone before it arrived")
    await following.admit_follower(tx, incoming.sender, followed, uri=incoming.activity.id)


@receives("Accept")
async def hear_yes(tx: Transaction, incoming: Incoming) -> None:
    """The one we asked says yes, while we wait for their answer."""
    wish = await _wish(tx, incoming)
    if wish.state != following.ASKED:
        raise Ignored("it was answered before")
    await following.was_accepted(tx, wish.uri, incoming.sender)


@receives("TentativeAccept")
async def hear_maybe(_tx: Transaction, _incoming: Incoming) -> None:
    """Nothing of ours is answered in this way yet."""
    raise Ignored("nothing was offered that could be accepted tentatively")


@receives("Reject")
async def hear_no(tx: Transaction, incoming: Incoming) -> None:
    """The one we asked says no, or ends what they had allowed."""
    wish = await _wish(tx, incoming)
    await following.was_refused(tx, wish.uri, incoming.sender)


async def _wish(tx: Transaction, incoming: Incoming) -> Follow:
    """What we asked for, as our own record has it; the copy sent back only points there (P7)."""
    asked = await following.asked(tx, incoming.activity.object_id, incoming.sender)
    copy = incoming.activity.object
    if asked is None and copy is not None and copy.get("type") == "Follow":
        asked = await _named_in(tx, copy, incoming)
    if asked is None:
        raise NotFound(f"{incoming.sender.uri} answers what nobody here asked")
    return asked


async def _named_in(tx: Transaction, copy: Document, incoming: Incoming) -> Follow | None:
    asker = await actors.known(tx, values.first_id(copy.get("actor")))
    if asker is None or not asker.is_local:
        return None
    if values.first_id(copy.get("object")) != incoming.sender.uri:
        return None
    return await following.between(tx, asker, incoming.sender)
