"""
When schedules are due: cron lines, intervals, once; over changes of clocks, with start and end.
"""

from __future__ import annotations

import datetime as dt

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from attrs import evolve

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Gate,
    Issuer,
    LearningContext,
    Moment,
    Schedule,
    read_cron,
)
from certcore.rules import MinimumCompletion


UTC = dt.UTC
NIGHTLY = "0 6 * * *"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(since: str, until: str, **said: Any) -> list[str]:
    """
    Give all slots between two moments in UTC, as they are called.
    """
    schedule, now, found = Schedule(**said), utc(since), []
    while (slot := schedule.next_due(now)) is not None and slot.begins <= utc(until):
        found.append(str(slot))
        now = slot.begins
    return found


# cron lines


@pytest.mark.parametrize(
    "line, expected",
    [
        ("0 6 * * *", ["2026-05-21T06:00:00Z", "2026-05-22T06:00:00Z", "2026-05-23T06:00:00Z"]),
        ("*/20 6 21 * *", [f"2026-05-21T06:{minute}:00Z" for minute in ("00", "20", "40")]),
        ("50/5 6 21 * *", ["2026-05-21T06:50:00Z", "2026-05-21T06:55:00Z"]),
        ("0 8-18/5 21 may *", [f"2026-05-21T{hour}:00:00Z" for hour in ("08", "13", "18")]),
        ("0 6 * * fri-sun", ["2026-05-22T06:00:00Z", "2026-05-23T06:00:00Z"]),
        ("0 6 * * 6,0", ["2026-05-23T06:00:00Z"]),
        ("0 6 22 * thu", ["2026-05-21T06:00:00Z", "2026-05-22T06:00:00Z"]),
        ("0 6 */22 * sat", ["2026-05-23T06:00:00Z"]),
    ],
)
def test_cron_lines(line: str, expected: list[str]) -> None:
    """
    Steps, ranges, names and lists; a day of the month or of the week, unless one begins with `*`.
    """
    assert expected == slots("2026-05-20T12:00", "2026-05-23T12:00", cron=line)


@pytest.mark.parametrize(
    "line, said",
    [
        ("60 * * * *", "'60' is no minute, which runs from 0 to 59"),
        ("* 6-4 * * *", "'6-4' is no hour, which runs from 0 to 23"),
        ("0 6 0 * *", "'0' is no day of the month, which runs from 1 to 31"),
        ("0 6 * fri *", "'fri' is no month, which runs from 1 to 12"),
        ("0 6 * * 8", "'8' is no day of the week, which runs from 0 to 7"),
        ("*/0 6 * * *", r"'\*/0' is no minute"),
        ("0 6 1,,3 * *", "'1,,3' is no day of the month"),
        ("0 6 * *", "five fields such as '0 6 "),
        ("@daily", "five fields such as '0 6 "),
        ("0 6 31 feb,4 *", "no such month has a day 31: this never comes"),
        ("0 6 30 2 */2", "no such month has a day 30: this never comes"),
    ],
)
def test_lines_that_are_none(line: str, said: str) -> None:
    """
    The field is named, and what it may be.
    """
    with pytest.raises(ValueError, match=said):
        Schedule(cron=line)


def test_a_line_that_comes_by_the_day_of_the_week() -> None:
    """
    There is no 30 February, but there are Mondays.
    """
    assert read_cron("0 6 30 2 mon").either
    assert ["2026-02-02T06:00:00Z"] == slots("2026-02-01", "2026-02-08", cron="0 6 30 2 mon")


def test_month_ends() -> None:
    """
    Months that have no such day are left out; leap days come when they come.
    """
    thirty_first = slots("2026-01-01", "2026-07-01", cron="0 6 31 * *")
    leap = slots("1890-01-01", "1930-01-01", cron="0 0 29 2 *")

    assert [f"2026-{month}-31T06:00:00Z" for month in ("01", "03", "05")] == thirty_first
    assert [f"{year}-02-29T00:00:00Z" for year in (1892, 1896, *range(1904, 1930, 4))] == leap
    assert utc("2096-02-29") == read_cron("0 0 29 2 *").nearest(
        utc("2104-02-28"), ZoneInfo("UTC"), back=True
    )


# when clocks are changed

SPRING = ("2026-03-28T22:30", "2026-03-29T03:30")
"""In Madrid, after 1:59 comes 3:00: at one o'clock UTC."""
AUTUMN = ("2026-10-24T22:30", "2026-10-25T03:30")
"""In Madrid, 2:00 to 2:59 come twice: from midnight and from one o'clock UTC on."""


@pytest.mark.parametrize(
    "line, spring, autumn",
    [
        ("0 4 * * *", ["02:00"], ["03:00"]),
        # a time that isn't there comes once, when the clocks go on
        ("30 2 * * *", ["01:00"], ["00:30"]),
        ("*/15 2 * * *", ["01:00"], ["00:00", "00:15", "00:30", "00:45"]),
        # and not again if something comes at that moment anyway
        ("0 2,3 * * *", ["01:00"], ["00:00", "02:00"]),
        ("0 */2 * * *", ["23:00", "01:00", "02:00"], ["00:00", "03:00"]),
        # every hour is every hour
        ("0 * * * *", *[["23:00", "00:00", "01:00", "02:00", "03:00"]] * 2),
        ("30 * * * *", *[["23:30", "00:30", "01:30", "02:30", "03:30"]] * 2),
    ],
)
def test_clocks_that_are_changed(line: str, spring: list[str], autumn: list[str]) -> None:
    """
    Nothing is left out and nothing comes twice, and what comes every hour goes on doing so.
    """

    def times(span: tuple[str, str]) -> list[str]:
        return [slot[11:16] for slot in slots(*span, cron=line, zone="Europe/Madrid")]

    assert spring == times(SPRING)
    assert autumn == times(AUTUMN)


def test_clocks_that_are_changed_at_midnight() -> None:
    """
    Days begin an hour late, or end twice; and half an hour is an offset as well.
    """
    # 4 November 2018 began at one o'clock in São Paulo; 18 February's last hour came twice
    midnight = {"cron": "0 0 * * *", "zone": "America/Sao_Paulo"}
    assert ["2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"] == slots(
        "2018-11-02T12:00", "2018-11-05T12:00", **midnight
    )
    assert ["2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z"] == slots(
        "2018-02-16T12:00", "2018-02-19T12:00", **midnight
    )
    # in St. John's, until 2011, a minute after midnight it was an hour earlier again
    assert ["2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"] == slots(
        "2010-11-06T12:00", "2010-11-08T12:00", cron="0 0 * * *", zone="America/St_Johns"
    )
    # on Lord Howe, two o'clock is half past two, half an hour later
    assert ["2026-10-03T15:30:00Z"] == slots(
        "2026-10-03T12:00", "2026-10-04T12:00", cron="10 2 * * *", zone="Australia/Lord_Howe"
    )


def test_a_day_that_was_left_out() -> None:
    """
    Samoa went from the 29th to the 31st: nothing is made up for, and nobody is asked twice.
    """
    found = slots("2011-12-29", "2012-01-01", cron=NIGHTLY, zone="Pacific/Apia")

    assert ["2011-12-29T16:00:00Z", "2011-12-30T16:00:00Z", "2011-12-31T16:00:00Z"] == found


# intervals, and once


@pytest.mark.parametrize(
    "said, expected",
    [
        ({"every": dt.timedelta(hours=8)}, ["00:00", "08:00", "16:00"]),
        ({"every": dt.timedelta(hours=8), "zone": "Asia/Kathmandu"}, ["02:15", "10:15", "18:15"]),
        (
            {"every": dt.timedelta(hours=8), "start": utc("2026-01-01T01:10")},
            ["01:10", "09:10", "17:10"],
        ),
        (
            {
                "every": dt.timedelta(hours=8),
                "start": utc("2026-05-21T09:00"),
                "anchor": utc("2026-01-01T01:10"),
            },
            ["09:10", "17:10"],
        ),
        ({"once": utc("2026-05-21T09:00")}, ["09:00"]),
        ({"once": utc("2026-05-22T09:00")}, []),
    ],
)
def test_intervals_and_once(said: dict[str, Any], expected: list[str]) -> None:
    """
    Counted from the anchor, the start, or midnight of a Monday in the zone.
    """
    found = slots("2026-05-20T23:59", "2026-05-21T23:59", **said)

    assert [f"2026-05-21T{time}:00Z" for time in expected] == found


def test_a_week_begins_on_monday() -> None:
    """
    By itself, and in its own zone.
    """
    found = Schedule(every=dt.timedelta(weeks=1), zone="Asia/Tokyo").last_due(utc("2026-05-22"))

    assert found is not None
    assert "Monday 00:00" == f"{found.due.astimezone(ZoneInfo('Asia/Tokyo')):%A %H:%M}"


@pytest.mark.parametrize(
    "said",
    [
        {"once": utc("2026-05-22T09:00")},
        {"every": dt.timedelta(hours=1), "anchor": utc("2026-05-22T09:00")},
        {"cron": NIGHTLY, "start": utc("2026-05-22T09:00")},
    ],
)
def test_nothing_was_due_yet(said: dict[str, Any]) -> None:
    """
    Then there is no slot to be served.
    """
    assert Schedule(**said).last_due(utc("2026-05-22T08:59")) is None


def test_a_standstill() -> None:
    """
    However much was missed, there is one slot, the last one.
    """
    schedule = Schedule(cron="0 * * * *")

    assert "2026-05-22T09:00:00Z" == str(schedule.last_due(utc("2026-05-22T09:30")))
    assert "2026-06-22T21:00:00Z" == str(schedule.last_due(utc("2026-06-22T21:00")))


def test_an_end() -> None:
    """
    The last slot before it can be served afterwards, too.
    """
    schedule = Schedule(cron=NIGHTLY, until=Moment(at=utc("2026-05-22T06:00")))
    ended = evolve(schedule, until=Moment(at=utc("2026-05-22T05:59")))

    assert "2026-05-22T06:00:00Z" == str(schedule.last_due(utc("2027-01-01")))
    assert "2026-05-21T06:00:00Z" == str(ended.last_due(utc("2027-01-01")))
    assert "2026-05-22T06:00:00Z" == str(schedule.next_due(utc("2026-05-22T05:00")))
    assert ended.next_due(utc("2026-05-21T06:00")) is None


def test_jitter() -> None:
    """
    Each waits a while of its own, always the same; the slot is called as if nobody waited.
    """
    hour = dt.timedelta(hours=1)
    schedule = Schedule(cron=NIGHTLY, jitter=hour)
    names = [f"bio{number}/completion" for number in range(50)]
    due = utc("2026-05-22T06:00")
    found = [schedule.last_due(due + hour, key=name) for name in names]

    waits = [slot.begins - due for slot in found if slot is not None]

    assert {"2026-05-22T06:00:00Z"} == set(map(str, found))
    assert len(set(waits)) > 40
    assert dt.timedelta() <= min(waits)
    assert max(waits) < hour
    for name, wait in zip(names, waits, strict=True):
        tick = dt.timedelta(microseconds=1)
        before = schedule.last_due(due + wait - tick, key=name)
        assert "2026-05-21T06:00:00Z" == str(before)
        assert found[0] is not None
        assert due + wait == schedule.last_due(due + wait, key=name).begins
        assert due + wait == schedule.next_due(due + wait - tick, key=name).begins


@pytest.mark.parametrize("name", ["start", "anchor", "once"])
def test_naive_dates_are_refused(name: str) -> None:
    """
    When they are said, not when they are due.
    """
    naive = dt.datetime(2026, 7, 1)  # noqa: DTZ001  # the point
    said = {} if name == "once" else {"cron": NIGHTLY}

    with pytest.raises(ValueError, match=f"{name}: a date-time needs an offset"):
        Schedule(**said, **{name: naive})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "Europe"])
def test_zones_that_are_none(zone: str) -> None:
    """
    They are named.
    """
    with pytest.raises(ValueError, match=f"'{zone}': a time zone such as"):
        Schedule(cron=NIGHTLY, zone=zone)


# a configuration's


def configuration(schedule: Schedule | None, gate: Gate | None = None) -> CertificateConfiguration:
    return CertificateConfiguration(
        context=LearningContext(key="bio", start=utc("2026-01-12"), end=utc("2026-06-30")),
        type=CertificateType(
            key="completion",
            rule=MinimumCompletion(0.9),
            design="",
            issuer=Issuer(time_zone="Europe/Madrid"),
        ),
        schedule=schedule,
        gate=gate or Gate(),
    )


def test_a_configuration_without_schedule() -> None:
    """
    It doesn't run by itself.
    """
    made = configuration(None)

    assert (None, None) == (made.last_due(utc("2026-05-22")), made.next_due(utc("2026-05-22")))


def test_the_zone_is_the_issuers() -> None:
    """
    Unless the schedule names one.
    """
    mine = configuration(Schedule(cron=NIGHTLY)).last_due(utc("2026-05-22"))
    own = configuration(Schedule(cron=NIGHTLY, zone="UTC")).last_due(utc("2026-05-22"))

    assert "2026-05-21T04:00:00Z" == str(mine)
    assert "2026-05-21T06:00:00Z" == str(own)


@pytest.mark.parametrize(
    "until, gate, last",
    [
        (None, None, "2026-07-29T04:00:00Z"),
        (None, Gate(close=Moment(offset=dt.timedelta(days=60))), "2026-08-28T04:00:00Z"),
        (Moment(offset=dt.timedelta(days=1)), Gate(), "2026-06-30T04:00:00Z"),
        (Moment(at=utc("2027-01-01")), Gate(), "2026-12-31T05:00:00Z"),
    ],
)
def test_a_schedule_ends_by_itself(until: Moment | None, gate: Gate | None, last: str) -> None:
    """
    When it says so; else with the gate; else 30 days after the context.
    """
    made = configuration(Schedule(cron=NIGHTLY, until=until), gate)
    due = utc(last.removesuffix("Z"))

    assert last == str(made.next_due(due - dt.timedelta(hours=1)))
    assert made.next_due(due) is None
    assert last == str(made.last_due(due + dt.timedelta(hours=1)))


def test_a_context_without_end() -> None:
    """
    Nobody knows when it is over: the schedule goes on.
    """
    made = configuration(Schedule(cron=NIGHTLY))
    made = evolve(made, context=LearningContext(key="bio"))

    assert "2056-05-22T04:00:00Z" == str(made.last_due(utc("2056-05-22T12:00")))


def test_a_gate_lets_nothing_through_when_it_is_shut() -> None:
    """
    What was due before it opened isn't made up for, and what is left when it closes isn't either.
    """
    gate = Gate(open=Moment(anchor="start"), close=Moment())
    made = configuration(Schedule(cron=NIGHTLY), gate)

    assert made.last_due(utc("2026-01-11T23:00")) is None
    assert made.last_due(utc("2026-01-12T01:00")) is None
    assert "2026-01-12T05:00:00Z" == str(made.last_due(utc("2026-01-12T05:00")))
    assert "2026-06-29T04:00:00Z" == str(made.last_due(utc("2026-06-29T23:59")))
    assert made.last_due(utc("2026-06-30")) is None
    assert "2026-01-12T05:00:00Z" == str(made.next_due(utc("2025-01-01")))
    assert made.next_due(utc("2026-06-29T04:00")) is None


def test_a_gate_closes_while_a_slot_waits() -> None:
    """
    What would begin when it is too late is no slot to come.
    """
    due = utc("2026-06-29T04:00")
    close = Gate(close=Moment(at=due + dt.timedelta(seconds=1)))
    prompt, late = (
        configuration(Schedule(cron=NIGHTLY, jitter=dt.timedelta(hours=hours)), close)
        for hours in (0, 1)
    )

    assert "2026-06-29T04:00:00Z" == str(prompt.next_due(utc("2026-06-28T12:00")))
    assert late.next_due(utc("2026-06-28T12:00")) is None


def test_a_start_stays_what_intervals_are_counted_from() -> None:
    """
    Also where the gate opens later.
    """
    schedule = Schedule(every=dt.timedelta(days=2), start=utc("2026-01-01T07:00"))
    made = configuration(schedule, Gate(open=Moment(anchor="start")))

    assert "2026-01-13T07:00:00Z" == str(made.next_due(utc("2025-12-24")))
