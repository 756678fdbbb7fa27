"""
Canvas's gradebook export.

As it is written in Canvas, lib/gradebook_exporter.rb and lib/csv_with_i18n.rb (2025-26): `Student`
is "Last, First", or `LastName` and `FirstName` where names are split; ID is the user id that the
API gives; e-mail addresses aren't in it. Below the titles there may be a row `Manual Posting`, and
there is one that begins with `Points Possible`: the points of each assignment, and `(read only)`,
in the user's language, for what Canvas works out. Assignments are called `Title (id)` and are in
points; scores are percent. The final score counts what is missing as nothing, the current one
leaves it out, and unposted ones are seen by graders only. `EX` is excused, `N/A` not assigned. The
comma of a number is a decimal one, for Canvas writes none between thousands. A name that begins
with = is written ="…". The last row may be the test student.
"""

from __future__ import annotations

import re

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from certcore.exceptions import RetrievalError
from certcore.retrievers import _cells as cells
from certcore.retrievers._exports import Export, Kind, joined, only
from certcore.retrievers._gradebook_options import GradebookOptions, NameOrder


_ASSIGNMENT = re.compile(r"(?P<title>.+) \((?P<id>[0-9]+)\)")
_PERIOD = re.compile(r"(?P<title>.*?)(?P<period> \([^()]*\))?")
_HEADERS = 3
"""Rows within which the points possible are found."""
_NOT_GIVEN = {"EX", "N/A"}
_QUOTED = re.compile(r'="(?P<name>.*)"')
_FINAL = "Final Score"


def _is_gradebook(columns: Sequence[str]) -> bool:
    there = set(columns)
    named = "Student" in there or {"LastName", "FirstName"} <= there
    return named and {"ID", "Section"} <= there


def _fill(export: Export, options: GradebookOptions) -> None:
    columns = export.header.columns
    possible = _points_possible(export)
    _fill_people(export, options)
    named = [_ASSIGNMENT.fullmatch(title) for title in columns]
    often = Counter(each["title"] for each in named if each)
    for position, (title, assignment) in enumerate(zip(columns, named, strict=True)):
        if position in export.uses:
            continue
        most = _number(possible[position]) if assignment else None
        if assignment is None or most is None:
            _fill_score(export, position, title)
        elif most <= 0:
            export.pass_over(position, "worth no points")
        else:
            name = assignment["title"] if often[assignment["title"]] == 1 else title
            export.grade(name, [position], partial(_of, most), f"points of {most:g}")
    export.named_id(options, email="")


def _points_possible(export: Export) -> tuple[Any, ...]:
    for number, row in enumerate(export.header.rows[:_HEADERS], start=1):
        if isinstance(row[0], str) and "Points Possible" in row[0]:
            export.preamble = number
            return row
    raise RetrievalError(
        f"{export.header.file} has no row Points Possible below its titles: nobody can tell how "
        "many points there are to get. Export the gradebook again and leave it as it is."
    )


def _fill_people(export: Export, options: GradebookOptions) -> None:
    header = export.header
    export.id = export.use(only(header, "ID"), "id")
    order = options.name_order
    if "Student" in header.columns:
        export.name = (export.use(only(header, "Student"), "name", "Last, First"),)
        export.compose = partial(_turned, order)
    else:
        first = export.use(only(header, "FirstName"), "name", "first name")
        last = export.use(only(header, "LastName"), "name", "last name")
        export.name = (first, last) if order == "first-last" else (last, first)
        export.compose = _joined
    export.nobody = "Test Student" if order == "first-last" else "Student Test"
    for position, title in enumerate(header.columns):
        if title == "SIS Login ID":
            export.username = export.use(position, "username")
        elif title in {"SIS User ID", "Integration ID", "Root Account", "Section"}:
            export.pass_over(position, "not needed")


def _fill_score(export: Export, position: int, title: str) -> None:
    columns = export.header.columns
    parts = _PERIOD.fullmatch(title)
    assert parts is not None  # noqa: S101  # any title is one
    what, period = parts["title"], parts["period"] or ""
    if what == _FINAL:
        positions = [position]
        override = f"Override Score{period}"
        if override in columns:
            positions.append(columns.index(override))
        unit = "percent; what is missing counts as nothing, what a teacher has set counts first"
        export.grade(f"Total{period}", positions, _final, unit)
    elif what.endswith(f" {_FINAL}") and not what.endswith(f"Unposted {_FINAL}"):
        name = f"{what.removesuffix(f' {_FINAL}')}{period}"
        export.grade(name, [position], partial(_of, 100), "percent")
    elif what.endswith(f"Unposted {_FINAL}"):
        export.pass_over(position, "seen by graders only until it is posted")
    elif what.endswith("Score"):
        export.pass_over(position, "leaves out what isn't graded yet")
    elif what.endswith(("Points", "Grade")):
        export.pass_over(position, "the final score is read")
    else:
        export.pass_over(position, "a column of the course's own")


def _turned(order: NameOrder, cell: Any) -> str:
    """
    Turn "Last, First" into what a certificate shows.
    """
    said = _joined(cell)
    last, *more = (each.strip() for each in said.split(","))
    if len(more) > 1:
        raise ValueError(
            "a name with two commas, and nobody knows which part comes first. Let Canvas split "
            "the names (View, Split Student Names) and export again"
        )
    return " ".join([*more, last] if order == "first-last" else [last, *more])


def _joined(*parts: Any) -> str:
    return joined(*(_QUOTED.sub(r"\g<name>", cells.text(each)) for each in parts))


def _final(score: Any, override: Any = None) -> float | None:
    set_by_hand = _of(100, override)
    return _of(100, score) if set_by_hand is None else set_by_hand


def _of(most: float, cell: Any) -> float | None:
    said = cell.strip() if isinstance(cell, str) else cell
    if said in _NOT_GIVEN:
        return None
    return cells.part(said.replace(",", ".") if isinstance(said, str) else said, most)


def _number(cell: Any) -> float | None:
    try:
        return cells.number(cell.replace(",", ".") if isinstance(cell, str) else cell)
    except ValueError:
        return None


KINDS: Mapping[str, Kind] = {
    "canvas-gradebook": Kind(
        key="canvas-gradebook",
        platform="Canvas",
        words="a gradebook export of Canvas",
        fits=_is_gradebook,
        fill=_fill,
    )
}
