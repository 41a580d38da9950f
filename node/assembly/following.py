"""Who reads whom: following others, and letting others follow."""

from collections.abc import Sequence

from sqlalchemy import func, select

from node import clock, ids
from node.assembly import assemblies, hearing
from node.assembly.events import FollowAsked, FollowEnded, FollowerAccepted, FollowerRefused
from node.database import Transaction
from node.errors import NotFound, NotNow, Refusal
from node.events import record
from node.models import Actor, Follow

ASKED, ACCEPTED, REFUSED = "asked", "accepted", "refused"


async def follow(tx: Transaction, follower: Actor, followed: Actor) -> Follow:
    """Ask to follow somebody elsewhere; asking twice asks once."""
    if followed.is_local:
        raise NotNow("that one is here already", code="follow-ourselves")
    await hearing.must_be_heard(tx, followed)
    known = await between(tx, follower, followed)
    if known is not None and known.state != REFUSED:
        return known
    if known is not None:
        await tx.delete(known)
        await tx.flush()
    assembly = await assemblies.the(tx)
    wish = Follow(uri=f"{assembly.origin}/a/{ids.ulid()}", follower=follower, followed=followed)
    tx.add(wish)
    await tx.flush()
    record(tx, FollowAsked(wish))
    return wish


async def unfollow(tx: Transaction, follower: Actor, followed: Actor) -> None:
    """Stop following somebody. Raise NotFound when that was not so."""
    known = await between(tx, follower, followed)
    if known is None:
        raise NotFound(f"{follower.handle} does not follow {followed.uri}")
    record(tx, FollowEnded(known))
    tx.memory.clear()
    await tx.delete(known)


async def was_accepted(tx: Transaction, follow_uri: str, by: Actor) -> None:
    """The one we asked says yes. Only they can, and only to what was asked (A25)."""
    wish = await _asked_of(tx, follow_uri, by)
    wish.state, wish.answered_at = ACCEPTED, clock.now()
    tx.memory.clear()
    await tx.flush()


async def was_refused(tx: Transaction, follow_uri: str, by: Actor) -> None:
    """The one we asked says no, or no longer."""
    tx.memory.clear()
    wish = await _asked_of(tx, follow_uri, by)
    wish.state, wish.answered_at = REFUSED, clock.now()
    await tx.flush()


async def admit_follower(tx: Transaction, follower: Actor, followed: Actor, *, uri: str) -> Follow:
    """Let somebody follow one of ours at once, or put the wish before those in charge."""
    if await hearing.is_blocked_by(tx, followed, follower):
        raise Refusal(f"{follower.uri} is blocked by {followed.handle}")
    known = await between(tx, follower, followed)
    if known is None:
        known = Follow(uri=uri, follower=follower, followed=followed)
        tx.add(known)
    elif known.state == REFUSED:
        known.state = ASKED
    known.uri = uri
    await tx.flush()
    if known.state == ACCEPTED or not followed.is_locked:
        await accept_follower(tx, known)
    return known


async def accept_follower(tx: Transaction, wish: Follow) -> None:
    """Say yes to somebody who asked to follow one of ours."""
    wish.state = ACCEPTED
    wish.answered_at = wish.answered_at or clock.now()
    await tx.flush()
    record(tx, FollowerAccepted(wish))


async def refuse_follower(tx: Transaction, wish: Follow) -> None:
    """Say no, or no longer, to somebody who follows one of ours."""
    if wish.state != REFUSED:
        wish.state, wish.answered_at = REFUSED, clock.now()
        await tx.flush()
        record(tx, FollowerRefused(wish))


async def forget_follower(tx: Transaction, follower: Actor, followed: Actor) -> None:
    """Somebody no longer follows one of ours; nothing is said back."""
    known = await between(tx, follower, followed)
    if known is not None:
        await tx.delete(known)
        await tx.flush()


async def forget(tx: Transaction, actor: Actor) -> None:
    """Drop every relation with an actor that no longer exists or is not to be heard."""
    tx.memory.clear()
    statement = select(Follow).where(
        (Follow.follower_id == actor.id) | (Follow.followed_id == actor.id)
    )
    for known in await tx.all(statement):
        await tx.delete(known)
    await tx.flush()


async def between(tx: Transaction, follower: Actor, followed: Actor) -> Follow | None:
    """Return the relation from one to the other, in whatever state."""
    statement = select(Follow).where(
        Follow.follower_id == follower.id, Follow.followed_id == followed.id
    )
    known = await tx.find(statement)
    return known if isinstance(known, Follow) else None


async def by_id(tx: Transaction, follow_id: int) -> Follow:
    """Return the relation with this row number. Raise NotFound."""
    known = await tx.get(Follow, follow_id)
    if known is None:
        raise NotFound("there is no such follower")
    return known


async def followers(tx: Transaction, actor: Actor, state: str = ACCEPTED) -> Sequence[Follow]:
    """Return who follows an actor, the latest first."""
    statement = select(Follow).where(Follow.followed_id == actor.id, Follow.state == state)
    return await tx.all(statement.order_by(Follow.id.desc()))


async def followed(tx: Transaction, actor: Actor) -> Sequence[Follow]:
    """Return whom an actor follows or asked to, the latest first."""
    statement = select(Follow).where(Follow.follower_id == actor.id, Follow.state != REFUSED)
    return await tx.all(statement.order_by(Follow.id.desc()))


async def followers_count(tx: Transaction, actor: Actor) -> int:
    """Return how many follow an actor."""
    statement = select(func.count()).select_from(Follow)
    counted = statement.where(Follow.followed_id == actor.id, Follow.state == ACCEPTED)
    return int(await tx.scalar(counted))


async def following_count(tx: Transaction, actor: Actor) -> int:
    """Return how many an actor follows."""
    statement = select(func.count()).select_from(Follow)
    counted = statement.where(Follow.follower_id == actor.id, Follow.state == ACCEPTED)
    return int(await tx.scalar(counted))


async def asked(tx: Transaction, follow_uri: str | None, of: Actor) -> Follow | None:
    """Return what one of ours asked of somebody under this address, if anything."""
    statement = select(Follow).where(Follow.uri == follow_uri, Follow.followed_id == of.id)
    wish = await tx.find(statement)
    return wish if isinstance(wish, Follow) and wish.follower.is_local else None


async def _asked_of(tx: Transaction, follow_uri: str, by: Actor) -> Follow:
    wish = await asked(tx, follow_uri, by)
    if wish is None:
        raise NotFound(f"nobody here asked to follow {by.uri} as {follow_uri}")
    return wish
