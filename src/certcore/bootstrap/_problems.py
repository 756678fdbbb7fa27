"""
Telling problems: each once, with its file and path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard, TypeVar

from attrs import evolve, field, frozen

from certcore.config import join, near, shown, structure
from certcore.exceptions import ConfigurationError, Problem


_T = TypeVar("_T")


@frozen(eq=False)
class Entry:
    """
    A table, where it stands, and in which file.
    """

    table: Mapping[str, Any] = field(repr=False)
    path: str
    file: str

    def holds(self, problem: Problem) -> bool:
        """
        Tell whether that is a problem of this table.
        """
        if problem.file != self.file:
            return False
        rest = problem.path.removeprefix(self.path)
        return not self.path or rest == "" or (rest != problem.path and rest[0] in ".[")


class Problems:
    """
    Collects problems; one that several configurations share is told once.
    """

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    @property
    def found(self) -> tuple[Problem, ...]:
        """
        Everything that was told.
        """
        return tuple(self._found)

    def about(self, entries: Iterable[Entry]) -> tuple[Problem, ...]:
        """
        Give what was told of these tables.
        """
        wanted = list(entries)
        return tuple(p for p in self._found if any(entry.holds(p) for entry in wanted))

    def add(self, problem: Problem) -> None:
        """
        Tell a problem.
        """
        self._found[problem] = None

    def wrong(self, entry: Entry, path: str, message: str, hint: str = "") -> None:
        """
        Tell what is wrong at that path of a table's file.
        """
        self.add(Problem(path, message, hint, entry.file))

    def told(self, exc: ConfigurationError, entry: Entry) -> None:
        """
        Tell what was raised while that table was read.
        """
        for problem in exc.problems:
            self.add(evolve(problem, file=problem.file or entry.file))

    def unknown(self, entry: Entry, known: Iterable[str]) -> None:
        """
        Refuse the keys of a table that aren't known.
        """
        for name in entry.table:
            if name not in known:
                hint = near(name, known) or f"Known are: {', '.join(sorted(known))}."
                self.wrong(entry, join(entry.path, name), "unknown key.", hint)

    def structured(self, table: object, kind: type[_T], entry: Entry, path: str) -> _T | None:
        """
        Make a value of that type; None if something is wrong, which is told.
        """
        try:
            return structure(table, kind, path=path)
        except ConfigurationError as exc:
            self.told(exc, entry)
            return None

    def looked_up(
        self, kind: str, known: Mapping[str, _T], name: object, entry: Entry, path: str
    ) -> _T | None:
        """
        Give what is called so; None if nothing is, which is told.
        """
        if not isinstance(name, str):
            self.wrong(entry, path, f"{shown(name)}: a text is wanted.")
            return None
        if name in known:
            return known[name]
        hint = near(name, known) or f"There are: {', '.join(known) or 'none'}."
        self.wrong(entry, path, f"{name!r}: no such {kind}.", hint)
        return None


def is_list(value: object) -> TypeGuard[list[Any]]:
    """
    Tell whether that is a list.
    """
    return isinstance(value, list)


def sentence(said: object) -> str:
    """
    End what an exception says with a full stop.
    """
    text = str(said)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def failure(exc: Exception) -> str:
    """
    Say how somebody else's code failed.
    """
    return sentence(f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__)
