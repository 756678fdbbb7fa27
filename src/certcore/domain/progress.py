"""
Facts: what a source says about a learner.

*No data is not zero*: what wasn't given is unknown, and nobody is turned down for it.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast

from attrs import Attribute, field, frozen

from certcore.domain._checks import aware, number, numbers
from certcore.domain.learners import Learner


_NOISE = 1e-9

FactKind: TypeAlias = Literal["completion", "grades", "facts", "steps", "holds"]
"""
What a source can give: how much of the context is done, grades by category, named numbers, all of
these for each course of a pathway. Which certificates are held already, the ledger knows.
"""


@frozen(order=True)
class Fact:
    """
    One fact that a rule asks for: `Fact("grades", "Total")`, `Fact("completion")`.
    """

    kind: FactKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}" if self.name else self.kind


def _part(instance: object, attribute: Attribute[Any], value: float | None) -> None:
    del instance
    # 95 for 95 % would make everybody eligible; a hair over 1 is how floats add up
    if value is not None and not 0 <= number(value, attribute.name) <= 1 + _NOISE:
        msg = f"{attribute.name}: a fraction from 0 to 1 is wanted, not {value!r}"
        raise ValueError(msg)


def _given(values: Mapping[str, float | None]) -> dict[str, float]:
    # None means unknown, like a name that isn't there: one way to say it is enough
    if None in values.values():
        return {name: value for name, value in values.items() if value is not None}
    return dict(cast("Mapping[str, float]", values))


def _none_given() -> dict[str, float]:
    # `dict[str, float]` would do, at many times the price
    return {}


def _no_steps() -> dict[str, Progress]:
    return {}


@frozen(kw_only=True)
class Progress:
    """
    What is known of one learner in one context. Fractions run from 0 to 1.
    """

    enrolled: bool | None = None
    """False if the source says that the learner isn't in this course; None if it doesn't say."""

    completion: float | None = field(default=None, validator=_part)
    """The part of the context that is done."""

    grades: Mapping[str, float] = field(factory=_none_given, converter=_given, validator=numbers)
    """Grade by category as the platform shows its name; `Total` weighs them as the course says."""

    facts: Mapping[str, float] = field(factory=_none_given, converter=_given, validator=numbers)
    """Named numbers: forum posts, hours attended."""

    earned_at: dt.datetime | None = field(default=None, validator=aware)
    """When the requirements were met, if the source knows."""

    steps: Mapping[str, Progress] = field(factory=_no_steps)
    """For a pathway: what is known in each of its courses, by the course's key."""

    holds: frozenset[tuple[str, str]] | None = None
    """The (context key, type key) of certificates already held; None until the ledger was asked."""


@frozen(kw_only=True)
class LearnerProgress(Progress):
    """
    What a source says about one learner.
    """

    learner: Learner


SkipKind: TypeAlias = Literal["bad-data", "no-name", "not-enrolled", "duplicate"]


@frozen(kw_only=True)
class Skipped:
    """
    A record that couldn't be used, and why; the rest isn't affected.
    """

    where: str
    """Where to look: a file and a line, an endpoint and an id."""
    reason: str
    kind: SkipKind = "bad-data"
    learner: str | None = field(default=None, repr=False)

    @classmethod
    def unless(
        cls,
        read: Callable[[Any], LearnerProgress | Skipped],
        record: Any,
        *,
        learner: object = None,
        where: str = "",
    ) -> LearnerProgress | Skipped:
        """
        Give what `read` makes of the record or, if that can't be made, what is wrong with it.
        """
        try:
            return read(record)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as exc:
            reason = f"no field {exc}" if isinstance(exc, KeyError) else str(exc)
            return cls(
                learner=None if learner is None else str(learner),
                where=where or "a record",  # not the learner's id: this is logged
                reason=reason or type(exc).__name__,
            )
