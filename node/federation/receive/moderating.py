"""Somebody no longer hears one of ours, or asks those in charge to look at something."""

from sqlalchemy import func, select

from node.activitypub import addressing, values
from node.assembly import blocking
from node.database import Transaction
from node.errors import NotFound, Refusal
from node.federation import actors, ours
from node.federation.incoming import Ignored, Incoming, receives
from node.models import Report
from node.texts import plain, readable

_MOST_ABOUT = 100
_MOST_OPEN = 50
_LONGEST = 20_000


@receives("Block")
async def heed_block(tx: Transaction, incoming: Incoming) -> None:
    """Stop sending to them, and drop what was between the two."""
    blocked = await actors.known(tx, incoming.object_id)
    if blocked is None or not blocked.is_local:
        raise NotFound(f"nobody here is called {incoming.object_id}")
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this block was undone before it arrived")
    await blocking.was_blocked(tx, incoming.sender, blocked, uri=incoming.activity.id)


@receives("Flag")
async def keep_report(tx: Transaction, incoming: Incoming) -> None:
    """It goes to those in charge and does nothing by itself."""
    named = [values.first_id(one) or "" for one in incoming.activity.objects[:_MOST_ABOUT]]
    about = [uri for uri in named if addressing.is_web_address(uri)]
    if not [uri for uri in about if await ours.is_ours(tx, uri)]:
        raise Ignored("it is about nothing of ours")
    open_ = select(func.count()).select_from(Report)
    open_ = open_.where(Report.reporter_id == incoming.sender.id, Report.closed_at.is_(None))
    if int(await tx.scalar(open_)) >= _MOST_OPEN:
        raise Refusal(f"{incoming.sender.uri} has {_MOST_OPEN} reports open already")
    content = incoming.activity.document.get("content")
    words = content[:_LONGEST] if isinstance(content, str) else ""
    tx.add(
        Report(
            uri=incoming.activity.id,
            reporter_id=incoming.sender.id,
            about=about,
            content=readable(plain(words, 5000)),
        )
    )
    await tx.flush()
