"""
Sheets of spreadsheets, read by calamine.

A cell is what it holds, not what it shows: of 85 % it is 0.85, of a date the date. Whole numbers
are whole, so that an id is one; those with more than 15 digits have lost some in the spreadsheet.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator, Sequence
from typing import Any

from certcore.config import near
from certcore.domain import Skipped
from certcore.exceptions import MissingExtraError, RetrievalError
from certcore.retrievers._paths import FoundFile, listed, unreadable
from certcore.retrievers._sheet_limits import check_size
from certcore.retrievers._tables import Grid, Row


_EXACT = 10**15


class SheetTable(Grid):
    """
    A sheet, which is read as a whole.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, is empty, too large or something else.

        certcore.exceptions.MissingExtraError:
            If the extra `spreadsheets` isn't installed.
    """

    def __init__(self, found: FoundFile, sheet: str | None) -> None:
        super().__init__(found)
        self.form, cells = _read(found, sheet)
        # lines are counted as the program shows them
        rows = enumerate(cells, start=1)
        self._rows = ((line, row) for line, row in rows if any(cell != "" for cell in row))
        header = next(self._rows, None)
        if header is None:
            raise RetrievalError(f"{self.name} is empty: not even the names of columns are there")
        self.columns = tuple(str(_plain(cell)).strip() for cell in header[1])

    def rows_at(self, positions: Sequence[int]) -> Iterator[Row | Skipped]:
        for line, row in self._rows:
            yield Row(line, tuple(_plain(row[position]) for position in positions))


def _read(found: FoundFile, sheet: str | None) -> tuple[str, list[list[Any]]]:
    try:
        import python_calamine as calamine  # noqa: PLC0415  # comes with an extra
    except ImportError as exc:
        raise MissingExtraError("reading spreadsheets", "spreadsheets") from exc
    try:
        check_size(found.path, found.name)
        with calamine.CalamineWorkbook.from_path(str(found.path)) as book:  # pyright: ignore[reportUnknownMemberType]  # its stubs leave a type open
            wanted = next(iter(book.sheet_names), "") if sheet is None else sheet
            if wanted not in book.sheet_names:
                raise RetrievalError(
                    f"{found.name} has no sheet {wanted!r}. {near(wanted, book.sheet_names)} "
                    f"It has: {listed(book.sheet_names)}."
                )
            return f"sheet {wanted!r}", book.get_sheet_by_name(wanted).to_python(
                skip_empty_area=False
            )
    except OSError as exc:
        raise unreadable(found.name, exc) from exc
    except calamine.CalamineError as exc:
        raise RetrievalError(f"{found.name} can't be read as a spreadsheet: {exc}") from exc


def _plain(cell: Any) -> Any:
    """
    Give a cell as a CSV file would have it, numbers as numbers.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date) else cell
