"""
Spans of time as people write them: `14 days`, `90 minutes`, `2 years`.
"""

from __future__ import annotations

import datetime as dt
import re

from decimal import Decimal


_UNITS = {
    "second": dt.timedelta(seconds=1),
    "minute": dt.timedelta(minutes=1),
    "hour": dt.timedelta(hours=1),
    "day": dt.timedelta(days=1),
    "week": dt.timedelta(weeks=1),
    "year": dt.timedelta(days=365),
}
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+?)s?")
_TICK = dt.timedelta(microseconds=1)


def parse_span(text: str) -> dt.timedelta:
    """
    Read a span of time, to the microsecond. Raises ValueError, saying what is wanted.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        msg = f"{text!r}: a span of time such as '14 days' is wanted"
        raise ValueError(msg)
    try:
        return round(Decimal(match[1]) * (unit // _TICK)) * _TICK
    except OverflowError:
        msg = f"{text!r}: a span of time of at most {dt.timedelta.max.days} days is wanted"
        raise ValueError(msg) from None


def format_span(span: dt.timedelta) -> str:
    """
    Write a span so that `parse_span` reads the same: in the largest unit that leaves it whole.

    One that runs backwards gets a minus, which `parse_span` doesn't take.
    """
    if span < dt.timedelta():
        return f"-{format_span(-span)}"
    for name, unit in reversed(_UNITS.items()):
        count, rest = divmod(span, unit)
        if count and not rest:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    seconds = Decimal(span // _TICK).scaleb(-6).normalize()
    return f"{seconds:f} seconds"
