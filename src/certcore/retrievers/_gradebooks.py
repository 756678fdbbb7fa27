"""
Learner progress from exports of gradebooks, recognised by their headers.
"""

from __future__ import annotations

import itertools

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from certcore.config import near
from certcore.domain import Fact, FactKind, Finding, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import FileReading, RetrievalRequest
from certcore.retrievers import (
    _export_canvas,
    _export_moodle,
    _export_moodle_completion,
    _export_openedx,
)
from certcore.retrievers._exports import Export, Header, Kind, recognise
from certcore.retrievers._findings import error, taken
from certcore.retrievers._gathering import gather
from certcore.retrievers._gradebook_options import GradebookContext, GradebookOptions
from certcore.retrievers._gradebook_rows import TOTAL, GradebookRows, GradePart
from certcore.retrievers._openedx_people import known
from certcore.retrievers._opening import Form, open_grid
from certcore.retrievers._paths import FoundFile, listed, newest
from certcore.retrievers._readings import reading, sample
from certcore.retrievers._records import Broken, Listing, Record
from certcore.retrievers._tables import Grid, Row


_KINDS: Mapping[str, Kind] = {
    **_export_openedx.KINDS,
    **_export_moodle.KINDS,
    **_export_moodle_completion.KINDS,
    **_export_canvas.KINDS,
}
_HEADERS = 3
"""Rows below the titles that may be headers as well."""


class GradebookRetriever:
    """
    Reads what instructors export from Open edX, Moodle and Canvas.
    """

    def __init__(self, options: GradebookOptions, services: Services) -> None:
        self._options = options
        self._services = services
        self._folder = services.folder / options.folder
        self._form = Form(
            format=options.format,
            encoding=options.encoding,
            delimiter=options.delimiter,
            sheet=options.sheet,
        )

    @property
    def facts(self) -> Collection[FactKind]:
        """
        Grades or completion, by the kind of export; both, as long as the kind isn't named.
        """
        kind = self._options.kind or ""
        kinds: set[FactKind] = {"steps"}
        if not kind.endswith("-completion"):
            kinds.add("grades")
        if not kind or kind.endswith("-completion"):
            kinds.add("completion")
        return frozenset(kinds)

    def describe(self, key: str) -> LearningContext:
        """
        Give the key alone: exports say nothing of courses.
        """
        return LearningContext(key=key)

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        """
        Give each learner of the course, lesson or pathway; the newest exports are taken.
        """
        files = self._files(request.context)
        rows = [
            Listing(
                name=found.name,
                courses=tuple(part.key for part in parts),
                entries=self._entries(found, parts, request.facts),
            )
            for found, parts in files
        ]
        people = [
            Listing(name=found.name, courses=(key,), entries=known(found, key), people=True)
            for key, found in self._people(request.context)
        ]
        courses = [part.key for _, parts in files for part in parts]
        return gather([*rows, *people], courses, request, self._services.realm, named=True)

    def check(self, context: LearningContext) -> Iterator[Finding]:
        """
        Say which exports would be taken, what they are and what their ids are worth.
        """
        now = self._services.clock.now()
        try:
            files = self._files(context)
            people = self._people(context)
        except RetrievalError as exc:
            yield error(exc)
            return
        for found, parts in files:
            try:
                with open_grid(found, self._form) as table:
                    export, rows = self._recognised(table)
                    self._check_parts(export, parts)
                    first = next(rows, None)
                    yield from taken(found, table, first, now)
                    some = sample(itertools.chain([] if first is None else [first], rows))
                    yield from _findings(export, some)
            except RetrievalError as exc:
                yield error(exc)
        for _, found in people:
            yield Finding(level="ok", message=f"{found.name} has the names.")

    def read_columns(self, context: LearningContext) -> Iterator[FileReading]:
        """
        Say of each export what is made of its columns.
        """
        for found, _ in self._files(context):
            with open_grid(found, self._form) as table:
                export, rows = self._recognised(table)
                how = "recognised by its headers" if self._options.kind is None else "as named"
                uses = [
                    (title, export.uses.get(position, ("", "not needed")))
                    for position, title in enumerate(table.columns)
                ]
                yield reading(
                    table,
                    f"{export.words} ({export.kind}), {how}",
                    uses,
                    sample(rows),
                    export.unknown.values(),
                )

    def _files(self, context: LearningContext) -> list[tuple[FoundFile, list[GradePart]]]:
        files: dict[str, tuple[FoundFile, list[GradePart]]] = {}
        for key, own in self._wanted(context).items():
            if context.kind == "lesson" and own.grade is None:
                raise RetrievalError(
                    f"the lesson {key!r} needs the grade that is its own: say "
                    'options = { grade = "…" } in its context'
                )
            pattern = own.path or self._options.path
            found = newest(self._folder, pattern, context.course or key, by="name")
            files.setdefault(found.name, (found, []))[1].append(GradePart(key, own.grade))
        for found, parts in files.values():
            if len({part.total for part in parts}) < len(parts):
                raise RetrievalError(
                    f"{found.name} would be read for {listed(part.key for part in parts)}, and "
                    "nothing in it tells them apart: put {key} into the path, or give each its "
                    "own path or grade"
                )
        return list(files.values())

    def _wanted(self, context: LearningContext) -> dict[str, GradebookContext]:
        if context.kind != "pathway":
            return {context.key: context.options or GradebookContext()}
        wanted: dict[str, GradebookContext] = {}
        for step in context.steps:
            for course in step.courses:
                wanted.setdefault(course, step.options or GradebookContext())
        if not wanted:
            raise RetrievalError(f"the pathway {context.key!r} has no steps: name its courses")
        return wanted

    def _people(self, context: LearningContext) -> list[tuple[str, FoundFile]]:
        pattern = self._options.people
        if pattern is None:
            return []
        return [
            (
                key,
                newest(
                    self._folder, pattern, context.course or key, what="profile report", by="name"
                ),
            )
            for key in self._wanted(context)
        ]

    def _entries(
        self, found: FoundFile, parts: Sequence[GradePart], facts: frozenset[Fact]
    ) -> Iterator[Record | Broken]:
        with open_grid(found, self._form) as table:
            export, rows = self._recognised(table)
            self._check_parts(export, parts)
            # a part's own grade is read as its Total
            own = all(part.total is not None for part in parts)
            for name, why in export.unknown.items():
                if Fact("grades", name) in facts and not (own and name == TOTAL):
                    raise RetrievalError(f"{table.name}: {why}")
            reader = GradebookRows(export=export, parts=parts, facts=facts, where=table.where)
            yield from reader.records(rows)

    def _recognised(self, table: Grid) -> tuple[Export, Iterator[Row | Skipped]]:
        rows = table.rows_at(range(len(table.columns)))
        head = list(itertools.islice(rows, _HEADERS))
        read = [row for row in head if isinstance(row, Row)]
        header = Header(table.name, table.columns, [row.values for row in read])
        export = recognise(header, self._options, _KINDS)
        headers = read[: export.preamble]
        return export, itertools.chain((row for row in head if row not in headers), rows)

    def _check_parts(self, export: Export, parts: Sequence[GradePart]) -> None:
        if not export.name and self._options.people is None:
            raise RetrievalError(
                f"{export.header.file}: {export.words} has no names. Have the profile information "
                "made as well and say where it is: "
                'people = "{org}_{course}_{run}_student_profile_info_*.csv".'
            )
        for part in parts:
            if part.total in export.unknown:
                raise RetrievalError(f"{export.header.file}: {export.unknown[part.total]}")
            if part.total is not None and part.total not in export.grades:
                hint = near(part.total, list(export.grades))
                raise RetrievalError(
                    f"{export.header.file} has no grade {part.total!r}. {hint}"
                    f"{' ' if hint else ''}It has: {listed(export.grades) or 'none'}."
                )


def _findings(export: Export, rows: Sequence[tuple[Any, ...]]) -> Iterator[Finding]:
    """
    Say what an export is, and what its ids are worth.
    """
    file, title = export.header.file, export.header.columns[export.id]
    said = f"{file} is {export.words}. Its ids are in the column {title!r}"
    if not export.declared:
        yield Finding(level="ok", message=f"{said}, and are those of {export.platform}'s API.")
    else:
        yield Finding(
            level="ok",
            message=f"{said}. {export.platform}'s API has others: before this source moves there, "
            "a table of old and new ids has to carry over what was awarded, or everybody is "
            "issued a second time.",
        )
    missing = sum(row[export.id] is None or row[export.id] == "" for row in rows)
    if missing:
        yield Finding(
            level="warning",
            message=f"{missing} of the {len(rows)} rows looked at have nothing in {title!r}: "
            "they are left out.",
        )
    for why in export.unknown.values():
        yield Finding(level="warning", message=why)
