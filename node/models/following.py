"""Who reads whom, and whom we keep out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model


class Follow(Model):
    """One actor reads another: asked for, then accepted or refused."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("follower_id", "followed_id"),
        Index("ix_follow_followed_id_state", "followed_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    followed_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    follower: Mapped[Actor] = relationship(foreign_keys=[follower_id], lazy="joined")
    followed: Mapped[Actor] = relationship(foreign_keys=[followed_id], lazy="joined")


class ActorBlock(Model):
    """An actor that this node, or one of its members, does not hear; or that does not hear us."""

    __tablename__ = "actor_block"
    __table_args__ = (UniqueConstraint("blocker_id", "blocked_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    blocker_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    blocked_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    reason: Mapped[str] = mapped_column(default="")
    uri: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class DomainRule(Model):
    """A server that is blocked, or allowed when only allowed servers are heard."""

    __tablename__ = "domain_rule"

    domain: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Reaction(Model):
    """Someone likes or shares something of ours; never a vote."""

    __tablename__ = "reaction"
    __table_args__ = (
        UniqueConstraint("actor_id", "object_uri", "kind"),
        Index("ix_reaction_object_uri", "object_uri"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str | None]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    object_uri: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Quote(Model):
    """A post elsewhere that may quote something of ours; anybody can ask us whether it may."""

    __tablename__ = "quote"
    __table_args__ = (UniqueConstraint("uri", "quoted_uri"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str]
    quoted_uri: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Report(Model):
    """Somebody asks those in charge to look at something."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    about: Mapped[list[str]]
    content: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
