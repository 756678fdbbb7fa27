"""
Learner progress from the two reports that an Open edX instructor can download.

The grade report has a row for each enrolment, withdrawn ones included, and no names; the profile
report has the names. They are joined by username.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from certcore.domain import (
    Fact,
    FactKind,
    Finding,
    LearnerProgress,
    LearningContext,
    Progress,
    Skipped,
)
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import RetrievalRequest
from certcore.retrievers import _cells as cells
from certcore.retrievers._findings import error, taken
from certcore.retrievers._gathering import gather
from certcore.retrievers._openedx_columns import (
    first_row,
    grade_columns,
    grade_report,
    profile_report,
)
from certcore.retrievers._options import ReportContext, ReportOptions
from certcore.retrievers._paths import FoundFile, newest
from certcore.retrievers._records import Broken, Listing, Record


_OPTIONAL = ("email", "language")
"""Of the profile report; a site may leave them out."""

_ENROLLED = {"enrolled": True, "unenrolled": False}

_WORDS: Mapping[str, float | None] = {"Not Attempted": 0.0, "Not Available": None}
"""What stands for a grade: the platform counts what wasn't attempted as nothing."""


@frozen
class _Course:
    """
    What is read of one course.
    """

    key: str
    lesson: str | None
    """The beginning of the title of the only column that counts."""
    grades: FoundFile
    people: FoundFile


class ReportRetriever:
    """
    Reads grade reports and profile reports.
    """

    def __init__(self, options: ReportOptions, services: Services) -> None:
        self._options = options
        self._services = services
        self._folder = services.folder / options.folder

    @property
    def facts(self) -> Collection[FactKind]:
        """
        Grades; how much of a course is done isn't in the reports.
        """
        return frozenset[FactKind]({"grades", "steps"})

    def describe(self, key: str) -> LearningContext:
        """
        Give the key alone: the reports say nothing of courses.
        """
        return LearningContext(key=key)

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        """
        Give each learner of the course, lesson or pathway; the newest reports are taken.
        """
        courses = self._courses(request.context)
        grades = [
            Listing(
                name=course.grades.name,
                courses=(course.key,),
                entries=_graded(course, request.facts),
            )
            for course in courses
        ]
        people = [
            Listing(
                name=course.people.name,
                courses=(course.key,),
                entries=_known(course),
                people=True,
            )
            for course in courses
        ]
        keys = [course.key for course in courses]
        return gather([*grades, *people], keys, request, self._services.realm, named=True)

    def check(self, context: LearningContext) -> Iterator[Finding]:
        """
        Say which reports would be taken, and whether they are what they should be.
        """
        try:
            courses = self._courses(context)
        except RetrievalError as exc:
            yield error(exc)
            return
        now = self._services.clock.now()
        for course in courses:
            try:
                with grade_report(course.grades) as table:
                    grade_columns(table, course.lesson)
                    yield from taken(course.grades, table.columns, first_row(table), now)
                with profile_report(course.people) as table:
                    yield from taken(course.people, table.columns, first_row(table), now)
            except RetrievalError as exc:
                yield error(exc)

    def _courses(self, context: LearningContext) -> list[_Course]:
        if context.kind != "pathway":
            options: ReportContext = context.options or ReportContext()
            own = context.key if context.kind == "lesson" else None
            return [self._course(context.key, context.course, options.lesson or own)]
        wanted: dict[str, str | None] = {}
        for step in context.steps:
            options = step.options or ReportContext()
            for key in step.courses:
                wanted.setdefault(key, options.lesson)
        if not wanted:
            raise RetrievalError(f"the pathway {context.key!r} has no steps: name its courses")
        return [self._course(key, None, lesson) for key, lesson in wanted.items()]

    def _course(self, key: str, of: str | None, lesson: str | None) -> _Course:
        find = partial(newest, self._folder, key=of or key, by="name")
        return _Course(
            key=key,
            lesson=lesson,
            grades=find(self._options.grades, what="grade report"),
            people=find(self._options.people, what="profile report"),
        )


def _graded(course: _Course, facts: frozenset[Fact]) -> Iterator[Record | Broken]:
    with grade_report(course.grades) as table:
        columns = grade_columns(table, course.lesson)
        at = table.columns.index
        positions = [at("Username"), at("Email"), at("Enrollment Status"), *columns.values()]
        for row in table.rows_at(positions):
            if isinstance(row, Skipped):
                yield Broken(skipped=row, courses=(course.key,))
                continue
            username, email, status, *grades = row.values
            learner: str | None = None
            try:
                learner = _username(username)
                said = cells.text(status)
                if said not in _ENROLLED:
                    raise ValueError(  # noqa: TRY301  # told like what the cells' readers raise
                        "column 'Enrollment Status': enrolled or unenrolled is wanted"
                    )
                yield Record(
                    id=learner,
                    course=course.key,
                    line=row.line,
                    email=cells.text(email),
                    username=learner,
                    progress=Progress(
                        enrolled=_ENROLLED[said],
                        grades={
                            name: _grade(name, cell, facts)
                            for name, cell in zip(columns, grades, strict=True)
                        },
                    ),
                )
            except ValueError as exc:
                skipped = Skipped(learner=learner, where=table.where(row.line), reason=str(exc))
                yield Broken(skipped=skipped, courses=(course.key,))


def _known(course: _Course) -> Iterator[Record | Broken]:
    with profile_report(course.people) as table:
        more = [name for name in _OPTIONAL if name in table.columns]
        for row in table.rows(["username", "name", *more]):
            if isinstance(row, Skipped):
                yield Broken(skipped=row, courses=(course.key,))
                continue
            username, name, *rest = row.values
            said: dict[str, Any] = dict(zip(more, rest, strict=True))
            learner: str | None = None
            try:
                learner = _username(username)
                yield Record(
                    id=learner,
                    course=course.key,
                    line=row.line,
                    name=cells.name(name),
                    email=cells.text(said.get("email")),
                    language=cells.language(said.get("language")),
                    username=learner,
                )
            except ValueError as exc:
                skipped = Skipped(learner=learner, where=table.where(row.line), reason=str(exc))
                yield Broken(skipped=skipped, courses=(course.key,))


def _username(cell: str) -> str:
    username = cells.text(cell)
    if not username:
        raise ValueError("no username")
    return username


def _grade(name: str, cell: str, facts: frozenset[Fact]) -> float | None:
    said = cell.strip()
    if said in _WORDS:
        return _WORDS[said]
    try:
        return cells.fraction(said, "fraction")
    except ValueError as exc:
        # a cell that no rule asks for costs nobody a certificate
        if facts and Fact("grades", name) not in facts:
            return None
        raise ValueError(f"grade {name!r}: {exc}") from None
