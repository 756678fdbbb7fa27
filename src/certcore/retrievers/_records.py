"""
What a row of a file says, and the files that rows come from.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen

from certcore.domain import Progress, Skipped


@frozen(kw_only=True)
class Record:
    """
    What a row says of a learner in one course.
    """

    id: str
    course: str
    line: int
    name: str = ""
    email: str = ""
    language: str = ""
    username: str = ""
    progress: Progress = field(factory=Progress)


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


def packed(record: Record) -> list[Any]:
    """
    Take a record apart for the spool, its line first.
    """
    progress = record.progress
    return [
        record.line,
        record.name,
        record.email,
        record.language,
        record.username,
        progress.enrolled,
        progress.completion,
        dict(progress.grades),
        dict(progress.facts),
        progress.earned_at.isoformat() if progress.earned_at is not None else None,
    ]


def unpacked(learner: str, course: str, row: list[Any] | None) -> Record | None:
    """
    Give what `packed` took apart; None for None.
    """
    if row is None:
        return None
    line, name, email, language, username, enrolled, completion, grades, facts, earned_at = row
    progress = Progress(
        enrolled=enrolled,
        completion=completion,
        grades=grades,
        facts=facts,
        earned_at=dt.datetime.fromisoformat(earned_at) if earned_at is not None else None,
    )
    return Record(
        id=learner,
        course=course,
        line=line,
        name=name,
        email=email,
        language=language,
        username=username,
        progress=progress,
    )
