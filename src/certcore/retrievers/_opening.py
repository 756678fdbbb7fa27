"""
Files opened as the tables that they are.
"""

from __future__ import annotations

import logging

from collections.abc import Generator
from contextlib import contextmanager

from attrs import frozen

from certcore.exceptions import RetrievalError
from certcore.retrievers._encoding import EncodingName
from certcore.retrievers._lines import open_lines
from certcore.retrievers._options import FORMATS, FileFormat
from certcore.retrievers._paths import FoundFile
from certcore.retrievers._separators import Delimiter
from certcore.retrievers._tables import CsvTable, Grid, JsonTable, Table


log = logging.getLogger(__name__)


@frozen(kw_only=True)
class Form:
    """
    What was said of a file's form; the rest is detected.
    """

    format: FileFormat | None = None
    encoding: EncodingName = "detect"
    delimiter: Delimiter = "detect"
    sheet: str | None = None


@contextmanager
def open_csv(found: FoundFile) -> Generator[CsvTable]:
    """
    Open a CSV file, its column names read.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, is empty or is something else.
    """
    with open_lines(found) as lines:
        table = CsvTable(found, lines)
        _tell(table)
        yield table


@contextmanager
def open_table(found: FoundFile, form: Form) -> Generator[Table]:
    """
    Open a file as what it is said to be, or else as what its ending says.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, is empty or is something else.

        certcore.exceptions.MissingExtraError:
            If it is a spreadsheet, and the extra `spreadsheets` isn't installed.
    """
    kind = form.format or FORMATS.get(found.path.suffix.lower())
    if kind is None:
        if found.path.suffix.lower() == ".xls":
            raise RetrievalError(f"{found.name}: .xls isn't read: save it as .xlsx")
        raise RetrievalError(
            f"{found.name}: its ending doesn't say what it is. "
            f'Say format = "csv", format = "spreadsheet" or format = "jsonl".'
        )
    if kind == "spreadsheet":
        # loaded by whoever has some
        from certcore.retrievers._sheets import SheetTable  # noqa: PLC0415  # an extra

        yield SheetTable(found, form.sheet)
        return
    with open_lines(found, form.encoding) as lines:
        table: Table = (
            JsonTable(found, lines) if kind == "jsonl" else CsvTable(found, lines, form.delimiter)
        )
        _tell(table)
        yield table


@contextmanager
def open_grid(found: FoundFile, form: Form) -> Generator[Grid]:
    """
    Open a CSV file or a spreadsheet. Raises as `open_table`, and if it is something else.
    """
    with open_table(found, form) as table:
        if not isinstance(table, Grid):
            raise RetrievalError(f"{found.name}: a CSV file or a spreadsheet is wanted")
        yield table


def _tell(table: Table) -> None:
    if table.guess:
        log.warning("%s %s", table.name, table.guess)
