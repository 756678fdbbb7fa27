"""
Reading courses, lessons and pathways.
"""

from __future__ import annotations

import zoneinfo

from typing import Any

from attrs import evolve

from certcore.bootstrap import _schema as s
from certcore.bootstrap._files import Entry
from certcore.bootstrap._tables import Tables
from certcore.bootstrap._times import instant
from certcore.config import join, read_rule, structure
from certcore.domain import LearningContext, Source, Step
from certcore.exceptions import ConfigurationError, Problem


class Contexts(Tables):
    """
    A context's table, as it stands for one source.
    """

    def _context(
        self, alias: str, table: s.ContextTable, source: Source | None, zone: zoneinfo.ZoneInfo
    ) -> LearningContext:
        entry = self._files.named["contexts"][alias]
        steps = tuple(
            self._step(step, entry, join(join(entry.path, "steps"), place), source)
            for place, step in enumerate(table.steps)
        )
        if table.at_least is not None and table.at_least > len(steps):
            self._refuse(entry, "at_least", f"{table.at_least}: there are {len(steps)} steps.")
        if steps and table.kind not in {None, "pathway"}:
            self._refuse(entry, "steps", "only a pathway has steps.")
        return LearningContext(
            key=table.key,
            kind=table.kind or ("pathway" if steps else "course"),
            name=table.name,
            start=None if table.start is None else instant(table.start, zone),
            end=None if table.end is None else instant(table.end, zone, end=True),
            steps=steps,
            at_least=table.at_least,
            course=table.course,
            options=self._context_options(
                table.options, join(entry.path, "options"), entry, source
            ),
            alias=alias,
        )

    @staticmethod
    def _refuse(entry: Entry, name: str, message: str) -> None:
        raise ConfigurationError([Problem(join(entry.path, name), message, file=entry.file)])

    def _step(self, table: s.StepTable, entry: Entry, path: str, source: Source | None) -> Step:
        rule = None
        if table.rule is not None:
            try:
                rule = read_rule(table.rule, path=join(path, "rule"), readers=self._rule_readers())
            except ConfigurationError as exc:
                raise ConfigurationError(
                    [evolve(problem, file=entry.file) for problem in exc.problems]
                ) from exc
        return Step(
            course=table.course,
            alternatives=table.alternatives,
            name=table.name,
            rule=rule,
            holds=table.holds,
            options=self._context_options(table.options, join(path, "options"), entry, source),
        )

    def _context_options(self, table: Any, path: str, entry: Entry, source: Source | None) -> Any:
        provider = None if source is None else self._registry.get("retriever", source.provider)
        if provider is None or provider.context_options is None:
            if table is not None:
                said = f"{source.name!r} has no options of contexts." if source else "unknown key."
                raise ConfigurationError([Problem(path, said, file=entry.file)])
            return None
        return structure(table or {}, provider.context_options, path=path, file=entry.file)
