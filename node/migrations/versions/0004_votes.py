"""Votes."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _widen_votes()
    _make_the_urn()
    _make_what_surrounds_a_vote()


def _widen_votes() -> None:
    with op.batch_alter_table("vote") as batch:
        batch.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("budget", sa.Text(), nullable=True))
        batch.add_column(_flag("is_secret", False))
        batch.add_column(_flag("hides_results", True))
        batch.add_column(_flag("poll_ballots", False))
        batch.add_column(sa.Column("proxies_max", Number, nullable=False, server_default="0"))
        batch.add_column(sa.Column("convocation", Number, nullable=False, server_default="1"))
        batch.add_column(sa.Column("meeting_id", Number, nullable=True))
        batch.add_column(sa.Column("reminded_at", Moment, nullable=True))
        batch.add_column(sa.Column("ended_as", sa.Text(), nullable=True))
    with op.batch_alter_table("ballot") as batch:
        batch.add_column(sa.Column("seq", Number, nullable=False, server_default="1"))
        batch.add_column(sa.Column("via", sa.Text(), nullable=False, server_default="page"))


def _make_the_urn() -> None:
    op.create_table(
        "participation",
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("has_voted", sa.Boolean(), nullable=False),
        _to("participation", "vote_id", "vote"),
        _to("participation", "member_id", "member"),
        sa.PrimaryKeyConstraint("vote_id", "member_id", name=op.f("pk_participation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secret_ballot",
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        _to("secret_ballot", "vote_id", "vote"),
        sa.PrimaryKeyConstraint("vote_id", "key", name=op.f("pk_secret_ballot")),
        sqlite_with_rowid=False,
    )


def _make_what_surrounds_a_vote() -> None:
    op.create_table(
        "vote_change",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("until", Moment, nullable=True),
        sa.Column("made_at", Moment, nullable=False),
        _to("vote_change", "vote_id", "vote"),
        _to("vote_change", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_change")),
    )
    op.create_index("ix_vote_change_vote_id", "vote_change", ["vote_id"], unique=False)
    op.create_table(
        "proxy",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("giver_id", Number, nullable=False),
        sa.Column("holder_id", Number, nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        _to("proxy", "vote_id", "vote"),
        _to("proxy", "giver_id", "member"),
        _to("proxy", "holder_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
        sa.UniqueConstraint("vote_id", "giver_id", name=op.f("uq_proxy_vote_id_giver_id")),
    )
    op.create_table(
        "attendance",
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        _to("attendance", "vote_id", "vote"),
        _to("attendance", "member_id", "member"),
        sa.PrimaryKeyConstraint("vote_id", "member_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "room_count",
        sa.Column("vote_id", Number, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sheet_digest", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("entered_by_id", Number, nullable=False),
        sa.Column("entered_at", Moment, nullable=False),
        sa.Column("confirmed_by_id", Number, nullable=True),
        sa.Column("confirmed_at", Moment, nullable=True),
        _to("room_count", "vote_id", "vote"),
        _to("room_count", "entered_by_id", "member"),
        _to("room_count", "confirmed_by_id", "member"),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_room_count")),
    )


def _flag(name: str, default: bool) -> sa.Column[bool]:
    value = sa.true() if default else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=value)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
