"""
Opening a database: a SQLite file with a write-ahead log, or a server.
"""

from __future__ import annotations

import math

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from sqlalchemy import event

from certcore.exceptions import MissingExtraError
from certcore.ledgers._addresses import POSTGRESQL, SERVERS, SQLITE, in_memory, parse


if TYPE_CHECKING:
    from certcore.ledgers import SqlOptions


_HALF_AN_HOUR = 1800

_STRICT = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
"""MariaDB refuses what it would cut off otherwise."""


def make_engine(options: SqlOptions, url: str, folder: Path) -> sa.Engine:
    """
    Make an engine; nothing is connected to yet.

    Raises:
        certcore.exceptions.LedgerError:
            If the address can't be understood or its folder isn't there.

        certcore.exceptions.MissingExtraError:
            If its driver isn't installed.
    """
    address = parse(url, folder)
    if address.get_backend_name() == SQLITE:
        return _file(options, address)
    return _server(options, address)


def _engine(options: SqlOptions, address: sa.URL, **more: Any) -> sa.Engine:
    patience = options.busy_timeout.total_seconds()
    return sa.create_engine(
        address,
        # an error's text may end up in a log: there are names in the parameters
        hide_parameters=True,
        pool_timeout=patience,
        execution_options={"certcore_patience": patience},
        **more,
    )


def _file(options: SqlOptions, address: sa.URL) -> sa.Engine:
    """
    Make an engine whose writing transactions are alone from their first statement on.
    """
    # a database in memory is its one connection: threads take turns
    pool: dict[str, Any] = (
        {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0} if in_memory(address) else {}
    )
    engine = _engine(
        options,
        address,
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
        # what is forgotten is written over, and not only taken off the list
        connection.execute("PRAGMA secure_delete = ON")

    def given_up(connection: Any, record: object, exception: object) -> None:
        del record, exception
        # it is closed next, and would keep its lock as long as a traceback holds one of its cursors
        connection.rollback()

    def began(connection: sa.Connection) -> None:
        # A transaction that reads first and then writes could find the ledger changed in between
        reading = connection.get_execution_options().get("certcore_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "invalidate", given_up)
    event.listen(engine, "begin", began)
    return engine


def _server(options: SqlOptions, address: sa.URL) -> sa.Engine:
    """
    Make an engine whose connections may go away and come back.
    """
    server = SERVERS[address.drivername]
    settings = _postgresql if server is POSTGRESQL else _mariadb
    try:
        return _engine(
            options,
            address,
            connect_args=settings(options, address),
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            # firewalls forget connections that nothing was sent over for long
            pool_recycle=_HALF_AN_HOUR,
        )
    except ModuleNotFoundError as exc:
        raise MissingExtraError(f"a ledger on {server.name}", server.extra) from exc


def _postgresql(options: SqlOptions, address: sa.URL) -> dict[str, Any]:
    wait = options.busy_timeout / 2  # so that who waited in vain has time for another try
    settings = [
        str(address.query.get("options", "")),
        f"-c lock_timeout={math.ceil(wait.total_seconds() * 1000)}",
        "" if options.durable else "-c synchronous_commit=off",
    ]
    return {
        "options": " ".join(filter(None, settings)),
        "connect_timeout": math.ceil(options.busy_timeout.total_seconds()),
        # a database without an encoding would answer in bytes
        "client_encoding": "utf8",
        # what it calls us in its list of connections, unless the address says otherwise
        "application_name": address.query.get("application_name", "certcore"),
    }


def _mariadb(options: SqlOptions, address: sa.URL) -> dict[str, Any]:
    del address
    wait = math.ceil(options.busy_timeout.total_seconds() / 2)  # likewise
    return {
        "charset": "utf8mb4",
        "connect_timeout": math.ceil(options.busy_timeout.total_seconds()),
        "init_command": f"SET SESSION sql_mode = '{_STRICT}', innodb_lock_wait_timeout = {wait}",
    }
