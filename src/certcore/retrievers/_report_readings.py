"""
How the columns of Open edX's two reports are read.
"""

from __future__ import annotations

from collections.abc import Mapping

from certcore.ports import FileReading
from certcore.retrievers._openedx_columns import grade_columns
from certcore.retrievers._readings import reading, sample
from certcore.retrievers._tables import CsvTable


_PEOPLE = {
    "username": ("id, username", ""),
    "name": ("name", ""),
    "email": ("email", ""),
    "language": ("language", ""),
}
_LEARNERS = {
    "Username": ("id, username", ""),
    "Email": ("email", ""),
    "Enrollment Status": ("whether enrolled", ""),
}


def grades_reading(table: CsvTable, course: str, lesson: str | None) -> FileReading:
    """
    Say how a grade report is read.

    Raises:
        certcore.exceptions.RetrievalError:
            If it doesn't have the lesson.
    """
    of = "" if lesson is None else f" of {course}"
    uses = _positions(table, _LEARNERS)
    for name, position in grade_columns(table, lesson).items():
        uses[position] = (f"grade {name!r}{of}", "fraction")
    return _reading(table, "a grade report of Open edX", uses)


def people_reading(table: CsvTable) -> FileReading:
    """
    Say how a profile report is read.
    """
    return _reading(table, "a profile report of Open edX", _positions(table, _PEOPLE))


def _positions(table: CsvTable, uses: Mapping[str, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    return {
        table.columns.index(title): use for title, use in uses.items() if title in table.columns
    }


def _reading(table: CsvTable, kind: str, uses: Mapping[int, tuple[str, str]]) -> FileReading:
    said = [
        (title, uses.get(position, ("", "not needed")))
        for position, title in enumerate(table.columns)
    ]
    rows = sample(table.rows_at(range(len(table.columns))))
    return reading(table, kind, said, rows, ())
