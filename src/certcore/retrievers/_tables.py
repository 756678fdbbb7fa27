"""
Tables in files, row by row: CSV, and a JSON object in each line.
"""

from __future__ import annotations

import csv
import json

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, cast

from certcore.config import near
from certcore.domain import Skipped
from certcore.exceptions import RetrievalError
from certcore.retrievers._lines import Lines
from certcore.retrievers._paths import FoundFile, listed
from certcore.retrievers._separators import DELIMITERS, Delimiter, separator_line, separator_of


_LONGEST_ROW = 100
"""Lines. A row that can't be read and goes on for longer has swallowed others."""

_TOO_LONG = "field larger"
_CELL = f"{csv.field_size_limit():,}"

_PLURALS: Mapping[str, str] = {
    "comma": "commas",
    "semicolon": "semicolons",
    "tab": "tabs",
    "pipe": "pipes",
}

_MANY_FIELDS = 1000
"""How many names of fields are kept for a message."""


class Row(NamedTuple):
    """
    Some cells of a row.
    """

    line: int
    """The number of its first line in the file, as an editor counts."""
    values: tuple[Any, ...]


# without the detour by keyword arguments: there may be a million
_row: Callable[[tuple[int, tuple[Any, ...]]], Row] = partial(cast("Any", tuple).__new__, Row)


class Table(ABC):
    """
    A file that is being read.
    """

    columns: tuple[str, ...] = ()
    """As the file calls them; of JSON lines, what the first of them has."""
    form: str = ""
    """How it is read, in words: its encoding, what separates its cells."""
    guess: str = ""
    """What of that was guessed, and may be wrong."""

    def __init__(self, found: FoundFile) -> None:
        self.name = found.name

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


class Grid(Table):
    """
    Rows of cells, the names of the columns in the first of them.
    """

    def rows(self, names: Sequence[str]) -> Iterator[Row | Skipped]:
        return self.rows_at([self._position(name) for name in names])

    @abstractmethod
    def rows_at(self, positions: Sequence[int]) -> Iterator[Row | Skipped]:
        """
        Give the cells at those positions, which count from 0, of all rows, once.
        """

    def _position(self, name: str) -> int:
        count = self.columns.count(name)
        if count == 0:
            raise self._missing(name, self.columns)
        if count > 1:
            raise RetrievalError(f"{self.name} has {count} columns {name!r}")
        return self.columns.index(name)


class CsvTable(Grid):
    """
    Cells between delimiters.
    """

    def __init__(self, found: FoundFile, lines: Lines, delimiter: Delimiter = "detect") -> None:
        super().__init__(found)
        self._lines = lines
        if delimiter == "detect":
            sign = separator_of(lines.sample, self.name)
        else:
            sign = DELIMITERS[delimiter]
        if separator_line(lines.sample.text):
            next(lines)
        self._reader = csv.reader(lines, delimiter=sign, strict=True)
        first = next(self._records(), None)
        if first is None:
            raise RetrievalError(f"{self.name} is empty: not even the names of columns are there")
        if isinstance(first, Skipped) or _is_binary(first[1]):
            raise RetrievalError(
                f"{self.name} isn't a CSV file in {lines.encoding.said}. Export it again as CSV."
            )
        self.columns = tuple(cell.strip() for cell in first[1])
        if len(self.columns) == 1:
            for other, another in DELIMITERS.items():
                if another in self.columns[0]:
                    raise RetrievalError(
                        f'{self.name} has only one column, which is odd. Say delimiter = "{other}".'
                    )
        word = next(word for word, each in DELIMITERS.items() if each == sign)
        self.form = f"{lines.encoding.said}, separated by {_PLURALS[word]}"
        self.guess = lines.encoding.warning

    def rows_at(self, positions: Sequence[int]) -> Iterator[Row | Skipped]:
        yield from self._records(_picker(positions), width=len(self.columns))
        self._lines.settle()

    def _records(
        self, pick: Callable[[list[str]], tuple[str, ...]] = tuple, *, width: int | None = None
    ) -> Iterator[Row | Skipped]:
        lines, reader = self._lines, self._reader
        while True:
            line = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                if self._lines.ended or self._lines.number - line > _LONGEST_ROW:
                    raise RetrievalError(
                        f"{self.where(line)}: a quotation mark is opened there and never closed"
                    ) from exc
                too_long = _TOO_LONG in str(exc)
                if too_long and self._lines.number > line:
                    # where the cell ends isn't known: what stands in it mustn't pass for rows
                    raise RetrievalError(
                        f"{self.where(line)}: a cell of more than {_CELL} characters"
                    ) from exc
                reason = (
                    f"a cell has more than {_CELL} characters: is a quote missing?"
                    if too_long
                    else f"the row can't be read: {exc}"
                )
                yield Skipped(where=self.where(line), reason=reason)
                continue
            if lines.cut >= line:
                yield Skipped(where=self.where(line), reason="the line is too long")
            elif not any(cells):
                continue  # spreadsheets leave rows of empty cells
            elif width is not None and len(cells) != width:
                reason = f"{len(cells)} cells, {width} are wanted"
                yield Skipped(where=self.where(line), reason=reason)
            else:
                yield _row((line, pick(cells)))


class JsonTable(Table):
    """
    An object in each line; what it doesn't have is unknown.
    """

    def __init__(self, found: FoundFile, lines: Lines) -> None:
        super().__init__(found)
        self._lines = lines
        self.form = f"{lines.encoding.said}, a JSON object in each line"
        self.guess = lines.encoding.warning
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
            if self._lines.cut == number:
                yield Skipped(where=self.where(number), reason="the line is too long")
                continue
            try:
                read = json.loads(line)
            except (ValueError, RecursionError):
                read = None
            if isinstance(read, dict):
                yield number, cast("dict[str, Any]", read)
            else:
                yield Skipped(where=self.where(number), reason="the line isn't a JSON object")


def _picker(positions: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(positions) > 1:
        return itemgetter(*positions)
    # which would give the cell itself
    return lambda cells: tuple(cells[position] for position in positions)


def _is_binary(cells: Sequence[str]) -> bool:
    return any("\0" in cell or any("\udc80" <= sign <= "\udcff" for sign in cell) for cell in cells)
