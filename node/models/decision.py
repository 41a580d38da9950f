"""What came of a proposal, and the register that holds it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.proposal import Proposal, Version
from node.models.vote import Vote


class Decision(Model):
    """A verdict with the figures and the inequality that produced it. It is never changed."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    number: Mapped[int] = mapped_column(unique=True)
    year: Mapped[int]
    outcome: Mapped[str]
    explanation: Mapped[str]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), init=False)
    vote_id: Mapped[int | None] = mapped_column(ForeignKey("vote.id"), init=False)
    tally: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    outside: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    turnout: Mapped[int] = mapped_column(default=0)
    statement: Mapped[str] = mapped_column(default="")
    ballots_digest: Mapped[str | None] = mapped_column(default=None)
    document: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    proposal: Mapped[Proposal] = relationship(lazy="joined")
    version: Mapped[Version] = relationship(lazy="joined")
    vote: Mapped[Vote | None] = relationship(lazy="joined", default=None)

    @property
    def label(self) -> str:
        """The number as people say it: 2026-07."""
        return f"{self.year}-{self.number:02d}"


class RegisterEntry(Model):
    """One link of the register: what was entered, and the digest of the entry before it."""

    __tablename__ = "register_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev: Mapped[str | None]
    digest: Mapped[str]
    entry: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
