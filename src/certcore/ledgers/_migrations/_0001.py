"""
The tables of the first version.
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic.operations import Operations

from certcore.ledgers._schema import ON_MARIADB, Instant, Words


SUMMARY = "the first tables"

_INDEXES = (
    (
        "certcore_certificates_configuration",
        "certcore_certificates",
        ["context_key", "type_key", "status"],
    ),
    ("certcore_certificates_learner", "certcore_certificates", ["learner_id"]),
    ("certcore_certificates_run", "certcore_certificates", ["run_id"]),
    ("certcore_certificates_work", "certcore_certificates", ["status", "next_attempt_at"]),
    ("ix_certcore_artifacts_sha256", "certcore_artifacts", ["sha256"]),
    ("certcore_deliveries_work", "certcore_deliveries", ["status", "channel"]),
    ("ix_certcore_run_notes_run_id", "certcore_run_notes", ["run_id"]),
    ("ix_certcore_history_certificate_id", "certcore_history", ["certificate_id"]),
)


def upgrade(operations: Operations) -> None:
    operations.create_table(
        "certcore_meta",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(128), nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_certificates",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(27), nullable=False, unique=True),
        sa.Column("slot", sa.String(64), unique=True),
        sa.Column("replaces", sa.String(32), unique=True),
        sa.Column("replaced_by", sa.String(32)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("context_key", sa.String(255), nullable=False),
        sa.Column("type_key", sa.String(255), nullable=False),
        sa.Column("cycle", sa.String(255), nullable=False),
        sa.Column("realm", sa.String(255), nullable=False),
        sa.Column("learner_id", sa.String(255), nullable=False),
        sa.Column("search", Words, nullable=False),
        sa.Column("statement", Words, nullable=False),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("run_id", sa.Integer),
        sa.Column("awarded_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("issued_at", Instant),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("design_digest", sa.String(64), nullable=False, server_default=""),
        sa.Column("engine", sa.String(255), nullable=False, server_default=""),
        sa.Column("reason", Words, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", Instant),
        sa.Column("failure", Words),
        sa.Column("failure_inputs", sa.String(64)),
        sa.Column("lease", sa.String(255)),
        sa.Column("lease_until", Instant),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_artifacts",
        sa.Column("certificate_id", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(32), primary_key=True),
        sa.Column("store_key", sa.String(512), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("stored_at", Instant, nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_deliveries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("certificate_id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("address", Words, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", Instant),
        sa.Column("on_hold", sa.Boolean, nullable=False),
        sa.Column("next_attempt_at", Instant),
        sa.Column("sending_since", Instant),
        sa.Column("settled_at", Instant),
        sa.Column("response", Words, nullable=False, server_default=""),
        sa.Column("resends", sa.Integer, nullable=False, server_default="0"),
        sa.Column("token_sha256", sa.String(64), unique=True),
        sa.UniqueConstraint("certificate_id", "channel", "purpose"),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_runs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("context_key", sa.String(255), nullable=False),
        sa.Column("type_key", sa.String(255), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("slot", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("message", Words, nullable=False, server_default=""),
        sa.UniqueConstraint("context_key", "type_key", "slot"),
        sqlite_autoincrement=True,
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_run_counts",
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_run_notes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("location", Words, nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("learner", Words, nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_holds",
        sa.Column("context_key", sa.String(255), primary_key=True),
        sa.Column("type_key", sa.String(255), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("held_by", sa.String(255), nullable=False),
        sa.Column("held_at", Instant, nullable=False),
        sa.Column("awaiting", sa.BigInteger, nullable=False),
        sa.Column("allowed_by", sa.String(255), nullable=False, server_default=""),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_alerts",
        sa.Column("context_key", sa.String(255), primary_key=True),
        sa.Column("type_key", sa.String(255), primary_key=True),
        sa.Column("cause", sa.String(64), primary_key=True),
        sa.Column("told_at", Instant, nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_history",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("certificate_id", sa.String(32), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_table(
        "certcore_chores",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("certificate_id", sa.String(32), nullable=False),
        sa.Column("store_key", sa.String(512), nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("done_at", Instant),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", Words, nullable=False, server_default=""),
        if_not_exists=True,
        **ON_MARIADB,
    )
    for name, table, columns in _INDEXES:
        operations.create_index(name, table, columns, if_not_exists=True)
