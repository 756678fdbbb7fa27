"""
Moodle's two reports of completion, as CSV for spreadsheets or as UTF-8.

As they are written in Moodle 3.x to 5.1. Course completion, report/completion/index.php: ID, which
is the user id that the API gives, Name, identity fields as the site shows them, for each activity
its state and a column `… - Completion date`, for each other criterion when it was met, and in the
end `Course complete`, when all was. Dates are in the language of whoever exports: only whether
there is one is read.

Activity completion, report/progress/index.php: names in a column without a title, identity fields,
then for each activity its state and when that changed, the title of which is the day by which it is
expected, or empty. It has no user ids. Its variant for Excel is UTF-16 with tabs.
"""

from __future__ import annotations

import re

from collections.abc import Mapping, Sequence
from typing import Any

from certcore.retrievers import _cells as cells
from certcore.retrievers._export_moodle import EMAIL
from certcore.retrievers._exports import Export, Kind, Measure
from certcore.retrievers._gradebook_options import GradebookOptions


_DATE = " - Completion date"
_COMPLETE = "Course complete"
_IDENTITY = {"Username", "ID number", EMAIL, "Phone", "Mobile phone", "Department", "Institution"}
_EXPECTED = re.compile(r"|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def _is_course(columns: Sequence[str]) -> bool:
    return tuple(columns[:2]) == ("ID", "Name") and columns[-1] == _COMPLETE


def _is_activities(columns: Sequence[str]) -> bool:
    first = _first_activity(columns)
    pairs = columns[first:]
    return (
        columns[0] == ""
        and len(pairs) > 0
        and len(pairs) % 2 == 0
        and all(map(_EXPECTED.fullmatch, pairs[1::2]))
    )


def _first_activity(columns: Sequence[str]) -> int:
    return next((at for at, title in enumerate(columns) if at and title not in _IDENTITY), 1)


def _fill_course(export: Export, options: GradebookOptions) -> None:
    columns = export.header.columns
    export.id = export.use(0, "id")
    export.name = (export.use(1, "name"),)
    first = _fill_identity(export, 2)
    criteria: list[int] = []
    for position in range(first, len(columns) - 1):
        title = columns[position]
        if f"{title}{_DATE}" == columns[position + 1]:
            export.pass_over(position, "the date beside it is read")
        else:
            criteria.append(export.use(position, "completion", "met where there is a date"))
    complete = export.use(len(columns) - 1, "completion", "all of it where there is a date")
    export.completion = Measure((complete, *criteria), _dated)
    export.named_id(options, email=EMAIL)


def _fill_activities(export: Export, options: GradebookOptions) -> None:
    columns = export.header.columns
    export.name = (export.use(0, "name"),)
    first = _fill_identity(export, 1)
    states = [
        export.use(position, "completion", "an activity, completed or not")
        for position in range(first, len(columns), 2)
    ]
    for position in states:
        export.pass_over(position + 1, "when the state of the activity changed")
    export.completion = Measure(tuple(states), _stated)
    export.named_id(options, email=EMAIL)


def _fill_identity(export: Export, start: int) -> int:
    columns = export.header.columns
    position = start
    while position < len(columns) and columns[position] in _IDENTITY:
        if columns[position] == EMAIL:
            export.email = export.use(position, "email")
        elif columns[position] == "Username":
            export.username = export.use(position, "username")
        position += 1
    return position


def _dated(complete: Any, *criteria: Any) -> float:
    if cells.text(complete):
        return 1.0
    met = sum(bool(cells.text(each)) for each in criteria)
    return met / len(criteria) if criteria else 0.0


def _stated(*states: Any) -> float:
    return sum(map(_is_completed, states)) / len(states)


def _is_completed(state: Any) -> bool:
    said = cells.text(state)
    if said.startswith("Not completed"):
        return False
    if not said.startswith("Completed"):
        raise ValueError("Completed or Not completed is wanted: have it exported in English")
    return True


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            key="moodle-course-completion",
            platform="Moodle",
            words="a course completion report of Moodle",
            fits=_is_course,
            fill=_fill_course,
        ),
        Kind(
            key="moodle-activity-completion",
            platform="Moodle",
            words="an activity completion report of Moodle",
            fits=_is_activities,
            fill=_fill_activities,
        ),
    )
}
