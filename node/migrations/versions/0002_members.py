"""Members: states and dates, join requests, invitations, duties, linked accounts, rules, acts."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: whoever is there is a member, and whoever had left has left."""
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="member"))
        member.add_column(sa.Column("votes_from", Moment, nullable=True))
        member.add_column(_text("left_because"))
        member.add_column(sa.Column("left_by_decision", sa.Text(), nullable=True))
        member.alter_column("admitted_at", existing_type=Moment, nullable=True)
    op.execute("UPDATE member SET votes_from = admitted_at")
    op.execute("UPDATE member SET state = 'left' WHERE left_at IS NOT NULL")
    op.create_index("ix_member_state", "member", ["state"], unique=False)
    _make_the_ways_in()
    _make_linked_accounts()
    _make_rules()


def _make_the_ways_in() -> None:
    op.create_table(
        "join_request",
        sa.Column("id", Number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("actor_id", Number, nullable=True),
        *(_text(name) for name in ("door", "contact", "reason", "language", "message")),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("taken_by_id", Number, nullable=True),
        sa.Column("taken_at", Moment, nullable=True),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("is_admitted", sa.Boolean(), nullable=False),
        _to("join_request", "member_id", "member"),
        _to("join_request", "actor_id", "actor"),
        _to("join_request", "taken_by_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        *(_unique("join_request", name) for name in ("member_id", "uri", "digest")),
    )
    op.create_index("ix_join_request_answered_at", "join_request", ["answered_at"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("uses_max", Number, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("made_by_id", Number, nullable=True),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("used_count", Number, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
        _to("invitation", "made_by_id", "member"),
        _to("invitation", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        _unique("invitation", "digest"),
    )
    op.create_table(
        "duty",
        sa.Column("id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("ends_at", Moment, nullable=True),
        _to("duty", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index("ix_duty_role", "duty", ["role"], unique=False)


def _make_linked_accounts() -> None:
    op.create_table(
        "linked_account",
        sa.Column("member_id", Number, nullable=False, autoincrement=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("join_uri", sa.Text(), nullable=True),
        sa.Column("linked_at", Moment, nullable=False),
        _to("linked_account", "member_id", "member"),
        _to("linked_account", "actor_id", "actor"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_linked_account")),
        _unique("linked_account", "actor_id"),
    )
    op.create_table(
        "account_claim",
        sa.Column("member_id", Number, nullable=False, autoincrement=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("tries", Number, nullable=False),
        sa.Column("claimed_at", Moment, nullable=False),
        _to("account_claim", "member_id", "member"),
        _to("account_claim", "actor_id", "actor"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_account_claim")),
        _unique("account_claim", "token"),
    )
    op.create_index("ix_account_claim_actor_id", "account_claim", ["actor_id"], unique=False)


def _make_rules() -> None:
    op.create_table(
        "rule_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rule_setting")),
    )
    op.create_table(
        "act",
        sa.Column("id", Number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("done_at", Moment, nullable=False),
        _to("act", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_index("ix_act_done_at", "act", ["done_at"], unique=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))
