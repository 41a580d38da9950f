"""Somebody no longer hears one of ours, or asks those in charge to look at something."""

from node.assembly import blocking
from node.database import Transaction
from node.errors import NotFound
from node.federation import actors
from node.federation.incoming import Incoming, receives
from node.models import Report
from node.texts import plain, sanitise


@receives("Block")
async def heed_block(tx: Transaction, incoming: Incoming) -> None:
    """Stop sending to them, and drop what was between the two."""
    blocked = await actors.known(tx, incoming.object_id)
    if blocked is None or not blocked.is_local:
        raise NotFound(f"nobody here is called {incoming.object_id}")
    await blocking.was_blocked(tx, incoming.sender, blocked, uri=incoming.activity.id)


@receives("Flag")
async def keep_report(tx: Transaction, incoming: Incoming) -> None:
    """It goes to those in charge and does nothing by itself."""
    about = [
        one if isinstance(one, str) else str(one.get("id", "")) for one in incoming.activity.objects
    ]
    content = incoming.activity.document.get("content")
    tx.add(
        Report(
            uri=incoming.activity.id,
            reporter_id=incoming.sender.id,
            about=[uri for uri in about if uri][:100],
            content=plain(sanitise(content), 5000) if isinstance(content, str) else "",
        )
    )
    await tx.flush()
