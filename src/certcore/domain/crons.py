"""
Cron lines: five fields, and the instants that come of them in a time zone.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
import zoneinfo

from collections.abc import Iterator, Sequence

from attrs import field, frozen


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
_LEAP_YEAR = 2000

_PART = re.compile(
    r"(?:\*|(?P<first>\w{1,9})(?P<range>-(?P<last>\w{1,9}))?)(?:/(?P<step>[1-9][0-9]{0,3}))?",
    re.ASCII,
)


@frozen
class _Field:
    name: str
    numbers: range
    names: Sequence[str] = ()

    def read(self, text: str, line: str) -> frozenset[int]:
        """
        Give the numbers that a field stands for. Raises ValueError.
        """
        try:
            return frozenset(number for part in text.split(",") for number in self._part(part))
        except ValueError:
            least, most = self.numbers[0], self.numbers[-1]
            raise ValueError(
                f"{line!r}: {text!r} is no {self.name}, which runs from {least} to {most}"
            ) from None

    def _part(self, part: str) -> range:
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(part)
        step = int(match["step"] or 1)
        if match["first"] is None:
            return self.numbers[::step]
        first = self._number(match["first"])
        last = first
        if match["range"]:
            last = self._number(match["last"])
        elif match["step"]:
            # 5/15: from 5 on
            last = self.numbers[-1]
        if last == 0 < first and self.names is _DAYS:
            # fri-sun: a week may end with Sunday as well as begin with it
            last = 7
        if first > last:
            raise ValueError(part)
        return range(first, last + 1, step)

    def _number(self, word: str) -> int:
        number = self.numbers[self.names.index(word)] if word in self.names else int(word)
        if number not in self.numbers:
            raise ValueError(word)
        return number


_FIELDS = (
    _Field("minute", range(60)),
    _Field("hour", range(24)),
    _Field("day of the month", range(1, 32)),
    _Field("month", range(1, 13), _MONTHS),
    _Field("day of the week", range(8), _DAYS),
)


@frozen(kw_only=True)
class CronLine:
    """
    What a cron line says: on which days, at which times of the day.

    Where neither field of days begins with `*`, a day needs to fit one of them; else both.
    """

    line: str
    minutes: tuple[int, ...] = field(repr=False)
    hours: tuple[int, ...] = field(repr=False)
    days: frozenset[int] = field(repr=False)
    months: frozenset[int] = field(repr=False)
    weekdays: frozenset[int] = field(repr=False)
    """From 0, Sunday, to 6."""
    either: bool = field(repr=False)
    """Whether a day fits by its place in the month or by that in the week."""

    def nearest(self, to: dt.datetime, zone: zoneinfo.ZoneInfo, *, back: bool) -> dt.datetime:
        """
        Give the last instant up to `to`, or the first one behind it, in UTC.

        A time that the clocks leave out comes once, as soon as they go on, and one that they show
        twice comes once, the first time. A line for every hour goes by what clocks show: it leaves
        out what they leave out, and repeats what they repeat. On a day that a zone left out whole,
        nothing comes.
        """
        today = to.astimezone(zone).date()
        # clocks that are put forward or back over midnight make days begin early or overlap
        first, near = (today + _DAY, today - _DAY) if back else (today - _DAY, today + _DAY)
        days, found = self._days(first, back=back), list[dt.datetime]()
        day = next(days)
        while not found or (day >= near if back else day <= near):
            found += [each for each in self._on(day, zone) if (each <= to) == back]
            day = next(days)
        return max(found) if back else min(found)

    def _days(self, day: dt.date, *, back: bool) -> Iterator[dt.date]:
        """
        Give the days that fit, from one on: a line that never comes isn't read.
        """
        while True:
            if day.month not in self.months:
                # a month at a time: 29 February may be eight years away
                _, length = calendar.monthrange(day.year, day.month)
                day = day.replace(day=1) - _DAY if back else day.replace(day=length) + _DAY
                continue
            in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
            if in_month or in_week if self.either else in_month and in_week:
                yield day
            day += -_DAY if back else _DAY

    def _on(self, day: dt.date, zone: zoneinfo.ZoneInfo) -> list[dt.datetime]:
        """
        Give the instants of one day, in UTC.
        """
        midnight = dt.datetime.combine(day, dt.time())
        walls = [
            midnight + dt.timedelta(hours=hour, minutes=minute)
            for hour in self.hours
            for minute in self.minutes
        ]
        begin = _shown(midnight, zone)
        if begin.astimezone(zone).date() != day:
            return []
        if _utc(midnight + _DAY, zone, fold=1) - begin == _DAY:
            # a day like any other, without its midnights being shown twice
            return [begin + (wall - midnight) for wall in walls]
        if len(self.hours) < len(_FIELDS[1].numbers):
            return [_shown(wall, zone) for wall in walls]
        there_are = (wall for wall in walls if _exists(wall, zone))
        return [_utc(wall, zone, fold) for wall in there_are for fold in (0, 1)]


@functools.lru_cache
def read_cron(line: str) -> CronLine:
    """
    Read a cron line: `0 6 * * mon-fri`. Raises ValueError.
    """
    parts = line.lower().split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{line!r}: five fields such as '0 6 * * *' are wanted")
    minutes, hours, days, months, weekdays = (
        field.read(part, line) for field, part in zip(_FIELDS, parts, strict=True)
    )
    # as Vixie's cron has it, and all that came after: '*/2' counts as a star
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    longest = max(calendar.monthrange(_LEAP_YEAR, month)[1] for month in months)
    if min(days) > longest and not either:
        raise ValueError(f"{line!r}: no such month has a day {min(days)}: this never comes")
    return CronLine(
        line=line,
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=days,
        months=months,
        weekdays=frozenset(number % 7 for number in weekdays),
        either=either,
    )


def _utc(wall: dt.datetime, zone: zoneinfo.ZoneInfo, fold: int = 0) -> dt.datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC)


def _exists(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> bool:
    return _utc(wall, zone).astimezone(zone).replace(tzinfo=None) == wall


def _shown(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """
    Give when clocks first show a time or, if they leave it out, when they jump over it.
    """
    if _exists(wall, zone):
        return _utc(wall, zone)
    # read with the offset from after the jump and from before it, the time is on either side of it
    before, after = _utc(wall, zone, fold=1), _utc(wall, zone, fold=0)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
