"""
Opening a database: SQLite with a write-ahead log, its schema made when it isn't there.
"""

from __future__ import annotations

import secrets

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from certcore.exceptions import LedgerBusyError, LedgerError, LedgerVersionError
from certcore.ledgers import _schema as t


if TYPE_CHECKING:
    from certcore.ledgers import SqlOptions


def make_engine(options: SqlOptions, url: str, folder: Path) -> sa.Engine:
    """
    Make an engine whose writing transactions are alone from their first statement on.

    Raises:
        certcore.exceptions.LedgerError:
            If the address can't be understood or its folder isn't there.
    """
    try:
        address = sa.make_url(url)
    except ArgumentError as exc:
        # the address isn't shown: it may have a password in it
        raise LedgerError("the ledger's address isn't one: sqlite:///ledger.db is wanted") from exc
    if address.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise LedgerError(
            f"this ledger keeps a SQLite file and not {address.drivername}: "
            "sqlite:///ledger.db is wanted"
        )
    in_memory = address.database in {None, "", ":memory:"}
    if not in_memory:
        path = folder / str(address.database)
        if not path.parent.is_dir():
            raise LedgerError(f"the ledger can't be made: there is no folder {path.parent}")
        address = address.set(database=str(path))
    # a database in memory is its one connection: threads take turns
    pool: dict[str, Any] = (
        {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0} if in_memory else {}
    )
    engine = sa.create_engine(
        address,
        # an error's text may end up in a log: there are names in the parameters
        hide_parameters=True,
        pool_timeout=options.busy_timeout.total_seconds(),
        connect_args={
            "timeout": options.busy_timeout.total_seconds(),
            "check_same_thread": False,
            # the driver's own idea of when a transaction begins is switched off
            "isolation_level": None,
        },
        **pool,
    )
    synchronous = "FULL" if options.durable else "NORMAL"

    def connected(connection: Any, record: object) -> None:
        del record
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")

    def began(connection: sa.Connection) -> None:
        # A transaction that reads first and then writes could find the ledger changed in between
        reading = connection.get_execution_options().get("certcore_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)
    return engine


def prepare(engine: sa.Engine) -> bytes:
    """
    Make the tables where there are none; give the random value that slots are keyed with.

    Raises:
        certcore.exceptions.LedgerVersionError:
            If a newer certcore wrote the ledger and no longer admits this one.
    """
    with translated(), engine.begin() as connection:
        if sa.inspect(connection).has_table(t.meta.name):
            rows = connection.execute(sa.select(t.meta.c.name, t.meta.c.value)).all()
            known = {str(row.name): str(row.value) for row in rows}
        else:
            t.metadata.create_all(connection)
            known = {
                "schema": str(t.SCHEMA),
                "admits": str(t.ADMITS),
                "slot_key": secrets.token_hex(32),
            }
            connection.execute(
                sa.insert(t.meta), [{"name": name, "value": value} for name, value in known.items()]
            )
    if int(known["admits"]) > t.SCHEMA:
        raise LedgerVersionError(
            f"the ledger has tables of version {known['schema']}, written by a newer certcore; "
            f"this one knows version {t.SCHEMA}: upgrade certcore"
        )
    return bytes.fromhex(known["slot_key"])


@contextmanager
def translated() -> Generator[None, None, None]:
    """
    Turn what the database raises into a LedgerError that says what to do.
    """
    try:
        yield
    except SQLAlchemyError as exc:
        raise _translate(exc) from exc


def _translate(exc: SQLAlchemyError) -> LedgerError:
    # never the statement or its parameters: there are names in them
    said = str(exc.orig) if isinstance(exc, DatabaseError) else type(exc).__name__
    if "database is locked" in said or isinstance(exc, PoolTimeout):
        return LedgerBusyError(
            "somebody else has held the ledger for too long; try again when they are done",
            retryable=True,
        )
    if "disk is full" in said:
        return LedgerError("the ledger's disk is full; make room and run again", retryable=True)
    if "disk I/O error" in said:
        return LedgerError(
            "the ledger's disk can't be written: it is full, over its quota or broken",
            retryable=True,
        )
    if "not a database" in said:
        return LedgerError(
            "the ledger's file isn't a SQLite database; was it overwritten? Put a backup back: "
            "with a new ledger everybody would be awarded again"
        )
    if "readonly" in said or "unable to open" in said:
        return LedgerError("the ledger can't be written: look at the rights of its file and folder")
    return LedgerError(f"the ledger failed: {said}", retryable=True)
