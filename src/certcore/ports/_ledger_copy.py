"""
All that a ledger holds, on its way into another one.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Generator, Iterable, Mapping
from typing import Protocol, TypeAlias

from attrs import field, frozen

from certcore.ports._ledger import Ledger


PlainValue: TypeAlias = str | int | bool | dt.datetime | None


@frozen
class LedgerRecord:
    """
    A row: of `certificates`, `artifacts`, `deliveries`, `runs`, and whatever else a ledger keeps.
    """

    table: str
    values: Mapping[str, PlainValue] = field(repr=False)
    """By column; the same columns in each row of a table. Times are aware and in UTC."""


class LedgerCopying(Protocol):
    """
    A ledger that can be copied into another one, and the other way round.

    A ledger may do without; `certcore.ledgers.copy_ledger` needs it of both.
    """

    def records(self) -> Generator[LedgerRecord, None, None]:
        """
        Give everything, as it was at one moment, table by table; nothing is changed.

        Rows stream: memory doesn't grow with them. One of them, of table `meta`, has the random
        value that slots and the tokens of links are keyed with: `name` is `slot_key`, `value` its
        hexadecimal digits. Who stops early closes the generator.

        Raises:
            certcore.exceptions.LedgerError:
                If the ledger fails, or a newer certcore wrote it: there may be more in it than
                this one knows.
        """
        ...

    def take(self, records: Iterable[LedgerRecord]) -> Mapping[str, int]:
        """
        Write everything that another ledger gave into this one, which is empty: all of it or none.

        Ids, codes and the random value stay as they were, so that codes, mailed links and slots go
        on. Whoever opened this ledger before has to open it again. Gives how many rows each table
        has now, except for `meta`.

        Raises:
            certcore.exceptions.LedgerError:
                If the ledger isn't empty, knows no such table, fails, or the random value is
                missing; it is as empty as before.
        """
        ...


class CopyableLedger(Ledger, LedgerCopying, Protocol):
    """
    A ledger that can be copied.
    """
