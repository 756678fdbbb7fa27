"""
Pathways: a rule for each of the steps.
"""

from __future__ import annotations

from typing import Any

from attrs import Attribute, evolve, field, frozen

from certcore.domain import Decision, Fact, LearningContext, Progress, Rule, Step, Verdict
from certcore.rules._composite import Composable


_NOTHING_KNOWN = Progress()
_STEPS = Fact("steps")


def _flat(instance: object, attribute: Attribute[Any], rule: Rule) -> None:
    del instance
    if _STEPS in rule.facts:
        msg = f"{attribute.name}: the steps of a pathway have no steps of their own"
        raise ValueError(msg)


def _some(instance: object, attribute: Attribute[Any], value: int | None) -> None:
    del instance
    if value is not None and value < 1:
        msg = f"{attribute.name}: at least one step has to be wanted, not {value!r}"
        raise ValueError(msg)


def _all_flat(instance: object, attribute: Attribute[Any], steps: tuple[Step, ...]) -> None:
    for step in steps:
        if step.rule is not None:
            _flat(instance, attribute, step.rule)


@frozen
class EveryStep(Composable):
    """
    Met when every step of the pathway is, or as many of them as `at_least` says.

    A step is met when its own rule, or else `rule`, is met in one of its courses, or by a
    certificate already held. Which steps there are is the context's to say: `bind` it first.
    """

    rule: Rule = field(validator=_flat)
    at_least: int | None = field(default=None, validator=_some)
    steps: tuple[Step, ...] = field(default=(), validator=_all_flat)

    @property
    def facts(self) -> frozenset[Fact]:
        rules = [self.rule, *(step.rule for step in self.steps if step.rule is not None)]
        facts = frozenset({_STEPS}).union(*(rule.facts for rule in rules))
        held = any(step.holds is not None for step in self.steps)
        return facts | {Fact("holds")} if held else facts

    def bind(self, context: LearningContext) -> EveryStep:
        """
        Take the steps, and how many of them are wanted, from the context.

        What is asked of each step stands in the same context.
        """
        steps = tuple(
            step if step.rule is None else evolve(step, rule=step.rule.bind(context))
            for step in context.steps
        )
        return evolve(
            self,
            rule=self.rule.bind(context),
            steps=steps,
            at_least=self.at_least or context.at_least,
        )

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
        rule = self.rule if step.rule is None else step.rule
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
    judged = _about(course, rule.evaluate(progress))
    if progress.enrolled is not False:
        return Decision(
            verdict=judged.verdict, kind="all", name=course, course=course, children=(judged,)
        )
    # Whoever isn't in a course has no facts there, and that alone is known to be unmet. Facts that
    # would do contradict it: believing either side would turn met into unmet once the other is gone
    contradiction = judged.verdict is Verdict.MET
    note = f"not enrolled in {course}"
    return Decision(
        verdict=Verdict.UNKNOWN if contradiction else Verdict.UNMET,
        kind="enrolled",
        name=course,
        course=course,
        note=f"{note}, though what is asked for is reached there" if contradiction else note,
    )


def _about(course: str, decision: Decision) -> Decision:
    children = tuple(_about(course, child) for child in decision.children)
    return evolve(decision, course=course, children=children)


def _by_certificate(step: Step, type_key: str, progress: Progress) -> Decision:
    if progress.holds is None:
        verdict, note = Verdict.UNKNOWN, f"no word whether a certificate {type_key!r} is held"
    elif any((course, type_key) in progress.holds for course in step.courses):
        verdict, note = Verdict.MET, ""
    else:
        verdict, note = Verdict.UNMET, f"no certificate {type_key!r} for it"
    return Decision(verdict=verdict, kind="holds", name=type_key, course=step.course, note=note)
