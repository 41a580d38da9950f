"""The people of the assembly, from asking to leaving, and the ways they come in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model

ASKED, INVITED, MEMBER, LEFT, EXCLUDED = "asked", "invited", "member", "left", "excluded"


class Member(Model):
    """A person of the assembly, or on the way in or out; only in state `member` do they decide.

    `admitted_at` and `votes_from` are empty until they are admitted, `unpublished_at` unless they
    existed outside of this node and no longer do.
    """

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), unique=True, init=False)
    state: Mapped[str] = mapped_column(default=MEMBER)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    is_in_charge: Mapped[bool] = mapped_column(default=False)
    is_published: Mapped[bool] = mapped_column(default=False)
    unpublished_at: Mapped[datetime | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    admitted_at: Mapped[datetime | None] = mapped_column(default_factory=clock.now)
    votes_from: Mapped[datetime | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    left_because: Mapped[str] = mapped_column(default="")
    left_by_decision: Mapped[str | None] = mapped_column(default=None)
    actor: Mapped[Actor] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """The name or pseudonym shown beside what the member says."""
        return self.actor.name

    @property
    def handle(self) -> str:
        """The name used to sign in and in addresses."""
        return self.actor.handle


class OneTimeLink(Model):
    """A link that opens the door once: for the first member, a new member or a sign-in."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    digest: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    expires_at: Mapped[datetime]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Session(Model):
    """A browser in which a member is signed in."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_expires_at", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    digest: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class AccessToken(Model):
    """A key that a member gave to an application, with what it may do."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    digest: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    name: Mapped[str]
    scopes: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
