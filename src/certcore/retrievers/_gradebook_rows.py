"""
From the rows of an export that was recognised to what they say of learners.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from certcore.domain import Fact, Skipped
from certcore.retrievers import _cells as cells
from certcore.retrievers._exports import Export, Measure
from certcore.retrievers._records import Broken, Record
from certcore.retrievers._tables import Row


TOTAL = "Total"
"""What the grade of a course, or of a part of it, is called."""


@frozen
class GradePart:
    """
    What is wanted of an export: a course, with its own grade or that of one of its parts.
    """

    key: str
    total: str | None
    """The grade that is taken for Total."""


@frozen(kw_only=True)
class GradebookRows:
    """
    Makes records of rows.
    """

    export: Export
    parts: Sequence[GradePart]
    facts: frozenset[Fact]
    where: Callable[[int], str]

    def records(self, rows: Iterable[Row | Skipped]) -> Iterator[Record | Broken]:
        """
        Give what the rows say of each part, and what is wrong with the others.
        """
        courses = tuple(part.key for part in self.parts)
        for row in rows:
            if isinstance(row, Skipped):
                yield Broken(skipped=row, courses=courses)
                continue
            where = self.where(row.line)
            learner: str | None = None
            try:
                learner = self._learner(row)
                record = self._record(learner, row)
                totals = [self._grades([TOTAL], row, part.total) for part in self.parts]
            except ValueError as exc:
                skipped = Skipped(learner=learner, where=where, reason=str(exc))
                yield Broken(skipped=skipped, courses=courses)
                continue
            if record.name and record.name == self.export.nobody:
                skipped = Skipped(
                    learner=learner,
                    where=where,
                    reason="the platform's test student",
                    kind="not-enrolled",
                )
                yield Broken(skipped=skipped, courses=courses)
                continue
            for part, total in zip(self.parts, totals, strict=True):
                yield record._replace(course=part.key, grades={**record.grades, **total})

    def _learner(self, row: Row) -> str:
        return self.export.learner(self._text(self.export.id, row, cells.identifier))

    def _record(self, learner: str, row: Row) -> Record:
        export, values = self.export, row.values
        done = export.completion
        return Record(
            id=learner,
            course="",
            line=row.line,
            name=self._name(row) if export.name else "",
            email=self._text(export.email, row),
            username=self._text(export.username, row),
            enrolled=export.status is None or export.enrolled(values[export.status]),
            completion=None if done is None else self._measure(Fact("completion"), done, row),
            grades=self._grades((name for name in export.grades if name != TOTAL), row),
        )

    def _grades(self, names: Iterable[str], row: Row, of: str | None = None) -> dict[str, float]:
        grades: dict[str, float] = {}
        for name in names:
            measure = self.export.grades.get(of or name)
            if measure is not None:
                grade = self._measure(Fact("grades", name), measure, row)
                if grade is not None:
                    grades[name] = grade
        return grades

    def _measure(self, fact: Fact, measure: Measure, row: Row) -> float | None:
        try:
            return measure.read(*(row.values[at] for at in measure.positions))
        except ValueError as exc:
            # a cell that no rule asks for costs nobody a certificate
            if self.facts and fact not in self.facts:
                return None
            raise ValueError(f"{fact}: {exc}") from None

    def _name(self, row: Row) -> str:
        try:
            return self.export.compose(*(row.values[at] for at in self.export.name))
        except ValueError as exc:
            raise self._in_column(self.export.name[0], exc) from None

    def _text(self, position: int | None, row: Row, read: Callable[[Any], str] = cells.text) -> str:
        if position is None:
            return ""
        try:
            return read(row.values[position])
        except ValueError as exc:
            raise self._in_column(position, exc) from None

    def _in_column(self, position: int, exc: ValueError) -> ValueError:
        return ValueError(f"column {self.export.header.columns[position]!r}: {exc}")
