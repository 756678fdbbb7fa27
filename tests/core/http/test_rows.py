"""
Fields of an object: what isn't as promised is an error that doesn't show it; no data is not zero.
"""

from __future__ import annotations

import datetime as dt

import pytest

from certcore.exceptions import SourceProtocolError
from certcore.http import Row


def row(value):
    return Row({"it": value}, "/list")


NOON = dt.datetime(2026, 5, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "read,value,expected",
    [
        (Row.get, [1], [1]),
        (Row.text, "Ada", "Ada"),
        (Row.text, None, ""),
        (Row.id, "ada", "ada"),
        (Row.id, 7, "7"),
        (Row.id, 0, "0"),
        (Row.flag, True, True),
        (Row.flag, 0, False),
        (Row.flag, None, None),
        (Row.number, 7, 7.0),
        (Row.number, -0.5, -0.5),
        (Row.number, None, None),
        (Row.fraction, 0, 0.0),
        (Row.fraction, 1, 1.0),
        (Row.moment, "2026-05-22T12:00:00Z", NOON),
        (Row.moment, "2026-05-22T14:00:00+02:00", NOON),
        (Row.moment, "2026-05-22T12:00:00", NOON),
        (Row.moment, NOON.timestamp(), NOON),
        (Row.moment, 0, None),
        (Row.moment, "", None),
        (Row.moment, None, None),
        (Row.rows, None, []),
        (Row.row, None, None),
    ],
)
def test_what_is_as_promised(read, value, expected) -> None:
    """
    Numbers are numbers, moments are aware, ids are texts.
    """
    found = read(row(value), "it")

    assert (expected, type(expected)) == (found, type(found))


@pytest.mark.parametrize(
    "read,value,why",
    [
        (Row.text, 83, "is a number, where a text is wanted"),
        (Row.id, None, "is nothing, where an id is wanted"),
        (Row.id, "", "is a text, where an id is wanted"),
        (Row.id, True, "is yes or no, where an id is wanted"),
        (Row.id, 8.5, "is a number, where an id is wanted"),
        (Row.flag, "secret", "is a text, where yes or no is wanted"),
        (Row.flag, 2, "is a number, where yes or no is wanted"),
        (Row.number, "83", "is a text, where a number is wanted"),
        (Row.number, True, "is yes or no, where a number is wanted"),
        (Row.fraction, 83, "is another one, where a number from 0 to 1 is wanted"),
        (Row.fraction, -0.01, "is another one, where a number from 0 to 1 is wanted"),
        (Row.moment, "secret", "is a text, where a moment is wanted"),
        (Row.moment, 1e30, "is a number, where a moment is wanted"),
        (Row.moment, [], "is a list, where a number is wanted"),
        (Row.row, 83, "gives a number, where an object is wanted"),
        (Row.rows, {}, "is an object, where a list is wanted"),
        (Row.rows, [{}, "secret"], "gives a text, where an object is wanted"),
    ],
)
def test_what_is_not_as_promised(read, value, why: str) -> None:
    """
    The field is named, and not what is in it.
    """
    with pytest.raises(SourceProtocolError) as caught:
        read(row(value), "it")

    assert f"/list: 'it' {why}" == str(caught.value)
    assert not caught.value.retryable


def test_what_is_not_there() -> None:
    """
    Like null.
    """
    empty = Row({}, "/list")

    assert [None, "", None, []] == [
        empty.get("it"),
        empty.text("it"),
        empty.number("it"),
        empty.rows("it"),
    ]


def test_objects_within() -> None:
    """
    Errors name the way to them.
    """
    outer = row({"parts": [{"grade": "B"}]})

    (part,) = outer.row("it").rows("parts")

    assert "B" == part.text("grade")
    with pytest.raises(SourceProtocolError, match=r"^/list: 'it': 'parts': 'grade' is a text, wh"):
        part.number("grade")
