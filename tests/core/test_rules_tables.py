"""
Rules as they stand in a configuration.
"""

from __future__ import annotations

import math

from collections.abc import Mapping
from typing import Any

import pytest

from attrs import frozen

from certcore.config import RuleReader, option, read_rule, structure
from certcore.domain import Rule
from certcore.exceptions import ConfigurationError
from certcore.rules import (
    AllOf,
    AnyOf,
    EveryStep,
    FactAtLeast,
    MinimumCompletion,
    MinimumGrades,
)


DONE = MinimumCompletion(0.9)
TOTAL = MinimumGrades({"Total": 0.6})


@pytest.mark.parametrize(
    "table, rule",
    [
        ({"completion": 0.9}, DONE),
        ({"completion": 1}, MinimumCompletion(1)),
        ({"grades": {"Total": 0.6}}, TOTAL),
        ({"facts": {"hours": -3}}, FactAtLeast("hours", -3)),
        (
            {"facts": {"hours": 20, "posts": 5}},
            AllOf(FactAtLeast("hours", 20), FactAtLeast("posts", 5)),
        ),
        ({"completion": 0.9, "grades": {"Total": 0.6}}, AllOf(DONE, TOTAL)),
        ({"all_of": [{"completion": 0.9}, {"grades": {"Total": 0.6}}]}, AllOf(DONE, TOTAL)),
        ({"any_of": [{"completion": 0.9}, {"grades": {"Total": 0.6}}]}, AnyOf(DONE, TOTAL)),
        (
            {"at_least": 2, "any_of": [{"completion": 0.9}, {"grades": {"Total": 0.6}}]},
            AnyOf(DONE, TOTAL, at_least=2),
        ),
        ({"every_step": {"completion": 0.9}}, EveryStep(DONE)),
        (
            {
                "completion": 0.9,
                "any_of": [
                    {"all_of": [{"every_step": {"completion": 0.9}}]},
                    {"completion": 0.9, "grades": {"Total": 0.6}},
                ],
            },
            AllOf(DONE, AnyOf(AllOf(EveryStep(DONE)), AllOf(DONE, TOTAL))),
        ),
    ],
)
def test_forms(table: object, rule: Rule) -> None:
    """
    All of a table's keys have to be met.
    """
    assert rule == read_rule(table)


def problems(
    table: object, readers: Mapping[str, RuleReader] | None = None, path: str = "rule"
) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_rule(table, path=path, readers=readers)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "table, problem",
    [
        (None, "rule: None: a table with at least one condition is wanted."),
        ({}, "rule: a table: a table with at least one condition is wanted."),
        (0.9, "rule: 0.9: a table with at least one condition is wanted."),
        (
            {"completion": 90},
            "rule.completion: 90: a fraction from 0 to 1 is wanted. Did you mean 0.90?",
        ),
        (
            {"completion": 87.5},
            "rule.completion: 87.5: a fraction from 0 to 1 is wanted. Did you mean 0.875?",
        ),
        ({"completion": 900}, "rule.completion: 900: a fraction from 0 to 1 is wanted."),
        ({"completion": True}, "rule.completion: true: a fraction from 0 to 1 is wanted."),
        ({"completion": "0.9"}, "rule.completion: '0.9': a fraction from 0 to 1 is wanted."),
        ({"completion": math.nan}, "rule.completion: nan: a fraction from 0 to 1 is wanted."),
        ({"grades": {}}, "rule.grades: a table: a table such as { Total = 0.60 } is wanted."),
        ({"grades": 0.6}, "rule.grades: 0.6: a table such as { Total = 0.60 } is wanted."),
        (
            {"grades": {"Final exam": 60}},
            'rule.grades."Final exam": 60: a fraction from 0 to 1 is wanted. Did you mean 0.60?',
        ),
        ({"facts": {"hours": "20"}}, "rule.facts.hours: '20': a number is wanted."),
        ({"facts": {"hours": math.inf}}, "rule.facts.hours: inf: a number is wanted."),
        ({"facts": {"hours": False}}, "rule.facts.hours: false: a number is wanted."),
        ({"all_of": []}, "rule.all_of: a list: a list of rules is wanted."),
        ({"all_of": {}}, "rule.all_of: a table: a list of rules is wanted."),
        ({"any_of": "x"}, "rule.any_of: 'x': a list of rules is wanted."),
        (
            {"any_of": [{"completion": 1}], "at_least": 2},
            "rule.at_least: 2: a number from 1 to 1 is wanted.",
        ),
        (
            {"any_of": [{"completion": 1}], "at_least": "1"},
            "rule.at_least: '1': a whole number is wanted.",
        ),
        (
            {"any_of": [{"completion": 1}], "at_least": True},
            "rule.at_least: true: a whole number is wanted.",
        ),
        ({"completion": 1, "at_least": 1}, "rule.at_least: goes with any_of."),
        ({"every_step": {"completion": 2}}, "rule.every_step.completion: 2: a fraction "),
        (
            {"every_step": {"every_step": {"completion": 1}}},
            "rule.every_step: the steps of a pathway have no steps of their own.",
        ),
        ({"grade": {"Total": 1}}, "rule.grade: no such condition. Did you mean 'grades'?"),
        (
            {"xyz": 1},
            "rule.xyz: no such condition. Known are: completion, grades, facts, all_of, any_of, ",
        ),
    ],
)
def test_mistakes(table: object, problem: str) -> None:
    """
    One mistake is one problem: where it stands, what is wanted, and what may be meant.
    """
    found = problems(table)

    assert 1 == len(found)
    assert found[0].startswith(problem)


def test_all_problems_at_once() -> None:
    """
    However deep they stand; a mistake inside a list doesn't make the list wrong.
    """
    table = {
        "completion": 90,
        "grades": {"Total": 60, "Lab": "x", "Exam": 0.5},
        "any_of": [{"completion": 2}, {"facts": {}}, {"every_step": {"xyz": 1}}, 7],
        "at_least": 4,
        "every_step": {},
    }

    assert [
        "types.a.rule.completion",
        "types.a.rule.grades.Total",
        "types.a.rule.grades.Lab",
        "types.a.rule.any_of[0].completion",
        "types.a.rule.any_of[1].facts",
        "types.a.rule.any_of[2].every_step.xyz",
        "types.a.rule.any_of[3]",
        "types.a.rule.every_step",
    ] == [problem.split(":")[0] for problem in problems(table, path="types.a.rule")]


@frozen(kw_only=True)
class AttendanceOptions:
    sessions: int = option("How many", minimum=1)


def attendance(value: Any) -> Rule:
    return FactAtLeast("sessions", structure(value, AttendanceOptions).sessions)


def grumpy(value: Any) -> Rule:
    raise RuntimeError


READERS: Mapping[str, RuleReader] = {"attendance": attendance, "grumpy": grumpy}


def test_a_plugins_rule_is_one_more_key() -> None:
    """
    Beside the others, and inside them.
    """
    table = {"completion": 0.9, "any_of": [{"attendance": {"sessions": 3}}]}

    assert AllOf(DONE, AnyOf(FactAtLeast("sessions", 3))) == read_rule(table, readers=READERS)


def test_a_plugins_problems_have_paths() -> None:
    """
    They stand below the plugin's key; and a plugin that fails is a problem like any other.
    """
    table = {"attendance": {"sessions": 0, "seats": 1}, "grumpy": {}, "atendance": {}}

    assert [
        "rule.attendance.sessions: 0: a number from 1 up is wanted.",
        "rule.attendance.seats: unknown key. Known are: sessions.",
        "rule.grumpy: RuntimeError.",
        "rule.atendance: no such condition. Did you mean 'attendance'?",
    ] == problems(table, READERS)
