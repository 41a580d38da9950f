"""Who votes in a room for whom; when somebody leaves a meeting."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("attendance") as attendance:
        attendance.add_column(sa.Column("holder_id", Number, nullable=True))
        attendance.create_foreign_key(
            op.f("fk_attendance_holder_id"), "member", ["holder_id"], ["id"]
        )
    op.add_column("attendee", sa.Column("left_at", Moment, nullable=True))
