"""
What a row of a file says, by the columns that were named.
"""

from __future__ import annotations

import zoneinfo

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

from attrs import frozen

from certcore.domain import Fact, LearningContext, Progress, Skipped, normalize_email
from certcore.retrievers import _cells as cells
from certcore.retrievers._options import FileContext, FileOptions
from certcore.retrievers._records import Broken, Record


_T = TypeVar("_T")


@frozen
class Part:
    """
    What is wanted of a file: the context itself, or a course of a pathway's steps.
    """

    key: str
    lessons: frozenset[str]
    """What may stand in the lesson column."""
    column: str | None

    def mark(self, options: FileOptions) -> tuple[object, ...]:
        """
        Tell what sets its rows apart from those of other parts in the same file.
        """
        columns = options.columns
        return (
            self.key if columns.step is not None else None,
            self.lessons if columns.lesson is not None else None,
            self.column,
        )


def about(
    reader: RowReader, parts: Sequence[Part], where: str
) -> Generator[Record | Broken, None, Sequence[Part]]:
    """
    Give what the row says of each part that it is about, and return these parts.
    """
    learner: str | None = None
    meant = parts
    problems: dict[str, list[str]] = {}
    try:
        learner = reader.learner()
        meant = reader.meant(parts)
    except ValueError as exc:
        problems[str(exc)] = [part.key for part in parts]
    else:
        for part in meant:
            try:
                yield reader.record(learner, part)
            except ValueError as exc:  # the next part may be well
                problems.setdefault(str(exc), []).append(part.key)
    for reason, courses in problems.items():
        skipped = Skipped(learner=learner, where=where, reason=reason)
        yield Broken(skipped=skipped, courses=tuple(courses))
    return meant


def lessons_of(own: FileContext, key: str, context: LearningContext) -> frozenset[str]:
    if own.lesson is not None:
        return frozenset({own.lesson})
    # a row that names no lesson is about the course
    return frozenset({key} if context.kind == "lesson" else {key, ""})


@frozen
class RowReader:
    """
    Makes records of one row. What it can't read is a ValueError that says which column it is in.
    """

    options: FileOptions
    zone: zoneinfo.ZoneInfo
    facts: frozenset[Fact]
    cell: Mapping[str, Any]
    line: int

    def learner(self) -> str:
        said = self._read(self.options.columns.id, cells.text)
        if not said:
            raise ValueError(f"no id in column {self.options.columns.id!r}")
        return normalize_email(said) if self.options.email_ids else str(said)

    def meant(self, parts: Sequence[Part]) -> list[Part]:
        """
        Choose what the row is about.
        """
        columns = self.options.columns
        step = self._read(columns.step, cells.text)
        lesson = self._read(columns.lesson, cells.text)
        return [
            part
            for part in parts
            if (columns.step is None or part.key == step)
            and (columns.lesson is None or lesson in part.lessons)
        ]

    def about(self) -> str:
        columns = self.options.columns
        return str(self._read(columns.lesson if columns.step is None else columns.step, cells.text))

    def record(self, learner: str, part: Part) -> Record:
        columns = self.options.columns
        grades = dict(columns.grades)
        if part.column is not None:
            grades["Total"] = part.column
        progress = Progress(
            enrolled=True,
            completion=self._number(columns.completion, Fact("completion"), self._fraction),
            grades={
                name: self._number(column, Fact("grades", name), self._fraction)
                for name, column in grades.items()
            },
            facts={
                name: self._number(column, Fact("facts", name), cells.number)
                for name, column in columns.facts.items()
            },
            earned_at=self._read(columns.earned_at, lambda value: cells.moment(value, self.zone)),
        )
        return Record(
            id=learner,
            course=part.key,
            line=self.line,
            name=self._read(columns.name, cells.name) or "",
            email=self._read(columns.email, cells.text) or "",
            language=self._read(columns.language, cells.language) or "",
            username=self._read(columns.username, cells.text) or "",
            progress=progress,
        )

    def _number(
        self, column: str | None, fact: Fact, read: Callable[[Any], float | None]
    ) -> float | None:
        try:
            return self._read(column, read)
        except ValueError:
            # a cell that no rule asks for costs nobody a certificate
            if self.facts and fact not in self.facts:
                return None
            raise

    def _fraction(self, value: Any) -> float | None:
        return cells.fraction(value, self.options.scale)

    def _read(self, column: str | None, read: Callable[[Any], _T]) -> _T | None:
        if column is None:
            return None
        try:
            return read(self.cell[column])
        except ValueError as exc:
            raise ValueError(f"column {column!r}: {exc}") from None
