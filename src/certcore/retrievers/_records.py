"""
What a row of a file says, and the files that rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from attrs import frozen

from certcore.domain import Skipped


class Record(NamedTuple):
    """
    What a row says of a learner in one course.

    A tuple of plain values: there may be a million of them, which wait in a file.
    """

    id: str
    course: str
    line: int
    name: str = ""
    email: str = ""
    language: str = ""
    username: str = ""
    enrolled: bool | None = None
    completion: float | None = None
    grades: Mapping[str, float] = {}
    facts: Mapping[str, float] = {}
    earned_at: str | None = None
    """As ISO 8601 has it, with an offset."""


@frozen(kw_only=True)
class Broken:
    """
    A row that can't be used. Whose it is may be known all the same.
    """

    skipped: Skipped
    courses: tuple[str, ...]
    """The courses it may be about."""


@frozen(kw_only=True)
class Listing:
    """
    A file of rows about learners in some courses.
    """

    name: str
    courses: tuple[str, ...]
    entries: Iterable[Record | Broken]
    people: bool = False
    """Whether it has names and addresses only, to be joined to the rows of another one."""
