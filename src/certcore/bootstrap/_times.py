"""
Dates as people write them, in the issuer's zone.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from collections.abc import Mapping

from certcore.config import parse_span
from certcore.domain import Moment


_RELATIVE = re.compile(r"(?:(?P<span>.+?)\s+(?P<side>before|after)\s+)?(?P<anchor>start|end)")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_CRON: Mapping[str, tuple[range, tuple[str, ...]]] = {
    "minute": (range(60), ()),
    "hour": (range(24), ()),
    "day of the month": (range(1, 32), ()),
    "month": (range(1, 13), _MONTHS),
    "day of the week": (range(8), _DAYS),
}
"""Fields of a cron line: their numbers, and the names of these."""
_CRON_PART = re.compile(
    r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9][0-9]*))?", re.ASCII
)


def instant(value: dt.date, zone: zoneinfo.ZoneInfo, *, end: bool = False) -> dt.datetime:
    """
    Give the instant of a date or date-time; a date is its first moment, or its last.
    """
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time.max if end else dt.time.min)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value


def read_moment(value: str | dt.date, zone: zoneinfo.ZoneInfo, *, end: bool = False) -> Moment:
    """
    Read `14 days after end`, `start`, a date, or a date-time. Raises ValueError.
    """
    if isinstance(value, dt.date):
        return Moment(at=instant(value, zone, end=end))
    match = _RELATIVE.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value!r}: a date, or such as '14 days after end', is wanted")
    offset = parse_span(match["span"]) if match["span"] else dt.timedelta()
    return Moment(
        offset=-offset if match["side"] == "before" else offset,
        anchor="start" if match["anchor"] == "start" else "end",
    )


def check_cron(line: str) -> None:
    """
    Look through a cron line: `0 6 * * mon-fri`. Raises ValueError.
    """
    parts = line.split()
    if len(parts) != len(_CRON):
        raise ValueError(f"{line!r}: five fields such as '0 6 * * *' are wanted")
    for part, (name, (numbers, names)) in zip(parts, _CRON.items(), strict=True):
        if not all(_is_cron(each, numbers, names) for each in part.lower().split(",")):
            least, most = numbers[0], numbers[-1]
            raise ValueError(f"{line!r}: {part!r} is no {name}, which runs from {least} to {most}")


def _is_cron(part: str, numbers: range, names: tuple[str, ...]) -> bool:
    match = _CRON_PART.fullmatch(part)
    if match is None:
        return False
    by_name = {name: numbers[place] for place, name in enumerate(names)}
    ends = [end for end in (match["first"], match["last"]) if end is not None]
    found = [by_name.get(end, int(end) if end.isdigit() else -1) for end in ends]
    return all(end in numbers for end in found) and found == sorted(found)
