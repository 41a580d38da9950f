"""Life."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("round_kind", sa.Text(), nullable=True))
    _make_drafts()
    _make_amendments()
    _make_steps()
    for table in ("leaning", "endorsement"):
        position = [_text("position")] if table == "leaning" else []
        _make_pair(table, "proposal", *position, _moment("given_at"))
    _make_pair("co_carrier", "proposal")


def _make_drafts() -> None:
    op.create_table(
        "draft",
        _number("id"),
        _number("author_id"),
        _text("title"),
        _text("source"),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        _moment("changed_at"),
        _to("draft", "author_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    _make_pair("draft_carrier", "draft")


def _make_amendments() -> None:
    op.create_table(
        "amendment",
        _number("id"),
        _number("proposal_id"),
        _number("number"),
        _number("version_number"),
        _number("paragraph"),
        _text("original"),
        _text("original_digest"),
        _text("replacement"),
        _text("reason"),
        _number("author_id"),
        sa.Column("amends_id", Number, nullable=True),
        sa.Column("state", _standing(), nullable=False),
        _text("answer"),
        sa.Column("integrated_in", Number, nullable=True),
        _moment("proposed_at"),
        sa.Column("settled_at", Moment, nullable=True),
        _to("amendment", "proposal_id", "proposal"),
        _to("amendment", "author_id", "member"),
        _to("amendment", "amends_id", "amendment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_amendment_proposal_id_number")),
    )


def _make_steps() -> None:
    op.create_table(
        "step",
        _number("id"),
        _number("proposal_id"),
        _text("kind"),
        _number("member_id"),
        _text("reason"),
        sa.Column("until", Moment, nullable=True),
        _moment("made_at"),
        _to("step", "proposal_id", "proposal"),
        _to("step", "member_id", "member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index("ix_step_proposal_id", "step", ["proposal_id"], unique=False)


def _make_pair(table: str, thing: str, *more: sa.Column[object]) -> None:
    """Make a table with one row for a member and a thing."""
    key = f"{thing}_id"
    op.create_table(
        table,
        sa.Column(key, Number, nullable=False, autoincrement=False),
        sa.Column("member_id", Number, nullable=False, autoincrement=False),
        *more,
        _to(table, key, thing),
        _to(table, "member_id", "member"),
        sa.PrimaryKeyConstraint(key, "member_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_member_id", table, ["member_id"], unique=False)


def _standing() -> sa.Enum:
    states = ("PROPOSED", "ACCEPTED", "DECLINED", "TO_VOTE", "WITHDRAWN")
    return sa.Enum(*states, name="standing")


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, Number, nullable=False)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, Moment, nullable=False)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
