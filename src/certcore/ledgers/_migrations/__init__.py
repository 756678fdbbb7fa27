"""
How tables of one version become those of the next.

Each module is one version and has a `SUMMARY` and an `upgrade(operations)`. An upgrade adds, and
takes nothing away, so that software of the version before may go on. It may be run again where it
was cut off: MariaDB keeps what was done until then.

What a module says of a table is written out and stays as it is, whatever becomes of the tables in
`_schema`; only the types are taken from there. New ledgers are made whole: a test sees to it that
all modules, one after another, make the same tables.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import sqlalchemy as sa

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext


def revision(schema: int) -> ModuleType:
    """
    Give what makes tables of that version out of those of the one before.
    """
    return import_module(f"{__name__}._{schema:04}")


def operations(connection: sa.Connection) -> Operations:
    """
    Give what revisions work with, within the connection's transaction.
    """
    return Operations(MigrationContext.configure(connection))
