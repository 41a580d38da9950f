"""Proxies: a member lets another one's answer count for theirs too, where the vote allows it."""

from collections import Counter
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from node.assembly.voting import finding
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem, Refusal
from node.models import Actor, Attendance, Ballot, Member, Proxy, Vote, Voter


class Listed(NamedTuple):
    """Who gave a proxy to whom, by name."""

    giver_id: int
    giver: str
    holder_id: int
    holder: str


async def give(tx: Transaction, vote: Vote, *, giver: Member, holder: Member) -> None:
    """Let a holder answer for a giver too, in place of an earlier holder.

    Nobody passes on what they were given, nobody holds more than the vote allows, and whoever
    votes needs no proxy. Raise Invalid or NotNow.
    """
    vote = await finding.locked(tx, vote)
    await _must_be_possible(tx, vote, giver)
    if holder.id == giver.id:
        raise Invalid(Problem("holder", "proxy-to-oneself", {}))
    if await tx.get(Voter, (vote.id, holder.id)) is None:
        raise Invalid(Problem("holder", "proxy-holder-not-on-the-roll", {"name": holder.name}))
    if await _holder_of(tx, vote, holder.id) is not None:
        raise Invalid(Problem("holder", "proxy-chain", {"name": holder.name}))
    if await tx.get(Attendance, (vote.id, holder.id)) is not None:
        raise Invalid(Problem("holder", "proxy-holder-in-the-room", {"name": holder.name}))
    if await _held_by(tx, vote, giver.id):
        raise Invalid(Problem("holder", "proxy-holder-gives", {}))
    held = await _held_by(tx, vote, holder.id, but_of=giver.id)
    if held >= vote.proxies_max:
        values: dict[str, object] = {"name": holder.name, "most": vote.proxies_max}
        raise Invalid(Problem("holder", "proxies-full", values))
    await _forget(tx, vote, giver.id)
    tx.add(Proxy(vote_id=vote.id, giver_id=giver.id, holder_id=holder.id))
    await tx.flush()


async def revoke(tx: Transaction, vote: Vote, *, giver: Member) -> None:
    """Take a proxy back, at any time until the close."""
    if finding.is_over(await finding.locked(tx, vote)):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if await tx.get(Attendance, (vote.id, giver.id)) is not None:
        raise NotNow("the giver votes in the room", code="votes-in-the-room")
    await _forget(tx, vote, giver.id)


async def listed(tx: Transaction, vote_id: int) -> list[Listed]:
    """Return the proxies of a vote by name, for everybody to see."""
    giver, holder = aliased(Actor), aliased(Actor)
    gives, holds = aliased(Member), aliased(Member)
    statement = (
        select(Proxy.giver_id, giver.name, Proxy.holder_id, holder.name)
        .join(gives, gives.id == Proxy.giver_id)
        .join(giver, giver.id == gives.actor_id)
        .join(holds, holds.id == Proxy.holder_id)
        .join(holder, holder.id == holds.actor_id)
        .where(Proxy.vote_id == vote_id)
        .order_by(giver.name, Proxy.giver_id)
    )
    return [Listed._make(row) for row in (await tx.execute(statement)).all()]


async def weights(tx: Transaction, vote: Vote) -> Counter[str]:
    """Return the answers that count once more each, for givers who did not vote themselves."""
    return Counter(await _counted(tx, vote, Ballot.choice))


async def held(tx: Transaction, vote: Vote) -> Counter[int]:
    """Return how many answers each holder's counts for besides their own."""
    return Counter(await _counted(tx, vote, Ballot.member_id))


async def givers(tx: Transaction, vote: Vote) -> set[int]:
    """Return those whose voice counts with somebody else's answer."""
    return set(await _counted(tx, vote, Proxy.giver_id))


async def _counted(tx: Transaction, vote: Vote, by: Any) -> dict[Any, int]:
    """Count the givers whose proxy counts by something of their holder's ballot."""
    if not vote.proxies_max:
        return {}
    own, room = aliased(Ballot), aliased(Attendance)
    statement = (
        select(by, func.count())
        .select_from(Ballot)
        .join(Proxy, (Proxy.holder_id == Ballot.member_id) & (Proxy.vote_id == Ballot.vote_id))
        .outerjoin(own, (own.vote_id == Proxy.vote_id) & (own.member_id == Proxy.giver_id))
        .outerjoin(room, (room.vote_id == Proxy.vote_id) & (room.member_id == Proxy.giver_id))
        .where(Ballot.vote_id == vote.id, own.id.is_(None), room.member_id.is_(None))
        .group_by(by)
    )
    return {row[0]: row[1] for row in (await tx.execute(statement)).all()}


async def _must_be_possible(tx: Transaction, vote: Vote, giver: Member) -> None:
    if not vote.proxies_max or vote.is_secret:
        raise NotNow("this vote knows no proxies", code="no-proxies")
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if await tx.get(Voter, (vote.id, giver.id)) is None:
        raise Refusal("the giver is not on the roll", code="not-on-the-roll")
    if await finding.ballot_of(tx, vote, giver) is not None:
        raise NotNow("the giver has voted", code="proxy-but-voted")
    if await tx.get(Attendance, (vote.id, giver.id)) is not None:
        raise NotNow("the giver votes in the room", code="votes-in-the-room")


async def _holder_of(tx: Transaction, vote: Vote, giver_id: int) -> int | None:
    statement = select(Proxy.holder_id).where(Proxy.vote_id == vote.id)
    found = await tx.scalar(statement.where(Proxy.giver_id == giver_id))
    return found if isinstance(found, int) else None


async def _held_by(tx: Transaction, vote: Vote, holder_id: int, *, but_of: int = 0) -> int:
    statement = select(func.count()).select_from(Proxy).where(Proxy.vote_id == vote.id)
    statement = statement.where(Proxy.holder_id == holder_id, Proxy.giver_id != but_of)
    return int(await tx.scalar(statement))


async def _forget(tx: Transaction, vote: Vote, giver_id: int) -> None:
    statement = delete(Proxy).where(Proxy.vote_id == vote.id, Proxy.giver_id == giver_id)
    await tx.execute(statement)
