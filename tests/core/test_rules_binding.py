"""
Rules in their context: what a plugin's rule has to know, it knows wherever it stands.
"""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from certcore.domain import Decision, Fact, LearningContext, Progress, Step, Verdict
from certcore.rules import EveryStep


THEN = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@frozen
class InTime:
    """
    A plugin's rule that has to know the context: met by what was earned before its end.
    """

    end: dt.datetime | None = None

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset()

    def evaluate(self, progress: Progress) -> Decision:
        asked = self.end is not None and progress.earned_at is not None
        in_time = asked and progress.earned_at <= self.end
        return Decision(verdict=Verdict.MET if in_time else Verdict.UNKNOWN, kind="other")

    def bind(self, context: LearningContext) -> InTime:
        return InTime(context.end)


def test_what_is_asked_of_steps_knows_the_context() -> None:
    """
    The rule for all of them, and a step's own.
    """
    steps = (Step(course="ds1"), Step(course="ds2", rule=InTime()))
    context = LearningContext(key="p", kind="pathway", end=THEN, steps=steps)
    earned = Progress(earned_at=THEN)
    known = Progress(steps={"ds1": earned, "ds2": earned})

    bound = EveryStep(InTime()).bind(context)

    assert Verdict.UNKNOWN is EveryStep(InTime(), steps=steps).evaluate(known).verdict
    assert Verdict.MET is bound.evaluate(known).verdict
