"""
The two grade reports of Open edX's instructor dashboard.

As they are written in Open edX, lms/djangoapps/instructor_task/tasks_helper/grades.py (main of
2026): grades are fractions; "Not Attempted" stands for what the platform counts as nothing, "Not
Available" for a problem that the learner doesn't have; the problem report has for each problem what
was earned and what was possible. Neither has names. Username is what the API gives as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from certcore.retrievers import _cells as cells
from certcore.retrievers._exports import Export, Kind, only
from certcore.retrievers._gradebook_options import GradebookOptions
from certcore.retrievers._openedx_columns import ENROLLED, GRADES, WORDS, titles_of


_EARNED, _POSSIBLE = " (Earned)", " (Possible)"
_PROBLEMS = ("Student ID", "Email", "Username", "Enrollment Status", "Grade")


def _is_grades(columns: Sequence[str]) -> bool:
    return set(GRADES) <= set(columns) and not _is_problems(columns)


def _is_problems(columns: Sequence[str]) -> bool:
    return tuple(columns[: len(_PROBLEMS)]) == _PROBLEMS


def _fill_grades(export: Export, options: GradebookOptions) -> None:
    _fill_people(export, options)
    for name, position in titles_of(export.header.columns).items():
        export.grade(name, [position], worded, "fraction")


def _fill_problems(export: Export, options: GradebookOptions) -> None:
    _fill_people(export, options)
    columns = export.header.columns
    for position, title in enumerate(columns):
        if title == "Grade":
            export.grade("Total", [position], worded, "fraction")
        elif title.endswith(_EARNED):
            name = title.removesuffix(_EARNED)
            # two problems of one name have two columns of each: the one beside it is meant
            if columns[position + 1 : position + 2] != (f"{name}{_POSSIBLE}",):
                export.pass_over(position, "without the number of possible points")
                continue
            pair = [position, position + 1]
            export.grade(name, pair, _earned, "points, of those in the column (Possible)")


def _fill_people(export: Export, options: GradebookOptions) -> None:
    header = export.header
    export.id = export.username = export.use(only(header, "Username"), "id, username")
    export.email = export.use(only(header, "Email"), "email")
    export.status = export.use(only(header, "Enrollment Status"), "whether enrolled")
    export.enrolled = _enrolled
    export.pass_over(only(header, "Student ID"), "a number that the API doesn't give")
    export.named_id(options, email="Email")


def _enrolled(cell: Any) -> bool:
    said = cells.text(cell)
    if said not in ENROLLED:
        raise ValueError("column 'Enrollment Status': enrolled or unenrolled is wanted")
    return ENROLLED[said]


def worded(cell: Any) -> float | None:
    """
    Give a fraction, which may be said in words.
    """
    said = cell.strip() if isinstance(cell, str) else cell
    return WORDS[said] if said in WORDS else cells.fraction(said, "fraction")


def _earned(earned: Any, possible: Any) -> float | None:
    whole = None if possible in WORDS else cells.number(possible)
    if not whole:  # nothing to get: no part of it is known
        return None
    if whole < 0:
        raise ValueError("less than no points are possible")
    return WORDS[earned] if earned in WORDS else cells.part(earned, whole)


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="openedx-grade-report",
            platform="Open edX",
            words="a grade report of Open edX",
            fits=_is_grades,
            fill=_fill_grades,
        ),
        Kind(
            key="openedx-problem-grade-report",
            platform="Open edX",
            words="a problem grade report of Open edX",
            fits=_is_problems,
            fill=_fill_problems,
        ),
    )
}
