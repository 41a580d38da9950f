"""What others publish and we keep."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model

_SHARED = text("shared_by_id IS NOT NULL")


class Publication(Model):
    """A text, event or question of somebody elsewhere, as its own server says it."""

    __tablename__ = "publication"
    __table_args__ = (
        Index("ix_publication_author_id_id", "author_id", "id"),
        Index("ix_publication_in_reply_to", "in_reply_to"),
        # Few are shared: the others are no part of it, nor of what the planner makes of it.
        Index(
            "ix_publication_shared_by_id_id",
            "shared_by_id",
            "id",
            sqlite_where=_SHARED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    type: Mapped[str]
    document: Mapped[str]
    is_public: Mapped[bool]
    kind: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    summary: Mapped[str | None] = mapped_column(default=None)
    content: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    in_reply_to: Mapped[str | None] = mapped_column(default=None)
    shared_by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"), default=None)
    is_proven: Mapped[bool] = mapped_column(default=False)
    is_featured: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    author: Mapped[Actor] = relationship(
        foreign_keys=[author_id], lazy="joined", init=False, viewonly=True
    )


class Tombstone(Model):
    """An address that had something and never will again, as its author says."""

    __tablename__ = "tombstone"

    uri: Mapped[str] = mapped_column(primary_key=True)
    author_uri: Mapped[str] = mapped_column(primary_key=True)
    former_type: Mapped[str | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
