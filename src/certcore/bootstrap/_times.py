"""
Dates as people write them, in the issuer's zone.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from certcore.config import parse_span
from certcore.domain import Moment


_RELATIVE = re.compile(r"(?:(?P<span>.+?)\s+(?P<side>before|after)\s+)?(?P<anchor>start|end)")


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
