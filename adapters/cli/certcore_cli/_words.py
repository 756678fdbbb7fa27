"""
Numbers, dates, rules and decisions in words.
"""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from certcore.domain import Decision, LearningContext, Progress, Rule, Verdict


if TYPE_CHECKING:
    from certcore.domain import CertificateConfiguration

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_SHORT_NAME = 40


def count(number: int, noun: str, plural: str = "") -> str:
    """
    Give `1 learner`, `12,408 learners`.
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def count_word(number: int, noun: str) -> str:
    """
    Give `one learner`, `twelve` as `12 learners`.
    """
    shown = _SMALL[number] if number < len(_SMALL) else f"{number:,}"
    return f"{shown} {noun if number == 1 else f'{noun}s'}"


def listed(words: Iterable[str]) -> str:
    """
    Give `a, b and c`.
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def percent(fraction: float) -> str:
    """
    Give `84.5 %`, rounded down: 0.8996 isn't 90 %, and somebody was turned down for it.
    """
    tenths = math.floor(fraction * 1000 + 1e-6)
    return f"{tenths / 10:g} %"


def day(when: dt.datetime | None, zone: str = "UTC") -> str:
    """
    Give `3 Jul 2025`, as a date in that zone.
    """
    if when is None:
        return ""
    there = when.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{there.day} {_MONTHS[there.month - 1]} {there.year}"


def moment(when: dt.datetime | None, zone: str = "UTC") -> str:
    """
    Give `3 Jul 2025 06:02`, in that zone.
    """
    if when is None:
        return ""
    return f"{day(when, zone)} {when.astimezone(zoneinfo.ZoneInfo(zone)):%H:%M}"


def span(seconds: float) -> str:
    """
    Give `0:00:07`.
    """
    return str(dt.timedelta(seconds=round(seconds)))


def heading(configuration: CertificateConfiguration) -> str:
    """
    Give `Introduction to Biology · course-v1:Uni+BIO101+2026T1 · 12 Jan 2026 to 30 Jun 2026`.
    """
    context, zone = configuration.context, configuration.type.issuer.time_zone
    start, end = day(context.start, zone), day(context.end, zone)
    if start and end:
        dates = f"{start} to {end}"
    else:
        dates = f"from {start}" if start else f"until {end}" if end else ""
    return " · ".join(part for part in (context.name, context.key, dates) if part)


# rules


def rule_words(rule: Rule, context: LearningContext) -> str:
    """
    Give `completion ≥ 90 % and Total ≥ 60 %`.
    """
    # judged on nothing, a rule shows all that it would look at
    decision = rule.bind(context).evaluate(Progress())
    said = _demand(decision)
    if context.kind == "pathway" and decision.kind != "steps":
        steps = len(context.steps)
        wanted = context.at_least or steps
        return f"{_steps(wanted, steps)}: {said}"
    return said


def _steps(wanted: int, there_are: int) -> str:
    return "every step" if wanted >= there_are else f"{wanted} of {there_are} steps"


def _demand(decision: Decision) -> str:
    if not decision.children:
        return criterion(decision)
    if decision.kind == "steps":
        return _demand_of_steps(decision)
    inner = list(dict.fromkeys(_demand(child) for child in decision.children))
    if len(inner) == 1:
        return inner[0]
    bracketed = [f"({each})" if " and " in each or " or " in each else each for each in inner]
    if decision.kind in {"any", "step"}:
        if (decision.needed or 1) == 1:
            return " or ".join(bracketed)
        return f"{decision.needed} of ({', '.join(bracketed)})"
    return " and ".join(bracketed)


def _demand_of_steps(decision: Decision) -> str:
    steps = decision.children
    said = [_demand(step) for step in steps]
    which = _steps(decision.needed or len(steps), len(steps))
    if len(set(said)) == 1:
        return f"{which}: {said[0]}"
    return f"{which}: " + "; ".join(
        f"{step.name}: {words}" for step, words in zip(steps, said, strict=True)
    )


def criterion(leaf: Decision) -> str:
    """
    Give `Total ≥ 60 %`.
    """
    if leaf.kind == "holds":
        return f"certificate '{leaf.name}' held"
    if leaf.required is None:
        return leaf.note or leaf.name or leaf.kind
    return f"{leaf.name or leaf.kind} ≥ {_amount(leaf, leaf.required)}"


def _amount(leaf: Decision, value: float) -> str:
    return percent(value) if leaf.kind in {"completion", "grade"} else f"{value:g}"


# what is missing


def reached(leaf: Decision) -> str:
    """
    Give `84 % of 90 %`, or why that can't be told.
    """
    if leaf.required is None or leaf.actual is None:
        return leaf.note or leaf.verdict.value
    return f"{_amount(leaf, leaf.actual)} of {_amount(leaf, leaf.required)}"


def standing(leaf: Decision) -> str:
    """
    Give `Total ≥ 60 %: 75 %`.
    """
    if leaf.actual is None:
        return f"{criterion(leaf)}: {leaf.verdict.value}"
    return f"{criterion(leaf)}: {_amount(leaf, leaf.actual)}"


def lacking(leaf: Decision) -> str:
    """
    Give `completion 84 % of 90 %`.
    """
    if leaf.required is None or leaf.actual is None:
        return leaf.note or leaf.name or leaf.kind
    return f"{leaf.name or leaf.kind} {reached(leaf)}"


def missing_words(decision: Decision) -> str:
    """
    Give the nearest way to met, course by course: `completion 84 % of 90 %, Total 55 % of 60 %`.
    """
    parts: list[str] = []
    for course, items in groupby(decision.missing, key=lambda item: item.course):
        said = ", ".join(lacking(item) for item in items)
        if course and course in said:
            said = said.replace(course, short_key(course))
        elif course:
            said = f"{short_key(course)}: {said}"
        parts.append(said)
    text = "; ".join(parts)
    return f"can't be judged: {text}" if decision.verdict is Verdict.UNKNOWN else text


def short_key(key: str) -> str:
    """
    Give a course's key without what every key begins with.
    """
    return key.partition(":")[2] or key


def short(text: str, length: int = _SHORT_NAME) -> str:
    """
    Cut a text that would break a layout.
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"
