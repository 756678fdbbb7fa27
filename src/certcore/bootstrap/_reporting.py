"""
Telling problems: each once, with its file and path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attrs import evolve

from certcore.bootstrap._files import Entry
from certcore.bootstrap._merging import Setting, origin_of
from certcore.config import join, near
from certcore.exceptions import ConfigurationError, Problem


_T = TypeVar("_T")


class Reporter:
    """
    Collects problems, and looks up names so that a wrong one becomes a problem.
    """

    problems: list[Problem]

    def _wrong(self, entry: Entry, path: str, message: str, hint: str = "") -> Problem:
        problem = Problem(path, message, hint, entry.file)
        if problem not in self.problems:
            self.problems.append(problem)
        return problem

    def _told(self, exc: ConfigurationError) -> None:
        self.problems += [problem for problem in exc.problems if problem not in self.problems]

    def _unknown(self, entry: Entry, known: Iterable[str]) -> None:
        for name in entry.table:
            if name not in known:
                hint = near(name, known) or f"Known are: {', '.join(sorted(known))}."
                self._wrong(entry, join(entry.path, name), "unknown key.", hint)

    def _each(
        self, entries: Mapping[str, Entry], read: Callable[[str, Entry], _T]
    ) -> dict[str, _T | None]:
        found: dict[str, _T | None] = {}
        for name, entry in entries.items():
            try:
                found[name] = read(name, entry)
            except ConfigurationError as exc:
                self._told(exc)
                found[name] = None
        return found

    def _named(
        self, kind: str, found: Mapping[str, _T | None], name: str, entry: Entry, path: str
    ) -> _T | None:
        if name in found:
            return found[name]
        hint = near(name, found) or f"There are: {', '.join(found) or 'none'}."
        self._wrong(entry, path, f"{name!r}: no such {kind}.", hint)
        return None

    @staticmethod
    def _located(
        problems: Iterable[Problem], settings: tuple[Setting, ...], entry: Entry
    ) -> list[Problem]:
        """
        Say where in which file the value stands that a problem of a merged table is about.
        """
        located: list[Problem] = []
        for problem in problems:
            setting = origin_of(settings, problem.path)
            file, where = (setting.file, setting.where) if setting else (entry.file, entry.path)
            path = f"{where}.{problem.path}" if problem.path else where
            located.append(evolve(problem, path=path, file=file))
        return located
