"""
Rules that compare one fact with a minimum.
"""

from __future__ import annotations

import math

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import Attribute, evolve, field, frozen

from certcore.domain import CriterionKind, Decision, Fact, Progress, Verdict
from certcore.rules._composite import Composable


# Platforms compute percentages in binary fractions: 0.6 arrives as 0.5999999999999999, and nobody
# is turned down for that.
_NOISE = 1e-9


def _fraction(value: object, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        msg = f"{what}: a fraction from 0 to 1 is wanted, not {value!r}"
        raise ValueError(msg)


def _is_fraction(instance: object, attribute: Attribute[Any], value: float) -> None:
    del instance
    _fraction(value, attribute.name)


def _are_fractions(instance: object, attribute: Attribute[Any], value: Mapping[str, float]) -> None:
    del instance
    if not value:
        msg = f"{attribute.name}: at least one category is wanted"
        raise ValueError(msg)
    for category, minimum in value.items():
        _fraction(minimum, f"{attribute.name} {category!r}")


def _is_finite(instance: object, attribute: Attribute[Any], value: object) -> None:
    del instance
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        msg = f"{attribute.name}: a finite number is wanted, not {value!r}"
        raise ValueError(msg)


def _copied(values: Mapping[str, float]) -> Mapping[str, float]:
    return dict(values)


def _compare(
    kind: CriterionKind, name: str, required: float, actual: float | None, progress: Progress
) -> Decision:
    decision = _compared(kind, name, required, actual)
    if progress.earned_at is not None and decision.verdict is Verdict.MET:
        return evolve(decision, earned_at=progress.earned_at)
    return decision


# a million learners have a hundred grades; as evidence, 1 and 1.0 don't look the same
@lru_cache(maxsize=4096, typed=True)
def _compared(kind: CriterionKind, name: str, required: float, actual: float | None) -> Decision:
    if actual is None:
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.MET if actual >= required - _NOISE else Verdict.UNMET
    what = f"fact {name!r}" if kind == "fact" else f"{kind} for {name!r}" if name else kind
    return Decision(
        verdict=verdict,
        kind=kind,
        name=name,
        required=required,
        actual=actual,
        note=f"no {what}" if actual is None else "",
    )


@frozen
class MinimumCompletion(Composable):
    """
    Met when at least this part of the context is done: `MinimumCompletion(0.90)`.
    """

    minimum: float = field(validator=_is_fraction)

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset({Fact("completion")})

    def evaluate(self, progress: Progress) -> Decision:
        return _compare("completion", "", self.minimum, progress.completion, progress)


@frozen
class MinimumGrades(Composable):
    """
    Met when each category's grade is at least so high: `MinimumGrades({"Total": 0.60})`.

    `Total` is the grade of the whole, weighted as the course's policy says.
    """

    minimums: Mapping[str, float] = field(validator=_are_fractions, converter=_copied)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.minimums.items())))

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset(Fact("grades", category) for category in self.minimums)

    def evaluate(self, progress: Progress) -> Decision:
        children = [
            _compare("grade", category, minimum, progress.grades.get(category), progress)
            for category, minimum in self.minimums.items()
        ]
        if len(children) == 1:
            return children[0]
        return Decision(
            verdict=Verdict.at_least(len(children), (child.verdict for child in children)),
            kind="all",
            children=tuple(children),
        )


@frozen
class FactAtLeast(Composable):
    """
    Met when a named number is at least so high: `FactAtLeast("forum_posts", 5)`.
    """

    name: str
    minimum: float = field(validator=_is_finite)

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset({Fact("facts", self.name)})

    def evaluate(self, progress: Progress) -> Decision:
        return _compare("fact", self.name, self.minimum, progress.facts.get(self.name), progress)
