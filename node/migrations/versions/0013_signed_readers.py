"""Whether documents are handed to those servers alone that sign what they ask."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    column: sa.Column[bool] = sa.Column(
        "only_signed_readers", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("assembly", column)
