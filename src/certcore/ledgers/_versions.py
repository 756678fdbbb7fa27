"""
Versions of a ledger's tables: which there is, which is needed, and the way from one to the other.
"""

from __future__ import annotations

import logging
import secrets

from pathlib import Path

import sqlalchemy as sa

from attrs import evolve, field, frozen
from sqlalchemy.schema import CreateIndex, CreateTable

from certcore.domain import Status
from certcore.exceptions import LedgerError, LedgerVersionError
from certcore.ledgers import _schema as t
from certcore.ledgers._addresses import SQLITE, place
from certcore.ledgers._backup import keep_copy
from certcore.ledgers._dialects import alone
from certcore.ledgers._transactions import transaction
from certcore.ledgers._upkeep import LedgerState


log = logging.getLogger(__name__)


@frozen(kw_only=True)
class Known:
    """
    What a ledger says about itself.
    """

    schema: int
    """Version of its tables."""
    admits: int
    """The oldest version whose software may still work with them."""
    slot_key: bytes = field(repr=False)


def prepare(engine: sa.Engine) -> bytes:
    """
    Make the tables where there are none; give the random value that slots are keyed with.

    A SQLite file with older tables is upgraded, after a copy of it was made beside it.

    Raises:
        certcore.exceptions.LedgerVersionError:
            If a newer certcore wrote the ledger and no longer admits this one, or an older one
            made it on a server and nobody upgraded it yet.

        certcore.exceptions.LedgerError:
            If it can't be read or written, or no copy of it can be made.
    """
    with transaction(engine.execution_options(certcore_reading=True)) as connection:
        _check_letters(connection)
        known = look(connection)
    if known is None or (known.schema < t.SCHEMA and engine.dialect.name == SQLITE):
        known, _ = bring_up_to_date(engine)
    there = f"the ledger {place(engine.url)} has tables of version {known.schema}"
    if known.admits > t.SCHEMA:
        raise LedgerVersionError(
            f"{there}, written by a newer certcore; this one knows version {t.SCHEMA}: "
            "upgrade certcore"
        )
    if known.schema < t.SCHEMA:
        raise LedgerVersionError(
            f"{there}, and this certcore needs version {t.SCHEMA}: make a backup, then run "
            "'certcore ledger upgrade'"
        )
    return known.slot_key


def _check_letters(connection: sa.Connection) -> None:
    """
    Refuse a database of PostgreSQL that can't keep every name.
    """
    if connection.dialect.name != "postgresql":
        return
    letters = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if letters != "UTF8":
        raise LedgerError(
            f"the database {place(connection.engine.url)} keeps letters as {letters}, and not all "
            "names can be written with those: make one with ENCODING 'UTF8' TEMPLATE template0"
        )


def look(connection: sa.Connection) -> Known | None:
    """
    Read what a ledger says about itself; None where there is none, or it isn't made whole yet.
    """
    if not sa.inspect(connection).has_table(t.meta.name):
        return None
    rows = connection.execute(sa.select(t.meta.c.name, t.meta.c.value)).all()
    said = {str(row.name): str(row.value) for row in rows}
    if not said:
        return None
    return Known(
        schema=int(said["schema"]),
        admits=int(said["admits"]),
        slot_key=bytes.fromhex(said["slot_key"]),
    )


def describe(engine: sa.Engine) -> LedgerState:
    """
    Say what there is, without making anything.
    """
    where = place(engine.url)
    state = LedgerState(
        address=where if engine.dialect.name == SQLITE else f"{engine.dialect.name}://{where}",
        needed=t.SCHEMA,
    )
    if engine.dialect.name == SQLITE and not Path(str(engine.url.database)).exists():
        # to look would make it
        return state
    with transaction(engine.execution_options(certcore_reading=True)) as connection:
        known = look(connection)
        if known is None:
            return state
        status = t.certificates.c.status
        counts = connection.execute(sa.select(status, sa.func.count()).group_by(status)).all()
    there = {str(name): int(number) for name, number in counts}
    return evolve(
        state,
        schema=known.schema,
        admits=known.admits,
        missing=_missing(known.schema),
        certificates={each: there[each.value] for each in Status if each.value in there},
    )


def bring_up_to_date(engine: sa.Engine) -> tuple[Known, Path | None]:
    """
    Make the tables, or make newer ones of them, alone; give what the ledger then says about itself,
    and where a copy of it lies, if one was made.
    """
    with transaction(engine) as connection, alone(connection):
        # looked at again: somebody else may have been here first
        known = look(connection)
        if known is None:
            return _make(connection), None
        if known.schema < t.SCHEMA:
            return _upgrade(connection, known)
        return known, None


def _make(connection: sa.Connection) -> Known:
    # what is there already is of somebody who was killed: MariaDB keeps each step for itself
    for table in t.metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index, if_not_exists=True))
    made = Known(schema=t.SCHEMA, admits=t.ADMITS, slot_key=secrets.token_bytes(32))
    values = {
        "schema": str(made.schema),
        "admits": str(made.admits),
        "slot_key": made.slot_key.hex(),
    }
    connection.execute(
        sa.insert(t.meta), [{"name": name, "value": value} for name, value in values.items()]
    )
    return made


def _upgrade(connection: sa.Connection, known: Known) -> tuple[Known, Path | None]:
    # Alembic, which is seldom wanted
    from certcore.ledgers._migrations import operations, revision  # noqa: PLC0415  # loads Alembic

    copy = None
    if connection.dialect.name == SQLITE:
        copy = keep_copy(Path(str(connection.engine.url.database)), known.schema)
        log.info("the ledger is upgraded to version %d; as it was, it is %s", t.SCHEMA, copy)
    for each in range(known.schema + 1, t.SCHEMA + 1):
        revision(each).upgrade(operations(connection))
    # last of all: until it says so it is of the old version, and is upgraded once more
    for name, value in (("schema", t.SCHEMA), ("admits", t.ADMITS)):
        connection.execute(sa.update(t.meta).where(t.meta.c.name == name).values(value=str(value)))
    return evolve(known, schema=t.SCHEMA, admits=t.ADMITS), copy


def _missing(schema: int) -> tuple[str, ...]:
    """
    Say what an upgrade from that version would add.
    """
    if schema >= t.SCHEMA:
        return ()
    from certcore.ledgers._migrations import revision  # noqa: PLC0415  # as above

    return tuple(revision(each).SUMMARY for each in range(schema + 1, t.SCHEMA + 1))
