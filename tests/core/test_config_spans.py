"""
Spans of time as people write them.
"""

from __future__ import annotations

import datetime as dt

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore.config import format_span, parse_span


@pytest.mark.parametrize(
    "text, span",
    [
        ("14 days", dt.timedelta(days=14)),
        ("1 day", dt.timedelta(days=1)),
        (" 90 Minutes ", dt.timedelta(minutes=90)),
        ("1.5 hours", dt.timedelta(minutes=90)),
        ("2weeks", dt.timedelta(days=14)),
        ("2 years", dt.timedelta(days=730)),
        ("0 seconds", dt.timedelta()),
        ("0.1 seconds", dt.timedelta(microseconds=100_000)),
    ],
)
def test_read(text: str, span: dt.timedelta) -> None:
    """
    A number and a unit, singular or plural.
    """
    assert span == parse_span(text)


@pytest.mark.parametrize(
    "text", ["", "14", "days", "14 moons", "-1 day", "1 day 2 hours", "٣ days", "1. days"]
)
def test_not_a_span(text: str) -> None:
    """
    Refused, with an example.
    """
    with pytest.raises(ValueError, match="a span of time such as '14 days' is wanted"):
        parse_span(text)


def test_too_long() -> None:
    """
    Refused like everything that can't be, not with an error of arithmetic.
    """
    with pytest.raises(ValueError, match="'9999999999 years': a span of time of at most"):
        parse_span("9999999999 years")


@pytest.mark.parametrize(
    "span, text",
    [
        (dt.timedelta(days=365), "1 year"),
        (dt.timedelta(days=14), "2 weeks"),
        (dt.timedelta(days=15), "15 days"),
        (dt.timedelta(minutes=90), "90 minutes"),
        (dt.timedelta(seconds=1.5), "1.5 seconds"),
        (dt.timedelta(), "0 seconds"),
        (dt.timedelta(days=-14), "-2 weeks"),
    ],
)
def test_written(span: dt.timedelta, text: str) -> None:
    """
    In the largest unit that leaves it whole.
    """
    assert text == format_span(span)


@given(st.timedeltas(min_value=dt.timedelta()))
def test_what_is_written_reads_the_same(span: dt.timedelta) -> None:
    """
    To the microsecond, however long.
    """
    assert span == parse_span(format_span(span))
