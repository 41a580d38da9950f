"""The rows of the inbox: which are due, who sent them, and what became of each."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from node import clock
from node.activitypub import text
from node.assembly import hearing
from node.database import Transaction
from node.federation import ours
from node.federation.handling import Fate, Item
from node.models import Actor, InboxItem

_DUE = (
    select(
        InboxItem.id,
        InboxItem.uri,
        InboxItem.sender_uri,
        InboxItem.document,
        InboxItem.attempts,
    )
    .where(InboxItem.state == "waiting", InboxItem.next_attempt_at <= bindparam("now"))
    .order_by(InboxItem.next_attempt_at, InboxItem.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SENDERS = select(Actor).where(
    Actor.uri.in_(bindparam("senders", expanding=True)), Actor.deleted_at.is_(None)
)


async def due(tx: Transaction, most: int) -> list[Item]:
    """Take the next activities that are due, which no other worker holds."""
    rows = await tx.execute(_DUE, {"now": clock.now(), "most": most})
    return [Item(*row) for row in rows.all()]


async def get_acquainted(tx: Transaction, items: Sequence[Item]) -> None:
    """Ask once for a whole batch who the senders are, whether they are heard, and followed."""
    if not items:
        return
    asked = {"senders": list({item.sender_uri for item in items})}
    senders = await tx.all(_SENDERS, asked)
    heard = await hearing.heard_actors(tx, senders)
    followed = await ours.followed_among(tx, [sender.id for sender in senders])
    for sender in senders:
        tx.memory["sender", sender.uri] = sender
        tx.memory["followed", sender.id] = sender.id in followed
        if sender.id in heard:
            tx.memory["heard", sender.id] = True


_DONE = (
    update(InboxItem)
    .where(InboxItem.id == bindparam("item_id"))
    .values(
        state=bindparam("fate"),
        reason=bindparam("why"),
        attempts=bindparam("tried"),
        next_attempt_at=bindparam("again_at"),
        handled_at=bindparam("done_at"),
    )
)
# What was understood needs no second copy; what was not is kept for those in charge.
_DONE_AND_EMPTY = _DONE.values(document="")


async def write(tx: Transaction, fates: Sequence[tuple[Item, Fate]]) -> None:
    """Write down what became of each; what was understood is emptied."""
    now = clock.now()
    emptied: list[dict[str, object]] = []
    kept: list[dict[str, object]] = []
    for item, fate in fates:
        row = {
            "item_id": item.id,
            "fate": fate.state,
            "why": text.line(fate.reason, 500) if fate.reason else None,
            "tried": fate.attempts,
            "again_at": fate.next_attempt_at or now,
            "done_at": None if fate.state == "waiting" else now,
        }
        (emptied if fate.state in ("handled", "ignored") else kept).append(row)
    if emptied:
        await tx.execute(_DONE_AND_EMPTY, emptied)
    if kept:
        await tx.execute(_DONE, kept)
