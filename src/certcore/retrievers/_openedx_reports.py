"""
Learner progress from the two reports that an Open edX instructor can download.

The grade report has a row for each enrolment, withdrawn ones included, and no names; the profile
report has the names. They are joined by username.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from attrs import frozen

from certcore.domain import (
    Fact,
    FactKind,
    Finding,
    LearnerProgress,
    LearningContext,
    Skipped,
)
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import FileReading, RetrievalRequest
from certcore.retrievers import _cells as cells
from certcore.retrievers._findings import error, taken
from certcore.retrievers._gathering import gather
from certcore.retrievers._openedx_columns import (
    ENROLLED,
    WORDS,
    first_row,
    grade_columns,
    grade_report,
    profile_report,
)
from certcore.retrievers._openedx_people import known, username_of
from certcore.retrievers._options import ReportContext, ReportOptions
from certcore.retrievers._paths import FoundFile, newest
from certcore.retrievers._records import Broken, Listing, Record
from certcore.retrievers._report_readings import grades_reading, people_reading


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
                entries=known(course.people, course.key),
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
                    yield from taken(course.grades, table, first_row(table), now)
                with profile_report(course.people) as table:
                    yield from taken(course.people, table, first_row(table), now)
            except RetrievalError as exc:
                yield error(exc)

    def read_columns(self, context: LearningContext) -> Iterator[FileReading]:
        """
        Say of each report what is made of its columns.
        """
        for course in self._courses(context):
            with grade_report(course.grades) as table:
                yield grades_reading(table, course.key, course.lesson)
            with profile_report(course.people) as table:
                yield people_reading(table)

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
                learner = username_of(username)
                said = cells.text(status)
                if said not in ENROLLED:
                    raise ValueError(  # noqa: TRY301  # told like what the cells' readers raise
                        "column 'Enrollment Status': enrolled or unenrolled is wanted"
                    )
                yield Record(
                    id=learner,
                    course=course.key,
                    line=row.line,
                    email=cells.text(email),
                    username=learner,
                    enrolled=ENROLLED[said],
                    grades={
                        name: grade
                        for name, cell in zip(columns, grades, strict=True)
                        if (grade := _grade(name, cell, facts)) is not None
                    },
                )
            except ValueError as exc:
                skipped = Skipped(learner=learner, where=table.where(row.line), reason=str(exc))
                yield Broken(skipped=skipped, courses=(course.key,))


def _grade(name: str, cell: str, facts: frozenset[Fact]) -> float | None:
    said = cell.strip()
    if said in WORDS:
        return WORDS[said]
    try:
        return cells.fraction(said, "fraction")
    except ValueError as exc:
        # a cell that no rule asks for costs nobody a certificate
        if facts and Fact("grades", name) not in facts:
            return None
        raise ValueError(f"grade {name!r}: {exc}") from None
