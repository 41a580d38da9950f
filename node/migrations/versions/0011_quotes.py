"""Quotes."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "quote",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("quoted_uri", sa.Text(), nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_quote_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("uri", "quoted_uri", name=op.f("uq_quote_uri_quoted_uri")),
    )
