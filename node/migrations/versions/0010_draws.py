"""The draw that ends a tie, and whether a vote knows one."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("vote") as vote:
        vote.add_column(sa.Column("ties", sa.Text(), nullable=False, server_default="stand"))
    op.create_table(
        "draw",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("beacon_round", Number, nullable=True),
        sa.Column("announced_at", Moment, nullable=False),
        sa.Column("randomness", sa.Text(), nullable=True),
        sa.Column("entered_by_id", Number, nullable=True),
        sa.Column("entered_at", Moment, nullable=True),
        _to("entered_by_id", "member.id"),
        _to("vote_id", "vote.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("vote_id", name=op.f("uq_draw_vote_id")),
    )


def _to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_draw_{column}"))
