"""
What values of the domain have in common: numbers that are numbers, dates that are instants.
"""

from __future__ import annotations

import datetime as dt
import math

from collections.abc import Mapping
from typing import Any

from attrs import Attribute


LONGEST_KEY = 255
"""In characters: what every database has an index for."""


def storable(instance: object, attribute: Attribute[Any], value: str) -> None:
    """
    Refuse what not every database can keep as a key.
    """
    del instance
    if len(value) > LONGEST_KEY:
        msg = f"{attribute.name}: at most {LONGEST_KEY} characters are wanted, not {len(value)}"
        raise ValueError(msg)
    if "\0" in value:
        msg = f"{attribute.name}: a text without NUL is wanted"
        raise ValueError(msg)


def number(value: object, what: str) -> float:
    """
    Give a finite number as it is. Raises ValueError; `true` isn't 1.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        msg = f"{what}: a finite number is wanted, not {value!r}"
        raise ValueError(msg)
    return value


def numbers(instance: object, attribute: Attribute[Any], values: Mapping[str, float]) -> None:
    del instance
    for name, value in values.items():
        # there may be a million learners: no sentence is made up for each of their numbers
        if type(value) is not float or not math.isfinite(value):
            number(value, f"{attribute.name} {name!r}")


def aware(instance: object, attribute: Attribute[Any], value: dt.datetime | None) -> None:
    del instance
    # comparing a naive one with now would fail much later, in the middle of a run
    if value is not None and value.tzinfo is None:
        msg = f"{attribute.name}: a date-time needs an offset from UTC"
        raise ValueError(msg)


def positive_count(instance: object, attribute: Attribute[Any], value: int | None) -> None:
    del instance
    if value is not None and value < 1:
        msg = f"{attribute.name}: a number from 1 up is wanted, not {value!r}"
        raise ValueError(msg)
