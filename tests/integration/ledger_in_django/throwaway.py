"""
A ledger in Django's tables, on Django's connections, in Django's transactions. Thrown away later.

It shows that the port has room for Django. The statements are those of the ledger on a SQL
database: SQLAlchemy borrows the calling thread's connection, while Django makes the tables of
models, begins, commits, closes. What was awkward, and the ledger that is to stay has to settle:

- A method that writes is refused with a RuntimeError within a transaction of the caller's, where
  what it promises could still be undone. Reading is allowed there. The port says neither.
- `records()` is a generator: until it is closed, whatever else the thread does on this database is
  part of its transaction, and its other methods that write are refused.
- `close()` closes the calling thread's connection alone; other threads have theirs.
- The slots' random value is read when the ledger is opened: not before the tables are migrated, nor
  while Django starts, and after a copy was taken in, every process has to open it again.
- A connection that is lost while Django commits isn't told from one that was lost before.
- Versions of the tables are Django's migrations; looking at a ledger and upgrading it go by URL.
- Date-times are bound without a zone: right as long as the session's is UTC, as with USE_TZ.
- One of our indexes has a longer name than the 30 characters that Django admits.
- On MariaDB, the database's collation has to tell case and trailing spaces apart.
- SQLAlchemy sets a connection up each time it borrows it: on psycopg, one more handler of notices.
- Django logs and counts none of these statements.
"""

from __future__ import annotations

import secrets

from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa

from django.db import Error, connections, models, transaction

from certcore.ledgers import _schema as t
from certcore.ledgers._errors import translated
from certcore.ledgers._sql import SqlLedger


DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mariadb+pymysql",
}
FIELDS = {
    t.Instant: models.DateTimeField,
    t.Words: models.TextField,
    sa.String: models.CharField,
    sa.Boolean: models.BooleanField,
    sa.BigInteger: models.BigIntegerField,
    sa.Integer: models.IntegerField,
}


class DjangoLedger(SqlLedger):
    """
    Says the same SQL as the ledger on a SQL database, and leaves everything else to Django.
    """

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias
        super().__init__(make_engine(alias), b"")
        said = {"schema": str(t.SCHEMA), "admits": str(t.ADMITS)}
        with self._writing() as connection:
            key = connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.name == "slot_key"))
            if key is None:
                # a migration would do this
                key = said["slot_key"] = secrets.token_hex(32)
                rows = [{"name": name, "value": value} for name, value in said.items()]
                connection.execute(sa.insert(t.meta), rows)
        self._slot_key = bytes.fromhex(key)

    def close(self) -> None:
        connections[self._alias].close()

    @contextmanager
    def _reading(self):
        # within whatever the caller has begun: a page shows a certificate in its own transaction
        with (
            translated(self._engine),
            as_sqlalchemy_says(self._alias),
            self._engine.connect() as connection,
        ):
            yield connection

    @contextmanager
    def _writing(self):
        with (
            translated(self._engine),
            as_sqlalchemy_says(self._alias),
            transaction.atomic(using=self._alias, durable=True),
            self._engine.connect() as connection,
        ):
            yield connection

    @contextmanager
    def _at_one_moment(self):
        with self._writing() as connection:
            if connection.dialect.name != "sqlite":
                # nothing was sent in this transaction yet
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection


@cache
def make_engine(alias: str) -> sa.Engine:
    """
    Make an engine that borrows the calling thread's connection from Django, and gives it back.
    """

    def borrow():
        connections[alias].ensure_connection()
        return connections[alias].connection

    kind, at = connections[alias].vendor, connections[alias].settings_dict
    engine = sa.create_engine(
        sa.URL.create(DRIVERS[kind], host=at["HOST"] or None, database=str(at["NAME"])),
        creator=borrow,
        poolclass=sa.NullPool,
        hide_parameters=True,
        execution_options={"certcore_patience": 30.0},
        **({"native_datetime": True} if kind == "sqlite" else {}),
    )
    if kind == "sqlite":
        # Django's connection makes date-times of a column's text itself
        given = engine.dialect.colspecs
        engine.dialect.colspecs = {**given, sa.DateTime: given[sa.TIMESTAMP]}
    for ends in ("do_commit", "do_rollback", "do_close", "do_terminate"):
        setattr(engine.dialect, ends, lambda connection: None)
    return engine


@contextmanager
def as_sqlalchemy_says(alias: str):
    """
    Raise what Django raises where it connects, begins or commits as SQLAlchemy would.
    """
    try:
        yield
    except Error as exc:
        raise sa.exc.DBAPIError(None, None, exc.__cause__ or exc) from exc
    except sa.exc.DBAPIError as exc:
        if exc.connection_invalidated:
            # Django didn't see it happen, and would lend it again
            connections[alias].close()
        raise


def model_of(table: sa.Table) -> type[models.Model]:
    """
    Make a model for a table, which Django then makes a table of.
    """
    keys = [column.name for column in table.primary_key]
    fields = {column.name: _field(column, alone=len(keys) == 1) for column in table.columns}
    if len(keys) > 1:
        fields["pk"] = models.CompositePrimaryKey(*keys)
    unique = [
        models.UniqueConstraint(fields=[each.name for each in constraint], name=f"{table.name}_one")
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint) and len(constraint.columns) > 1
    ]
    # Django names them: ours are longer than the 30 characters that it admits
    indexes = [
        models.Index(fields=[each.name for each in index.columns]) for index in table.indexes
    ]
    meta = {
        "app_label": "certcore",
        "db_table": table.name,
        "constraints": unique,
        "indexes": indexes,
    }
    name = table.name.removeprefix("certcore_").title().replace("_", "")
    return type(
        name, (models.Model,), {"__module__": __name__, "Meta": type("Meta", (), meta), **fields}
    )


def _field(column: sa.Column, *, alone: bool) -> models.Field:
    if column.primary_key and alone and isinstance(column.type, sa.Integer):
        return models.AutoField(primary_key=True)
    kind = FIELDS[type(column.type)]
    options = {"null": column.nullable, "unique": bool(column.unique)}
    if column.primary_key and alone:
        options = {"primary_key": True}
    if isinstance(column.type, sa.String):
        options["max_length"] = column.type.length
    if column.server_default is not None:
        said = column.server_default.arg
        options["db_default"] = int(said) if isinstance(column.type, sa.Integer) else said
    return kind(**options)


MODELS = [model_of(table) for table in t.metadata.sorted_tables]
