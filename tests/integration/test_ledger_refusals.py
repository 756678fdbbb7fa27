"""
What a server refuses, and how that is told: which ledger it is, what to do, never by whom.
"""

from __future__ import annotations

import sys
import traceback

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import sqlalchemy as sa

from certcore.domain import Status
from certcore.exceptions import LedgerBusyError, LedgerError, MissingExtraError
from certcore.ledgers import SqlOptions
from certcore.ledgers._engine import make_engine
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.testing.contracts._samples import BIOLOGY, LATER, NOW, award, candidate, issue


pytestmark = pytest.mark.parametrize("ledger_url", ["postgresql", "mariadb"], indirect=True)

PASSWORD = "hunter2"
NOWHERE = "there is no database for the ledger HERE: make it, or mend the address"
NOT_LET_IN = (
    "the ledger HERE refuses its user: are name and password right, and may it connect from here?"
)
UNREACHABLE = (
    "the ledger HERE can't be reached: is its server running, and are host and port right?"
)
FORBIDDEN = (
    "the ledger HERE refuses: its user lacks a right there. To make its tables it takes CREATE, "
    "ALTER and INDEX; after that SELECT, INSERT, UPDATE and DELETE do"
)
CROWDED = "the server of the ledger HERE takes no more connections; try again, or let it take more"


@pytest.fixture
def opened() -> Callable[[str], SqlLedger]:
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


def elsewhere(url: str, **parts: str) -> str:
    """
    Give an address that differs.
    """
    return urlsplit(url)._replace(**parts).geturl()


def shown(exc: BaseException | None) -> Iterator[str]:
    """
    Give what a traceback shows of an error and of what it came from, the source code aside.
    """
    while exc is not None:
        yield from traceback.format_exception_only(exc)
        exc = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)


def told(caught: pytest.ExceptionInfo[LedgerError], url: str) -> str:
    """
    Give what was said, with the place taken out, after seeing that nobody is named.
    """
    at = urlsplit(url)
    everything = "".join(shown(caught.value))
    assert PASSWORD not in everything
    assert "Ada" not in everything
    said = str(caught.value)
    assert str(at.username) not in said
    place = f"{at.hostname}:{at.port}{at.path}"
    assert place in said
    return said.replace(place, "HERE")


class Visitor:
    """
    A user who may connect and no more, until more is granted.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(SqlOptions(url=url), url, Path())
        self._postgresql = self._engine.dialect.name == "postgresql"
        self._name = f"certcore_test_{uuid4().hex[:12]}"
        self._who = self._name if self._postgresql else f"{self._name}@'%%'"
        self._database = self._engine.url.database
        at = urlsplit(url)
        self.url = elsewhere(url, netloc=f"{self._name}:{PASSWORD}@{at.hostname}:{at.port}")

    def enter(self) -> None:
        if self._postgresql:
            self._say(f"CREATE ROLE {self._who} LOGIN PASSWORD '{PASSWORD}'")
            self._say("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        else:
            self._say(f"CREATE USER {self._who} IDENTIFIED BY '{PASSWORD}'")
            self._say(f"GRANT SHOW VIEW ON {self._database}.* TO {self._who}")

    def may_read(self) -> None:
        tables = "ALL TABLES IN SCHEMA public" if self._postgresql else f"{self._database}.*"
        self._say(f"GRANT SELECT ON {tables} TO {self._who}")

    def may_issue(self) -> None:
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if self._postgresql:
            self._say(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {self._who}")
            self._say(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {self._who}")
        else:
            self._say(f"GRANT {rights} ON {self._database}.* TO {self._who}")

    def may_connect_once(self) -> None:
        limit = "CONNECTION LIMIT 1" if self._postgresql else "WITH MAX_USER_CONNECTIONS 1"
        self._say(f"ALTER USER {self._who} {limit}")

    def leave(self) -> None:
        if self._postgresql:
            self._say(f"DROP OWNED BY {self._who}")
        self._say(f"DROP USER {self._who}")
        self._engine.dispose()

    def _say(self, statement: str) -> None:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture
def visitor(ledger_url):
    """
    A user of a test's own.
    """
    visitor = Visitor(ledger_url)
    visitor.enter()
    yield visitor
    visitor.leave()


def test_no_such_database(ledger_url, opened):
    """
    It is to be made.
    """
    other = elsewhere(ledger_url, path="/certcore_test_nowhere")

    with pytest.raises(LedgerError) as caught:
        opened(other)

    assert told(caught, other) == NOWHERE
    assert not caught.value.retryable


def test_no_such_user(ledger_url, opened):
    """
    Neither who it was is said, nor with which password.
    """
    at = urlsplit(ledger_url)
    other = elsewhere(ledger_url, netloc=f"nobody:{PASSWORD}@{at.hostname}:{at.port}")

    with pytest.raises(LedgerError) as caught:
        opened(other)

    assert told(caught, other) == NOT_LET_IN
    assert not caught.value.retryable


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nohost.invalid:1"])
def test_no_such_server(ledger_url, opened, host):
    """
    It may come back.
    """
    other = elsewhere(ledger_url, netloc=f"nobody:{PASSWORD}@{host}")

    with pytest.raises(LedgerError) as caught:
        opened(other)

    assert told(caught, other) == UNREACHABLE
    assert caught.value.retryable


def test_too_many_connections(ledger_url, visitor, opened):
    """
    The server's limit is named for what it is.
    """
    award(opened(ledger_url))
    visitor.may_read()
    visitor.may_connect_once()
    one = opened(visitor.url)

    with one._engine.connect(), pytest.raises(LedgerError) as caught:
        opened(visitor.url)

    assert told(caught, visitor.url) == CROWDED
    assert caught.value.retryable


def test_no_right_to_make_tables(visitor, opened):
    """
    What it takes is said, and nothing is left.
    """
    with pytest.raises(LedgerError) as caught:
        opened(visitor.url)

    assert told(caught, visitor.url) == FORBIDDEN
    assert not caught.value.retryable


def test_who_only_reads(ledger_url, visitor, opened):
    """
    Where the tables are there, reading takes no right to make or write them.
    """
    (id_,) = award(opened(ledger_url))
    visitor.may_read()

    reader = opened(visitor.url)
    found = reader.get(id_)
    with pytest.raises(LedgerError) as caught:
        award(reader, candidate("eva"))

    assert found.id == id_
    assert [entry.verb for entry in reader.history(id_)] == ["award"]
    assert told(caught, visitor.url) == FORBIDDEN


def test_who_issues(ledger_url, visitor, opened):
    """
    Where the tables are there, issuing takes no right to make them.
    """
    opened(ledger_url)
    visitor.may_issue()
    ledger = opened(visitor.url)

    certificate = issue(ledger)
    run = ledger.open_run(BIOLOGY, name="b", slot="s", now=NOW)
    ledger.count(run.id, {"new": 1})
    ledger.forget(certificate.id, actor="tests", now=NOW)

    assert ledger.get(certificate.id).status is Status.FORGOTTEN
    assert ledger.run(run.id).counts == {"new": 1}


def test_a_server_that_is_only_read(ledger_url, opened):
    """
    A replica, say: it may become the one that is written again.
    """
    ledger = opened(ledger_url)

    def read_only(connection: object, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
                if ledger._engine.dialect.name == "postgresql"
                else "SET SESSION TRANSACTION READ ONLY"
            )
        connection.commit()

    ledger._engine.dispose()
    sa.event.listen(ledger._engine, "connect", read_only)
    with pytest.raises(LedgerError) as caught:
        award(ledger)

    assert told(caught, ledger_url) == (
        "the ledger HERE can only be read just now; is its server a replica?"
    )
    assert caught.value.retryable


def trip(ledger: SqlLedger, kind: str, times: int = 1_000_000) -> None:
    """
    Let a trigger raise what a server seldom does, so many times.
    """
    postgresql, mariadb = {"full": ("53100", 1021), "deadlock": ("40P01", 1213)}[kind]
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE trips")
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF nextval('trips') <= {times} THEN"
                f" RAISE EXCEPTION 'no' USING ERRCODE = '{postgresql}'; END IF;"
                " RETURN NEW; END $$"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER trip BEFORE INSERT ON certcore_history"
                " FOR EACH ROW EXECUTE FUNCTION trip()"
            )
        else:
            connection.exec_driver_sql(
                "CREATE TRIGGER trip BEFORE INSERT ON certcore_history FOR EACH ROW BEGIN"
                f" IF NEXT VALUE FOR trips <= {times} THEN"
                f" SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {mariadb}; END IF; END"
            )


def test_a_full_disk(ledger_url, opened):
    """
    There is to be made room; nothing is half-written.
    """
    ledger = opened(ledger_url)
    trip(ledger, "full")

    with pytest.raises(LedgerError) as caught:
        award(ledger)

    assert told(caught, ledger_url) == (
        "the disk of the ledger HERE is full; make room and run again"
    )
    assert caught.value.retryable
    assert ledger.held([candidate().identity]) == {}


def test_what_was_given_up_is_done_again(ledger_url, opened):
    """
    A transaction that the server gives up in favour of another is merely late.
    """
    ledger = opened(ledger_url)
    trip(ledger, "deadlock", times=4)

    awards = ledger.award([candidate()], run=None, actor="tests", now=NOW)

    assert [each.kind for each in awards] == ["new"]
    assert [entry.verb for entry in ledger.history(awards[0].certificate)] == ["award"]


def test_what_is_given_up_always(ledger_url, opened):
    """
    After the time for waiting is over, somebody else is said to hold the ledger.
    """
    ledger = opened(ledger_url)
    trip(ledger, "deadlock")
    ledger.patience = 0.2

    with pytest.raises(LedgerBusyError) as caught:
        award(ledger)

    assert told(caught, ledger_url) == (
        "somebody else has held the ledger HERE for too long; try again when they are done"
    )
    assert caught.value.retryable


def test_what_does_not_fit(ledger_url, opened):
    """
    It isn't cut off; the database's words, which may have somebody's name in them, are kept back.
    """
    ledger = opened(ledger_url)
    postgresql = ledger._engine.dialect.name == "postgresql"
    (id_,) = award(ledger)

    with pytest.raises(LedgerError) as caught:
        ledger.lease([id_], owner="Ada" * 100, until=LATER, now=NOW)

    assert told(caught, ledger_url) == "the ledger HERE failed: " + (
        "StringDataRightTruncation 22001" if postgresql else "DataError 22001"
    )
    assert ledger.get(id_).status is Status.PENDING


def test_any_other_error(ledger_url, opened):
    """
    What nobody thought of is passed on in the database's words alone.
    """
    ledger = opened(ledger_url)
    (id_,) = award(ledger)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE certcore_history")

    with pytest.raises(LedgerError) as caught:
        ledger.cancel(id_, reason="Ada López", actor="tests", now=NOW)

    said = told(caught, ledger_url)
    assert said.startswith("the ledger HERE failed: ")
    assert "certcore_history" in said
    assert "exist" in said
    assert "\n" not in said


def test_without_its_driver(ledger_url, opened, monkeypatch):
    """
    The extra that brings it is named.
    """
    driver = "psycopg" if ledger_url.startswith("postgresql") else "pymysql"
    monkeypatch.setitem(sys.modules, driver, None)

    with pytest.raises(MissingExtraError) as caught:
        opened(ledger_url)

    extra = "postgresql" if driver == "psycopg" else "mariadb"
    assert caught.value.extra == extra
    assert f"pip install 'certcore[{extra}]'" in str(caught.value)
