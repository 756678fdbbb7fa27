"""
Tables in files, row by row: CSV, and a JSON object in each line. UTF-8, with or without a mark.
"""

from __future__ import annotations

import csv
import json

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, cast

from attrs import frozen

from certcore.config import near
from certcore.domain import Skipped
from certcore.exceptions import RetrievalError
from certcore.retrievers._lines import Lines, open_lines
from certcore.retrievers._options import FORMATS, Delimiter, FileFormat
from certcore.retrievers._paths import FoundFile, listed


_DELIMITERS: Mapping[Delimiter, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}

_LONGEST_ROW = 100
"""Lines. A row that can't be read and goes on for longer has swallowed others."""

_MANY_FIELDS = 1000
"""How many names of fields are kept for a message."""


@frozen
class Row:
    """
    Some cells of a row.
    """

    line: int
    """The number of its first line in the file, as an editor counts."""
    values: tuple[Any, ...]


class Table(ABC):
    """
    A file that is being read.
    """

    def __init__(self, found: FoundFile, lines: Lines) -> None:
        self.name = found.name
        self._lines = lines

    columns: tuple[str, ...] = ()
    """As the file calls them; of JSON lines, what the first of them has."""

    @abstractmethod
    def rows(self, names: Sequence[str]) -> Iterator[Row | Skipped]:
        """
        Give those columns of all rows, once.

        Raises:
            certcore.exceptions.RetrievalError:
                If a column isn't there, or the file changes meanwhile.
        """

    def where(self, line: int) -> str:
        return f"{self.name} line {line}"

    def _missing(self, name: str, columns: Sequence[str]) -> RetrievalError:
        folded = {column.casefold(): column for column in columns}
        hint = near(folded.get(name.casefold(), name), columns)
        return RetrievalError(
            f"{self.name} has no column {name!r}. {hint}{' ' if hint else ''}"
            f"It has: {listed(columns)}."
        )


class CsvTable(Table):
    """
    Cells between delimiters, the names of the columns in the first row.
    """

    def __init__(self, found: FoundFile, lines: Lines, delimiter: Delimiter = "comma") -> None:
        super().__init__(found, lines)
        self._reader = csv.reader(lines, delimiter=_DELIMITERS[delimiter], strict=True)
        first = next(self._records(), None)
        if first is None:
            raise RetrievalError(f"{self.name} is empty: not even the names of columns are there")
        if isinstance(first, Skipped) or _is_binary(first[1]):
            raise RetrievalError(f"{self.name} isn't a CSV file in UTF-8")
        self.columns = tuple(cell.strip() for cell in first[1])
        if len(self.columns) == 1:
            for other, sign in _DELIMITERS.items():
                if sign in self.columns[0]:
                    raise RetrievalError(
                        f'{self.name} has only one column, which is odd. Say delimiter = "{other}".'
                    )

    def rows(self, names: Sequence[str]) -> Iterator[Row | Skipped]:
        return self.rows_at([self._position(name) for name in names])

    def rows_at(self, positions: Sequence[int]) -> Iterator[Row | Skipped]:
        """
        Give the cells at those positions, which count from 0, of all rows, once.
        """
        for record in self._records():
            if isinstance(record, Skipped):
                yield record
                continue
            line, cells = record
            if len(cells) == len(self.columns):
                yield Row(line, tuple(cells[position] for position in positions))
            else:
                reason = f"{len(cells)} cells, {len(self.columns)} are wanted"
                yield Skipped(where=self.where(line), reason=reason)
        self._lines.settle()

    def _position(self, name: str) -> int:
        count = self.columns.count(name)
        if count == 0:
            raise self._missing(name, self.columns)
        if count > 1:
            raise RetrievalError(f"{self.name} has {count} columns {name!r}")
        return self.columns.index(name)

    def _records(self) -> Iterator[tuple[int, list[str]] | Skipped]:
        while True:
            line = self._lines.number + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as exc:
                if self._lines.ended or self._lines.number - line > _LONGEST_ROW:
                    raise RetrievalError(
                        f"{self.where(line)}: a quotation mark is opened there and never closed"
                    ) from exc
                yield Skipped(where=self.where(line), reason=f"the row can't be read: {exc}")
                continue
            if any(cells):  # spreadsheets leave rows of empty cells
                yield line, cells


class JsonTable(Table):
    """
    An object in each line; what it doesn't have is unknown.
    """

    def __init__(self, found: FoundFile, lines: Lines) -> None:
        super().__init__(found, lines)
        first = next(self._objects(), None)
        if first is None:
            raise RetrievalError(f"{self.name} is empty")
        self._first = first
        if not isinstance(first, Skipped):
            self.columns = tuple(first[1])

    def rows(self, names: Sequence[str]) -> Iterator[Row | Skipped]:
        wanted = tuple(names)
        missing = set(wanted)
        found: dict[str, None] = {}
        for record in chain([self._first], self._objects()):
            if isinstance(record, Skipped):
                yield record
                continue
            line, fields = record
            missing.difference_update(fields)
            if len(found) < _MANY_FIELDS:
                found.update(dict.fromkeys(fields))
            yield Row(line, tuple(fields.get(name) for name in wanted))
        self._lines.settle()
        if not found:
            raise RetrievalError(f"{self.name}: no line of it is a JSON object, each should be")
        for name in sorted(missing):
            raise self._missing(name, tuple(found))

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]] | Skipped]:
        for line in self._lines:
            if not line.strip():
                continue
            number = self._lines.number
            try:
                read = json.loads(line)
            except (ValueError, RecursionError):
                read = None
            if isinstance(read, dict):
                yield number, cast("dict[str, Any]", read)
            else:
                yield Skipped(where=self.where(number), reason="the line isn't a JSON object")


@contextmanager
def open_csv(found: FoundFile, delimiter: Delimiter = "comma") -> Generator[CsvTable]:
    """
    Open a CSV file, its column names read.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, is empty or is something else.
    """
    with open_lines(found) as lines:
        yield CsvTable(found, lines, delimiter)


@contextmanager
def open_table(
    found: FoundFile, form: FileFormat | None = None, delimiter: Delimiter = "comma"
) -> Generator[Table]:
    """
    Open a file as what it is said to be, or else as what its ending says.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, is empty or is something else.
    """
    form = form or FORMATS.get(found.path.suffix.lower())
    if form is None:
        raise RetrievalError(
            f"{found.name}: its ending doesn't say what it is. "
            'Say format = "csv" or format = "jsonl".'
        )
    with open_lines(found) as lines:
        yield CsvTable(found, lines, delimiter) if form == "csv" else JsonTable(found, lines)


def _is_binary(cells: list[str]) -> bool:
    return any("\0" in cell or any("\udc80" <= sign <= "\udcff" for sign in cell) for cell in cells)
