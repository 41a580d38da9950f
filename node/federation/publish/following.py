"""Following others, and answering those who wish to follow us."""

from node.activitypub.document import Document
from node.assembly.events import (
    FollowAsked,
    FollowEnded,
    FollowerAccepted,
    FollowerRefused,
)
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.models import Actor, Follow


@on(FollowAsked)
async def ask(tx: Transaction, event: FollowAsked) -> None:
    """Ask somebody elsewhere."""
    wish = event.follow
    activity = common.activity(
        "Follow", wish.follower, wish.followed.uri, to=[wish.followed.uri], uri=wish.uri
    )
    await _send(tx, wish.follower, wish.followed, activity)


@on(FollowEnded)
async def end(tx: Transaction, event: FollowEnded) -> None:
    """Tell somebody elsewhere that we no longer follow."""
    wish = event.follow
    undo = common.activity("Undo", wish.follower, _copy(wish), to=[wish.followed.uri])
    await _send(tx, wish.follower, wish.followed, undo)


@on(FollowerAccepted)
async def accept(tx: Transaction, event: FollowerAccepted) -> None:
    """Say yes."""
    wish = event.follow
    yes = common.activity("Accept", wish.followed, _copy(wish), to=[wish.follower.uri])
    await _send(tx, wish.followed, wish.follower, yes)


@on(FollowerRefused)
async def refuse(tx: Transaction, event: FollowerRefused) -> None:
    """Say no, or no longer."""
    wish = event.follow
    no = common.activity("Reject", wish.followed, _copy(wish), to=[wish.follower.uri])
    await _send(tx, wish.followed, wish.follower, no)


async def _send(tx: Transaction, ours: Actor, other: Actor, activity: Document) -> None:
    await outbox.publish(tx, ours, activity, [other.inbox], is_public=False)


def _copy(wish: Follow) -> Document:
    """The follow itself, whole: some servers do not keep what they asked."""
    return {
        "id": wish.uri,
        "type": "Follow",
        "actor": wish.follower.uri,
        "object": wish.followed.uri,
    }
