"""The members who chose to be seen by everybody, and what they do in the open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from node.database import Transaction
from node.errors import Gone, NotFound
from node.models import Actor, Contribution, Member, Proposal, State


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A member as everybody may see them."""

    actor_id: int
    member_id: int
    uri: str
    name: str
    handle: str
    domain: str
    summary: str
    is_in_charge: bool
    admitted_at: datetime

    @property
    def address(self) -> str:
        """The handle as people write it: name@server."""
        return f"{self.handle}@{self.domain}"


_PROFILES = (
    select(
        Actor.id.label("actor_id"),
        Member.id.label("member_id"),
        Actor.uri,
        Actor.name,
        Actor.handle,
        Actor.domain,
        Actor.summary,
        Member.is_in_charge,
        Member.admitted_at,
    )
    .join(Member, Member.actor_id == Actor.id)
    .where(Member.is_published, Member.left_at.is_(None))
    .order_by(Actor.name)
)
_CALLED = _PROFILES.where(Actor.handle == bindparam("handle"))
_GONE = (
    select(Member.id)
    .join(Actor, Actor.id == Member.actor_id)
    .where(Actor.handle == bindparam("handle"), Actor.is_local)
    .where(Member.unpublished_at.is_not(None))
)
_CARRIED = (
    select(Proposal.number, Proposal.title, Proposal.published_at)
    .where(Proposal.carrier_id == bindparam("member"), Proposal.state != State.DRAFT)
    .order_by(Proposal.number.desc())
    .limit(20)
)
_SAID = (
    select(Contribution.id, Contribution.content, Contribution.published_at)
    .add_columns(Proposal.number, Proposal.title)
    .join(Proposal, Proposal.id == Contribution.proposal_id)
    .where(Contribution.author_id == bindparam("author"), Contribution.deleted_at.is_(None))
    .order_by(Contribution.id.desc())
    .limit(20)
)


async def published(tx: Transaction) -> list[Profile]:
    """Return the members who chose to be seen, by name."""
    return [Profile(**row) for row in (await tx.execute(_PROFILES)).mappings()]


async def called(tx: Transaction, handle: str) -> Profile:
    """Return the published member of this name.

    Raise Gone for one who was published before, NotFound whoever else has the name (P13).
    """
    row = (await tx.execute(_CALLED, {"handle": handle.lower()})).mappings().first()
    if row is None and await tx.scalar(_GONE, {"handle": handle.lower()}) is not None:
        raise Gone("they are no longer to be found here", code="member-gone")
    if row is None:
        raise NotFound("no published member is called so")
    return Profile(**row)


async def carried(tx: Transaction, profile: Profile) -> Sequence[Row[Any]]:
    """Return the last proposals that a member brought."""
    return (await tx.execute(_CARRIED, {"member": profile.member_id})).all()


async def said(tx: Transaction, profile: Profile) -> Sequence[Row[Any]]:
    """Return what a member last said about proposals."""
    return (await tx.execute(_SAID, {"author": profile.actor_id})).all()
