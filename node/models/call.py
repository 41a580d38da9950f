"""An invitation to take part, and who said they come."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model
from node.models.member import Member

if TYPE_CHECKING:
    from node.models.meeting import Meeting


class Call(Model):
    """What people are called to, a `call` to take part or a `meeting`: when, where, how to join."""

    __tablename__ = "call"
    __table_args__ = (Index("ix_call_starts_at", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    content: Mapped[str]
    starts_at: Mapped[datetime]
    how_to_join: Mapped[str]
    kind: Mapped[str] = mapped_column(default="call")
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    place_name: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    locality: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    online_url: Mapped[str | None] = mapped_column(default=None)
    needed: Mapped[int | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="fr")
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_because: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    sequence: Mapped[int] = mapped_column(default=0)
    organiser: Mapped[Member | None] = relationship(lazy="joined", default=None)
    meeting: Mapped["Meeting | None"] = relationship(
        lazy="joined", back_populates="call", default=None
    )


class Rsvp(Model):
    """Somebody's answer to a call: a member, an account from elsewhere, or a name on the page."""

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("call_id", "actor_id"),
        Index("ix_rsvp_call_id", "call_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"), init=False)
    name: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="yes")
    uri: Mapped[str | None] = mapped_column(default=None)
    answered_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    actor: Mapped[Actor | None] = relationship(lazy="joined", default=None)
