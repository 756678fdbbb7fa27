"""
Rules as they stand in a configuration.

::

    rule = { completion = 0.90, grades = { Total = 0.60 } }          # all of it
    rule = { any_of = [ { completion = 1.00 }, { facts = { hours = 20 } } ], at_least = 1 }
    rule = { every_step = { grades = { Total = 0.85 } } }
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from certcore.config._converter import join, near, problems_of, shown
from certcore.domain import Rule
from certcore.exceptions import ConfigurationError, Problem
from certcore.rules import AllOf, AnyOf, EveryStep, FactAtLeast, MinimumCompletion, MinimumGrades


RuleReader = Callable[[Any], Rule]
"""Makes a rule of what stands behind a plugin's key."""

_CORE_KEYS = ("completion", "grades", "facts", "all_of", "any_of", "every_step", "at_least")


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
    if problems or rule is None:
        raise ConfigurationError(problems)
    return rule


class _Reader:
    def __init__(self, readers: Mapping[str, RuleReader], problems: list[Problem]) -> None:
        self._readers = readers
        self._problems = problems

    def _wrong(self, path: str, message: str, hint: str = "") -> None:
        self._problems.append(Problem(path, message, hint))

    def rule(self, table: object, path: str) -> Rule | None:
        if not isinstance(table, Mapping) or not table:
            self._wrong(path, f"{shown(table)}: a table with at least one condition is wanted.")
            return None
        before = len(self._problems)
        entries = cast("Mapping[str, Any]", table)
        rules = [
            rule
            for name, value in entries.items()
            for rule in self._entry(name, value, entries, join(path, name))
        ]
        if len(self._problems) > before or not rules:
            return None
        return rules[0] if len(rules) == 1 else AllOf(*rules)

    def _entry(self, name: str, value: Any, table: Mapping[str, Any], path: str) -> Iterator[Rule]:
        if name == "completion":
            if self._is_fraction(value, path):
                yield MinimumCompletion(value)
        elif name == "grades":
            grades = self._numbers(value, path, self._is_fraction)
            if grades:
                yield MinimumGrades(grades)
        elif name == "facts":
            for fact, least in self._numbers(value, path, self._is_number).items():
                yield FactAtLeast(fact, least)
        elif name == "all_of":
            rules = self._rules(value, path)
            if rules:
                yield AllOf(*rules)
        elif name == "any_of":
            yield from self._any_of(value, table, path)
        elif name == "every_step":
            inner = self.rule(value, path)
            if inner is not None:
                yield EveryStep(inner)
        elif name == "at_least":
            if "any_of" not in table:
                self._wrong(path, "goes with any_of.")
        elif name in self._readers:
            try:
                yield self._readers[name](value)
            except Exception as exc:  # noqa: BLE001  # whatever a plugin's rule raises is told here
                self._problems.extend(problems_of(exc, path=path))
        else:
            known = [*_CORE_KEYS, *self._readers]
            hint = near(name, known) or f"Known are: {', '.join(known)}."
            self._wrong(path, "no such condition.", hint)

    def _any_of(self, value: Any, table: Mapping[str, Any], path: str) -> Iterator[Rule]:
        rules = self._rules(value, path)
        at_least = table.get("at_least", 1)
        if not isinstance(at_least, int) or isinstance(at_least, bool):
            self._wrong(join(path, "at_least"), f"{shown(at_least)}: a whole number is wanted.")
        elif rules:
            try:
                yield AnyOf(*rules, at_least=at_least)
            except ValueError as exc:
                self._wrong(path, f"{exc}.")

    def _rules(self, value: Any, path: str) -> list[Rule]:
        if not isinstance(value, list) or not value:
            self._wrong(path, f"{shown(value)}: a list of rules is wanted.")
            return []
        found = [
            self.rule(item, join(path, place))
            for place, item in enumerate(cast("list[Any]", value))
        ]
        return [rule for rule in found if rule is not None]

    def _numbers(
        self, value: Any, path: str, accepted: Callable[[Any, str], bool]
    ) -> dict[str, float]:
        if not isinstance(value, Mapping) or not value:
            self._wrong(path, f"{shown(value)}: a table such as {{ Total = 0.60 }} is wanted.")
            return {}
        entries = cast("Mapping[str, Any]", value)
        return {name: least for name, least in entries.items() if accepted(least, join(path, name))}

    def _is_number(self, value: Any, path: str) -> bool:
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        good = good and abs(value) != float("inf") and value == value  # noqa: PLR0124  # not NaN
        if not good:
            self._wrong(path, f"{shown(value)}: a number is wanted.")
        return good

    def _is_fraction(self, value: Any, path: str) -> bool:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
            return True
        percent = isinstance(value, (int, float)) and 1 < value <= 100  # noqa: PLR2004  # per cent
        hint = f"Did you mean {value / 100:.2f}?" if percent else ""
        self._wrong(path, f"{shown(value)}: a fraction from 0 to 1 is wanted.", hint)
        return False
