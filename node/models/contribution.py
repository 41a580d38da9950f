"""What people say about a proposal."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model


class Contribution(Model):
    """One voice: a member's or an outside one on a proposal, or a member's on a text elsewhere."""

    __tablename__ = "contribution"
    __table_args__ = (
        Index("ix_contribution_proposal_id", "proposal_id", "published_at"),
        Index("ix_contribution_publication_id", "publication_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    content: Mapped[str]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), default=None)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"), default=None)
    source: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    in_reply_to: Mapped[str | None] = mapped_column(default=None)
    version_number: Mapped[int | None] = mapped_column(default=None)
    is_outside: Mapped[bool] = mapped_column(default=False)
    is_federated: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    author: Mapped[Actor] = relationship(lazy="joined")
