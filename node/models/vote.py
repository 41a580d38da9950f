"""The asking of the assembly, the roll of those who may answer, and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.proposal import Proposal, Version


class Vote(Model):
    """A period in which the members on the roll answer about one version of a proposal."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("proposal_id", "round"),
        Index("ix_vote_closed_at_closes_at", "closed_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), init=False)
    method: Mapped[str]
    closes_at: Mapped[datetime]
    electorate_count: Mapped[int]
    roll_digest: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    rule: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    opened_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    proposal: Mapped[Proposal] = relationship(lazy="joined")
    version: Mapped[Version] = relationship(lazy="joined")


class Voter(Model):
    """A member on the roll of one vote, as frozen when it opened."""

    __tablename__ = "voter"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)


class Ballot(Model):
    """One voter's choice in one vote. Voting again replaces it."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("vote_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    choice: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    cast_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Opinion(Model):
    """An answer from outside to a vote: shown apart, never counted in the verdict."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("vote_id", "actor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    choice: Mapped[str]
    uri: Mapped[str | None] = mapped_column(default=None)
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
