"""
Built-in ledgers.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Generator
from contextlib import closing, contextmanager

from attrs import frozen

from certcore.config import SecretRef, option
from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import Ledger


__all__ = ["SqlOptions"]


@frozen(kw_only=True)
class SqlOptions:
    """
    Where the ledger lies.
    """

    url: str | SecretRef = option(
        "Address: sqlite:///ledger.db; one with a password stands in the environment"
    )
    busy_timeout: dt.timedelta = option(
        "How long to wait for another process that writes", default=dt.timedelta(seconds=30)
    )
    durable: bool = option("Whether a commit survives a loss of power", default=True)


@contextmanager
def _build(options: SqlOptions, services: Services) -> Generator[Ledger, None, None]:
    # loads SQLAlchemy, which nobody wants who only asks for help
    from certcore.ledgers._sql import open_ledger  # noqa: PLC0415

    with closing(open_ledger(options, services.folder)) as ledger:
        yield ledger


@hookimpl
def certcore_ledgers() -> list[Provider]:
    return [
        provider(
            "sql",
            SqlOptions,
            _build,
            summary="A SQLite file, made when it isn't there",
            schemes=("sqlite",),
        )
    ]
