"""A text on its way to a decision, in each of its versions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.member import Member


class State(StrEnum):
    """Where a proposal stands in its life."""

    DRAFT = "draft"
    DISCUSSION = "discussion"
    AMENDMENT = "amendment"
    FROZEN = "frozen"
    VOTE = "vote"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


def running_round(state: State, kind: str | None, until: datetime | None) -> str | None:
    """Return the round that a text under discussion is in; it is over when its time is."""
    is_open = state in (State.DISCUSSION, State.AMENDMENT)
    return kind if is_open and until is not None and until > clock.now() else None


class Proposal(Model):
    """A text put to the assembly. Its number is its address and is never used again."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    number: Mapped[int] = mapped_column(unique=True)
    year: Mapped[int]
    title: Mapped[str]
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    state: Mapped[State] = mapped_column(default=State.DISCUSSION)
    method: Mapped[str] = mapped_column(default="majority")
    language: Mapped[str] = mapped_column(default="fr")
    is_signed: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    discussion_closes_at: Mapped[datetime | None] = mapped_column(default=None)
    round_kind: Mapped[str | None] = mapped_column(default=None)
    vote_closes_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_because: Mapped[str | None] = mapped_column(default=None)
    carrier: Mapped[Member | None] = relationship(lazy="joined", default=None)
    versions: Mapped[list["Version"]] = relationship(
        lazy="selectin", order_by="Version.number", default_factory=list
    )
    co_carriers: Mapped[list["CoCarrier"]] = relationship(lazy="selectin", default_factory=list)

    @property
    def label(self) -> str:
        """The number as people say it: 2026-12."""
        return f"{self.year}-{self.number}"

    @property
    def version(self) -> "Version":
        """The text as it stands now."""
        return self.versions[-1]

    @property
    def running_round(self) -> str | None:
        """The round that is on now, if any: clarification, reactions, amendments."""
        return running_round(self.state, self.round_kind, self.discussion_closes_at)


class CoCarrier(Model):
    """A member who carries a proposal together with the one who began it."""

    __tablename__ = "co_carrier"
    __table_args__ = (Index("ix_co_carrier_member_id", "member_id"),)

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, init=False, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id"), primary_key=True, autoincrement=False
    )


class Version(Model):
    """The text of a proposal at one moment. It never changes."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), init=False)
    number: Mapped[int]
    title: Mapped[str]
    source: Mapped[str]
    content: Mapped[str]
    digest: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
