"""
All that a ledger holds, row by row: on its way out, and in.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from itertools import groupby

import sqlalchemy as sa

from certcore.exceptions import LedgerError, LedgerVersionError
from certcore.ledgers import _schema as t
from certcore.ledgers._addresses import SQLITE, place
from certcore.ledgers._base import Part, pieces
from certcore.ledgers._dialects import alone
from certcore.ledgers._transactions import transaction
from certcore.ledgers._versions import look
from certcore.ports import LedgerRecord


_BATCH = 500
_META = "meta"
_SLOT_KEY = "slot_key"

_TABLES = {
    name.removeprefix("certcore_"): table
    for name, table in t.metadata.tables.items()
    if table is not t.meta
}


class Copying(Part):
    """
    Gives all rows, and takes those of another ledger.
    """

    def _at_one_moment(self) -> AbstractContextManager[sa.Connection]:
        engine = self._reader
        if engine.dialect.name != SQLITE:
            # each query would see what was committed before it; SQLite sees one moment anyway
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        return transaction(engine)

    def records(self) -> Generator[LedgerRecord, None, None]:
        with self._at_one_moment() as connection:
            known = look(connection)
            if known is None or known.schema > t.SCHEMA:
                raise LedgerVersionError(
                    f"the ledger {place(self._engine.url)} was written by a newer certcore, which "
                    "has to copy it: there is more in it than this one knows"
                )
            yield LedgerRecord(_META, {"name": _SLOT_KEY, "value": known.slot_key.hex()})
            for name, table in _TABLES.items():
                query = sa.select(table).order_by(*table.primary_key)
                # closed at once, also where nobody wants the rest: it comes over the connection
                with connection.execute(query, execution_options={"yield_per": _BATCH}) as rows:
                    for row in rows.mappings():
                        yield LedgerRecord(name, dict(row))

    def take(self, records: Iterable[LedgerRecord]) -> Mapping[str, int]:
        with self._writing() as connection, alone(connection):
            there = {name: number for name, number in _count(connection).items() if number}
            if there:
                said = ", ".join(f"{name} ({number:,})" for name, number in there.items())
                where = place(self._engine.url)
                raise LedgerError(f"a copy goes into an empty ledger, and {where} has {said}")
            key = ""
            for name, rows in groupby(records, lambda record: record.table):
                values = (dict(row.values) for row in rows)
                if name == _META:
                    said_of_itself = {str(row["name"]): str(row["value"]) for row in values}
                    key = said_of_itself.get(_SLOT_KEY, "")
                elif name in _TABLES:
                    for batch in pieces(values, _BATCH):
                        connection.execute(sa.insert(_TABLES[name]), batch)
                else:
                    raise LedgerError(f"the ledger to copy into has no table for {name}")
            if not key:
                raise LedgerError(
                    "the ledger to be copied didn't give the random value of its slots: with "
                    "another one everybody would be awarded again"
                )
            connection.execute(
                sa.update(t.meta).where(t.meta.c.name == _SLOT_KEY).values(value=key)
            )
            _go_on_counting(connection)
            copied = _count(connection)
        self._slot_key = bytes.fromhex(key)
        return copied


def _count(connection: sa.Connection) -> dict[str, int]:
    return {
        name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for name, table in _TABLES.items()
    }


def _go_on_counting(connection: sa.Connection) -> None:
    """
    Let PostgreSQL number new rows behind the copied ones; the others do so by themselves.
    """
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES.values():
        column = table.autoincrement_column
        if column is not None:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            # of an empty table there is no last id, and nothing is set
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.max(column))))
