"""
When: moments, gates, schedules, validity.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.domain import Gate, LearningContext, Moment, Schedule, Validity


START = dt.datetime(2026, 1, 12, 9, tzinfo=dt.UTC)
END = dt.datetime(2026, 6, 30, 18, tzinfo=dt.UTC)
DATED = LearningContext(key="bio101", start=START, end=END)
UNDATED = LearningContext(key="self-paced")
TWO_WEEKS = dt.timedelta(days=14)
TICK = dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    "moment, instant",
    [
        (Moment(), END),
        (Moment(offset=TWO_WEEKS), END + TWO_WEEKS),
        (Moment(offset=-TWO_WEEKS, anchor="start"), START - TWO_WEEKS),
        (Moment(at=START, offset=TWO_WEEKS), START),
    ],
)
def test_moments_hang_on_the_contexts_dates(moment: Moment, instant: dt.datetime) -> None:
    """
    An offset counts from start or end; an absolute one is itself.
    """
    assert instant == moment.resolve(DATED)


@pytest.mark.parametrize("moment", [Moment(), Moment(anchor="start")])
def test_moments_of_an_undated_context(moment: Moment) -> None:
    """
    What hangs on a date that isn't there is no instant.
    """
    assert moment.resolve(UNDATED) is None


@pytest.mark.parametrize(
    "gate, now, said",
    [
        (Gate(), END, ""),
        (Gate(open=Moment(at=END)), END - TICK, "not-open"),
        (Gate(open=Moment(at=END)), END, ""),
        (Gate(close=Moment(offset=TWO_WEEKS)), END + TWO_WEEKS - TICK, ""),
        (Gate(close=Moment(offset=TWO_WEEKS)), END + TWO_WEEKS, "closed"),
        (Gate(open=Moment(anchor="start"), close=Moment()), START, ""),
    ],
)
def test_gates(gate: Gate, now: dt.datetime, said: str) -> None:
    """
    Open from the first instant on, shut from the last one on.
    """
    assert said == gate.shut(DATED, now)


def test_gates_compare_instants() -> None:
    """
    Six in Madrid is four in London.
    """
    madrid = dt.timezone(dt.timedelta(hours=2))
    gate = Gate(close=Moment(at=dt.datetime(2026, 7, 1, 6, tzinfo=madrid)))

    assert "" == gate.shut(DATED, dt.datetime(2026, 7, 1, 3, 59, tzinfo=dt.UTC))
    assert "closed" == gate.shut(DATED, dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC))


def test_a_gate_on_a_date_that_isnt_there_is_open() -> None:
    """
    A self-paced course has no end, and 14 days after it never come.
    """
    assert "" == Gate(open=Moment(anchor="start"), close=Moment()).shut(UNDATED, END)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"cron": "0 6 * * *", "every": TWO_WEEKS},
        {"cron": "0 6 * * *", "once": START},
        {"every": TWO_WEEKS, "once": START, "cron": "0 6 * * *"},
    ],
)
def test_a_schedule_says_one_thing(said: dict[str, Any]) -> None:
    """
    Neither none nor two of cron, every and once.
    """
    with pytest.raises(ValueError, match="one of cron, every and once"):
        Schedule(**said)


@pytest.mark.parametrize("said", [{"cron": "0 6 * * *"}, {"every": TWO_WEEKS}, {"once": START}])
def test_each_way_to_say_a_schedule(said: dict[str, Any]) -> None:
    """
    Any one of the three will do.
    """
    name, value = next(iter(said.items()))

    assert value == getattr(Schedule(**said), name)


@pytest.mark.parametrize(
    "said, message",
    [
        ({"every": dt.timedelta()}, "every: a time span longer than nothing"),
        ({"every": -TWO_WEEKS}, "every: a time span longer than nothing"),
        ({"cron": "0 6 * * *", "jitter": -TICK}, "jitter: a time span can't be less"),
    ],
)
def test_spans_that_make_no_sense(said: dict[str, Any], message: str) -> None:
    """
    An interval is longer than nothing, and nobody runs before the time.
    """
    with pytest.raises(ValueError, match=message):
        Schedule(**said)


def test_valid_for_ever_or_for_a_while() -> None:
    """
    Counted from the award.
    """
    assert Validity().expires_at(END) is None
    assert END + TWO_WEEKS == Validity(duration=TWO_WEEKS).expires_at(END)


@pytest.mark.parametrize("duration", [dt.timedelta(), -TWO_WEEKS])
def test_valid_for_less_than_nothing(duration: dt.timedelta) -> None:
    """
    A certificate that is never valid is refused.
    """
    with pytest.raises(ValueError, match="duration: a time span longer than nothing"):
        Validity(duration=duration)


def test_naive_dates_are_refused_when_said() -> None:
    """
    Not in the middle of a run, when they are compared with now.
    """
    naive = dt.datetime(2026, 7, 1)  # noqa: DTZ001  # the point

    with pytest.raises(ValueError, match="at: a date-time needs an offset"):
        Moment(at=naive)
    with pytest.raises(ValueError, match="end: a date-time needs an offset"):
        LearningContext(key="bio101", end=naive)
