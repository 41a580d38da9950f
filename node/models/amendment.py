"""What is done to a proposal before its vote: drafts, amendments, rounds, leanings, support."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.member import Member


class Draft(Model):
    """A text in preparation, which only those who carry it can see. It is never sent."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    title: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    is_signed: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    author: Mapped[Member] = relationship(lazy="joined")
    carriers: Mapped[list["DraftCarrier"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", default_factory=list
    )


class DraftCarrier(Model):
    """A member invited to write a draft and to publish it."""

    __tablename__ = "draft_carrier"
    __table_args__ = (Index("ix_draft_carrier_member_id", "member_id"),)

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id"), primary_key=True, init=False, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, init=False, autoincrement=False
    )
    member: Mapped[Member] = relationship(lazy="joined")


class Standing(StrEnum):
    """What became of an amendment."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TO_VOTE = "to-vote"
    VOTING = "voting"
    WITHDRAWN = "withdrawn"
    WITHOUT_OBJECT = "without-object"


class Amendment(Model):
    """Other words for one paragraph of a proposal, or for what an amendment puts in its place.

    `original` and its digest are what the author had before their eyes. `outdated_by` is the
    version that changed the passage, where that left the amendment without object.
    """

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    version_number: Mapped[int]
    paragraph: Mapped[int]
    original: Mapped[str]
    original_digest: Mapped[str]
    replacement: Mapped[str]
    reason: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), default=None)
    state: Mapped[Standing] = mapped_column(default=Standing.PROPOSED)
    answer: Mapped[str] = mapped_column(default="")
    integrated_in: Mapped[int | None] = mapped_column(default=None)
    outdated_by: Mapped[int | None] = mapped_column(default=None)
    proposed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    author: Mapped[Member] = relationship(lazy="joined")


class Step(Model):
    """A turn in the discussion of a proposal: a round that was opened, or a deferral."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_proposal_id", "proposal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    kind: Mapped[str]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Leaning(Model):
    """How a member feels about a proposal under discussion. It decides nothing."""

    __tablename__ = "leaning"
    __table_args__ = (Index("ix_leaning_member_id", "member_id"),)

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Endorsement(Model):
    """A member wishes the assembly to vote on a proposal, whatever their own answer will be."""

    __tablename__ = "endorsement"
    __table_args__ = (Index("ix_endorsement_member_id", "member_id"),)

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, autoincrement=False
    )
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
