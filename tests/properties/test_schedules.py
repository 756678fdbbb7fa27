"""
Laws of schedules, and agreement with somebody else's reading of cron lines.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cronsim import CronSim
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from certcore.domain import Moment, Schedule, Slot


UTC = dt.UTC
TICK = dt.timedelta(microseconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",  # changed at midnight
    "America/St_Johns",  # a minute after midnight
    "America/Havana",
    "Africa/Casablanca",  # in summer time, but not in Ramadan
    "Africa/Monrovia",  # 44 minutes and 30 seconds behind, until 1972
    "Asia/Kathmandu",  # three quarters of an hour
    "Asia/Gaza",
    "Antarctica/Troll",  # two hours at once
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # left out a day
    "Pacific/Kwajalein",  # as well
    "UTC",
)

zones = st.sampled_from(ZONES)
instants = st.datetimes(
    dt.datetime(1971, 1, 1),  # noqa: DTZ001  # Hypothesis wants it so
    dt.datetime(2060, 1, 1),  # noqa: DTZ001  # as above
    timezones=st.just(UTC),
)


@st.composite
def parts(draw: Any, least: int, most: int) -> str:
    """
    Draw one field of a cron line.
    """
    number = st.integers(least, most)
    step = st.integers(1, most)
    span = st.tuples(number, number).map(sorted).map(lambda both: f"{both[0]}-{both[1]}")
    each = st.one_of(
        number.map(str),
        span,
        # in a range of one number, a step means something else to everybody
        st.tuples(span, step)
        .filter(lambda both: len(set(both[0].split("-"))) == 2)
        .map(lambda both: f"{both[0]}/{both[1]}"),
        step.map(lambda number: f"*/{number}"),
    )
    return draw(st.one_of(st.just("*"), st.lists(each, min_size=1, max_size=3).map(",".join)))


@st.composite
def lines(draw: Any) -> str:
    """
    Draw a cron line that comes now and then.
    """
    fields = [(0, 59), (0, 23), (1, 28), (1, 12), (0, 7)]
    return " ".join(draw(parts(*ends)) for ends in fields)


@st.composite
def schedules(draw: Any) -> Schedule:
    kind = draw(st.sampled_from(["cron", "every", "once"]))
    said: dict[str, Any] = {"zone": draw(zones)}
    if kind == "cron":
        said["cron"] = draw(lines())
    elif kind == "every":
        said["every"] = draw(st.timedeltas(MINUTE, dt.timedelta(days=400)))
        said["anchor"] = draw(st.none() | instants)
    else:
        said["once"] = draw(instants)
    said["jitter"] = draw(st.sampled_from([dt.timedelta(), MINUTE, DAY]))
    said["start"] = draw(st.none() | instants)
    said["until"] = draw(st.none() | instants.map(lambda at: Moment(at=at)))
    return Schedule(**said)


@given(schedules(), instants)
def test_now_is_between_the_last_slot_and_the_next(schedule: Schedule, now: dt.datetime) -> None:
    """
    And nothing is between them: what comes next is what was last, once it has come.
    """
    last, coming = schedule.last_due(now), schedule.next_due(now)

    if last is not None:
        assert last.begins <= now
        # next to what was before it comes the last one
        assert last == schedule.next_due(last.begins - TICK)
        assert last == schedule.last_due(last.begins)
    if coming is not None:
        assert now < coming.begins
        assert coming == schedule.last_due(coming.begins)
        assert last == schedule.last_due(coming.begins - TICK)


# many a schedule has only one slot, or ends before it is asked for
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(schedules(), instants, st.data())
def test_whoever_asks_meanwhile_gets_the_same(
    schedule: Schedule, now: dt.datetime, data: st.DataObject
) -> None:
    """
    From one slot to the next, in whatever zone the time is told; and slots never go back.
    """
    last, coming = schedule.last_due(now), schedule.next_due(now)
    assume(last is not None and coming is not None)
    assert isinstance(last, Slot)
    assert isinstance(coming, Slot)
    asked = last.begins + data.draw(st.floats(0, 1)) * (coming.begins - last.begins - TICK)
    there = asked.astimezone(ZoneInfo(data.draw(zones)))
    later = schedule.last_due(now + data.draw(st.timedeltas(dt.timedelta(), 400 * DAY)))

    assert (last, coming) == (schedule.last_due(there), schedule.next_due(there))
    assert str(last) == str(schedule.last_due(asked))
    assert later is not None
    assert last.due <= later.due


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(schedules(), instants)
def test_slots_are_called_by_their_time(schedule: Schedule, now: dt.datetime) -> None:
    """
    In UTC, which anybody can read back; and they lie between start and end.
    """
    slot = schedule.last_due(now)
    assume(slot is not None)
    assert isinstance(slot, Slot)

    assert slot.due == dt.datetime.fromisoformat(str(slot))
    assert str(slot).endswith("Z")
    assert schedule.start is None or schedule.start <= slot.due
    assert schedule.until is None or schedule.until.at is None or slot.due <= schedule.until.at
    assert dt.timedelta() <= slot.begins - slot.due <= schedule.jitter


@given(lines(), instants)
def test_somebody_else_reads_cron_lines_the_same(line: str, now: dt.datetime) -> None:
    """
    Where no clock is changed, the next ones and the last one.
    """
    schedule = Schedule(cron=line)
    theirs = list(itertools.islice(CronSim(line, now), 3))

    ours = [schedule.next_due(now)]
    for _ in theirs[1:]:
        assert ours[-1] is not None
        ours.append(schedule.next_due(ours[-1].begins))
    # theirs leaves out the moment itself
    last = next(CronSim(line, now + TICK if now.microsecond == 0 else now, reverse=True))

    assert theirs == [slot.due for slot in ours if slot is not None]
    found = schedule.last_due(now)
    assert found is not None
    assert found.due in {last, now}


@given(zones, st.integers(0, 23), st.integers(0, 59), instants)
def test_once_a_day_is_once_a_day(zone: str, hour: int, minute: int, now: dt.datetime) -> None:
    """
    Every day that there is has one slot, whatever is done to the clocks.
    """
    assert_daily(zone, hour, minute, now, days=40)


@functools.cache
def changes(zone: str) -> list[dt.datetime]:
    """
    Give the days on which an offset changes.
    """
    there, first = ZoneInfo(zone), dt.datetime(1971, 1, 1, tzinfo=UTC)
    offsets = [(first + number * DAY).astimezone(there).utcoffset() for number in range(60 * 365)]
    pairs = itertools.pairwise(offsets)
    return [first + number * DAY for number, (one, other) in enumerate(pairs) if one != other]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour, minute", [(0, 0), (0, 30), (1, 45), (2, 15), (3, 0), (23, 59)])
def test_once_a_day_over_all_changes(zone: str, hour: int, minute: int) -> None:
    """
    The same, wherever an offset changes.
    """
    for day in changes(zone):
        assert_daily(zone, hour, minute, day - 2 * DAY, days=4)


@pytest.mark.parametrize("minute", [0, 45])
@pytest.mark.parametrize(
    "zone", ["Europe/Madrid", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]
)
def test_every_hour_is_whenever_clocks_show_it(zone: str, minute: int) -> None:
    """
    Also where they show it twice, or not.
    """
    schedule, there = Schedule(cron=f"{minute} * * * *", zone=zone), ZoneInfo(zone)
    for day in (each for each in changes(zone) if 2009 <= each.year <= 2012):
        minutes = [day - DAY + number * MINUTE for number in range(3 * 24 * 60)]
        shown = [each for each in minutes if each.astimezone(there).minute == minute]

        found = [schedule.next_due(shown[0] - TICK)]
        while found[-1] is not None and found[-1].due < shown[-1]:
            found.append(schedule.next_due(found[-1].begins))

        assert shown == [slot.due for slot in found if slot is not None]


def assert_daily(zone: str, hour: int, minute: int, now: dt.datetime, *, days: int) -> None:
    schedule, there = Schedule(cron=f"{minute} {hour} * * *", zone=zone), ZoneInfo(zone)
    time, end = dt.time(hour, minute), now + days * DAY
    found: list[dt.datetime] = []
    coming = schedule.next_due(now)
    while coming is not None and coming.begins < end:
        found.append(coming.due.astimezone(there))
        coming = schedule.next_due(coming.begins)

    served = Counter[dt.date]()
    for each in found:
        # clocks that jump over midnight show the next day when this one's time has come
        day = each.date() if each.time() >= time else each.date() - DAY
        served[day] += 1
        if each.time() != time:
            # clocks jumped over it: a moment ago they showed an earlier time, now a later one
            before = (each.astimezone(UTC) - TICK).astimezone(there)
            asked = dt.datetime.combine(day, time)
            assert before.replace(tzinfo=None) < asked < each.replace(tzinfo=None)
    shown = {(now + number * HOUR).astimezone(there).date() for number in range(days * 24)}
    whole = sorted(shown)[1:-1]
    assert dict.fromkeys(whole, 1) == {day: served[day] for day in whole}
