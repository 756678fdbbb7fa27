"""
Pathways: a rule for each of the steps.
"""

from __future__ import annotations

from attrs import evolve, frozen

from certcore.domain import Decision, Fact, LearningContext, Progress, Rule, Step, Verdict
from certcore.rules._composite import Composable


_NOTHING_KNOWN = Progress()


@frozen
class EveryStep(Composable):
    """
    Met when every step of the pathway is, or as many of them as `at_least` says.

    A step is met when its own rule, or else `rule`, is met in one of its courses, or by a certificate
    already held. Which steps there are is the context's to say: `bind` it first.
    """

    rule: Rule
    at_least: int | None = None
    steps: tuple[Step, ...] = ()

    @property
    def facts(self) -> frozenset[Fact]:
        rules = [self.rule, *(step.rule for step in self.steps if step.rule is not None)]
        facts = frozenset({Fact("steps")}).union(*(rule.facts for rule in rules))
        held = any(step.holds for step in self.steps)
        return facts | {Fact("holds")} if held else facts

    def bind(self, context: LearningContext) -> EveryStep:
        """
        Take the steps, and how many of them are wanted, from the context.
        """
        return evolve(self, steps=context.steps, at_least=self.at_least or context.at_least)

    def evaluate(self, progress: Progress) -> Decision:
        children = tuple(self._step(step, progress) for step in self.steps)
        needed = len(children) if self.at_least is None else self.at_least
        if not children:
            # a pathway nobody described isn't a pathway without conditions
            return Decision(
                verdict=Verdict.UNKNOWN, kind="steps", note="the pathway has no known steps"
            )
        return Decision(
            verdict=Verdict.at_least(needed, (child.verdict for child in children)),
            kind="steps",
            needed=needed,
            children=children,
        )

    def _step(self, step: Step, progress: Progress) -> Decision:
        rule = step.rule or self.rule
        ways = [
            _in_course(rule, course, progress.steps.get(course, _NOTHING_KNOWN))
            for course in step.courses
        ]
        if step.holds is not None:
            ways.append(_by_certificate(step, step.holds, progress))
        return Decision(
            verdict=Verdict.at_least(1, (way.verdict for way in ways)),
            kind="step",
            name=step.name or step.course,
            needed=1,
            children=tuple(ways),
        )


def _in_course(rule: Rule, course: str, progress: Progress) -> Decision:
    if progress.enrolled is False:
        return Decision(
            verdict=Verdict.UNMET, kind="enrolled", name=course, note=f"not enrolled in {course}"
        )
    judged = rule.evaluate(progress)
    return Decision(verdict=judged.verdict, kind="all", name=course, children=(judged,))


def _by_certificate(step: Step, type_key: str, progress: Progress) -> Decision:
    if progress.holds is None:
        verdict = Verdict.UNKNOWN
    else:
        held = any((course, type_key) in progress.holds for course in step.courses)
        verdict = Verdict.MET if held else Verdict.UNMET
    return Decision(
        verdict=verdict, kind="holds", name=type_key, note=f"no certificate {type_key!r} for it"
    )
