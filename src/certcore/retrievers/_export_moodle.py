"""
Moodle's grade export, as a text file, an Excel or an OpenDocument spreadsheet.

As it is written in Moodle 3.x to 5.1, grade/export/lib.php and grade/export/{txt,xls,ods}: profile
fields as the site has chosen them (usually first and last name, ID number, institution, department,
e-mail address; never the user id), whether the enrolment is suspended, then for each item of the
gradebook and each way to show it a column such as `Quiz: Cells (Real)`, and when it was exported.
Numbers have a point in every language, percentages a percent sign, and what isn't graded is `-`.
Moodle before 2.8 doesn't say in which way it shows a grade. Titles are in the language of whoever
exports; these are the English ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from certcore.retrievers import _cells as cells
from certcore.retrievers._exports import Export, Kind
from certcore.retrievers._gradebook_options import GradebookOptions


EMAIL = "Email address"

_FIRST, _LAST = "First name", ("Last name", "Surname")
_PROFILE = {"ID number", "Institution", "Department", EMAIL, "Username"}
_EXPORTED = "Last downloaded from this course"
_TOTAL = "Course total"
_NOT_GRADED = "-"


def _is_grader(columns: Sequence[str]) -> bool:
    there = set(columns)
    return (
        _FIRST in there
        and not there.isdisjoint(_LAST)
        and not there.isdisjoint(_PROFILE)
        and (_EXPORTED in there or any(_way(title)[1] for title in columns))
    )


def _fill(export: Export, options: GradebookOptions) -> None:
    columns = export.header.columns
    by_name: dict[str, dict[str, list[int]]] = {}
    for position, title in enumerate(columns):
        if title == _FIRST or title in _LAST or title in _PROFILE:
            _fill_profile(export, position, title)
        elif title == "Suspended":
            export.status = export.use(position, "whether enrolled", "Yes: not any more")
            export.enrolled = _enrolled
        elif title == _EXPORTED:
            export.pass_over(position, "when it was exported")
        else:
            name, way = _way(title)
            by_name.setdefault(name, {}).setdefault(way, []).append(position)
    parts = [columns.index(_FIRST), *(columns.index(each) for each in _LAST if each in columns)]
    export.name = tuple(parts if options.name_order == "first-last" else reversed(parts))
    export.named_id(options, email=EMAIL)
    for name, ways in by_name.items():
        if export.id in ways.get("", []):  # a profile field of the site's own
            continue
        _fill_grade(export, name, ways, options)


def _fill_profile(export: Export, position: int, title: str) -> None:
    if title == EMAIL:
        export.email = export.use(position, "email")
    elif title == "Username":
        export.username = export.use(position, "username")
    elif title in {"ID number", "Institution", "Department"}:
        export.pass_over(position, "not needed")
    else:
        export.use(position, "name", "first name" if title == _FIRST else "last name")


def _fill_grade(
    export: Export, name: str, ways: Mapping[str, Sequence[int]], options: GradebookOptions
) -> None:
    called = "Total" if name == _TOTAL else name
    for way, positions in ways.items():
        for position in positions:
            if way == "Percentage":
                export.grade(called, [position], percent, "percent")
            elif way == "Real" and "Percentage" in ways:
                export.pass_over(position, "its percentage is read")
            elif way == "Real" or (called in options.points and not way):
                export.points(
                    called, position, options.points.get(called), _points(options, called)
                )
            elif way:
                export.pass_over(position, f"{way.lower()}: no number")
            else:
                export.pass_over(position, "a profile field, or a grade in an unknown unit")


def _way(title: str) -> tuple[str, str]:
    """
    Take apart what a column is about, and how it shows it.
    """
    for way in ("Real", "Percentage", "Letter", "Feedback"):
        if title.endswith(f" ({way})"):
            return title.removesuffix(f" ({way})"), way
    return title, ""


def _enrolled(cell: Any) -> bool:
    return not cells.text(cell)


def percent(cell: Any) -> float | None:
    """
    Give a percentage, which has to say that it is one: a spreadsheet may have made 0.85 of it.
    """
    said = cell.strip() if isinstance(cell, str) else cell
    if said in {_NOT_GRADED, "", None}:
        return None
    if not isinstance(said, str) or not said.endswith("%"):
        raise ValueError("a percent sign is wanted, without it nobody can tell 1 from 0.01")
    return cells.fraction(said, "percent")


def _points(options: GradebookOptions, name: str) -> partial[float | None]:
    return partial(_of_points, options.points.get(name, 1))


def _of_points(most: float, cell: Any) -> float | None:
    said = cell.strip() if isinstance(cell, str) else cell
    return None if said == _NOT_GRADED else cells.part(said, most)


KINDS: Mapping[str, Kind] = {
    "moodle-grader": Kind(
        key="moodle-grader",
        platform="Moodle",
        words="a grade export of Moodle",
        fits=_is_grader,
        fill=_fill,
    )
}
