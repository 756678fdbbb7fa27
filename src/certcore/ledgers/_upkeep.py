"""
What operators do with a ledger as a whole: look at it, upgrade it, copy it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from certcore.domain import Status
from certcore.exceptions import LedgerError
from certcore.ports import CopyableLedger, LedgerCopying, LedgerRecord


if TYPE_CHECKING:
    import sqlalchemy as sa

    from certcore.ledgers import SqlOptions


@frozen(kw_only=True)
class LedgerState:
    """
    What can be said about a ledger from outside.
    """

    address: str
    """Where it lies: its file, or its server and database."""
    schema: int = 0
    """Version of its tables; 0: there are none."""
    admits: int = 0
    """The oldest version whose software may still work with them."""
    needed: int
    """The version of the tables that this software makes."""
    missing: tuple[str, ...] = ()
    """What an upgrade would add."""
    certificates: Mapping[Status, int] = field(factory=dict[Status, int])
    """How many there are in each status."""


@contextmanager
def open_ledger(options: SqlOptions, folder: Path) -> Generator[CopyableLedger, None, None]:
    """
    Open a ledger, making its tables where there are none. Relative paths begin at `folder`.

    Raises:
        certcore.exceptions.LedgerError:
            If it can't be opened.

        certcore.exceptions.LedgerVersionError:
            If its tables are too new for this software, or have to be upgraded first.
    """
    # here and below: loads SQLAlchemy, which nobody wants who only asks for help
    from certcore.ledgers._sql import open_ledger as open_sql  # noqa: PLC0415  # loads SQLAlchemy

    with closing(open_sql(options, folder)) as ledger:
        yield ledger


def describe_ledger(options: SqlOptions, folder: Path) -> LedgerState:
    """
    Look at a ledger, of whatever version; nothing is made, upgraded or written.

    Raises:
        certcore.exceptions.LedgerError:
            If it can't be read.
    """
    from certcore.ledgers._versions import describe  # noqa: PLC0415  # loads SQLAlchemy

    with _engine(options, folder) as engine:
        return describe(engine)


def ledger_is_there(options: SqlOptions, folder: Path) -> bool:
    """
    Say whether a ledger may be there: not if its file isn't. Nothing is made, and nobody asked.

    Raises:
        certcore.exceptions.LedgerError:
            If the address can't be understood or its folder isn't there.
    """
    from certcore.ledgers._addresses import SQLITE, in_memory  # noqa: PLC0415  # loads SQLAlchemy

    with _engine(options, folder) as engine:
        url = engine.url
    if url.get_backend_name() != SQLITE or in_memory(url):
        return True
    return Path(str(url.database)).exists()


def upgrade_ledger(options: SqlOptions, folder: Path) -> Path | None:
    """
    Give a ledger the tables that this software needs; those that are there keep their rows.

    One process does it, others wait. Nothing is done where there is nothing to do. A SQLite file is
    copied first; where the copy lies, beside it, is given. Who is killed leaves a ledger of one
    version or the other; on MariaDB, which can't undo changes of tables, the next one takes it up.

    Raises:
        certcore.exceptions.LedgerError:
            If it can't be written.
    """
    from certcore.ledgers._versions import bring_up_to_date  # noqa: PLC0415  # loads SQLAlchemy

    with _engine(options, folder) as engine:
        _, copy = bring_up_to_date(engine)
    return copy


def copy_ledger(source: LedgerCopying, target: LedgerCopying) -> Mapping[str, int]:
    """
    Copy everything in a ledger into an empty one: all or nothing; the first isn't changed.

    Codes, mailed links and what everybody was awarded go on in the copy. Nobody may work with
    either meanwhile: what comes into the first while it is read isn't in the copy. Gives how many
    rows were copied into each table.

    Raises:
        certcore.exceptions.LedgerError:
            If the second isn't empty, one of them fails, or the copy isn't whole.
    """
    sent = Counter[str]()

    def counted(records: Iterable[LedgerRecord]) -> Iterator[LedgerRecord]:
        for record in records:
            sent[record.table] += 1
            yield record

    with closing(source.records()) as records:
        taken = target.take(counted(records))
    lost = {name: taken.get(name, 0) for name in sent if name != "meta"}
    lost = {name: number for name, number in lost.items() if number != sent[name]}
    if lost:
        said = ", ".join(f"{number:,} of {sent[name]:,} {name}" for name, number in lost.items())
        raise LedgerError(f"the copy isn't whole and mustn't be used: it has {said}")
    return taken


@contextmanager
def _engine(options: SqlOptions, folder: Path) -> Generator[sa.Engine, None, None]:
    from certcore.ledgers._sql import engine_for  # noqa: PLC0415  # loads SQLAlchemy

    engine = engine_for(options, folder)
    try:
        yield engine
    finally:
        engine.dispose()
