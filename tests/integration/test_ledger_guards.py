"""
What a ledger doesn't go on with: a key that isn't its own any more, letters that it can't keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa

from certcore.domain import RunStatus
from certcore.exceptions import LedgerBusyError, LedgerError
from certcore.ledgers import SqlOptions
from certcore.ledgers import _schema as t
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.testing.contracts._samples import BIOLOGY, NOW, award, candidate


Open = Callable[[str], SqlLedger]


@pytest.fixture
def opened() -> Iterator[Open]:
    """
    Open a ledger.
    """
    made: list[SqlLedger] = []

    def opened(url: str) -> SqlLedger:
        made.append(open_ledger(SqlOptions(url=url), Path()))
        return made[-1]

    yield opened
    for ledger in made:
        ledger.close()


def test_another_ledger_was_copied_into_it(opened: Open, ledger_url: str) -> None:
    """
    Whoever had it open would award everybody again: with the old key, no slot is taken.
    """
    ledger = opened(ledger_url)
    award(ledger, candidate("ada"))
    with ledger._engine.begin() as connection:
        connection.execute(
            sa.update(t.meta).where(t.meta.c.name == "slot_key").values(value="00" * 32)
        )

    with pytest.raises(LedgerError, match=r"another ledger was copied into .*; start again"):
        award(ledger, candidate("ada"))

    # that one has ada's slot by another key: this is what was kept from happening
    assert award(opened(ledger_url), candidate("eva"))


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_keep_all_names(
    opened: Open, postgresql_url: str, encoding: str
) -> None:
    """
    It is refused when it is opened, and not when Łukasz has passed.
    """
    psycopg = pytest.importorskip("psycopg")
    name = f"certcore_test_{uuid4().hex[:12]}"
    with closing(psycopg.connect(postgresql_url, autocommit=True)) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' "
            "TEMPLATE template0"
        )
        try:
            with pytest.raises(LedgerError, match=f"keeps letters as {encoding}, and not all"):
                opened(urlsplit(postgresql_url)._replace(path=f"/{name}").geturl())
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_criteria_of_any_length(opened: Open, ledger_url: str) -> None:
    """
    A run can be closed however long the title of a column is.
    """
    ledger = opened(ledger_url)
    run = ledger.open_run(BIOLOGY, name="bio/completion", slot="x", now=NOW)
    assert run is not None
    title = "no grade for 'Essay" + "y" * 300

    ledger.count(run.id, {}, missing={f"{title}1": 2, f"{title}2": 3, "a\0b": 1})
    closed = ledger.close_run(run.id, RunStatus.DONE, message="", now=NOW)

    assert closed is not None
    assert {title[:255]: 5, "ab": 1} == dict(closed.missing)


def test_an_actor_of_any_length(opened: Open, ledger_url: str) -> None:
    """
    Who did it is cut, and what was done is not lost.
    """
    ledger = opened(ledger_url)
    ledger.award([candidate("ada")], run=None, actor="a" * 300, now=NOW)

    (due,) = ledger.due(now=NOW)
    assert ["a" * 255] == [each.actor for each in ledger.history(due)]


@pytest.mark.parametrize("ledger_url", ["mariadb"], indirect=True)
def test_a_savepoint_that_a_deadlock_took_along(opened: Open, ledger_url: str) -> None:
    """
    MariaDB then says that it knows no such savepoint: the whole transaction is done once more.
    """
    ledger = opened(ledger_url)
    with pytest.raises(LedgerBusyError), ledger._writing() as connection:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT gone")


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_what_is_deleted_is_written_over(opened: Open, ledger_url: str) -> None:
    """
    A name that was forgotten isn't in the file any more, whatever SQLite was built with.
    """
    ledger = opened(ledger_url)
    with ledger._engine.connect() as connection:
        assert 1 == connection.exec_driver_sql("PRAGMA secure_delete").scalar_one()
