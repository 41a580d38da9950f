"""The ways in: who asked to join, invitations on paper, who welcomes, accounts elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.actor import Actor
from node.models.base import Model
from node.models.member import Member


class JoinRequest(Model):
    """Somebody asks to join, from our page or by an account elsewhere (`actor`, `uri`).

    How to reach them and their reason are forgotten with the answer; the rest follows.
    """

    __tablename__ = "join_request"
    __table_args__ = (Index("ix_join_request_answered_at", "answered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    name: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), init=False, unique=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"), init=False)
    door: Mapped[str] = mapped_column(default="here")
    contact: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="fr")
    uri: Mapped[str | None] = mapped_column(default=None, unique=True)
    digest: Mapped[str | None] = mapped_column(default=None, unique=True)
    asked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    is_admitted: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="")
    member: Mapped[Member | None] = relationship(
        foreign_keys=[member_id], lazy="joined", default=None
    )
    actor: Mapped[Actor | None] = relationship(lazy="joined", default=None)


class Invitation(Model):
    """A secret that admits whoever brings it, so many times and until a date.

    One that was written for somebody by name names the `member` who waits for it.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    digest: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    uses_max: Mapped[int]
    expires_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    used_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class Duty(Model):
    """A member holds a role from a day until another: `welcome` greets the newcomers."""

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_role", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    role: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    member: Mapped[Member] = relationship(lazy="joined")


class LinkedAccount(Model):
    """An account elsewhere that is a member's, proved from both sides: by what, and when."""

    __tablename__ = "linked_account"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), unique=True, init=False)
    proof: Mapped[str]
    join_uri: Mapped[str | None] = mapped_column(default=None)
    linked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    actor: Mapped[Actor] = relationship(lazy="joined")


class AccountClaim(Model):
    """A member says that an account elsewhere is theirs; the account has not confirmed it yet.

    `token` ends the address that its page must link to; of the code sent to it only the digest
    is kept.
    """

    __tablename__ = "account_claim"
    __table_args__ = (Index("ix_account_claim_actor_id", "actor_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    token: Mapped[str] = mapped_column(unique=True)
    code_digest: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    actor: Mapped[Actor] = relationship(lazy="joined")
