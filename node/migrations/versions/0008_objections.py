"""Objections with what is said of each, and what counted beside the ballots of a vote."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("vote") as vote:
        vote.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "objection",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("author_id", Number, nullable=False),
        sa.Column("version_number", Number, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("paragraph", Number, nullable=True),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("improvement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("integrated_in", Number, nullable=True),
        sa.Column("continues_id", Number, nullable=True),
        sa.Column("appealed_by_id", Number, nullable=True),
        sa.Column("appealed_at", Moment, nullable=True),
        sa.Column("raised_at", Moment, nullable=False),
        sa.Column("settled_at", Moment, nullable=True),
        _to("objection", "appealed_by_id", "member.id"),
        _to("objection", "author_id", "member.id"),
        _to("objection", "continues_id", "objection.id"),
        _to("objection", "vote_id", "vote.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("vote_id", "author_id", name=op.f("uq_objection_vote_id_author_id")),
    )
    op.create_index("ix_objection_author_id", "objection", ["author_id"])
    op.create_table(
        "objection_voice",
        sa.Column("objection_id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("as_facilitator", sa.Boolean(), nullable=False),
        sa.Column("is_unreasonable", sa.Boolean(), nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        _to("objection_voice", "member_id", "member.id"),
        _to("objection_voice", "objection_id", "objection.id"),
        sa.PrimaryKeyConstraint(
            "objection_id", "member_id", "as_facilitator", name=op.f("pk_objection_voice")
        ),
    )
    op.create_index("ix_objection_voice_member_id", "objection_voice", ["member_id"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
