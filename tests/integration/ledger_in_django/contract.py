"""
The tests of the ledger in Django; `test_ledger_django.py` runs them in a process of their own.
"""

from __future__ import annotations

import os

import django
import pytest
import sqlalchemy as sa

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.signals import connection_created

from certcore.exceptions import LedgerError
from certcore.ledgers import _schema as t
from certcore.testing.contracts import LedgerContract, LedgerCopyingContract
from certcore.testing.contracts._samples import NOW, award


def database(url: sa.URL) -> dict[str, object]:
    """
    Say to Django where the database is.
    """
    at = {
        "NAME": url.database,
        "HOST": url.host or "",
        "PORT": url.port or "",
        "USER": url.username or "",
        "PASSWORD": url.password or "",
    }
    if url.drivername == "sqlite":
        begin = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        options = {"transaction_mode": "IMMEDIATE", "init_command": begin, "timeout": 10}
    elif url.drivername == "postgresql":
        options = {"options": "-c lock_timeout=10000 -c synchronous_commit=off"}
    else:
        import pymysql

        pymysql.install_as_MySQLdb()
        strict = "SET SESSION sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = 10"
        options = {"charset": "utf8mb4", "init_command": strict}
    engine = {"sqlite": "sqlite3", "postgresql": "postgresql", "mariadb": "mysql"}[url.drivername]
    return {**at, "ENGINE": f"django.db.backends.{engine}", "OPTIONS": options}


KILL = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend(%s)"),
    "mysql": ("SELECT CONNECTION_ID()", "KILL %s"),
}
"""What asks for a connection's number, and ends the one of that number."""

DATABASE = database(sa.make_url(os.environ["CERTCORE_TEST_DJANGO"]))
# the second stands for another process
# and the third isn't there
GONE = {**DATABASE, "PORT": "1", **({} if DATABASE["HOST"] else {"NAME": "/no/such/folder/file"})}
settings.configure(DATABASES={"default": DATABASE, "another": DATABASE, "gone": GONE}, USE_TZ=True)
django.setup()

from throwaway import MODELS, DjangoLedger  # noqa: E402  # models are made once Django is set up


@pytest.fixture(scope="session", autouse=True)
def tables():
    """
    Let Django make the tables, and close each thread's connections when all is over.
    """
    opened = []

    def note(connection, **more):
        opened.append(connection)

    connection_created.connect(note)
    connection = connections["default"]
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            # Django's tables take what the database has
            cursor.execute(f"ALTER DATABASE {DATABASE['NAME']} COLLATE utf8mb4_nopad_bin")
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    yield
    for each in opened:
        each.inc_thread_sharing()
        each.close()


@pytest.fixture
def ledger():
    """
    An empty ledger.
    """
    ledger = DjangoLedger()
    with ledger._writing() as connection:
        for table in set(t.metadata.tables.values()) - {t.meta}:
            connection.execute(sa.delete(table))
    return ledger


@pytest.fixture
def another(ledger):
    """
    The same database on other connections, as another process would have them.
    """
    return DjangoLedger("another")


class TestLedger(LedgerContract):
    """
    The contract of every ledger.
    """

    @pytest.fixture
    def another(self, another):
        """
        As above; the contract's own would be the same ledger.
        """
        return another


class TestCopying(LedgerCopyingContract):
    """
    From a pilot into Django's tables, and out of them.
    """


def shape(tables, inspector):
    """
    Say of each table what its columns are, which are empty at times, and what there is once.
    """
    said = {}
    for name in tables:
        columns = {
            (each["name"], each["nullable"], getattr(each["type"], "length", None))
            for each in inspector.get_columns(name)
        }
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        once = {
            tuple(each["column_names"])
            # SQLite hides those that it made itself
            for each in inspector.get_indexes(name, include_auto_indexes=True)
            if each["unique"]
        }
        said[name] = (columns, key, once - {tuple(key)})
    return said


def test_tables_are_those_of_the_ledger(ledger):
    """
    Django made what certcore would have made: columns, lengths, keys, and what there is once.
    """
    own = sa.create_engine("sqlite://")
    with own.begin() as connection, ledger._reading() as of_django:
        t.metadata.create_all(connection)
        names = sorted(t.metadata.tables)
        assert shape(names, sa.inspect(connection)) == shape(names, sa.inspect(of_django))
    own.dispose()


def test_nothing_is_promised_within_another_transaction(ledger):
    """
    What a caller could still undo isn't awarded; it may be looked at.
    """
    (certificate,) = award(ledger)

    with transaction.atomic():
        with pytest.raises(RuntimeError, match="durable"):
            award(ledger)
        assert ledger.get(certificate).id == certificate


def test_models_show_what_the_ledger_wrote(ledger):
    """
    Django's own queries find it: an admin's pages can be made of the models.
    """
    (certificate,) = award(ledger)

    model = next(each for each in MODELS if each._meta.db_table == "certcore_certificates")
    row = model.objects.get(context_key="course-v1:Uni+BIO101")

    assert (row.id, row.awarded_at, row.quiet) == (certificate, NOW, False)


def test_what_django_raises_is_the_ledgers_error():
    """
    Nothing of Django or of a driver crosses the port, also where Django connects.
    """
    with pytest.raises(LedgerError, match=r"can't be (reached|written)"):
        DjangoLedger("gone")


def test_a_lost_connection_is_opened_anew(ledger):
    """
    Who asks again is answered.
    """
    connection = connections["default"]
    if connection.vendor == "sqlite":
        # a file's is lost to whoever closes it
        connection.connection.close()
    else:
        ask, kill = KILL[connection.vendor]
        with connection.cursor() as cursor, connections["another"].cursor() as killer:
            cursor.execute(ask)
            killer.execute(kill, cursor.fetchone())

    with pytest.raises(LedgerError, match="was lost"):
        ledger.holds()

    assert ledger.holds() == ()
