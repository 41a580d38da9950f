"""The draw that ends a tie: what was published before the randomness existed, and what came."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from node import clock, ids
from node.models.base import Model


class Draw(Model):
    """The draw of one vote: list, rule and source are there first, and never change."""

    __tablename__ = "draw"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), unique=True)
    mode: Mapped[str]
    source: Mapped[str]
    due_at: Mapped[datetime]
    names: Mapped[dict[str, Any]]
    digest: Mapped[str]
    beacon_round: Mapped[int | None] = mapped_column(default=None)
    announced_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    randomness: Mapped[str | None] = mapped_column(default=None)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    entered_at: Mapped[datetime | None] = mapped_column(default=None)
