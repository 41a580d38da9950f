"""First tables."""

import sqlalchemy as sa
from alembic import op

from node.migrations.columns import Moment, Number

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "actor",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("shared_inbox", sa.Text(), nullable=True),
        sa.Column("outbox", sa.Text(), nullable=True),
        sa.Column("followers", sa.Text(), nullable=True),
        sa.Column("following", sa.Text(), nullable=True),
        sa.Column("featured", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("icon_url", sa.Text(), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("is_discoverable", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("also_known_as", sa.JSON(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("said_count", Number, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("deleted_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("uri", name=op.f("uq_actor_uri")),
    )
    op.create_index("ix_actor_domain_handle", "actor", ["domain", "handle"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", Number, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "domain_rule",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_rule")),
    )
    op.create_table(
        "inbox_item",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("sender_uri", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", Number, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("next_attempt_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("handled_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
        sa.UniqueConstraint("uri", "sender_uri", name=op.f("uq_inbox_item_uri_sender_uri")),
    )
    op.create_index("ix_inbox_item_handled_at", "inbox_item", ["handled_at"], unique=False)
    op.create_index(
        "ix_inbox_item_waiting",
        "inbox_item",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "peer",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=False),
        sa.Column("failures", Number, nullable=False),
        sa.Column("down_since", Moment, nullable=True),
        sa.Column("next_probe_at", Moment, nullable=True),
        sa.Column("last_delivered_at", Moment, nullable=True),
        sa.Column("last_heard_at", Moment, nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_peer")),
    )
    op.create_table(
        "register_entry",
        sa.Column("seq", Number, autoincrement=False, nullable=False),
        sa.Column("prev", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_register_entry")),
    )
    op.create_table(
        "tombstone",
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("author_uri", sa.Text(), nullable=False),
        sa.Column("former_type", sa.Text(), nullable=True),
        sa.Column("deleted_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("uri", "author_uri", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "actor_block",
        sa.Column("id", Number, nullable=False),
        sa.Column("blocker_id", Number, nullable=False),
        sa.Column("blocked_id", Number, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["actor.id"], name=op.f("fk_actor_block_blocked_id")
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["actor.id"], name=op.f("fk_actor_block_blocker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_block")),
        sa.UniqueConstraint(
            "blocker_id", "blocked_id", name=op.f("uq_actor_block_blocker_id_blocked_id")
        ),
    )
    op.create_table(
        "actor_key",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("private", sa.Text(), nullable=True),
        sa.Column("not_before", Moment, nullable=False),
        sa.Column("not_after", Moment, nullable=True),
        sa.Column("fetched_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_actor_key_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_key")),
        sa.UniqueConstraint("uri", name=op.f("uq_actor_key_uri")),
    )
    op.create_index("ix_actor_key_actor_id", "actor_key", ["actor_id"], unique=False)
    op.create_table(
        "assembly",
        sa.Column("id", Number, nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("instance_id", Number, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("approves_followers", sa.Boolean(), nullable=False),
        sa.Column("only_allowed_domains", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_assembly_actor_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["actor.id"], name=op.f("fk_assembly_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly")),
    )
    op.create_table(
        "follow",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("follower_id", Number, nullable=False),
        sa.Column("followed_id", Number, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["followed_id"], ["actor.id"], name=op.f("fk_follow_followed_id")),
        sa.ForeignKeyConstraint(["follower_id"], ["actor.id"], name=op.f("fk_follow_follower_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "follower_id", "followed_id", name=op.f("uq_follow_follower_id_followed_id")
        ),
        sa.UniqueConstraint("uri", name=op.f("uq_follow_uri")),
    )
    op.create_index("ix_follow_followed_id_state", "follow", ["followed_id", "state"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", Number, nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_in_charge", sa.Boolean(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("admitted_at", Moment, nullable=False),
        sa.Column("left_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_member_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_member_actor_id")),
    )
    op.create_table(
        "outbox_item",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("object_uri", sa.Text(), nullable=True),
        sa.Column("published_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_outbox_item_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_item")),
        sa.UniqueConstraint("uri", name=op.f("uq_outbox_item_uri")),
    )
    op.create_index("ix_outbox_item_actor_id_id", "outbox_item", ["actor_id", "id"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("author_id", Number, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("shared_by_id", Number, nullable=True),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=True),
        sa.Column("deleted_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["actor.id"], name=op.f("fk_publication_author_id")),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["actor.id"], name=op.f("fk_publication_shared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("uri", name=op.f("uq_publication_uri")),
    )
    op.create_index("ix_publication_author_id_id", "publication", ["author_id", "id"], unique=False)
    op.create_index("ix_publication_in_reply_to", "publication", ["in_reply_to"], unique=False)
    op.create_index(
        "ix_publication_shared_by_id_id",
        "publication",
        ["shared_by_id", "id"],
        unique=False,
        sqlite_where=sa.text("shared_by_id IS NOT NULL"),
        postgresql_where=sa.text("shared_by_id IS NOT NULL"),
    )
    op.create_table(
        "reaction",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("object_uri", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_reaction_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaction")),
        sa.UniqueConstraint(
            "actor_id", "object_uri", "kind", name=op.f("uq_reaction_actor_id_object_uri_kind")
        ),
    )
    op.create_index("ix_reaction_object_uri", "reaction", ["object_uri"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("reporter_id", Number, nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["actor.id"], name=op.f("fk_report_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("uri", name=op.f("uq_report_uri")),
    )
    op.create_table(
        "access_token",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_access_token_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_token_digest")),
    )
    op.create_table(
        "call",
        sa.Column("id", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("starts_at", Moment, nullable=False),
        sa.Column("how_to_join", sa.Text(), nullable=False),
        sa.Column("organiser_id", Number, nullable=True),
        sa.Column("ends_at", Moment, nullable=True),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("locality", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("online_url", sa.Text(), nullable=True),
        sa.Column("needed", Number, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("cancelled_at", Moment, nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("sequence", Number, nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["member.id"], name=op.f("fk_call_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("number", name=op.f("uq_call_number")),
    )
    op.create_index("ix_call_starts_at", "call", ["starts_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", Number, nullable=False),
        sa.Column("outbox_item_id", Number, nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", Number, nullable=False),
        sa.Column("next_attempt_at", Moment, nullable=False),
        sa.Column("leased_until", Moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_item_id"], ["outbox_item.id"], name=op.f("fk_delivery_outbox_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_host", "delivery", ["host", "state"], unique=False)
    op.create_index("ix_delivery_outbox_item_id", "delivery", ["outbox_item_id"], unique=False)
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("member_id", Number, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_one_time_link_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_link_digest")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("year", Number, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("carrier_id", Number, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "DISCUSSION",
                "AMENDMENT",
                "FROZEN",
                "VOTE",
                "DECIDED",
                "WITHDRAWN",
                name="state",
            ),
            nullable=False,
        ),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("discussion_closes_at", Moment, nullable=True),
        sa.Column("vote_closes_at", Moment, nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["member.id"], name=op.f("fk_proposal_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("number", name=op.f("uq_proposal_number")),
    )
    op.create_table(
        "session",
        sa.Column("id", Number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_session_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_table(
        "contribution",
        sa.Column("id", Number, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("author_id", Number, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("proposal_id", Number, nullable=True),
        sa.Column("publication_id", Number, nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("version_number", Number, nullable=True),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("is_federated", sa.Boolean(), nullable=False),
        sa.Column("published_at", Moment, nullable=False),
        sa.Column("edited_at", Moment, nullable=True),
        sa.Column("deleted_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["actor.id"], name=op.f("fk_contribution_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_contribution_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_contribution_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("uri", name=op.f("uq_contribution_uri")),
    )
    op.create_index(
        "ix_contribution_proposal_id", "contribution", ["proposal_id", "published_at"], unique=False
    )
    op.create_index(
        "ix_contribution_publication_id", "contribution", ["publication_id"], unique=False
    )
    op.create_table(
        "rsvp",
        sa.Column("id", Number, nullable=False),
        sa.Column("call_id", Number, nullable=False),
        sa.Column("actor_id", Number, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("answered_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_rsvp_actor_id")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_rsvp_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rsvp")),
        sa.UniqueConstraint("call_id", "actor_id", name=op.f("uq_rsvp_call_id_actor_id")),
    )
    op.create_index("ix_rsvp_call_id", "rsvp", ["call_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("id", Number, nullable=False),
        sa.Column("proposal_id", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_version_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_version_proposal_id_number")),
    )
    op.create_table(
        "vote",
        sa.Column("id", Number, nullable=False),
        sa.Column("proposal_id", Number, nullable=False),
        sa.Column("version_id", Number, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("closes_at", Moment, nullable=False),
        sa.Column("electorate_count", Number, nullable=False),
        sa.Column("roll_digest", sa.Text(), nullable=False),
        sa.Column("round", Number, nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("told_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_vote_proposal_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_vote_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("proposal_id", "round", name=op.f("uq_vote_proposal_id_round")),
    )
    op.create_index("ix_vote_closed_at_closes_at", "vote", ["closed_at", "closes_at"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cast_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_ballot_member_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_ballot_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("vote_id", "member_id", name=op.f("uq_ballot_vote_id_member_id")),
    )
    op.create_table(
        "decision",
        sa.Column("id", Number, nullable=False),
        sa.Column("number", Number, nullable=False),
        sa.Column("year", Number, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("proposal_id", Number, nullable=False),
        sa.Column("version_id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=True),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("outside", sa.JSON(), nullable=False),
        sa.Column("turnout", Number, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("ballots_digest", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("decided_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_decision_version_id")
        ),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_decision_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("number", name=op.f("uq_decision_number")),
    )
    op.create_table(
        "opinion",
        sa.Column("id", Number, nullable=False),
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("actor_id", Number, nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("given_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_opinion_actor_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_opinion_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("vote_id", "actor_id", name=op.f("uq_opinion_vote_id_actor_id")),
    )
    op.create_table(
        "voter",
        sa.Column("vote_id", Number, nullable=False),
        sa.Column("member_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_voter_member_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_voter_vote_id")),
        sa.PrimaryKeyConstraint("vote_id", "member_id", name=op.f("pk_voter")),
    )
