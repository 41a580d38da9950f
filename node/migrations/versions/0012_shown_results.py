"""What a result says to people, kept with its vote."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("vote") as vote:
        vote.add_column(sa.Column("shown", sa.JSON(), nullable=False, server_default="{}"))
