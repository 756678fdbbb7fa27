"""
What a row of a file says, by the columns that were named.
"""

from __future__ import annotations

import zoneinfo

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias, cast

from attrs import frozen

from certcore.domain import Fact, FactKind, LearningContext, Skipped, normalize_email
from certcore.retrievers import _cells as cells
from certcore.retrievers._options import FileContext, FileOptions
from certcore.retrievers._records import Broken, Record
from certcore.retrievers._tables import Row


_SOME = 20
"""How many other steps and lessons of a file are kept for a message."""

_REMEMBERED = 4096
"""How many texts of a column are remembered with what they mean."""

_Read: TypeAlias = Callable[[Any], Any]
"""Reads a cell; what it can't read is a ValueError."""

_RECORD, _GRADES, _FACTS = range(3)
"""Where a value is put."""

_BLANK = Record(id="", course="", line=0, enrolled=True)
_ID, _COURSE, _LINE, *_ = range(len(_BLANK))
_GRADES_AT, _FACTS_AT = map(_BLANK._fields.index, ("grades", "facts"))


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


def lessons_of(own: FileContext, key: str, context: LearningContext) -> frozenset[str]:
    if own.lesson is not None:
        return frozenset({own.lesson})
    # a row that names no lesson is about the course
    return frozenset({key} if context.kind == "lesson" else {key, ""})


# as `_make` does, with nothing in between: there may be a million
_made: Callable[[Sequence[Any]], Record] = partial(cast("Any", tuple).__new__, Record)


class _Cell(NamedTuple):
    """
    A cell that is read of each row.
    """

    into: int
    """What its value is put into: the record itself, its grades or its facts."""
    key: Any
    """And where, there."""
    column: str
    position: int
    read: _Read


class RowReader:
    """
    Makes records of the rows of a file; what can be found out before the first row, is.

    Args:
        names: The columns whose cells a row has, in their order.

        parts: What is wanted of the file.

        facts: What a rule asks for.

        where: Says where a line is.
    """

    def __init__(
        self,
        options: FileOptions,
        zone: zoneinfo.ZoneInfo,
        *,
        names: Sequence[str],
        parts: Sequence[Part],
        facts: frozenset[Fact],
        where: Callable[[int], str],
    ) -> None:
        def cell(into: int, key: Any, column: str | None, read: _Read) -> list[_Cell]:
            at = [] if column is None else [names.index(column)]
            return [_Cell(into, key, names[position], position, read) for position in at]

        columns = options.columns
        read_id = _address if options.email_ids else cells.identifier
        (self._id,) = cell(_RECORD, _ID, columns.id, read_id)
        self._step = cell(_RECORD, _COURSE, columns.step, cells.text)
        self._lesson = cell(_RECORD, _COURSE, columns.lesson, cells.text)
        self._parts = [
            (part, [each for said in _wanted(options, zone, part, facts) for each in cell(*said)])
            for part in parts
        ]
        self._where = where
        self.matched = False
        """Whether a row was about any of the parts."""
        self.others: dict[str, None] = {}
        """Some of the steps or lessons that rows were about instead."""

    def entries(self, rows: Iterable[Row | Skipped]) -> Iterator[Record | Broken]:
        """
        Give what each row says of each part that it is about.
        """
        parts, choosing = self._parts, bool(self._step or self._lesson)
        for row in rows:
            if isinstance(row, Skipped):
                yield Broken(skipped=row, courses=tuple(part.key for part, _ in parts))
                continue
            line, values = row
            learner: str | None = None
            meant = parts
            problems: dict[str, list[str]] = {}
            try:
                learner = self._learner(values)
                if choosing:
                    meant = self._meant(values)
            except ValueError as exc:
                problems[str(exc)] = [part.key for part, _ in parts]
            else:
                for part, wanted in meant:
                    try:
                        yield _record(learner, part.key, line, values, wanted)
                    except ValueError as exc:  # the next part may be well
                        problems.setdefault(str(exc), []).append(part.key)
            if meant:
                self.matched = True
            for reason, courses in problems.items():
                skipped = Skipped(learner=learner, where=self._where(line), reason=reason)
                yield Broken(skipped=skipped, courses=tuple(courses))

    def _learner(self, values: Sequence[Any]) -> str:
        cell = self._id
        try:
            said: str = cell.read(values[cell.position])
        except ValueError as exc:
            raise ValueError(f"column {cell.column!r}: {exc}") from None
        if not said:
            raise ValueError(f"no id in column {cell.column!r}")
        return said

    def _meant(self, values: Sequence[Any]) -> list[tuple[Part, list[_Cell]]]:
        """
        Choose what the row is about.
        """
        steps = [_text(cell, values) for cell in self._step]
        lessons = [_text(cell, values) for cell in self._lesson]
        meant = [
            (part, wanted)
            for part, wanted in self._parts
            if all(part.key == step for step in steps)
            and all(lesson in part.lessons for lesson in lessons)
        ]
        if not meant and len(self.others) < _SOME:
            self.others[(steps or lessons)[0]] = None
        return meant


def _wanted(
    options: FileOptions, zone: zoneinfo.ZoneInfo, part: Part, facts: frozenset[Fact]
) -> Iterator[tuple[int, Any, str | None, _Read]]:
    """
    Give what is read for a part, in the order in which problems are told: what it is put into and
    where, the column, and how it is read.
    """
    columns = options.columns

    def asked(kind: FactKind, name: str, read: _Read) -> _Read:
        # a cell that no rule asks for costs nobody a certificate
        return partial(_or_none, read) if facts and Fact(kind, name) not in facts else read

    def number(read: _Read) -> _Read:
        return read if options.decimal == "point" else lambda value: read(cells.pointed(value))

    def fraction(kind: FactKind, name: str) -> _Read:
        read = number(partial(cells.fraction, scale=options.scale))
        return _remembering(asked(kind, name, read))

    grades = dict(columns.grades)
    if part.column is not None:
        grades["Total"] = part.column
    at = _BLANK._fields.index
    yield _RECORD, at("completion"), columns.completion, fraction("completion", "")
    for name, column in grades.items():
        yield _GRADES, name, column, fraction("grades", name)
    for name, column in columns.facts.items():
        yield _FACTS, name, column, asked("facts", name, number(cells.number))
    yield _RECORD, at("earned_at"), columns.earned_at, partial(_instant, zone=zone)
    yield _RECORD, at("name"), columns.name, cells.name
    yield _RECORD, at("email"), columns.email, cells.text
    yield _RECORD, at("language"), columns.language, cells.language
    yield _RECORD, at("username"), columns.username, cells.text


def _record(
    learner: str, course: str, line: int, values: Sequence[Any], wanted: Sequence[_Cell]
) -> Record:
    row: list[Any] = list(_BLANK)
    row[_ID], row[_COURSE], row[_LINE] = learner, course, line
    grades: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    into: tuple[Any, ...] = (row, grades, facts)
    column = ""
    try:
        for place, key, column, position, read in wanted:  # noqa: B007  # told if it can't be read
            into[place][key] = read(values[position])
    except ValueError as exc:
        raise ValueError(f"column {column!r}: {exc}") from None
    row[_GRADES_AT] = _known(grades) if None in grades.values() else grades
    row[_FACTS_AT] = _known(facts) if None in facts.values() else facts
    return _made(row)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(cell: _Cell, values: Sequence[Any]) -> str:
    try:
        return str(cell.read(values[cell.position]))
    except ValueError as exc:
        raise ValueError(f"column {cell.column!r}: {exc}") from None


def _address(value: Any) -> str:
    return cells.identifier(normalize_email(cells.text(value)))


def _instant(value: Any, zone: zoneinfo.ZoneInfo) -> str | None:
    read = cells.moment(value, zone)
    return None if read is None else read.isoformat()


def _remembering(read: _Read) -> _Read:
    """
    Read a text once only, if it comes again soon: a million learners have a hundred grades.
    """
    known = lru_cache(_REMEMBERED)(read)
    return lambda value: known(value) if isinstance(value, str) else read(value)


def _or_none(read: _Read, value: Any) -> Any:
    try:
        return read(value)
    except ValueError:
        return None
