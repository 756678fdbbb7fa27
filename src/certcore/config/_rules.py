"""
Rules as they stand in a configuration.

::

    rule = { completion = 0.90, grades = { Total = 0.60 } }          # all of it
    rule = { any_of = [ { completion = 1.00 }, { facts = { hours = 20 } } ], at_least = 1 }
    rule = { every_step = { grades = { Total = 0.85 } } }
"""

from __future__ import annotations

import math

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeGuard, cast

from attrs import frozen

from certcore.config._converter import join, near, problems_of, shown
from certcore.domain import Rule
from certcore.exceptions import ConfigurationError, Problem
from certcore.rules import AllOf, AnyOf, EveryStep, FactAtLeast, MinimumCompletion, MinimumGrades


RuleReader = Callable[[Any], Rule]
"""Makes a rule of what stands behind a plugin's key."""


def read_rule(
    table: object, *, path: str = "rule", readers: Mapping[str, RuleReader] | None = None
) -> Rule:
    """
    Make a rule from its table.

    Args:
        table: All of its keys have to be met.

        path: Where it stands, for problems.

        readers: Of the rules that plugins add, by key.

    Raises:
        certcore.exceptions.ConfigurationError:
            With every problem.
    """
    problems: list[Problem] = []
    rule = _Reader(readers or {}, problems).rule(table, path)
    if rule is None:
        raise ConfigurationError(problems)
    return rule


class _Reader:
    def __init__(self, readers: Mapping[str, RuleReader], problems: list[Problem]) -> None:
        self._readers = readers
        self._problems = problems
        self._core: Mapping[str, Callable[[Any, _Table, str], Iterator[Rule]]] = {
            "completion": self._completion,
            "grades": self._grades,
            "facts": self._facts,
            "all_of": self._all_of,
            "any_of": self._any_of,
            "every_step": self._every_step,
            "at_least": self._at_least,
        }

    def _wrong(self, path: str, message: str, hint: str = "") -> None:
        self._problems.append(Problem(path, message, hint))

    def rule(self, table: object, path: str) -> Rule | None:
        entries = _table(table)
        if not entries:
            self._wrong(path, f"{shown(table)}: a table with at least one condition is wanted.")
            return None
        before = len(self._problems)
        rules = [
            rule
            for name, value in entries.items()
            for rule in self._entry(name, value, _Table(entries, path))
        ]
        if len(self._problems) > before:
            return None
        return rules[0] if len(rules) == 1 else AllOf(*rules)

    def _entry(self, name: str, value: Any, table: _Table) -> Iterator[Rule]:
        path = join(table.path, name)
        if name in self._core:
            yield from self._core[name](value, table, path)
        elif name in self._readers:
            try:
                yield self._readers[name](value)
            except Exception as exc:  # noqa: BLE001  # whatever a plugin's rule raises is told here
                self._problems.extend(problems_of(exc, path=path))
        else:
            known = [*self._core, *self._readers]
            hint = near(name, known) or f"Known are: {', '.join(known)}."
            self._wrong(path, "no such condition.", hint)

    def _completion(self, value: Any, _: _Table, path: str) -> Iterator[Rule]:
        if self._is_fraction(value, path):
            yield MinimumCompletion(value)

    def _grades(self, value: Any, _: _Table, path: str) -> Iterator[Rule]:
        grades = self._numbers(value, path, self._is_fraction)
        if grades:
            yield MinimumGrades(grades)

    def _facts(self, value: Any, _: _Table, path: str) -> Iterator[Rule]:
        for fact, least in self._numbers(value, path, self._is_number).items():
            yield FactAtLeast(fact, least)

    def _all_of(self, value: Any, _: _Table, path: str) -> Iterator[Rule]:
        rules = self._rules(value, path)
        if rules:
            yield AllOf(*rules)

    def _any_of(self, value: Any, table: _Table, path: str) -> Iterator[Rule]:
        rules = self._rules(value, path)
        least = table.entries.get("at_least", 1)
        where = join(table.path, "at_least")
        if not isinstance(least, int) or isinstance(least, bool):
            self._wrong(where, f"{shown(least)}: a whole number is wanted.")
        elif _list(value) and not 1 <= least <= len(_list(value)):
            self._wrong(where, f"{least}: a number from 1 to {len(_list(value))} is wanted.")
        elif rules:
            yield AnyOf(*rules, at_least=least)

    def _at_least(self, value: Any, table: _Table, path: str) -> Iterator[Rule]:
        del value
        if "any_of" not in table.entries:
            self._wrong(path, "goes with any_of.")
        yield from ()

    def _every_step(self, value: Any, _: _Table, path: str) -> Iterator[Rule]:
        inner = self.rule(value, path)
        if inner is not None:
            try:
                yield EveryStep(inner)
            except ValueError:
                self._wrong(path, "the steps of a pathway have no steps of their own.")

    def _rules(self, value: Any, path: str) -> list[Rule]:
        """
        Give the rules of a list if all of them are good.
        """
        items = _list(value)
        if not items:
            self._wrong(path, f"{shown(value)}: a list of rules is wanted.")
        found = [self.rule(item, join(path, place)) for place, item in enumerate(items)]
        good = [rule for rule in found if rule is not None]
        return good if len(good) == len(items) else []

    def _numbers(
        self, value: Any, path: str, accepted: Callable[[Any, str], bool]
    ) -> dict[str, float]:
        entries = _table(value)
        if not entries:
            self._wrong(path, f"{shown(value)}: a table such as {{ Total = 0.60 }} is wanted.")
        return {name: least for name, least in entries.items() if accepted(least, join(path, name))}

    def _is_number(self, value: Any, path: str) -> bool:
        good = _is_number(value)
        if not good:
            self._wrong(path, f"{shown(value)}: a number is wanted.")
        return good

    def _is_fraction(self, value: Any, path: str) -> bool:
        good = _is_number(value) and 0 <= value <= 1
        if not good:
            hint = f"Did you mean {_percent(value)}?" if _looks_like_percent(value) else ""
            self._wrong(path, f"{shown(value)}: a fraction from 0 to 1 is wanted.", hint)
        return good


@frozen
class _Table:
    entries: Mapping[str, Any]
    path: str


def _table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if _is_list(value) else []


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _looks_like_percent(value: Any) -> bool:
    return _is_number(value) and 1 < value <= 100  # noqa: PLR2004  # per cent


def _percent(value: float) -> str:
    part = Decimal(str(value)) / 100
    return f"{part:.2f}" if part == round(part, 2) else f"{part}"
