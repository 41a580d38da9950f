"""Meetings: the kind of a call, the order of the day, the attendance sheet, the minutes."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("call") as call:
        call.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="call"))
    _create_meeting()
    _create_agenda_item()
    _create_attendee()
    _create_minutes()


def _create_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", Number, nullable=False),
        sa.Column("call_id", Number, nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("facilitator", sa.Text(), nullable=False),
        sa.Column("quorum_num", Number, nullable=False),
        sa.Column("quorum_den", Number, nullable=False),
        sa.Column("quorum_required", Number, nullable=True),
        sa.Column("counts_represented", sa.Boolean(), nullable=False),
        sa.Column("proxies_max", Number, nullable=False),
        sa.Column("remote_voting", sa.Boolean(), nullable=False),
        sa.Column("minutes_at", Moment, nullable=True),
        _to("meeting", "call_id", "call.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("call_id", name=op.f("uq_meeting_call_id")),
    )


def _create_agenda_item() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("id", Number, nullable=False),
        sa.Column("meeting_id", Number, nullable=False),
        sa.Column("position", Number, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("proposal_number", Number, nullable=True),
        sa.Column("approves_id", Number, nullable=True),
        sa.Column("lasts", Number, nullable=True),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("decision_number", Number, nullable=True),
        _to("agenda_item", "meeting_id", "meeting.id"),
        _to("agenda_item", "proposal_number", "proposal.number"),
        _to("agenda_item", "approves_id", "meeting.id"),
        _to("agenda_item", "decision_number", "decision.number"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_index("ix_agenda_item_meeting_id", "agenda_item", ["meeting_id"])


def _create_attendee() -> None:
    op.create_table(
        "attendee",
        sa.Column("id", Number, nullable=False),
        sa.Column("meeting_id", Number, nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("holder_id", Number, nullable=True),
        sa.Column("noted_by_id", Number, nullable=True),
        sa.Column("noted_at", Moment, nullable=False),
        _to("attendee", "meeting_id", "meeting.id"),
        _to("attendee", "member_id", "member.id"),
        _to("attendee", "holder_id", "member.id"),
        _to("attendee", "noted_by_id", "member.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint(
            "meeting_id", "member_id", name=op.f("uq_attendee_meeting_id_member_id")
        ),
    )
    op.create_index("ix_attendee_meeting_id", "attendee", ["meeting_id"])


def _create_minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("id", Number, nullable=False),
        sa.Column("meeting_id", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("secretary_id", Number, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("next_id", Number, nullable=True),
        sa.Column("corrected_because", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("proposed_at", Moment, nullable=True),
        sa.Column("approved_at", Moment, nullable=True),
        sa.Column("approved_in_id", Number, nullable=True),
        _to("minutes", "meeting_id", "meeting.id"),
        _to("minutes", "secretary_id", "member.id"),
        _to("minutes", "next_id", "meeting.id"),
        _to("minutes", "approved_in_id", "meeting.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_minutes_meeting_id_number")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))
