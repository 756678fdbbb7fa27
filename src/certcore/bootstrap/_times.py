"""
Dates as people write them, in the issuer's zone.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from certcore.bootstrap._schema import GateTable, ScheduleTable
from certcore.config import parse_span
from certcore.domain import Gate, Moment, Schedule


_RELATIVE = re.compile(r"(?:(?P<span>.+?)\s+(?P<side>before|after)\s+)?(?P<anchor>start|end)")
_CRON_FIELDS = 5
_CRON = re.compile(r"[\w*/,\-?#]+")


def instant(value: dt.date, zone: zoneinfo.ZoneInfo, *, end: bool = False) -> dt.datetime:
    """
    Give the instant of a date or date-time; a date is its first moment, or its last.
    """
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time.max if end else dt.time.min)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value


def read_moment(value: str | dt.datetime, zone: zoneinfo.ZoneInfo) -> Moment:
    """
    Read `14 days after end`, `start`, or a date-time. Raises ValueError.
    """
    if isinstance(value, dt.datetime):
        return Moment(at=instant(value, zone))
    match = _RELATIVE.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value!r}: a date-time, or such as '14 days after end', is wanted")
    offset = parse_span(match["span"]) if match["span"] else dt.timedelta()
    return Moment(
        offset=-offset if match["side"] == "before" else offset,
        anchor="start" if match["anchor"] == "start" else "end",
    )


def read_gate(table: GateTable, zone: zoneinfo.ZoneInfo) -> Gate:
    """
    Read a gate. Raises ValueError.
    """
    return Gate(
        open=None if table.open is None else read_moment(table.open, zone),
        close=None if table.close is None else read_moment(table.close, zone),
    )


def read_schedule(table: ScheduleTable | None, zone: zoneinfo.ZoneInfo) -> Schedule | None:
    """
    Read a schedule. Raises ValueError.
    """
    if table is None:
        return None
    if table.cron:
        fields = table.cron.split()
        if len(fields) != _CRON_FIELDS or not all(map(_CRON.fullmatch, fields)):
            raise ValueError(f"cron {table.cron!r}: five fields such as '0 6 * * *' are wanted")
    own = zone if table.zone is None else zoneinfo.ZoneInfo(table.zone)
    at = {
        name: None if value is None else instant(value, own)
        for name, value in (
            ("once", table.once),
            ("anchor", table.anchor),
            ("start", table.start),
            ("until", table.until),
        )
    }
    return Schedule(cron=table.cron, every=table.every, jitter=table.jitter, zone=own.key, **at)
