"""
Spans of time as people write them: `14 days`, `90 minutes`, `2 years`.
"""

from __future__ import annotations

import datetime as dt
import re


_UNITS = {
    "second": dt.timedelta(seconds=1),
    "minute": dt.timedelta(minutes=1),
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
    "week": dt.timedelta(weeks=1),
    "year": dt.timedelta(days=365),
}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?")


def parse_span(text: str) -> dt.timedelta:
    """
    Read a span of time. Raises ValueError, saying what is wanted.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r}: a span of time such as '14 days' is wanted")
    return float(match[1]) * unit


def format_span(span: dt.timedelta) -> str:
    """
    Write a span so that `parse_span` reads the same: in the largest unit that leaves a whole number.
    """
    for name, unit in reversed(_UNITS.items()):
        count, rest = divmod(span, unit)
        if count and not rest:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{span.total_seconds():g} seconds"
