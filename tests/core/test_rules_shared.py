"""
Learners with the same grade share a decision, and nothing that isn't the same.
"""

from __future__ import annotations

import datetime as dt

from certcore.domain import Progress
from certcore.rules import FactAtLeast, MinimumCompletion, MinimumGrades


NOON = dt.datetime(2026, 5, 22, 12, tzinfo=dt.UTC)
MADRID = dt.timezone(dt.timedelta(hours=2))


def test_each_has_the_moment_of_their_own() -> None:
    """
    To the zone: the same instant is written down as the source gave it.
    """
    rule = MinimumGrades({"Total": 0.6})
    moments = [NOON, None, NOON + dt.timedelta(days=1), NOON.astimezone(MADRID)]

    found = [rule.evaluate(Progress(grades={"Total": 0.8}, earned_at=at)) for at in moments]

    assert moments == [each.earned_at for each in found]
    assert [at and at.tzinfo for at in moments] == [
        each.earned_at and each.earned_at.tzinfo for each in found
    ]


def test_what_is_not_met_was_never_earned() -> None:
    """
    Also where somebody else has earned something at that moment.
    """
    found = MinimumCompletion(0.9).evaluate(Progress(completion=0.8, earned_at=NOON))

    assert found.earned_at is None


def test_numbers_stay_as_they_were_written() -> None:
    """
    1 and 1.0 are equal, but not the same in a certificate's evidence.
    """
    known = [Progress(facts={"posts": 1}), Progress(facts={"posts": 1.0})]

    found = [FactAtLeast("posts", least).evaluate(each) for least in (1, 1.0) for each in known]

    assert [(1, 1), (1, 1.0), (1.0, 1), (1.0, 1.0)] == [(d.required, d.actual) for d in found]
    assert ["int int", "int float", "float int", "float float"] == [
        f"{type(d.required).__name__} {type(d.actual).__name__}" for d in found
    ]
