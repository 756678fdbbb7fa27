"""
The two reports of Open edX: what they are recognised by, and where the grades are.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from certcore.config import near
from certcore.domain import Skipped
from certcore.exceptions import RetrievalError
from certcore.retrievers._opening import open_csv
from certcore.retrievers._paths import FoundFile, listed
from certcore.retrievers._tables import CsvTable, Row


GRADES = ("Student ID", "Email", "Username", "Grade", "Enrollment Track", "Enrollment Status")
_PEOPLE = ("id", "username", "name")
"""What each report is recognised by."""

ENROLLED = {"enrolled": True, "unenrolled": False}

WORDS: Mapping[str, float | None] = {"Not Attempted": 0.0, "Not Available": None}
"""What stands for a grade: the platform counts what wasn't attempted as nothing."""

_AFTER_GRADES = ("Cohort Name", "Experiment Group (", "Team Name", "Enrollment Track")
"""How the first column behind the grades may begin."""

_AVERAGE = " (Avg)"


def grade_columns(table: CsvTable, lesson: str | None) -> dict[str, int]:
    """
    Give the position of each grade by its name, as the platform shows it, or of a lesson's alone.
    """
    if lesson is None:
        return titles_of(table.columns)
    titles = _titles(table.columns)
    return {"Total": titles[_lesson(lesson, list(titles), table.name)]}


def titles_of(columns: Sequence[str]) -> dict[str, int]:
    """
    Give the position of each grade by its name, as the platform shows it.
    """
    titles = _titles(columns)
    averages = {
        title.removesuffix(_AVERAGE): position
        for title, position in titles.items()
        if title.endswith(_AVERAGE)
    }
    single = {title: at for title, at in titles.items() if not title.endswith(_AVERAGE)}
    return {**single, **averages, "Total": columns.index("Grade")}


def _titles(columns: Sequence[str]) -> dict[str, int]:
    start = columns.index("Grade")
    ends = (
        position
        for position, name in enumerate(columns)
        if position > start and name.startswith(_AFTER_GRADES)
    )
    behind = next(ends, len(columns))
    return {columns[position]: position for position in range(start + 1, behind)}


def _lesson(wanted: str, titles: Sequence[str], file: str) -> str:
    exact = [title for title in titles if title == wanted]
    before_colon = [title for title in titles if title.startswith(f"{wanted}:")]
    beginning = [title for title in titles if title.startswith(wanted)]
    found = exact or before_colon or beginning
    if len(found) == 1:
        return found[0]
    if found:
        raise RetrievalError(
            f"{file}: {wanted!r} may be each of {listed(found)}. Say lesson = with the whole title."
        )
    hint = near(wanted, titles)
    raise RetrievalError(
        f"{file} has no column for the lesson {wanted!r}. {hint}{' ' if hint else ''}"
        f"It has: {listed(titles)}."
    )


@contextmanager
def grade_report(found: FoundFile) -> Generator[CsvTable]:
    """
    Open a grade report. Raises RetrievalError if it is none.
    """
    with open_csv(found) as table:
        _recognise(table, "grade report", GRADES)
        yield table


@contextmanager
def profile_report(found: FoundFile) -> Generator[CsvTable]:
    """
    Open a report of profile information. Raises RetrievalError if it is none.
    """
    with open_csv(found) as table:
        _recognise(table, "profile report", _PEOPLE)
        yield table


def _recognise(table: CsvTable, wanted: str, columns: Sequence[str]) -> None:
    if set(columns) <= set(table.columns):
        return
    raise RetrievalError(
        f"{table.name} isn't a {wanted} of Open edX. It has the columns {listed(table.columns)}; "
        f"wanted are {', '.join(columns)}."
    )


def first_row(table: CsvTable) -> Row | Skipped | None:
    """
    Look whether there is anybody in a report.
    """
    return next(table.rows_at([0]), None)
