"""
How the columns of a file are read, said to people: titles, uses and how much there is, no contents.
"""

from __future__ import annotations

import itertools

from collections.abc import Iterable, Sequence
from typing import Any

from certcore.domain import Skipped
from certcore.ports import ColumnReading, FileReading
from certcore.retrievers._tables import Row, Table


_SAMPLE = 1000
"""Rows that are looked at."""


def sample(rows: Iterable[Row | Skipped]) -> list[tuple[Any, ...]]:
    """
    Give the cells of some rows; those that can't be read are passed over.
    """
    return [row.values for row in itertools.islice(rows, _SAMPLE) if isinstance(row, Row)]


def reading(
    table: Table,
    kind: str,
    uses: Iterable[tuple[str, tuple[str, str]]],
    rows: Sequence[tuple[Any, ...]],
    notes: Iterable[str],
) -> FileReading:
    """
    Put together what is said of a file.

    Args:
        kind: What it was taken for.

        uses: The title of each column, what it is read as, and its unit or why it isn't read.

        rows: Some rows, of which the filled cells are counted.
    """
    columns: list[ColumnReading] = []
    for position, (title, (use, note)) in enumerate(uses):
        filled = sum(row[position] is not None and row[position] != "" for row in rows)
        columns.append(ColumnReading(title=title, use=use, note=note, filled=filled))
    guess = [f"{table.name} {table.guess}."] if table.guess else []
    return FileReading(
        file=table.name,
        kind=kind,
        form=table.form,
        rows=len(rows),
        columns=tuple(columns),
        notes=(*guess, *notes),
    )
