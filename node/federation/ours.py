"""Which of our things an address of ours means."""

import re
from collections.abc import Collection

from sqlalchemy import bindparam, select

from node.activitypub import addressing
from node.activitypub.things import Thing
from node.assembly import assemblies
from node.database import Transaction
from node.models import (
    Actor,
    Call,
    Contribution,
    Decision,
    Follow,
    Member,
    Proposal,
    State,
    Tombstone,
    Vote,
)

_PROPOSAL = re.compile(r"/p/([1-9][0-9]{0,14})(?:/r/[0-9]{1,9}|/vote|)")
_VOTE = re.compile(r"/p/([1-9][0-9]{0,14})/vote")
_CALL = re.compile(r"/e/([1-9][0-9]{0,14})")
_DECISION = re.compile(r"/d/([1-9][0-9]{0,14})")
_FOLLOWED = (
    select(Follow.followed_id)
    .join(Actor, Actor.id == Follow.follower_id)
    .where(
        Follow.followed_id.in_(bindparam("actors", expanding=True)),
        Follow.state == "accepted",
        Actor.is_local,
    )
)


async def path(tx: Transaction, uri: str | None) -> str | None:
    """Return the path of an address of ours; None for an address elsewhere."""
    origin = (await assemblies.the(tx)).origin
    if uri is None or not uri.startswith(origin + "/"):
        return None
    return uri[len(origin) :]


async def proposal_answered(tx: Transaction, uri: str | None) -> Proposal | None:
    """Return the proposal under which an answer to this address belongs."""
    where = await path(tx, uri)
    if where is None:
        return await _by_contribution(tx, uri)
    if match := _PROPOSAL.fullmatch(where):
        statement = select(Proposal).where(Proposal.number == int(match[1]))
    elif match := _DECISION.fullmatch(where):
        statement = select(Proposal).join(Decision, Decision.proposal_id == Proposal.id)
        statement = statement.where(Decision.number == int(match[1]))
    else:
        return await _by_contribution(tx, uri)
    # A draft is not there for others (P13).
    found = await tx.find(statement.where(Proposal.state != State.DRAFT))
    return found if isinstance(found, Proposal) else None


async def vote_answered(tx: Transaction, uri: str | None) -> Vote | None:
    """Return the vote that this address asks for."""
    where = await path(tx, uri)
    match = _VOTE.fullmatch(where) if where else None
    if match is None:
        return None
    statement = select(Vote).join(Proposal, Proposal.id == Vote.proposal_id)
    vote = await tx.find(
        statement.where(Proposal.number == int(match[1]), Vote.amendment_id.is_(None))
        .order_by(Vote.round.desc())
        .limit(1)
    )
    return vote if isinstance(vote, Vote) else None


async def call(tx: Transaction, uri: str) -> Call | None:
    """Return the call at this address."""
    number = await _number(tx, uri, _CALL)
    found = await tx.find(select(Call).where(Call.number == number)) if number else None
    return found if isinstance(found, Call) else None


async def decision(tx: Transaction, uri: str) -> Decision | None:
    """Return the decision at this address."""
    number = await _number(tx, uri, _DECISION)
    found = await tx.find(select(Decision).where(Decision.number == number)) if number else None
    return found if isinstance(found, Decision) else None


async def _number(tx: Transaction, uri: str, pattern: re.Pattern[str]) -> int | None:
    where = await path(tx, uri)
    match = pattern.fullmatch(where) if where else None
    return int(match[1]) if match else None


async def may_be_quoted(tx: Transaction, uri: str) -> bool:
    """Say whether this is a text, a decision or a call of the assembly, which anybody may quote."""
    where = await path(tx, uri)
    is_a_text = where is not None and _PROPOSAL.fullmatch(where) is not None
    if is_a_text:
        return await proposal_answered(tx, uri) is not None
    return await decision(tx, uri) is not None or await call(tx, uri) is not None


async def is_ours(tx: Transaction, uri: str) -> bool:
    """Say whether the address is on this node."""
    return await path(tx, uri) is not None


async def was_taken_back(tx: Transaction, uri: str, by: Actor) -> bool:
    """Say whether somebody took back what arrives only now; nobody else's word counts (P7)."""
    return await tx.get(Tombstone, (uri, by.uri)) is not None


async def exists(tx: Transaction, uri: str) -> bool:
    """Say whether there is something of ours at this address that others may know of."""
    if await proposal_answered(tx, uri) is not None or await call(tx, uri) is not None:
        return True
    actor = await tx.find(select(Actor).where(Actor.uri == uri, Actor.is_local))
    return actor is not None and actor.type != "Person"


async def may_be_known(tx: Transaction, actor: Actor) -> bool:
    """Say whether others may know of an actor of ours; a member chooses that (P13)."""
    if actor.type != "Person":
        return True
    statement = select(Member.id).where(Member.actor_id == actor.id, Member.is_published)
    return await tx.scalar(statement) is not None


async def follows(tx: Transaction, author: Actor) -> bool:
    """Say whether one of ours follows somebody."""
    known = tx.memory.get(("followed", author.id))
    if known is None:
        known = author.id in await followed_among(tx, [author.id])
    return bool(known)


async def followed_among(tx: Transaction, actor_ids: Collection[int]) -> set[int]:
    """Return those of these actors whom one of ours follows, asked for all at once."""
    return {row[0] for row in await tx.execute(_FOLLOWED, {"actors": list(actor_ids)})}


async def concerns(tx: Transaction, author: Actor, thing: Thing) -> bool:
    """Say whether somebody here follows the author, or is addressed or mentioned."""
    if await follows(tx, author):
        return True
    origin = (await assemblies.the(tx)).origin
    said_to = [*thing.to, *thing.cc, *thing.mentions, thing.in_reply_to or ""]
    return any(addressing.is_web_address(uri) and _at(uri, origin) for uri in said_to)


async def _by_contribution(tx: Transaction, uri: str | None) -> Proposal | None:
    if uri is None:
        return None
    statement = select(Proposal).join(Contribution, Contribution.proposal_id == Proposal.id)
    is_known = Contribution.is_outside | Contribution.is_federated
    found = await tx.find(statement.where(Contribution.uri == uri, is_known))
    return found if isinstance(found, Proposal) else None


def _at(uri: str, origin: str) -> bool:
    return uri.startswith(origin + "/")
