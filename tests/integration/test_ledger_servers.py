"""
The ledger on PostgreSQL and on MariaDB keeps a ledger's promises.
"""

from __future__ import annotations

import datetime as dt

from pathlib import Path

import pytest
import sqlalchemy as sa

from certcore.exceptions import LedgerBusyError
from certcore.ledgers import SqlOptions
from certcore.ledgers import _schema as tables
from certcore.ledgers._dialects import alone
from certcore.ledgers._errors import translated
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.testing.contracts import LedgerContract
from certcore.testing.contracts._samples import award


@pytest.fixture(scope="module")
def opened(server_url):
    """
    A ledger, opened twice, as two processes would have it.
    """
    pair = [open_ledger(SqlOptions(url=server_url, durable=False), Path()) for _ in range(2)]
    yield pair
    for ledger in pair:
        ledger.close()


class TestServers(LedgerContract):
    """
    The contract, with a second connection pool as another process would have.
    """

    @pytest.fixture
    def ledger(self, opened):
        """
        An empty ledger.
        """
        with opened[0]._engine.begin() as connection:
            for table in set(tables.metadata.tables.values()) - {tables.meta}:
                connection.execute(sa.delete(table))
        return opened[0]

    @pytest.fixture
    def another(self, opened):
        """
        The same database, opened once more.
        """
        return opened[1]


def ask(ledger: SqlLedger, question: str) -> list[object]:
    """
    Ask a server how a connection is set.
    """
    with ledger._engine.connect() as connection:
        return list(connection.exec_driver_sql(question).one())


@pytest.mark.parametrize("durable, synchronous", [(True, "on"), (False, "off")])
def test_how_postgresql_is_spoken_to(postgresql_url, *, durable, synchronous):
    """
    It waits half the time for a lock, so that there is another try; what the address says is kept.
    """
    url = f"{postgresql_url}?options=-csearch_path%3Dpublic&application_name=school"
    options = SqlOptions(url=url, durable=durable, busy_timeout=dt.timedelta(seconds=5))
    ledger = open_ledger(options, Path())

    found = [
        *ask(ledger, "SELECT current_setting('lock_timeout')"),
        *ask(ledger, "SELECT current_setting('synchronous_commit')"),
        *ask(ledger, "SELECT current_setting('transaction_isolation')"),
        *ask(ledger, "SELECT current_setting('search_path')"),
        *ask(ledger, "SELECT current_setting('application_name')"),
    ]

    ledger.close()
    assert found == ["2500ms", synchronous, "read committed", "public", "school"]


def test_how_mariadb_is_spoken_to(mariadb_url):
    """
    Nothing is cut off, and whatever the server's defaults are, names that differ differ.
    """
    options = SqlOptions(url=mariadb_url, busy_timeout=dt.timedelta(seconds=5))
    ledger = open_ledger(options, Path())

    found = ask(
        ledger,
        "SELECT @@innodb_lock_wait_timeout, @@tx_isolation, @@character_set_client,"
        " @@sql_mode LIKE '%%STRICT_ALL_TABLES%%'",
    )
    kept = ask(
        ledger,
        "SELECT COUNT(DISTINCT engine, table_collation), MIN(engine), MIN(table_collation)"
        " FROM information_schema.tables WHERE table_schema = DATABASE()",
    )
    short = ask(
        ledger,
        "SELECT COUNT(*) FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND data_type = 'text'",
    )

    ledger.close()
    assert found == [3, "READ-COMMITTED", "utf8mb4", 1]
    assert kept == [1, "InnoDB", "utf8mb4_nopad_bin"]
    assert short == [0]


def test_one_at_a_time_changes_tables(ledger_url):
    """
    Whoever comes second waits, and is told who is in the way; then it is their turn.
    """
    options = SqlOptions(url=ledger_url, busy_timeout=dt.timedelta(milliseconds=200))
    first, second = (open_ledger(options, Path()) for _ in range(2))

    with (
        first._engine.begin() as connection,
        alone(connection),
        pytest.raises(LedgerBusyError, match="somebody else has held the ledger"),
        translated(second._engine),
        second._engine.begin() as waiting,
        alone(waiting),
    ):
        pass
    with second._engine.begin() as connection, alone(connection):
        pass

    first.close()
    second.close()


@pytest.mark.parametrize("ledger_url", ["postgresql", "mariadb"], indirect=True)
def test_other_names_of_servers(ledger_url):
    """
    Addresses may begin as they do elsewhere.
    """
    name, rest = ledger_url.split(":", 1)
    other = {"postgresql": "postgres", "mariadb": "mysql"}[name]

    (id_,) = award(another := open_ledger(SqlOptions(url=f"{other}:{rest}"), Path()))

    ledger = open_ledger(SqlOptions(url=ledger_url), Path())
    assert ledger.get(id_).id == id_
    another.close()
    ledger.close()
