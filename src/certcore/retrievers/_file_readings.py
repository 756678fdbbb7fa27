"""
How the columns of a file are read that were named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from certcore.ports import FileReading
from certcore.retrievers import _cells as cells
from certcore.retrievers._file_rows import Part
from certcore.retrievers._options import FileOptions
from certcore.retrievers._readings import reading, sample
from certcore.retrievers._tables import Table


def file_reading(table: Table, options: FileOptions, parts: Sequence[Part]) -> FileReading:
    """
    Say how a file is read; it is read up to some of its rows.
    """
    uses = dict(_uses(options, parts))
    titles = list(dict.fromkeys([*table.columns, *uses]))
    wanted = [title for title in titles if title in uses or table.columns.count(title) == 1]
    rows = sample(table.rows(wanted))
    said = [(title, uses.get(title, ("", "not named in the configuration"))) for title in wanted]
    notes = suspicions(wanted, rows, options, parts)
    return reading(table, "columns as configured", said, rows, notes)


def suspicions(
    titles: Sequence[str],
    rows: Sequence[Sequence[Any]],
    options: FileOptions,
    parts: Sequence[Part],
) -> Iterator[str]:
    """
    Tell of columns that are said to be percent and look like fractions.
    """
    if options.scale != "percent":
        return
    columns = options.columns
    parted = {columns.completion, *columns.grades.values(), *(part.column for part in parts)}
    for position, title in enumerate(titles):
        if title not in parted:
            continue
        found = [_number(row[position], options) for row in rows]
        numbers = [number for number in found if number is not None]
        if numbers and max(numbers) <= 1 and any(0 < number < 1 for number in numbers):
            yield (
                f"No number in column {title!r} is above 1, and it is read as percent: 1 is 1 %. "
                'If 1 is all of it, say scale = "fraction".'
            )


def _number(cell: Any, options: FileOptions) -> float | None:
    try:
        return cells.number(cell if options.decimal == "point" else cells.pointed(cell))
    except ValueError:  # marked as percent, or no number at all
        return None


def _uses(options: FileOptions, parts: Sequence[Part]) -> Iterator[tuple[str, tuple[str, str]]]:
    columns = options.columns
    uses: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    texts = {
        columns.id: "id, an e-mail address" if options.email_ids else "id",
        columns.name: "name",
        columns.email: "email",
        columns.language: "language",
        columns.username: "username",
        columns.step: "the course it is about",
        columns.lesson: "the lesson it is about",
    }
    for title, use in texts.items():
        if title is not None:
            uses.setdefault(title, []).append(use)
    if columns.earned_at is not None:
        uses.setdefault(columns.earned_at, []).append("when it was earned")
        notes[columns.earned_at] = f"{options.time_zone}, unless it says another offset"
    with_comma = "" if options.decimal == "point" else ", with a decimal comma"
    measures = {f"grade {name!r}": title for name, title in columns.grades.items()}
    for part in parts:
        if part.column is not None:
            measures[f"grade 'Total' of {part.key}"] = part.column
    if columns.completion is not None:
        measures["completion"] = columns.completion
    for use, title in measures.items():
        uses.setdefault(title, []).append(use)
        notes[title] = options.scale + with_comma
    for name, title in columns.facts.items():
        uses.setdefault(title, []).append(f"fact {name!r}")
        notes.setdefault(title, with_comma.removeprefix(", "))
    for title, each in uses.items():
        yield title, (", ".join(each), notes.get(title, ""))
