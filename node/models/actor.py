"""Who acts, here or elsewhere, with the keys that prove it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from node import clock, ids
from node.models.base import Model


class Actor(Model):
    """Someone who acts: our assembly, a member, this node itself, or anybody on another server."""

    __tablename__ = "actor"
    __table_args__ = (Index("ix_actor_domain_handle", "domain", "handle"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    handle: Mapped[str]
    domain: Mapped[str]
    name: Mapped[str]
    inbox: Mapped[str]
    is_local: Mapped[bool] = mapped_column(default=False)
    shared_inbox: Mapped[str | None] = mapped_column(default=None)
    outbox: Mapped[str | None] = mapped_column(default=None)
    followers: Mapped[str | None] = mapped_column(default=None)
    following: Mapped[str | None] = mapped_column(default=None)
    featured: Mapped[str | None] = mapped_column(default=None)
    summary: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None] = mapped_column(default=None)
    icon_url: Mapped[str | None] = mapped_column(default=None)
    is_locked: Mapped[bool] = mapped_column(default=False)
    is_discoverable: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str | None] = mapped_column(default=None)
    also_known_as: Mapped[list[str]] = mapped_column(default_factory=list)
    moved_to: Mapped[str | None] = mapped_column(default=None)
    said_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def address(self) -> str:
        """The handle as people write it: name@server."""
        return f"{self.handle}@{self.domain}"

    @property
    def delivery_inbox(self) -> str:
        """Where one copy for everyone on that server goes."""
        return self.shared_inbox or self.inbox


class ActorKey(Model):
    """One public key of an actor, with the private half when the actor is ours."""

    __tablename__ = "actor_key"
    __table_args__ = (UniqueConstraint("uri"), Index("ix_actor_key_actor_id", "actor_id"))

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    algorithm: Mapped[str]
    public: Mapped[str]
    private: Mapped[str | None] = mapped_column(default=None)
    not_before: Mapped[datetime] = mapped_column(default_factory=clock.now)
    not_after: Mapped[datetime | None] = mapped_column(default=None)
    fetched_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
