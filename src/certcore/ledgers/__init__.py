"""
Built-in ledgers.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Generator
from contextlib import contextmanager

from attrs import frozen

from certcore.config import SecretRef, option
from certcore.ledgers._upkeep import (
    LedgerState,
    copy_ledger,
    describe_ledger,
    ledger_is_there,
    open_ledger,
    upgrade_ledger,
)
from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import Ledger


__all__ = [
    "LedgerState",
    "SqlOptions",
    "copy_ledger",
    "describe_ledger",
    "ledger_is_there",
    "open_ledger",
    "upgrade_ledger",
]


@frozen(kw_only=True)
class SqlOptions:
    """
    Where the ledger lies.
    """

    url: str | SecretRef = option(
        "Address: sqlite:///ledger.db, postgresql://USER@HOST/NAME or mariadb://USER@HOST/NAME; "
        "one with a password stands in the environment"
    )
    busy_timeout: dt.timedelta = option(
        "How long to wait for another process that writes", default=dt.timedelta(seconds=30)
    )
    durable: bool = option("Whether a commit survives a loss of power", default=True)


@contextmanager
def _build(options: SqlOptions, services: Services) -> Generator[Ledger, None, None]:
    with open_ledger(options, services.folder) as ledger:
        yield ledger


@hookimpl
def certcore_ledgers() -> list[Provider]:
    return [
        provider(
            "sql",
            SqlOptions,
            _build,
            summary="A SQLite file, made when it isn't there, or a PostgreSQL or MariaDB server",
            schemes=("sqlite", "postgresql", "postgres", "mariadb", "mysql"),
        )
    ]
