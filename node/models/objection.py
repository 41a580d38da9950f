"""Objections raised in a vote by consent, and what others say about each."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node import clock, ids
from node.models.base import Model


class Objection(Model):
    """What one member objects to the text of one vote, until it is lifted, integrated or judged.

    One still open when the next round begins is raised there again, as another row.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("vote_id", "author_id"),
        Index("ix_objection_author_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    version_number: Mapped[int]
    text: Mapped[str]
    paragraph: Mapped[int | None] = mapped_column(default=None)
    risk: Mapped[str] = mapped_column(default="")
    improvement: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="raised")
    integrated_in: Mapped[int | None] = mapped_column(default=None)
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"), default=None)
    appealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    appealed_at: Mapped[datetime | None] = mapped_column(default=None)
    raised_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


class ObjectionVoice(Model):
    """What a member says of an objection: unreasonable or not; as facilitator, or in the circle."""

    __tablename__ = "objection_voice"
    __table_args__ = (Index("ix_objection_voice_member_id", "member_id"),)

    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    as_facilitator: Mapped[bool] = mapped_column(primary_key=True, default=False)
    is_unreasonable: Mapped[bool] = mapped_column(default=True)
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
