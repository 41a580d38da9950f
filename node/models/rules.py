"""The rules that the assembly changed, and the log of the acts of those in charge."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from node import clock, ids
from node.models.base import Model


class RuleSetting(Model):
    """A rule that is no longer the one a node begins with: its name and its `value`."""

    __tablename__ = "rule_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    kept: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Act(Model):
    """One act on members or rules: who, when, what, from what to what. Never changed.

    Nobody (`member_id` empty) is the command line, or the node itself.
    """

    __tablename__ = "act"
    __table_args__ = (Index("ix_act_done_at", "done_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    kind: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    subject: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    reason: Mapped[str] = mapped_column(default="")
    decision: Mapped[str | None] = mapped_column(default=None)
    done_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
