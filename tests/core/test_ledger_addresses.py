"""
Addresses of ledgers: which are understood, and what is said of the others.
"""

from __future__ import annotations

import traceback

from pathlib import Path

import pytest
import sqlalchemy as sa

from certcore.exceptions import LedgerError
from certcore.ledgers import SqlOptions
from certcore.ledgers._addresses import parse, place
from certcore.ledgers._engine import make_engine
from certcore.ledgers._errors import translated


@pytest.mark.parametrize(
    "url, driver, named",
    [
        ("sqlite://", "sqlite", "in memory"),
        ("sqlite:///:memory:", "sqlite", "in memory"),
        ("sqlite:///ledger.db", "sqlite", "/srv/ledger.db"),
        ("sqlite+pysqlite:////tmp/ledger.db", "sqlite+pysqlite", "/tmp/ledger.db"),  # noqa: S108  # nothing is written there
        ("postgresql://ada:pw@db/certs", "postgresql+psycopg", "db:5432/certs"),
        ("postgres://ada:pw@db:6432/certs", "postgresql+psycopg", "db:6432/certs"),
        ("postgresql:///certs?host=/run/pg", "postgresql+psycopg", "localhost:5432/certs"),
        ("mariadb://ada:pw@db/certs", "mariadb+pymysql", "db:3306/certs"),
        ("mysql+pymysql://ada:pw@db/certs", "mariadb+pymysql", "db:3306/certs"),
    ],
)
def test_what_is_understood(monkeypatch, url, driver, named):
    """
    An address names a file or a server; errors call it by its place and never by whom.
    """
    monkeypatch.setattr(Path, "is_dir", lambda self: True)

    found = parse(url, Path("/srv"))

    assert (found.drivername, place(found)) == (driver, named)


@pytest.mark.parametrize(
    "url, said",
    [
        ("ledger.db", "the ledger's address isn't one: sqlite:///ledger.db, postgresql://… or"),
        ("postgresql://certs:hunter2@db:x/certs", "the ledger's address isn't one"),
        ("sqlite+aiosqlite:///ledger.db", r"can't be kept in sqlite\+aiosqlite"),
        ("oracle://certs:hunter2@db/certs", "can't be kept in oracle: sqlite:///ledger.db, "),
        ("mariadb://certs:hunter2@db", "names no database on db: mariadb://…/NAME is wanted"),
    ],
)
def test_other_addresses(tmp_path, url, said):
    """
    What isn't understood is refused, without showing a password.
    """
    with pytest.raises(LedgerError, match=said) as caught:
        parse(url, tmp_path)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_what_sqlalchemy_itself_says():
    """
    Of errors that no database raised, a text without values is passed on.
    """
    engine = make_engine(SqlOptions(url="sqlite://"), "sqlite://", Path())

    with pytest.raises(LedgerError) as told, translated(engine):
        raise sa.exc.InvalidRequestError("MySQL version 8 is not a MariaDB variant.")
    with pytest.raises(LedgerError) as untold, translated(engine):
        raise sa.exc.CompileError("something with Ada in it")

    assert str(told.value) == (
        "the ledger in memory failed: MySQL version 8 is not a MariaDB variant."
    )
    assert str(untold.value) == "the ledger in memory failed: CompileError"
