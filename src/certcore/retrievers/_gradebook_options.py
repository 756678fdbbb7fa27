"""
What can be said about gradebooks that an instructor exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import Attribute, frozen

from certcore.config import option
from certcore.retrievers._encoding import EncodingName
from certcore.retrievers._options import Decimal, FileFormat, pattern, shared_pattern
from certcore.retrievers._separators import Delimiter


GradebookKind: TypeAlias = Literal[
    "openedx-grade-report",
    "openedx-problem-grade-report",
    "moodle-grader",
    "moodle-course-completion",
    "moodle-activity-completion",
    "canvas-gradebook",
]
NameOrder: TypeAlias = Literal["first-last", "last-first"]


def _positive(
    instance: object, attribute: Attribute[Mapping[str, float]], value: Mapping[str, float]
) -> None:
    del instance, attribute
    for name, points in value.items():
        if points <= 0:
            raise ValueError(f"{name}: a number of points above 0 is wanted")


@frozen(kw_only=True)
class GradebookOptions:
    """
    A gradebook or a completion report, as an instructor exports it from Open edX, Moodle or Canvas.

    It is recognised by its headers, which have to be English in Moodle's. `certcore evaluate NAME
    --explain-columns` says what is made of each column. The file is found as `files` finds it; of
    several, the newest is taken, by the date in its name or else by when it was written.
    """

    path: str = option("The export, within the folder: {key}_*.csv.", validator=pattern)
    folder: str = option("Where the exports are, seen from the project's folder.", default=".")
    kind: GradebookKind | None = option(
        "What kind of export it is: any other is refused. Recognised, if not given.", default=None
    )
    id: str | None = option(
        'The column of ids, chosen for ever: Moodle\'s gradebook needs it, "ID number" or "Email '
        "address\". The others have the id that their platform's API gives.",
        default=None,
    )
    points: Mapping[str, float] = option(
        'How many points there are to get, where the export doesn\'t say: { "Quiz: Cells" = 20 }.',
        factory=dict[str, float],
        validator=_positive,
    )
    name_order: NameOrder = option(
        "How a name is put together from its parts: Ada Lovelace, or Lovelace Ada.",
        default="first-last",
    )
    people: str | None = option(
        "The profile report with the names, which Open edX's grade reports don't have: "
        "{org}_{course}_{run}_student_profile_info_*.csv.",
        default=None,
        validator=pattern,
    )
    format: FileFormat | None = option(
        "csv, or spreadsheet (.xlsx, .ods). As the file's ending says, if not given.", default=None
    )
    encoding: EncodingName = option(
        "What a CSV file is written in. Detected: UTF-8, UTF-16 with a mark, else cp1252.",
        default="detect",
    )
    delimiter: Delimiter = option(
        "What separates the cells of a CSV file. Detected from its first rows.", default="detect"
    )
    decimal: Decimal = option(
        "What a number's decimals begin with. A comma, if Excel has saved the file once more in a "
        "country that writes one; what Canvas itself writes is understood either way.",
        default="point",
    )
    sheet: str | None = option("The sheet of a spreadsheet; else its first.", default=None)


@frozen(kw_only=True)
class GradebookContext:
    """
    What is different for one course, lesson or step of a pathway.
    """

    path: str | None = option(
        "Its own export, within the source's folder.", default=None, validator=shared_pattern
    )
    grade: str | None = option(
        "The grade that is taken for Total: Quiz: Cells. A lesson needs it.", default=None
    )
