"""Votes on amendments, reminders that happen once, whose conversation a post is of."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STANDINGS = ("PROPOSED", "ACCEPTED", "DECLINED", "TO_VOTE", "VOTING", "WITHDRAWN")
_ON_THE_TEXT = sa.text("amendment_id IS NULL")
_OF_A_PROPOSAL = sa.text("proposal_id IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    _let_amendments_be_voted()
    _remember_reminders()
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("unpublished_at", Moment, nullable=True))
    with op.batch_alter_table("outbox_item") as item:
        item.add_column(sa.Column("proposal_id", Number, nullable=True))
        item.create_foreign_key(
            op.f("fk_outbox_item_proposal_id"), "proposal", ["proposal_id"], ["id"]
        )
    op.create_index(
        "ix_outbox_item_proposal_id",
        "outbox_item",
        ["proposal_id", "id"],
        unique=False,
        sqlite_where=_OF_A_PROPOSAL,
        postgresql_where=_OF_A_PROPOSAL,
    )


def _let_amendments_be_voted() -> None:
    with op.batch_alter_table("amendment") as amendment:
        amendment.add_column(sa.Column("outdated_by", Number, nullable=True))
        if op.get_context().dialect.name == "sqlite":
            amendment.alter_column(
                "state",
                existing_type=sa.VARCHAR(length=9),
                type_=sa.Enum(*_STANDINGS, "WITHOUT_OBJECT", name="standing"),
                existing_nullable=False,
            )
    if op.get_context().dialect.name != "sqlite":
        op.execute("ALTER TYPE standing ADD VALUE IF NOT EXISTS 'VOTING'")
        op.execute("ALTER TYPE standing ADD VALUE IF NOT EXISTS 'WITHOUT_OBJECT'")
    with op.batch_alter_table("vote") as vote:
        vote.add_column(sa.Column("amendment_id", Number, nullable=True))
        vote.add_column(sa.Column("outcome", sa.Text(), nullable=True))
        vote.add_column(sa.Column("explanation", sa.Text(), nullable=False, server_default=""))
        vote.drop_constraint(op.f("uq_vote_proposal_id_round"), type_="unique")
        vote.create_unique_constraint(op.f("uq_vote_amendment_id_round"), ["amendment_id", "round"])
        vote.create_foreign_key(op.f("fk_vote_amendment_id"), "amendment", ["amendment_id"], ["id"])
    op.create_index(
        "ix_vote_proposal_id_round",
        "vote",
        ["proposal_id", "round"],
        unique=True,
        sqlite_where=_ON_THE_TEXT,
        postgresql_where=_ON_THE_TEXT,
    )


def _remember_reminders() -> None:
    op.create_table(
        "follow_up_reminder",
        sa.Column("decision_id", Number, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_follow_up_reminder_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind", "day", name=op.f("pk_follow_up_reminder")),
    )
    op.create_index("ix_decision_review_on", "decision", ["review_on"], unique=False)
    op.create_index("ix_follow_up_due_on", "follow_up", ["due_on"], unique=False)
    op.create_index("ix_follow_up_review_on", "follow_up", ["review_on"], unique=False)
