"""
Rules and the decisions they make, by example.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
import pickle

from collections.abc import Callable
from typing import Any

import pytest

from certcore.domain import (
    Decision,
    Fact,
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


MET, UNMET, UNKNOWN = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
DONE = MinimumCompletion(0.9)
TOTAL = MinimumGrades({"Total": 0.6})
HOURS = FactAtLeast("hours", 20)
THEN = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "needed, verdicts, expected",
    [
        (0, [], MET),
        (1, [], UNMET),
        (2, [MET, MET, UNKNOWN], MET),
        (2, [MET, UNKNOWN, UNMET], UNKNOWN),
        (2, [MET, UNMET, UNMET], UNMET),
        (2, [UNKNOWN, UNKNOWN], UNKNOWN),
        (2, [UNKNOWN, UNMET], UNMET),
        (3, [UNKNOWN, UNKNOWN], UNMET),
    ],
)
def test_at_least_so_many(needed: int, verdicts: list[Verdict], expected: Verdict) -> None:
    """
    Unknown only where the unknown ones could decide it.
    """
    assert expected is Verdict.at_least(needed, verdicts)


@pytest.mark.parametrize(
    "rule, progress, verdict, note",
    [
        (DONE, Progress(completion=0.9), MET, ""),
        (DONE, Progress(completion=0.89), UNMET, ""),
        (DONE, Progress(), UNKNOWN, "no completion"),
        (MinimumCompletion(0), Progress(), UNKNOWN, "no completion"),
        (DONE, Progress(completion=0.9 - 1e-12), MET, ""),
        (TOTAL, Progress(grades={"Total": 0.1 * 6}), MET, ""),
        (TOTAL, Progress(grades={"Total": 0.5999}), UNMET, ""),
        (TOTAL, Progress(grades={"total": 1}), UNKNOWN, "no grade for 'Total'"),
        (TOTAL, Progress(grades={"Total": 0}), UNMET, ""),
        (HOURS, Progress(facts={"hours": 20}), MET, ""),
        (HOURS, Progress(facts={"hours": 19}), UNMET, ""),
        (HOURS, Progress(), UNKNOWN, "no fact 'hours'"),
    ],
)
def test_minimums(rule: Rule, progress: Progress, verdict: Verdict, note: str) -> None:
    """
    No data is unknown, zero is unmet, and nobody is turned down for the noise of floats.
    """
    decision = rule.evaluate(progress)

    assert (verdict, note) == (decision.verdict, decision.note)
    assert (verdict is MET) is decision.eligible
    assert (verdict is not UNKNOWN) is decision.evaluable


def test_a_leaf_says_what_it_compared() -> None:
    """
    Required and actual, and when it was reached if the source knows.
    """
    expected = Decision(
        verdict=MET, kind="grade", name="Total", required=0.6, actual=0.7, earned_at=THEN
    )

    assert expected == TOTAL.evaluate(Progress(grades={"Total": 0.7}, earned_at=THEN))


def test_what_isnt_reached_was_never_earned() -> None:
    """
    The source's date is about what is met.
    """
    assert TOTAL.evaluate(Progress(grades={"Total": 0.1}, earned_at=THEN)).earned_at is None


def test_several_categories_are_all_wanted() -> None:
    """
    Each is judged for itself.
    """
    rule = MinimumGrades({"Total": 0.6, "Final exam": 0.5})
    decision = rule.evaluate(Progress(grades={"Total": 0.7, "Final exam": 0.4}))

    assert (UNMET, "all") == (decision.verdict, decision.kind)
    assert [("Total", MET), ("Final exam", UNMET)] == [
        (leaf.name, leaf.verdict) for leaf in decision.leaves()
    ]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: MinimumCompletion(90), "minimum: a fraction from 0 to 1 is wanted, not 90"),
        (lambda: MinimumCompletion(-0.1), "minimum: a fraction"),
        (
            lambda: MinimumCompletion(minimum=True),
            "minimum: a fraction from 0 to 1 is wanted, not True",
        ),
        (lambda: MinimumCompletion(math.nan), "minimum: a fraction"),
        (lambda: MinimumGrades({}), "minimums: at least one category is wanted"),
        (lambda: MinimumGrades({"Total": 60}), "minimums 'Total': a fraction"),
        (lambda: FactAtLeast("hours", math.inf), "minimum: a finite number is wanted, not inf"),
        (
            lambda: FactAtLeast("hours", minimum=True),
            "minimum: a finite number is wanted, not True",
        ),
        (AllOf, "at least one rule is wanted"),
        (AnyOf, "at least one rule is wanted"),
        (lambda: AnyOf(DONE, at_least=2), "at_least: from 1 to 1 of the rules can be wanted"),
        (lambda: AnyOf(DONE, TOTAL, at_least=0), "at_least: from 1 to 2 of the rules"),
        (lambda: EveryStep(DONE, at_least=0), "at_least: at least one step has to be wanted"),
        (lambda: EveryStep(EveryStep(DONE)), "rule: the steps of a pathway have no steps"),
        (
            lambda: EveryStep(DONE, steps=(Step(course="a", rule=DONE & EveryStep(DONE)),)),
            "steps: the steps of a pathway have no steps",
        ),
    ],
)
def test_rules_that_cant_be(make: Callable[[], Rule], message: str) -> None:
    """
    A rule that nobody or everybody would meet is refused where it is made.
    """
    with pytest.raises(ValueError, match=message):
        make()


def test_rules_are_composed_flat() -> None:
    """
    A chain of `&` or `|` is one list; what is meant otherwise stays.
    """
    assert AllOf(DONE, TOTAL, HOURS) == DONE & TOTAL & HOURS
    assert AnyOf(DONE, TOTAL, HOURS) == DONE | (TOTAL | HOURS)
    assert AnyOf(AllOf(DONE, TOTAL), HOURS) == DONE & TOTAL | HOURS
    two = AnyOf(DONE, TOTAL, at_least=2)
    assert AnyOf(two, HOURS) == two | HOURS


@pytest.mark.parametrize(
    "rule, expected",
    [
        (DONE, {Fact("completion")}),
        (MinimumGrades({"a": 0, "b": 1}), {Fact("grades", "a"), Fact("grades", "b")}),
        (HOURS, {Fact("facts", "hours")}),
        (DONE & TOTAL | HOURS, DONE.facts | TOTAL.facts | HOURS.facts),
        (EveryStep(DONE), {Fact("steps"), Fact("completion")}),
        (
            EveryStep(DONE, steps=(Step(course="a", rule=TOTAL), Step(course="b", holds="x"))),
            {Fact("steps"), Fact("completion"), Fact("grades", "Total"), Fact("holds")},
        ),
    ],
)
def test_facts(rule: Rule, expected: set[Fact]) -> None:
    """
    A rule declares what it looks at.
    """
    assert expected == rule.facts


@pytest.mark.parametrize("rule", [DONE, TOTAL, HOURS, DONE & TOTAL, DONE | TOTAL, EveryStep(DONE)])
def test_rules_are_values(rule: Rule) -> None:
    """
    They can be compared, hashed, copied and sent to another process.
    """
    there = pickle.loads(pickle.dumps(rule))  # noqa: S301  # our own bytes

    assert {rule} == {there, copy.copy(rule), copy.deepcopy(rule)}


def test_a_rules_minimums_are_its_own() -> None:
    """
    Changing the mapping it was made of changes nothing.
    """
    minimums = {"Total": 0.6}
    rule = MinimumGrades(minimums)
    minimums["Total"] = 0.0

    assert TOTAL == rule


PATHWAY = LearningContext(
    key="data",
    steps=(
        Step(course="ds1", name="Basics"),
        Step(course="ds2", alternatives=("stats",)),
        Step(course="ds3", rule=TOTAL),
        Step(course="ds4", holds="completion"),
    ),
)


def judge(known: Progress, *, at_least: int | None = None) -> Decision:
    return EveryStep(DONE, at_least=at_least).bind(PATHWAY).evaluate(known)


FULL = Progress(
    steps={
        "ds1": Progress(completion=1),
        "stats": Progress(completion=0.95),
        "ds3": Progress(grades={"Total": 0.6}),
    },
    holds=frozenset({("ds4", "completion")}),
)


def test_each_way_to_have_a_step() -> None:
    """
    In its course, in another one, by a rule of its own, by a certificate.
    """
    decision = judge(FULL)

    assert MET is decision.verdict
    assert ["Basics", "ds2", "ds3", "ds4"] == [step.name for step in decision.children]
    assert {MET} == {step.verdict for step in decision.children}


def test_a_certificate_of_another_course_or_type_isnt_the_step() -> None:
    """
    It has to be this type, for one of the step's courses.
    """
    held = frozenset({("ds4", "distinction"), ("ds1", "completion")})
    step = judge(Progress(steps=FULL.steps, holds=held)).children[3]
    notes = {way.kind: (way.verdict, way.note) for way in step.children}

    assert UNKNOWN is step.verdict
    assert (UNMET, "no certificate 'completion' for it") == notes["holds"]


def test_before_the_ledger_was_asked() -> None:
    """
    Whether a certificate is held isn't known, and nobody is turned down for it.
    """
    step = judge(Progress(steps=FULL.steps)).children[3]

    assert (UNKNOWN, "no word whether a certificate 'completion' is held") == (
        step.children[1].verdict,
        step.children[1].note,
    )


def test_a_certificate_that_is_held_says_nothing_more() -> None:
    """
    A met criterion has no excuse.
    """
    assert "" == judge(FULL).children[3].children[1].note


def enrolled(known: Progress, *, enrolled: bool | None) -> Decision:
    rule = EveryStep(DONE, steps=(Step(course="ds1"),))
    there = Progress(enrolled=enrolled, completion=known.completion)
    return rule.evaluate(Progress(steps={"ds1": there}))


@pytest.mark.parametrize(
    "completion, said, verdict",
    [
        (1.0, True, MET),
        (1.0, None, MET),
        (1.0, False, UNKNOWN),
        (0.1, True, UNMET),
        (0.1, None, UNMET),
        (0.1, False, UNMET),
        (None, True, UNKNOWN),
        (None, None, UNKNOWN),
        (None, False, UNMET),
    ],
)
def test_enrolment(completion: float | None, *, said: bool | None, verdict: Verdict) -> None:
    """
    Whoever isn't in a course hasn't passed it; facts that say otherwise make it unknown.
    """
    assert verdict is enrolled(Progress(completion=completion), enrolled=said).verdict


def test_who_isnt_enrolled_is_told_where() -> None:
    """
    The course is named, and a contradiction is.
    """
    nobody = enrolled(Progress(), enrolled=False).missing.items
    odd = enrolled(Progress(completion=1), enrolled=False).missing.items

    assert [("enrolled", "ds1", "not enrolled in ds1")] == [
        (i.kind, i.name, i.note) for i in nobody
    ]
    assert ["not enrolled in ds1, though what is asked for is reached there"] == [
        item.note for item in odd
    ]


def test_missing_names_the_course() -> None:
    """
    A grade that is missing in a pathway is missing in one of its courses.
    """
    missing = judge(Progress(steps={**FULL.steps, "ds3": Progress(grades={"Total": 0.3})}))

    assert [("ds3", "Total", 0.6, 0.3)] == [
        (item.course, item.name, item.required, item.actual)
        for item in missing.missing
        if item.kind == "grade"
    ]


@pytest.mark.parametrize(
    "context, own, needed",
    [
        (LearningContext(key="p", steps=PATHWAY.steps), None, 4),
        (LearningContext(key="p", steps=PATHWAY.steps, at_least=2), None, 2),
        (LearningContext(key="p", steps=PATHWAY.steps, at_least=2), 3, 3),
    ],
)
def test_how_many_steps(context: LearningContext, own: int | None, needed: int) -> None:
    """
    As many as the rule says, else the context, else all.
    """
    bound = EveryStep(DONE, at_least=own).bind(context)

    assert needed == bound.evaluate(Progress()).needed


def test_more_steps_are_wanted_than_there_are() -> None:
    """
    Nobody can meet that, and it says so itself.
    """
    decision = EveryStep(DONE, at_least=2, steps=(Step(course="ds1"),)).evaluate(FULL)

    assert (UNMET, [decision]) == (decision.verdict, list(decision.missing))


def test_a_pathway_without_steps() -> None:
    """
    One that nobody described isn't one without conditions.
    """
    decision = EveryStep(DONE).evaluate(FULL)

    assert (UNKNOWN, "the pathway has no known steps") == (decision.verdict, decision.note)


def test_binding_reaches_every_rule_about_steps() -> None:
    """
    However deep it stands; other rules stay as they are.
    """
    rule = DONE & (AnyOf(EveryStep(TOTAL), HOURS, at_least=2) | TOTAL)
    bound = rule.bind(PATHWAY)
    every = EveryStep(TOTAL, steps=PATHWAY.steps)

    assert DONE & (AnyOf(every, HOURS, at_least=2) | TOTAL) == bound
    assert DONE is DONE.bind(PATHWAY)


def leaf(verdict: Verdict, name: str, required: float = 1, actual: float | None = None) -> Decision:
    return Decision(verdict=verdict, kind="grade", name=name, required=required, actual=actual)


def node(*children: Decision, needed: int | None = None, verdict: Verdict = UNMET) -> Decision:
    return Decision(verdict=verdict, kind="any", needed=needed, children=children)


NEAR = leaf(UNMET, "near", actual=0.9)
FAR = leaf(UNMET, "far", actual=0.1)
DARK = leaf(UNKNOWN, "dark")
GOOD = leaf(MET, "good", actual=1)


@pytest.mark.parametrize(
    "decision, names",
    [
        (GOOD, []),
        (NEAR, ["near"]),
        (DARK, ["dark"]),
        (node(NEAR, FAR), ["near", "far"]),
        (node(FAR, NEAR, needed=1), ["near"]),
        (node(DARK, FAR, needed=1), ["dark"]),
        (node(DARK, needed=1), ["dark"]),
        (node(FAR, GOOD, NEAR, needed=2), ["near"]),
        (node(FAR, DARK, NEAR, needed=2), ["dark", "near"]),
        (node(node(NEAR, NEAR), FAR, needed=1), ["far"]),
        (node(node(NEAR, NEAR)), ["near"]),
        (node(node(NEAR, FAR), DARK, needed=1), ["dark"]),
        (node(FAR, FAR, needed=3), [""]),
        (node(GOOD), [""]),
        (node(GOOD, verdict=MET), []),
    ],
)
def test_the_nearest_way(decision: Decision, names: list[str]) -> None:
    """
    What may be met already comes first, then what is known, fewer criteria, the smaller gap.
    """
    assert names == [item.name for item in decision.missing]
    assert len(names) == len(decision.missing)
    assert bool(names) is bool(decision.missing)


@pytest.mark.parametrize(
    "decision, gap",
    [
        (GOOD, 0),
        (leaf(UNMET, "", required=0.8, actual=0.2), 0.75),
        (leaf(UNMET, "", required=1, actual=-1), 2),
        (leaf(UNKNOWN, ""), 1),
        (leaf(UNMET, "", required=0, actual=-1), 1),
        (Decision(verdict=UNMET, kind="holds"), 1),
    ],
)
def test_gaps(decision: Decision, gap: float) -> None:
    """
    A share of what is required; all of it where that can't be told.
    """
    assert gap == pytest.approx(decision.gap)


def test_missing_as_json() -> None:
    """
    Plain values, for an answer to the learner's browser.
    """
    expected: dict[str, Any] = {
        "items": [
            {
                "kind": "grade",
                "name": "Total",
                "course": "",
                "required": 0.6,
                "actual": 0.55,
                "verdict": "unmet",
                "note": "",
            }
        ]
    }

    assert expected == TOTAL.evaluate(Progress(grades={"Total": 0.55})).missing.as_dict()
