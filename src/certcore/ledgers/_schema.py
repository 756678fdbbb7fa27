"""
The tables. Rows name configurations by key, without a foreign key, and outlive them.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import sqlalchemy as sa

from sqlalchemy.dialects import mysql


SCHEMA = 2
"""Version of these tables."""

ADMITS = 1
"""The oldest version of the tables whose software may still work with these."""


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """
    Aware date-times in UTC, to the microsecond, whatever the database does with time zones.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        precise = mysql.DATETIME(fsp=6) if dialect.name in {"mysql", "mariadb"} else sa.DateTime()
        return dialect.type_descriptor(precise)

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        del dialect
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Words(sa.types.TypeDecorator[str]):
    """
    Text of any length, without what PostgreSQL can't keep: NUL and halves of characters.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        # MariaDB's TEXT ends after 64 KB
        roomy = mysql.LONGTEXT() if dialect.name in {"mysql", "mariadb"} else sa.Text()
        return dialect.type_descriptor(roomy)

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        del dialect
        return value and value.replace("\0", "").encode(errors="replace").decode()


ON_MARIADB: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    # others take `ada`, `Ada` and `ada ` for one
    "mariadb_collate": "utf8mb4_nopad_bin",
}
"""Options of every table."""

metadata = sa.MetaData()

_ID = sa.String(32)
_KEY = sa.String(255)

meta = sa.Table(
    "certcore_meta",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(128), nullable=False),
    **ON_MARIADB,
)

certificates = sa.Table(
    "certcore_certificates",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("code", sa.String(27), nullable=False, unique=True),
    # who has it can't be awarded the same again; empty for what doesn't stand in the way
    sa.Column("slot", sa.String(64), unique=True),
    # of a reissue that isn't recorded yet, and ever after
    sa.Column("replaces", _ID, unique=True),
    sa.Column("replaced_by", _ID),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("context_key", _KEY, nullable=False),
    sa.Column("type_key", _KEY, nullable=False),
    sa.Column("cycle", _KEY, nullable=False),
    sa.Column("realm", _KEY, nullable=False),
    sa.Column("learner_id", _KEY, nullable=False),
    # case-folded, to find people by; blank once they are forgotten
    sa.Column("search", Words, nullable=False),
    sa.Column("statement", Words, nullable=False),
    sa.Column("quiet", sa.Boolean, nullable=False),
    sa.Column("run_id", sa.Integer),
    sa.Column("awarded_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("issued_at", Instant),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("design_digest", sa.String(64), nullable=False, server_default=""),
    sa.Column("engine", _KEY, nullable=False, server_default=""),
    sa.Column("reason", Words, nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", Instant),
    sa.Column("failure", Words),
    sa.Column("failure_inputs", sa.String(64)),
    sa.Column("lease", sa.String(255)),
    sa.Column("lease_until", Instant),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("certcore_certificates_configuration", "context_key", "type_key", "status"),
    sa.Index("certcore_certificates_learner", "learner_id"),
    sa.Index("certcore_certificates_run", "run_id"),
    sa.Index("certcore_certificates_work", "status", "next_attempt_at"),
    **ON_MARIADB,
)

# codes that another system gave, of certificates that were taken over from it
old_codes = sa.Table(
    "certcore_old_codes",
    metadata,
    # of the code without what people get wrong: whatever a database takes for equal, and however
    # long a code is
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("code", Words, nullable=False),
    sa.Column("certificate_id", _ID, nullable=False, index=True),
    **ON_MARIADB,
)

artifacts = sa.Table(
    "certcore_artifacts",
    metadata,
    sa.Column("certificate_id", _ID, primary_key=True),
    sa.Column("role", sa.String(32), primary_key=True),
    sa.Column("store_key", sa.String(512), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("media_type", sa.String(128), nullable=False),
    sa.Column("stored_at", Instant, nullable=False),
    **ON_MARIADB,
)

deliveries = sa.Table(
    "certcore_deliveries",
    metadata,
    sa.Column("id", _ID, primary_key=True),
    sa.Column("certificate_id", _ID, nullable=False),
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
    # the link's token is made of the id and of this: a resend has another
    sa.Column("resends", sa.Integer, nullable=False, server_default="0"),
    sa.Column("token_sha256", sa.String(64), unique=True),
    sa.UniqueConstraint("certificate_id", "channel", "purpose"),
    sa.Index("certcore_deliveries_work", "status", "channel"),
    **ON_MARIADB,
)

runs = sa.Table(
    "certcore_runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("context_key", _KEY, nullable=False),
    sa.Column("type_key", _KEY, nullable=False),
    sa.Column("name", _KEY, nullable=False),
    sa.Column("slot", sa.String(64), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("message", Words, nullable=False, server_default=""),
    # raised whenever somebody takes the run over
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("context_key", "type_key", "slot"),
    sqlite_autoincrement=True,
    **ON_MARIADB,
)

run_counts = sa.Table(
    "certcore_run_counts",
    metadata,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("name", _KEY, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    **ON_MARIADB,
)

run_notes = sa.Table(
    "certcore_run_notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("run_id", sa.Integer, nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("location", Words, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("learner", Words, nullable=False),
    **ON_MARIADB,
)

holds = sa.Table(
    "certcore_holds",
    metadata,
    sa.Column("context_key", _KEY, primary_key=True),
    sa.Column("type_key", _KEY, primary_key=True),
    sa.Column("name", _KEY, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("held_by", _KEY, nullable=False),
    sa.Column("held_at", Instant, nullable=False),
    sa.Column("awaiting", sa.BigInteger, nullable=False),
    sa.Column("allowed_by", _KEY, nullable=False, server_default=""),
    **ON_MARIADB,
)

alerts = sa.Table(
    "certcore_alerts",
    metadata,
    sa.Column("context_key", _KEY, primary_key=True),
    sa.Column("type_key", _KEY, primary_key=True),
    sa.Column("cause", sa.String(64), primary_key=True),
    sa.Column("told_at", Instant, nullable=False),
    **ON_MARIADB,
)

history = sa.Table(
    "certcore_history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("certificate_id", _ID, nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("verb", sa.String(32), nullable=False),
    sa.Column("actor", _KEY, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("before", sa.String(16), nullable=False),
    sa.Column("after", sa.String(16), nullable=False),
    **ON_MARIADB,
)

chores = sa.Table(
    "certcore_chores",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("certificate_id", _ID, nullable=False),
    sa.Column("store_key", sa.String(512), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", Words, nullable=False, server_default=""),
    **ON_MARIADB,
)
