"""
Learner progress from files whose columns are named.
"""

from __future__ import annotations

import itertools
import zoneinfo

from collections.abc import Collection, Iterator, Sequence

from attrs import evolve

from certcore.config import near
from certcore.domain import Fact, FactKind, Finding, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import FileReading, RetrievalRequest
from certcore.retrievers._file_readings import file_reading, suspicions
from certcore.retrievers._file_rows import Part, RowReader, lessons_of
from certcore.retrievers._findings import absent, error, taken
from certcore.retrievers._gathering import gather
from certcore.retrievers._opening import Form, open_table
from certcore.retrievers._options import FileContext, FileOptions
from certcore.retrievers._paths import FoundFile, listed, newest
from certcore.retrievers._readings import sample
from certcore.retrievers._records import Broken, Listing, Record


_SINGLE = ("name", "email", "language", "username", "completion", "earned_at", "step", "lesson")
"""Fields of the columns that name one each."""


class FileRetriever:
    """
    Reads CSV files, spreadsheets and JSON lines.
    """

    def __init__(self, options: FileOptions, services: Services) -> None:
        self._options = options
        self._services = services
        self._folder = services.folder / options.folder
        self._zone = zoneinfo.ZoneInfo(options.time_zone)
        self._form = Form(
            format=options.format,
            encoding=options.encoding,
            delimiter=options.delimiter,
            sheet=options.sheet,
        )

    @property
    def facts(self) -> Collection[FactKind]:
        """
        What the columns hold; grades always, for each context may name a column of its own.
        """
        columns = self._options.columns
        kinds: set[FactKind] = {"grades", "steps"}
        if columns.completion is not None:
            kinds.add("completion")
        if columns.facts:
            kinds.add("facts")
        return frozenset(kinds)

    def describe(self, key: str) -> LearningContext:
        """
        Give the key alone: files say nothing of courses.
        """
        return LearningContext(key=key)

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        """
        Give each learner of the context's file, or of the files of a pathway's courses.
        """
        files = self._files(request.context)
        listings = [
            Listing(
                name=found.name,
                courses=tuple(part.key for part in parts),
                entries=self._entries(found, parts, request.facts),
            )
            for found, parts in files
        ]
        courses = [part.key for _, parts in files for part in parts]
        named = self._options.columns.name is not None
        return gather(listings, courses, request, self._services.realm, named=named)

    def check(self, context: LearningContext) -> Iterator[Finding]:
        """
        Say which files would be taken, and whether the columns are there.
        """
        try:
            files = self._files(context)
        except RetrievalError as exc:
            yield error(exc)
            return
        for found, parts in files:
            try:
                with open_table(found, self._form) as table:
                    names = self._names(parts)
                    rows = table.rows(names)
                    first = next(rows, None)
                    yield from taken(found, table, first, self._services.clock.now())
                    yield from absent(table, names)
                    some = sample(itertools.chain([] if first is None else [first], rows))
                    for said in suspicions(names, some, self._options, parts):
                        yield Finding(level="warning", message=said)
            except RetrievalError as exc:
                yield error(exc)
        if self._options.columns.name is None:
            yield Finding(
                level="warning",
                message="No column is said to hold names: nobody gets a certificate without one.",
                hint='Say name = "…" in the columns of the source.',
            )

    def read_columns(self, context: LearningContext) -> Iterator[FileReading]:
        """
        Say of each file how the columns are read that were named.
        """
        for found, parts in self._files(context):
            with open_table(found, self._form) as table:
                yield file_reading(table, self._options, parts)

    def _files(self, context: LearningContext) -> list[tuple[FoundFile, list[Part]]]:
        """
        Find the files, each with what is wanted of it.
        """
        options = self._options
        if context.kind == "pathway":
            wanted: dict[str, FileContext] = {}
            for step in context.steps:
                for course in step.courses:
                    wanted.setdefault(course, step.options or FileContext())
            if not wanted:
                raise RetrievalError(f"the pathway {context.key!r} has no steps: name its courses")
        else:
            wanted = {context.key: context.options or FileContext()}
        files: dict[str, tuple[FoundFile, list[Part]]] = {}
        for key, own in wanted.items():
            # one file for all steps is the pathway's; a lesson is in the file of its course
            whole = context.kind == "pathway" and options.columns.step is not None
            of = context.key if whole else (context.course or key)
            found = newest(self._folder, own.path or options.path, of)
            files.setdefault(found.name, (found, []))[1].append(
                Part(key, lessons_of(own, key, context), own.column)
            )
        for found, parts in files.values():
            if len(parts) > 1 and options.columns.step is None:
                # what is about the course as a whole can't be about each of its lessons
                parts[:] = [evolve(part, lessons=part.lessons - {""}) for part in parts]
            if len({part.mark(options) for part in parts}) < len(parts):
                raise RetrievalError(
                    f"{found.name} would be read for {listed(part.key for part in parts)}, and "
                    "nothing in it tells them apart: put {key} into the path, or name the column "
                    "that holds the course's key: step = …"
                )
        return list(files.values())

    def _names(self, parts: Sequence[Part]) -> list[str]:
        """
        Give the columns to be read.
        """
        columns = self._options.columns
        said: list[str | None] = [getattr(columns, field) for field in _SINGLE]
        own = [part.column for part in parts]
        return [
            columns.id,
            *(name for name in said if name is not None),
            *columns.grades.values(),
            *columns.facts.values(),
            *(name for name in own if name is not None),
        ]

    def _entries(
        self, found: FoundFile, parts: Sequence[Part], facts: frozenset[Fact]
    ) -> Iterator[Record | Broken]:
        names = self._names(parts)
        with open_table(found, self._form) as table:
            reader = RowReader(
                self._options,
                self._zone,
                names=names,
                parts=parts,
                facts=facts,
                where=table.where,
            )
            yield from reader.entries(table.rows(names))
        if reader.others and not reader.matched:
            raise self._elsewhere(found, parts, list(reader.others))

    def _elsewhere(
        self, found: FoundFile, parts: Sequence[Part], others: Sequence[str]
    ) -> RetrievalError:
        if self._options.columns.step is not None:
            wanted = [part.key for part in parts]
        else:
            wanted = sorted({lesson for part in parts for lesson in part.lessons if lesson})
        hint = near(wanted[0], others)
        return RetrievalError(
            f"no row of {found.name} is about {listed(wanted)}. {hint}{' ' if hint else ''}"
            f"The rows are about: {listed(others)}."
        )
