"""
Who is who in a course of Open edX: the rows of a profile report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certcore.domain import Skipped
from certcore.retrievers import _cells as cells
from certcore.retrievers._openedx_columns import profile_report
from certcore.retrievers._paths import FoundFile
from certcore.retrievers._records import Broken, Record


_OPTIONAL = ("email", "language")
"""A site may leave them out."""


def known(found: FoundFile, course: str) -> Iterator[Record | Broken]:
    """
    Give what a profile report says of the people of a course.
    """
    with profile_report(found) as table:
        more = [name for name in _OPTIONAL if name in table.columns]
        for row in table.rows(["username", "name", *more]):
            if isinstance(row, Skipped):
                yield Broken(skipped=row, courses=(course,))
                continue
            username, name, *rest = row.values
            said: dict[str, Any] = dict(zip(more, rest, strict=True))
            learner: str | None = None
            try:
                learner = username_of(username)
                yield Record(
                    id=learner,
                    course=course,
                    line=row.line,
                    name=cells.name(name),
                    email=cells.text(said.get("email")),
                    language=cells.language(said.get("language")),
                    username=learner,
                )
            except ValueError as exc:
                skipped = Skipped(learner=learner, where=table.where(row.line), reason=str(exc))
                yield Broken(skipped=skipped, courses=(course,))


def username_of(cell: str) -> str:
    """
    Give a user name. Raises ValueError for an empty cell.
    """
    username = cells.identifier(cell)
    if not username:
        raise ValueError("no username")
    return username
