"""A meeting of the assembly: its order of the day, who was there, and its minutes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock, ids
from node.models.base import Model
from node.models.call import Call
from node.models.member import Member


class Meeting(Model):
    """What a call of the kind `meeting` holds besides: access, quorum, who runs it.

    The quorum of presence is a share of the members; none is asked for when `quorum_num` is 0.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True, init=False)
    access: Mapped[str] = mapped_column(default="")
    facilitator: Mapped[str] = mapped_column(default="")
    quorum_num: Mapped[int] = mapped_column(default=0)
    quorum_den: Mapped[int] = mapped_column(default=1)
    quorum_required: Mapped[int | None] = mapped_column(default=None)
    counts_represented: Mapped[bool] = mapped_column(default=False)
    proxies_max: Mapped[int] = mapped_column(default=0)
    remote_voting: Mapped[bool] = mapped_column(default=False)
    minutes_at: Mapped[datetime | None] = mapped_column(default=None)
    call: Mapped[Call] = relationship(lazy="joined", back_populates="meeting")
    items: Mapped[list["AgendaItem"]] = relationship(
        lazy="selectin",
        foreign_keys="AgendaItem.meeting_id",
        order_by="AgendaItem.position",
        default_factory=list,
    )


class AgendaItem(Model):
    """One point of the order of the day, with what the minutes say about it."""

    __tablename__ = "agenda_item"
    __table_args__ = (Index("ix_agenda_item_meeting_id", "meeting_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    title: Mapped[str]
    proposal_number: Mapped[int | None] = mapped_column(ForeignKey("proposal.number"), default=None)
    approves_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    lasts: Mapped[int | None] = mapped_column(default=None)
    brought_by: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    decision_number: Mapped[int | None] = mapped_column(ForeignKey("decision.number"), default=None)


class Attendee(Model):
    """One line of the attendance sheet: a member, or a visitor by name.

    A member is present, perhaps until they leave, excused, or represented by one who is present.
    """

    __tablename__ = "attendee"
    __table_args__ = (
        UniqueConstraint("meeting_id", "member_id"),
        Index("ix_attendee_meeting_id", "meeting_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    presence: Mapped[str]
    name: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), default=None)
    noted_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class Minutes(Model):
    """One version of the minutes of a meeting: a draft, then proposed, then approved.

    What was proposed never changes: `record` is all that the version says, and a correction is
    another version, which is approved in its turn.
    """

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, default_factory=ids.new_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    secretary_id: Mapped[int] = mapped_column(ForeignKey("member.id"), init=False)
    state: Mapped[str] = mapped_column(default="draft")
    opening: Mapped[str] = mapped_column(default="")
    closing: Mapped[str] = mapped_column(default="")
    next_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    corrected_because: Mapped[str] = mapped_column(default="")
    record: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str | None] = mapped_column(default=None)
    written_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_in_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), default=None)
    secretary: Mapped[Member] = relationship(lazy="joined")
