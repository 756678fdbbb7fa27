"""
What databases say differently: inserting what may be there, and being alone.
"""

from __future__ import annotations

import hashlib

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from certcore.ledgers._errors import conflict


def insert_new(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """
    Insert the rows whose keys aren't taken; those that are stay as they are.

    How many there were can't be told on every database: read back what is there.
    """
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # not IGNORE, which would cut off what is too long, too
    key = next(iter(table.primary_key))
    return mysql.insert(table).on_duplicate_key_update({key.name: key})


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    update: Callable[[Mapping[str, sa.ColumnElement[Any]]], Mapping[str, Any]],
) -> sa.Insert:
    """
    Insert rows; where the primary key is taken, update the row that is there.

    `update` is called with the columns of the row that isn't inserted, and gives what to set.
    """
    keys = [column.name for column in table.primary_key]
    if connection.dialect.name == "postgresql":
        pg = postgresql.insert(table)
        return pg.on_conflict_do_update(index_elements=keys, set_=update(dict(pg.excluded.items())))
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=keys, set_=update(dict(lite.excluded.items()))
        )
    maria = mysql.insert(table)
    return maria.on_duplicate_key_update(dict(update(dict(maria.inserted.items()))))


def insert_once(connection: sa.Connection, row: sa.Insert) -> bool:
    """
    Insert a row; False if somebody was quicker and its key is taken.
    """
    try:
        with connection.begin_nested():
            connection.execute(row)
    except IntegrityError:
        return False
    return True


@contextmanager
def alone(connection: sa.Connection) -> Generator[None, None, None]:
    """
    Keep all other processes out that ask for the same, until this transaction has ended.

    For making and changing tables. The connection's transaction has begun, and nothing was done in
    it yet; on MariaDB, where changes of tables can't be undone, it is committed at the end of this.

    Raises:
        certcore.exceptions.LedgerBusyError:
            If another process doesn't let go in time.
    """
    if connection.dialect.name == "postgresql":
        # any number does, as long as it is ours
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x63657274636F7265)))
    if connection.dialect.name != "mariadb":
        # a SQLite transaction that writes is alone from its beginning
        yield
        return
    # such a name is known to all databases of a server, and short
    database = hashlib.sha256(str(connection.engine.url.database).encode()).hexdigest()
    name = f"certcore:{database[:32]}"
    patience = sa.text("SELECT GET_LOCK(:name, @@innodb_lock_wait_timeout)")
    if connection.execute(patience, {"name": name}).scalar() != 1:
        raise conflict(connection.engine)
    try:
        yield
        connection.exec_driver_sql("COMMIT")
    finally:
        connection.execute(sa.text("SELECT RELEASE_LOCK(:name)"), {"name": name})
