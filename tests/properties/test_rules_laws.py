"""
Laws that every rule keeps, whatever a learner has done.
"""

from __future__ import annotations

import itertools

from typing import Any

import pytest

from attrs import evolve, fields
from hypothesis import assume, event, given
from hypothesis import strategies as st

from certcore.domain import (
    Decision,
    LearnerProgress,
    LearningContext,
    Progress,
    Rule,
    Step,
    Verdict,
)
from certcore.rules import (
    AllOf,
    AnyOf,
    EveryStep,
    FactAtLeast,
    MinimumCompletion,
    MinimumGrades,
)
from certcore.testing.strategies import contexts, decisions, learner_progress, progress, rules


GIVABLE = {"completion", "grade", "fact", "holds"}


@st.composite
def raised(draw: st.DrawFn, rule: Rule) -> Rule:
    """
    The same rule, each of its minimums as it was or higher.
    """
    match rule:
        case MinimumCompletion():
            return MinimumCompletion(draw(st.floats(rule.minimum, 1)))
        case MinimumGrades():
            return MinimumGrades({n: draw(st.floats(m, 1)) for n, m in rule.minimums.items()})
        case FactAtLeast():
            return FactAtLeast(rule.name, rule.minimum + draw(st.floats(0, 100)))
        case AllOf():
            return AllOf(*(draw(raised(each)) for each in rule.rules))
        case AnyOf():
            more = draw(st.integers(rule.at_least, len(rule.rules)))
            return AnyOf(*(draw(raised(each)) for each in rule.rules), at_least=more)
        case EveryStep():
            least = draw(st.none() | st.integers(rule.at_least, 5)) if rule.at_least else None
            steps = tuple(draw(raised_step(step)) for step in rule.steps)
            # None wants all of them: never fewer than a number that can be reached
            if least is None and rule.at_least is not None and rule.at_least > len(steps):
                least = rule.at_least
            return EveryStep(draw(raised(rule.rule)), at_least=least, steps=steps)
        case _:
            raise AssertionError(rule)


@st.composite
def raised_step(draw: st.DrawFn, step: Step) -> Step:
    return evolve(step, rule=None if step.rule is None else draw(raised(step.rule)))


@st.composite
def weakened(draw: st.DrawFn, known: Progress) -> Progress:
    """
    The same progress without some of its facts.
    """
    kept = st.booleans()
    return Progress(
        enrolled=known.enrolled if draw(kept) else None,
        completion=known.completion if draw(kept) else None,
        grades={name: grade for name, grade in known.grades.items() if draw(kept)},
        facts={name: fact for name, fact in known.facts.items() if draw(kept)},
        earned_at=known.earned_at if draw(kept) else None,
        steps={course: draw(weakened(step)) for course, step in known.steps.items() if draw(kept)},
        holds=known.holds if draw(kept) else None,
    )


def granted(known: Progress, item: Decision) -> Progress:
    """
    The same progress, with what one missing item asks for.
    """
    if item.kind == "holds":
        return evolve(known, holds=(known.holds or frozenset()) | {(item.course, item.name)})
    if item.course:
        there = granted(known.steps.get(item.course, Progress()), evolve(item, course=""))
        return evolve(known, steps={**known.steps, item.course: there})
    assert item.required is not None
    if item.kind == "completion":
        return evolve(known, completion=max(known.completion or 0.0, item.required))
    given_ = known.grades if item.kind == "grade" else known.facts
    more = {**given_, item.name: max(given_.get(item.name, item.required), item.required)}
    return evolve(known, grades=more) if item.kind == "grade" else evolve(known, facts=more)


@given(st.data(), rules(), progress())
def test_raising_a_minimum_never_makes_anyone_eligible(
    data: st.DataObject, rule: Rule, known: Progress
) -> None:
    """
    Whoever meets the stricter rule meets the milder one.
    """
    stricter = data.draw(raised(rule))
    event(f"stricter: {stricter.evaluate(known).verdict.value}")

    assert rule.evaluate(known).eligible or not stricter.evaluate(known).eligible


@given(st.data(), rules(), progress())
def test_taking_facts_away_never_turns_a_verdict_round(
    data: st.DataObject, rule: Rule, known: Progress
) -> None:
    """
    With less data a verdict stays or becomes unknown; nobody is turned down for a gap.
    """
    before = rule.evaluate(known).verdict
    assume(before is not Verdict.UNKNOWN)
    less = data.draw(weakened(known))
    event(f"{before.value}, then {rule.evaluate(less).verdict.value}")

    assert rule.evaluate(less).verdict in {before, Verdict.UNKNOWN}


@pytest.mark.parametrize(
    "step", [Step(course="a"), Step(course="a", alternatives=("b",), holds="t")]
)
def test_nor_does_it_in_a_single_step(step: Step) -> None:
    """
    The same of a pathway so small that every case can be tried: enrolled or not, done or not, a
    certificate held or not, and each of them known or not.
    """
    rule = EveryStep(MinimumCompletion(0.5), steps=(step,))
    said = (
        [None, True, False],
        [None, 0.1, 1.0],
        [None, True, False],
        [None, 1.0],
        [None, True, False],
    )
    cases: dict[tuple[Any, ...], Verdict] = {
        case: rule.evaluate(single(*case)).verdict for case in itertools.product(*said)
    }
    turned = [
        (case, less)
        for case, verdict in cases.items()
        for less in itertools.product(*({None, fact} for fact in case))
        if {verdict, cases[less]} == {Verdict.MET, Verdict.UNMET}
    ]

    assert set(Verdict) == set(cases.values())
    assert not turned


def single(
    in_a: bool | None,  # noqa: FBT001  # facts in a row
    done_a: float | None,
    in_b: bool | None,  # noqa: FBT001  # as above
    done_b: float | None,
    held: bool | None,  # noqa: FBT001  # as above
) -> Progress:
    certificates = frozenset({("a", "t")} if held else ())
    return Progress(
        steps={
            "a": Progress(enrolled=in_a, completion=done_a),
            "b": Progress(enrolled=in_b, completion=done_b),
        },
        holds=None if held is None else certificates,
    )


@given(rules())
def test_nothing_known_turns_nobody_down(rule: Rule) -> None:
    """
    Of somebody of whom nothing is known, only what can't be met by anybody is unmet.
    """
    decision = rule.evaluate(Progress())
    impossible = [d for d in nodes(decision) if d.needed is not None and d.needed > len(d.children)]

    assert decision.verdict is Verdict.UNKNOWN or impossible


def nodes(decision: Decision) -> list[Decision]:
    return [decision, *(node for child in decision.children for node in nodes(child))]


@given(decisions())
def test_eligible_exactly_when_nothing_is_missing(decision: Decision) -> None:
    """
    `missing` is empty for the eligible, and for nobody else; even if a plugin's tree is odd.
    """
    assert decision.eligible is not bool(decision.missing)


@given(rules(), progress())
def test_what_is_missing_is_enough(rule: Rule, known: Progress) -> None:
    """
    Whoever is given what `missing` asks for is eligible.

    As far as it can be given: who isn't enrolled has to be, and judged again; and where more steps
    are wanted than there are, nothing helps.
    """
    missing = rule.evaluate(known).missing
    assume(missing and all(item.kind in GIVABLE for item in missing))
    event(f"{len(missing)} missing")
    better = known
    for item in missing:
        better = granted(better, item)

    assert Verdict.MET is rule.evaluate(better).verdict


@given(rules(), progress())
def test_missing_is_never_met_already(rule: Rule, known: Progress) -> None:
    """
    No item of `missing` is met, and none is said twice.
    """
    items = rule.evaluate(known).missing.items

    assert not [item for item in items if item.verdict is Verdict.MET]
    assert len(items) == len(set(items))


@given(rules(), rules(), progress())
def test_and_or_are_conjunction_and_disjunction(a: Rule, b: Rule, known: Progress) -> None:
    """
    `&` is Kleene's and, `|` is Kleene's or, in either order.
    """
    order = [Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET]
    verdicts = [order.index(rule.evaluate(known).verdict) for rule in (a, b)]

    both = AllOf(a, b), AllOf(b, a)
    either = AnyOf(a, b), AnyOf(b, a)

    assert {order[min(verdicts)]} == {rule.evaluate(known).verdict for rule in both}
    assert {order[max(verdicts)]} == {rule.evaluate(known).verdict for rule in either}


@given(rules(), learner_progress())
def test_who_it_is_doesnt_matter(rule: Rule, known: LearnerProgress) -> None:
    """
    A rule judges facts: nothing of the learner gets into a decision.
    """
    facts = {field.name: getattr(known, field.name) for field in fields(Progress)}

    assert rule.evaluate(Progress(**facts)) == rule.evaluate(known)


@given(rules(), contexts())
def test_binding_again_changes_nothing(rule: Rule, context: LearningContext) -> None:
    """
    A rule that knows its context knows it.
    """
    bound = rule.bind(context)

    assert bound == bound.bind(context)


@given(rules(), progress())
def test_a_rule_looks_at_the_facts_it_declares(rule: Rule, known: Progress) -> None:
    """
    What a rule doesn't declare doesn't change its verdict: retrievers need fetch no more.
    """
    wanted = {(fact.kind, fact.name) for fact in rule.facts}
    kinds = {kind for kind, _ in wanted}

    def only(known: Progress) -> Progress:
        return Progress(
            enrolled=known.enrolled,
            completion=known.completion if "completion" in kinds else None,
            grades={n: g for n, g in known.grades.items() if ("grades", n) in wanted},
            facts={n: f for n, f in known.facts.items() if ("facts", n) in wanted},
            earned_at=known.earned_at,
            steps={c: only(step) for c, step in known.steps.items()} if "steps" in kinds else {},
            holds=known.holds if "holds" in kinds else None,
        )

    assert rule.evaluate(known) == rule.evaluate(only(known))
