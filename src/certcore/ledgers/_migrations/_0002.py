"""
Runs have a fence; codes of another system lead to the certificates that were taken over from it.
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic.operations import Operations

from certcore.ledgers._schema import ON_MARIADB, Words


SUMMARY = "a fence for runs, and a table of other systems' codes"


def upgrade(operations: Operations) -> None:
    there = sa.inspect(operations.get_bind()).get_columns("certcore_runs")
    if "fence" not in {column["name"] for column in there}:
        operations.add_column(
            "certcore_runs", sa.Column("fence", sa.Integer, nullable=False, server_default="0")
        )
    operations.create_table(
        "certcore_old_codes",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("code", Words, nullable=False),
        sa.Column("certificate_id", sa.String(32), nullable=False),
        if_not_exists=True,
        **ON_MARIADB,
    )
    operations.create_index(
        "ix_certcore_old_codes_certificate_id",
        "certcore_old_codes",
        ["certificate_id"],
        if_not_exists=True,
    )
