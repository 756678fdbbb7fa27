"""
Reading courses, lessons and pathways.
"""

from __future__ import annotations

import zoneinfo

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from certcore.bootstrap import _schema as s
from certcore.bootstrap._problems import Entry, Problems
from certcore.bootstrap._tables import Tables
from certcore.bootstrap._times import instant
from certcore.config import join, read_rule
from certcore.domain import ContextKind, Fact, LearningContext, Rule, Source, Step
from certcore.exceptions import ConfigurationError


_UTC = zoneinfo.ZoneInfo("UTC")


@frozen
class ReadContext:
    """
    A context's table, looked through.
    """

    alias: str
    entry: Entry
    table: s.ContextTable
    rules: Sequence[Rule | None]
    """Of its steps."""

    @property
    def kind(self) -> ContextKind:
        """
        What it is: as it says, else a pathway if it speaks of steps.
        """
        about_steps = self.table.steps or self.table.at_least
        return self.table.kind or ("pathway" if about_steps else "course")

    def step_path(self, place: int) -> str:
        """
        Give the path of a step.
        """
        return join(join(self.entry.path, "steps"), place)


class Contexts:
    """
    A project's contexts; None where one can't be used.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._problems: Problems = tables.problems
        self._entries = tables.files.named["contexts"]
        self.found = {alias: self._read(alias, entry) for alias, entry in self._entries.items()}
        self._check_keys()

    def _read(self, alias: str, entry: Entry) -> ReadContext | None:
        table = self._problems.structured(entry.table, s.ContextTable, entry, entry.path)
        if table is None:
            return None
        rules = [self._rule(step, entry, place) for place, step in enumerate(table.steps)]
        read = ReadContext(alias, entry, table, rules)
        self._check_dates(read)
        self._check_steps(read)
        if table.course is not None and read.kind != "lesson":
            self._wrong(read, "course", "only a lesson is part of a course.")
        return read

    def _wrong(self, read: ReadContext, name: str, message: str, hint: str = "") -> None:
        self._problems.wrong(read.entry, join(read.entry.path, name), message, hint)

    def _rule(self, step: s.StepTable, entry: Entry, place: int) -> Rule | None:
        if step.rule is None:
            return None
        path = join(join(join(entry.path, "steps"), place), "rule")
        try:
            rule = read_rule(step.rule, path=path, readers=self._tables.rule_readers)
        except ConfigurationError as exc:
            self._problems.told(exc, entry)
            return None
        if Fact("steps") in rule.facts:
            said = "the steps of a pathway have no steps of their own."
            self._problems.wrong(entry, path, said)
        return rule

    def _check_dates(self, read: ReadContext) -> None:
        start, end = read.table.start, read.table.end
        if start and end and instant(end, _UTC, end=True) < instant(start, _UTC):
            self._wrong(read, "end", "is before the start.")

    def _check_steps(self, read: ReadContext) -> None:
        table = read.table
        if read.kind != "pathway":
            for name in ("steps", "at_least"):
                if name in read.entry.table:
                    self._wrong(read, name, f"a {read.kind} has no steps, only a pathway has.")
            return
        if table.at_least is not None and 0 < len(table.steps) < table.at_least:
            said = f"{table.at_least}: there are {len(table.steps)} steps."
            self._wrong(read, "at_least", said)
        courses: dict[str, str] = {}
        for place, step in enumerate(table.steps):
            path = read.step_path(place)
            if step.course in courses:
                said = f"{step.course!r}: {courses[step.course]} is this course as well."
                self._problems.wrong(read.entry, join(path, "course"), said)
            courses.setdefault(step.course, f"steps[{place}]")
            self._check_ways(step, path, read.entry)

    def _check_ways(self, step: s.StepTable, path: str, entry: Entry) -> None:
        for place, course in enumerate(step.alternatives):
            if course in (step.course, *step.alternatives[:place]):
                said = f"{course!r}: stands in this step already."
                self._problems.wrong(entry, join(join(path, "or"), place), said)
        if step.holds is not None:
            types = self._tables.files.named["types"]
            self._problems.looked_up("type", types, step.holds, entry, join(path, "holds"))

    def _check_keys(self) -> None:
        known: dict[str, ReadContext] = {}
        for read in filter(None, self.found.values()):
            key = read.table.key
            if key in known:
                other = known[key].entry
                said = f"{key!r}: {other.path} in {other.file} has this key as well."
                hint = "A course that is used again keeps its context: change dates and cycle."
                self._wrong(read, "key", said, hint)
            elif key != read.alias and key in self._entries:
                # configurations go by either, and it has to be clear by which
                self._wrong(read, "key", f"{key!r}: another context is called so.")
            known.setdefault(key, read)

    def made(
        self, read: ReadContext, source: Source, zone: zoneinfo.ZoneInfo
    ) -> LearningContext | None:
        """
        Make the context as it stands for one source; None if something is wrong, which is told.
        """
        table = read.table
        options = self._options(table.options, read.entry.path, read.entry, source)
        steps = [
            Step(
                course=step.course,
                alternatives=step.alternatives,
                name=step.name,
                rule=rule,
                holds=step.holds,
                options=self._options(step.options, read.step_path(place), read.entry, source),
            )
            for place, (step, rule) in enumerate(zip(table.steps, read.rules, strict=True))
        ]
        if self._problems.about([read.entry]):
            return None
        return LearningContext(
            key=table.key,
            kind=read.kind,
            name=table.name,
            start=None if table.start is None else instant(table.start, zone),
            end=None if table.end is None else instant(table.end, zone, end=True),
            steps=tuple(steps),
            at_least=table.at_least,
            course=table.course,
            options=options,
            alias=read.alias,
        )

    def _options(self, value: Any, above: str, entry: Entry, source: Source) -> Any:
        kind = self._tables.registry.get("retriever", source.provider).context_options
        path = join(above, "options")
        if kind is not None:
            return self._problems.structured({} if value is None else value, kind, entry, path)
        if value is not None:
            said = f"{source.name!r} ({source.provider}) wants to know nothing of contexts."
            self._problems.wrong(entry, path, said)
        return None
