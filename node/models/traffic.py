"""What came in, what goes out, and how it went."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from node import clock, ids
from node.models.base import Model

_WAITING = text("state = 'waiting'")
_OF_A_PROPOSAL = text("proposal_id IS NOT NULL")


class InboxItem(Model):
    """An activity that arrived from a proven sender, with what became of it."""

    __tablename__ = "inbox_item"
    __table_args__ = (
        Index(
            "ix_inbox_item_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=_WAITING,
        ),
        # An id is its sender's word: nobody can occupy the id of a neighbour.
        UniqueConstraint("uri", "sender_uri"),
        Index("ix_inbox_item_handled_at", "handled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str]
    sender_uri: Mapped[str]
    type: Mapped[str]
    document: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(default=None)
    next_attempt_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    received_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    handled_at: Mapped[datetime | None] = mapped_column(default=None)


class OutboxItem(Model):
    """An activity of ours, encoded once."""

    __tablename__ = "outbox_item"
    __table_args__ = (
        Index("ix_outbox_item_actor_id_id", "actor_id", "id"),
        Index(
            "ix_outbox_item_proposal_id",
            "proposal_id",
            "id",
            sqlite_where=_OF_A_PROPOSAL,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    uri: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    type: Mapped[str]
    document: Mapped[str]
    is_public: Mapped[bool]
    object_uri: Mapped[str | None] = mapped_column(default=None)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), default=None)
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Delivery(Model):
    """One activity on its way to one inbox; the row goes when the inbox has confirmed it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=_WAITING,
        ),
        Index("ix_delivery_host", "host", "state"),
        Index("ix_delivery_outbox_item_id", "outbox_item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    outbox_item_id: Mapped[int] = mapped_column(ForeignKey("outbox_item.id"))
    inbox: Mapped[str]
    host: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Peer(Model):
    """Another server, and what we learnt from sending to it and hearing from it."""

    __tablename__ = "peer"

    host: Mapped[str] = mapped_column(primary_key=True)
    dialect: Mapped[str] = mapped_column(default="cavage")
    failures: Mapped[int] = mapped_column(default=0)
    down_since: Mapped[datetime | None] = mapped_column(default=None)
    next_probe_at: Mapped[datetime | None] = mapped_column(default=None)
    last_delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    last_heard_at: Mapped[datetime | None] = mapped_column(default=None)
    last_reason: Mapped[str | None] = mapped_column(default=None)


class Counter(Model):
    """How often the door refused, by reason; the only trace a refusal leaves."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
