"""Register: decisions numbered by year, what came with them, corrections, and their follow-up."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("number_in_year", Number, nullable=True))
        decision.add_column(sa.Column("supersedes_id", Number, nullable=True))
        decision.add_column(sa.Column("outcome_reason", sa.Text(), nullable=True))
        for name in ("working", "reasons"):
            decision.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
        for name in ("quorums", "tolerated"):
            decision.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        for name in ("minority", "corrected_because"):
            decision.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        decision.add_column(sa.Column("review_on", sa.Date(), nullable=True))
    # Decisions taken before keep the label under which they were sealed.
    op.execute("UPDATE decision SET number_in_year = number")
    with op.batch_alter_table("decision") as decision:
        decision.alter_column("number_in_year", existing_type=Number, nullable=False)
        decision.create_foreign_key(
            op.f("fk_decision_supersedes_id"), "decision", ["supersedes_id"], ["id"]
        )
        decision.create_unique_constraint(
            op.f("uq_decision_year_number_in_year"), ["year", "number_in_year"]
        )
        decision.create_unique_constraint(op.f("uq_decision_supersedes_id"), ["supersedes_id"])
    for name in ("proposal_id", "vote_id"):
        op.create_index(op.f(f"ix_decision_{name}"), "decision", [name])
    _create_follow_up()


def _create_follow_up() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", Number, nullable=False),
        sa.Column("decision_id", Number, nullable=False),
        sa.Column("author_id", Number, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=True),
        sa.Column("written_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_follow_up_author_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_follow_up_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_decision_id"), "follow_up", ["decision_id"])
