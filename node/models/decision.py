"""What came of a proposal, what was done about it since, and the register that holds it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.member import Member
from node.models.proposal import Proposal, Version
from node.models.vote import Vote


class Decision(Model):
    """A verdict with the figures and the inequality that produced it.

    It is never changed: a correction is another decision, which supersedes this one.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("year", "number_in_year"),
        UniqueConstraint("supersedes_id"),
        Index("ix_decision_proposal_id", "proposal_id"),
        Index("ix_decision_vote_id", "vote_id"),
        Index("ix_decision_review_on", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    number: Mapped[int] = mapped_column(unique=True)
    year: Mapped[int]
    number_in_year: Mapped[int]
    outcome: Mapped[str]
    explanation: Mapped[str]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), init=False)
    vote_id: Mapped[int | None] = mapped_column(ForeignKey("vote.id"), init=False)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), default=None)
    outcome_reason: Mapped[str | None] = mapped_column(default=None)
    tally: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    outside: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    working: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    quorums: Mapped[list[Any]] = mapped_column(default_factory=list)
    reasons: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    tolerated: Mapped[list[str]] = mapped_column(default_factory=list)
    minority: Mapped[str] = mapped_column(default="")
    turnout: Mapped[int] = mapped_column(default=0)
    statement: Mapped[str] = mapped_column(default="")
    corrected_because: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None] = mapped_column(Date, default=None)
    ballots_digest: Mapped[str | None] = mapped_column(default=None)
    document: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    proposal: Mapped[Proposal] = relationship(lazy="joined")
    version: Mapped[Version] = relationship(lazy="joined")
    vote: Mapped[Vote | None] = relationship(lazy="joined", default=None)

    @property
    def label(self) -> str:
        """The number as people say it, which begins again each year: 2026-07."""
        return f"{self.year}-{self.number_in_year:02d}"


class FollowUp(Model):
    """One line about what became of a decision. Lines are added, never changed.

    Who carries the decision out, the dates, and whether it is done are what the last line that
    says so says.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_decision_id", "decision_id"),
        Index("ix_follow_up_due_on", "due_on"),
        Index("ix_follow_up_review_on", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    text: Mapped[str] = mapped_column(default="")
    holder: Mapped[str | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(Date, default=None)
    review_on: Mapped[date | None] = mapped_column(Date, default=None)
    is_done: Mapped[bool | None] = mapped_column(default=None)
    written_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    author: Mapped[Member] = relationship(lazy="joined")


class FollowUpReminder(Model):
    """A day of a decision of which those in charge were reminded, so that it happens once."""

    __tablename__ = "follow_up_reminder"

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decision.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class RegisterEntry(Model):
    """One link of the register: what was entered, and the digest of the entry before it."""

    __tablename__ = "register_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev: Mapped[str | None]
    digest: Mapped[str]
    entry: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
