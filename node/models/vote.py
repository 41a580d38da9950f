"""The asking of the assembly, the roll of those who may answer, and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.proposal import Proposal, Version

_ON_THE_TEXT = text("amendment_id IS NULL")


class Vote(Model):
    """A period in which the members on the roll answer about one version of a proposal.

    With an amendment it asks only whether that one changes the version; its outcome stands here
    and not in the register, which holds what was decided in the end.
    """

    __tablename__ = "vote"
    __table_args__ = (
        Index(
            "ix_vote_proposal_id_round",
            "proposal_id",
            "round",
            unique=True,
            sqlite_where=_ON_THE_TEXT,
        ),
        UniqueConstraint("amendment_id", "round"),
        Index("ix_vote_closed_at_closes_at", "closed_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), init=False)
    method: Mapped[str]
    closes_at: Mapped[datetime]
    electorate_count: Mapped[int]
    roll_digest: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    rule: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    opened_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    options: Mapped[list[Any]] = mapped_column(default_factory=list)
    budget: Mapped[str | None] = mapped_column(default=None)
    is_secret: Mapped[bool] = mapped_column(default=False)
    hides_results: Mapped[bool] = mapped_column(default=True)
    poll_ballots: Mapped[bool] = mapped_column(default=False)
    proxies_max: Mapped[int] = mapped_column(default=0)
    convocation: Mapped[int] = mapped_column(default=1)
    meeting_id: Mapped[int | None] = mapped_column(default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_as: Mapped[str | None] = mapped_column(default=None)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    explanation: Mapped[str] = mapped_column(default="")
    ties: Mapped[str] = mapped_column(default="stand")
    facts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    shown: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    proposal: Mapped[Proposal] = relationship(lazy="joined")
    version: Mapped[Version] = relationship(lazy="joined")


class Voter(Model):
    """A member on the roll of one vote, as frozen when it opened."""

    __tablename__ = "voter"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)


class Ballot(Model):
    """One voter's choice in one open vote. Voting again replaces it and raises `seq`."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("vote_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    choice: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    cast_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    seq: Mapped[int] = mapped_column(default=1)
    via: Mapped[str] = mapped_column(default="page")


class Participation(Model):
    """Whether a member on the roll of a secret vote took part; it never says when, nor what.

    There is a row for everybody from the opening on, and taking part turns one flag in place.
    """

    __tablename__ = "participation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    has_voted: Mapped[bool] = mapped_column(default=False)


class SecretBallot(Model):
    """A slot of the urn of a secret vote, blank until a ballot is written over it.

    As many as there are members on the roll, made when the vote opens, each under a random key
    and all of one width: which slot a ballot falls into is drawn by lot.
    """

    __tablename__ = "secret_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    choice: Mapped[str]


class VoteChange(Model):
    """What was done to an open vote, by whom and why: extended, cancelled, voided."""

    __tablename__ = "vote_change"
    __table_args__ = (Index("ix_vote_change_vote_id", "vote_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    kind: Mapped[str]
    reason: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    until: Mapped[datetime | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Proxy(Model):
    """A member lets another one's answer count for theirs too, in one vote, unless they vote."""

    __tablename__ = "proxy"
    __table_args__ = (UniqueConstraint("vote_id", "giver_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Attendance(Model):
    """A member on the roll who votes in the room and not online, by themselves or represented."""

    __tablename__ = "attendance"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)


class RoomCount(Model):
    """The figures of a room as its first scrutineer entered them; a second one confirms them."""

    __tablename__ = "room_count"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True)
    kind: Mapped[str]
    sheet_digest: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    entered_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class Opinion(Model):
    """An answer from outside to a vote: shown apart, never counted in the verdict."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("vote_id", "actor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    choice: Mapped[str]
    uri: Mapped[str | None] = mapped_column(default=None)
    given_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
