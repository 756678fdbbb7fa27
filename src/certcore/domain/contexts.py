"""
Where learning takes place: courses, lessons and pathways.
"""

from __future__ import annotations

import datetime as dt

from typing import Any, Literal, Protocol, TypeAlias

from attrs import evolve, field, frozen

from certcore.domain._checks import aware, positive_count, storable
from certcore.domain.decisions import Decision
from certcore.domain.progress import Fact, Progress


ContextKind: TypeAlias = Literal["course", "lesson", "pathway"]


class Rule(Protocol):
    """
    A condition on a learner's progress. Pure: the same facts give the same decision.
    """

    @property
    def facts(self) -> frozenset[Fact]:
        """
        What has to be retrieved for a judgement, and no more.
        """
        ...

    def evaluate(self, progress: Progress) -> Decision:
        """
        Judge, with required and actual at each leaf. Never raises for what isn't known.
        """
        ...

    def bind(self, context: LearningContext) -> Rule:
        """
        Give the rule as it stands in that context: a rule about steps learns which there are.
        """
        ...


@frozen(kw_only=True)
class Step:
    """
    A step of a pathway: met in its course, in any of the others, or by a certificate already held.
    """

    course: str
    alternatives: tuple[str, ...] = ()
    """Other courses that count as well: another run, or the one it replaced."""
    name: str = ""
    rule: Rule | None = None
    """What has to be reached here; None: what the pathway's rule asks of every step."""
    holds: str | None = None
    """Key of a certificate type: whoever holds it for one of the courses has the step."""
    options: Any = None
    """What the source needs to know of this step: an instance of the retriever's own class."""

    @property
    def courses(self) -> tuple[str, ...]:
        """
        Every course that the step can be met in.
        """
        return (self.course, *self.alternatives)


@frozen(kw_only=True)
class LearningContext:
    """
    A course, a lesson or a pathway.

    Name, dates and steps come from the source unless a configuration gives them.
    """

    key: str = field(validator=storable)
    kind: ContextKind = "course"
    name: str = ""
    start: dt.datetime | None = field(default=None, validator=aware)
    end: dt.datetime | None = field(default=None, validator=aware)
    steps: tuple[Step, ...] = ()
    at_least: int | None = field(default=None, validator=positive_count)
    """How many of the steps are wanted; None: all."""
    course: str | None = None
    """The course that a lesson is part of."""
    options: Any = None
    """What the source needs to know of this context: an instance of the retriever's own class."""
    alias: str = ""
    """What people call it in commands and logs; free to change."""

    def completed_by(self, described: LearningContext) -> LearningContext:
        """
        Fill what this one leaves open from what the source says; what stands here wins.
        """
        return evolve(
            self,
            name=self.name or described.name,
            start=self.start or described.start,
            end=self.end or described.end,
            steps=self.steps or described.steps,
            at_least=self.at_least if self.steps else self.at_least or described.at_least,
            course=self.course or described.course,
        )
