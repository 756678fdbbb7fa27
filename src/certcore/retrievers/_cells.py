"""
What stands in a cell: texts, numbers, fractions, moments. An empty cell is unknown.

Each function raises ValueError, with what is wanted, for what it can't read. Of a cell it shows no
text, which may be somebody's name.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zoneinfo

from typing import Any

from certcore.domain import LONGEST_KEY
from certcore.retrievers._options import Scale


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHOWABLE = re.compile(r"[0-9.,:/%+\-TZ ]{1,32}")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_BROKEN = re.compile(r"[\0\ud800-\udfff\ufffd]")
_LONGEST_NAME = 500

_MOST = 1.5
"""Grades above 1 are extra credit; far above, they are percent."""

_NOON = dt.time(12)


def text(value: Any) -> str:
    """
    Give a text without spaces around it; empty for an empty cell.
    """
    if isinstance(value, str):
        if not (value.isascii() and "\0" not in value) and _BROKEN.search(value):
            if "\0" in value:
                raise ValueError("a NUL character, which can't be kept: take it out")
            raise ValueError("a letter can't be read: save the file as UTF-8")
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{_said(value)}: a text is wanted")


def identifier(value: Any) -> str:
    """
    Give a learner's id. Raises ValueError for one that not every ledger could keep.
    """
    said = text(value)
    if len(said) > LONGEST_KEY:
        raise ValueError(f"an id of {len(said):,} letters: at most {LONGEST_KEY} are wanted")
    return said


def name(value: Any) -> str:
    """
    Give a name on one line, a single space between its words.
    """
    said = " ".join(text(value).split())
    if len(said) > _LONGEST_NAME:
        raise ValueError(f"a name of {len(said):,} letters: at most {_LONGEST_NAME} are wanted")
    return said


def language(value: Any) -> str:
    """
    Give a language tag; whatever else stands there says nothing.
    """
    said = text(value)
    return said.replace("_", "-") if _TAG.fullmatch(said) else ""


def number(value: Any, shown: Any = None) -> float | None:
    """
    Give a finite number. What is shown of a cell that has none may be more than the value.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        read = _float(value)
    else:
        said = text(value)
        if not said:
            return None
        if not _NUMBER.fullmatch(said):
            is_one = _NUMBER.fullmatch(said.replace(",", "."))
            hint = ', with a point; or say decimal = "comma"' if is_one else ""
            raise ValueError(f"{_said(shown or value)}: a number is wanted{hint}")
        read = float(said)
    if not math.isfinite(read):
        raise ValueError(f"{_said(shown or value)}: a finite number is wanted")
    return read


def pointed(value: Any) -> Any:
    """
    Give a text with a decimal comma as one with a point, anything else as it is.
    """
    if not isinstance(value, str):
        return value
    if "." in value:
        raise ValueError(f"{_said(value)}: a number with a decimal comma, and no point, is wanted")
    return value.replace(",", ".")


def fraction(value: Any, scale: Scale) -> float | None:
    """
    Give a part of the whole, 1 being all of it. What has a percent sign is percent on any scale.
    """
    if scale == "fraction" and isinstance(value, str) and _is_plain(value):
        # most cells, of which there may be millions
        plain = float(value)
        if plain <= _MOST:
            return plain
    said = value.strip() if isinstance(value, str) else value
    marked = isinstance(said, str) and said.endswith("%")
    read = number(said[:-1], said) if marked else number(said)
    if read is None:
        return None
    percent = marked or scale == "percent"
    part = read / 100 if percent else read
    if part < 0:
        raise ValueError(f"{_said(said)}: a number from 0 up is wanted")
    if part > _MOST:
        wanted = (
            f"at most {_MOST * 100:g} % is wanted"
            if percent
            else 'a fraction is wanted; say scale = "percent"'
        )
        raise ValueError(f"{_said(said)}: {wanted}")
    return part


def part(value: Any, whole: float) -> float | None:
    """
    Give how much of the whole a number is: 17 of 20 is 0.85.
    """
    read = number(value)
    if read is None:
        return None
    if read < 0:
        raise ValueError(f"{_said(value)}: a number from 0 up is wanted")
    if read > _MOST * whole:
        raise ValueError(f"{_said(value)}: at most {_MOST * 100:g} % of {whole:g} is wanted")
    return read / whole


def moment(value: Any, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """
    Give an instant; a date alone is the noon of that day, which is the same day nearly everywhere.
    """
    said = text(value)
    if not said:
        return None
    try:
        read = dt.datetime.fromisoformat(said)
        if re.fullmatch(r"[0-9W-]+", said):
            read = dt.datetime.combine(read.date(), _NOON)
    except ValueError:
        raise ValueError(
            f"{_said(value)}: a date such as 2026-05-22 or 2026-05-22T14:03 is wanted"
        ) from None
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def _is_plain(said: str) -> bool:
    """
    Whether it is digits, with a point at most.
    """
    return said.isascii() and said.replace(".", "", 1).isdecimal()


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _said(value: Any) -> str:
    said = value if isinstance(value, str) else str(value)
    if isinstance(value, (str, int, float)) and _SHOWABLE.fullmatch(said):
        return said
    return "a text" if isinstance(value, str) else f"a {type(value).__name__}"
