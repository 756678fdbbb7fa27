"""
Verdicts and decisions: who is eligible, and what is missing for everybody else.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from attrs import frozen


class Verdict(enum.Enum):
    """
    Kleene's three values.
    """

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"

    @classmethod
    def at_least(cls, needed: int, verdicts: Iterable[Verdict]) -> Verdict:
        """
        Judge "at least so many of these": unknown only where the unknown ones could decide it.
        """
        all_ = tuple(verdicts)
        met = all_.count(cls.MET)
        if met >= needed:
            return cls.MET
        return cls.UNKNOWN if met + all_.count(cls.UNKNOWN) >= needed else cls.UNMET


CriterionKind: TypeAlias = Literal[
    "completion", "grade", "fact", "enrolled", "holds", "all", "any", "steps", "step", "other"
]


@frozen(kw_only=True)
class Decision:
    """
    A verdict and where it comes from: a tree like its rule.
    """

    verdict: Verdict
    kind: CriterionKind
    name: str = ""
    """The category, fact, step or course that this is about."""
    required: float | None = None
    actual: float | None = None
    """None: unknown."""
    note: str = ""
    """What else there is to say: `no grade for 'Total'`."""
    needed: int | None = None
    """For a node: how many of its children have to be met."""
    children: tuple[Decision, ...] = ()
    earned_at: dt.datetime | None = None
    """When the criterion was met (aware), if the source knows."""
    course: str = ""
    """Key of the course that this looks at, in a pathway; empty: the context's own."""

    @property
    def eligible(self) -> bool:
        """
        Whether it is met: what isn't known makes nobody eligible.
        """
        return self.verdict is Verdict.MET

    @property
    def evaluable(self) -> bool:
        """
        Whether enough is known to say so or otherwise.
        """
        return self.verdict is not Verdict.UNKNOWN

    @property
    def missing(self) -> Missing:
        """
        The nearest way to met: the leaves still to be met on the cheapest path.
        """
        nearest = _nearest(self)
        return Missing(items=tuple(dict.fromkeys(nearest) if len(nearest) > 1 else nearest))

    def leaves(self) -> Iterator[Decision]:
        """
        Walk the criteria that look at a fact, from left to right.
        """
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    @property
    def gap(self) -> float:
        """
        How far a leaf is from met, as a share of what is required; 1 if that can't be told.
        """
        if self.verdict is Verdict.MET:
            return 0.0
        if self.required is None or self.actual is None or self.required <= 0:
            return 1.0
        return max(0.0, 1 - self.actual / self.required)


@frozen(kw_only=True)
class Missing:
    """
    What somebody still has to reach, on the nearest way there. False if nothing is missing.
    """

    items: tuple[Decision, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.items)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def as_dict(self) -> dict[str, object]:
        """
        Give plain values for JSON, each item with its kind, name, course, required and actual.
        """
        return {
            "items": [
                {
                    "kind": item.kind,
                    "name": item.name,
                    "course": item.course,
                    "required": item.required,
                    "actual": item.actual,
                    "verdict": item.verdict.value,
                    "note": item.note,
                }
                for item in self.items
            ]
        }


_RANK = {Verdict.MET: 0, Verdict.UNKNOWN: 1, Verdict.UNMET: 2}


def _cost(child: Decision, leaves: list[Decision]) -> tuple[int, bool, int, float]:
    # What may be met already, if only somebody knew, comes before what is known to lack; then what
    # is known throughout, fewer criteria, the smaller gap.
    unknown = any(leaf.verdict is Verdict.UNKNOWN for leaf in leaves)
    return _RANK[child.verdict], unknown, len(leaves), sum(leaf.gap for leaf in leaves)


def _nearest(decision: Decision) -> list[Decision]:
    if decision.verdict is Verdict.MET:
        return []
    if not decision.children:
        return [decision]
    needed = len(decision.children) if decision.needed is None else decision.needed
    ways = [(child, _nearest(child)) for child in decision.children]
    if needed > len(ways):
        # more is wanted than there is: no way leads there, so the node itself is what is missing
        return [decision]
    cheapest = sorted(ways, key=lambda way: _cost(*way))[:needed]
    chosen = {id(leaves) for _, leaves in cheapest}
    found = [leaf for _, leaves in ways if id(leaves) in chosen for leaf in leaves]
    # a rule may have reasons of its own for not being met though its parts are
    return found or [decision]
