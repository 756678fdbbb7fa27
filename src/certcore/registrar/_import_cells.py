"""
What stands in a field of a list of certificates.

Each function raises ValueError, with what is wanted, for what it can't read.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from collections.abc import Mapping
from typing import Any, cast

from certcore.domain import normalize_code, read_old_code


_NOON = dt.time(12)
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_EXTRA_CREDIT = 1.5
_LONGEST_KEY = 255
"""Characters: what every ledger has room for."""


def text(fields: Mapping[str, Any], name: str) -> str:
    """
    Give a text without spaces around it; empty if there is none.
    """
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        # platforms give ids as numbers in JSON
        return str(value)
    if not isinstance(value, str):
        msg = f"{name}: a text is wanted, not {type(value).__name__}"
        raise ValueError(msg)  # noqa: TRY004  # like every other refusal of a row
    if _UNWRITABLE.search(value):
        raise ValueError(f"{name}: a letter can't be read; save the file as UTF-8")
    return value.strip()


def line(fields: Mapping[str, Any], name: str) -> str:
    """
    Give a text on one line, a single space between its words.
    """
    return " ".join(text(fields, name).split())


def key(fields: Mapping[str, Any], name: str) -> str:
    """
    Give a text that something is known by.
    """
    said = text(fields, name)
    if len(said) > _LONGEST_KEY:
        raise ValueError(f"{name}: more than {_LONGEST_KEY} characters")
    return said


def moment(
    fields: Mapping[str, Any],
    name: str,
    zone: zoneinfo.ZoneInfo,
    *,
    now: dt.datetime | None = None,
) -> dt.datetime | None:
    """
    Give an instant in UTC; a date alone is the noon of that day, in the zone, or the beginning of
    the day as long as noon lies ahead of `now`.
    """
    said = text(fields, name)
    if not said:
        return None
    try:
        read = dt.datetime.fromisoformat(said)
        if re.fullmatch(r"[0-9W-]+", said):
            read = dt.datetime.combine(read.date(), _NOON, zone)
            if now is not None and read > now:
                # not `now`: read once more, the row is to mean the same
                read = dt.datetime.combine(read.date(), dt.time.min, zone)
        return read.replace(tzinfo=read.tzinfo or zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        wanted = "2026-05-22 or 2026-05-22T14:03:00+02:00"
        raise ValueError(f"{name}: a date such as {wanted} is wanted") from None


def fraction(value: object, name: str, *, most: float = 1) -> float | None:
    """
    Give a part of the whole, 1 being all of it.
    """
    if isinstance(value, str):
        said = value.strip()
        if not said:
            return None
        try:
            value = float(said)
        except ValueError:
            value = None
    elif value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ValueError(f"{name}: a fraction from 0 to {most:g} is wanted")
    return float(value)


def grades(fields: Mapping[str, Any]) -> dict[str, float]:
    """
    Give the grades by their names, of `grades.Total` or of a table `grades`.
    """
    table: Any = fields.get("grades") or {}
    if not isinstance(table, Mapping):
        msg = "grades: a table of grades is wanted, or a field grades.NAME for each"
        raise ValueError(msg)  # noqa: TRY004  # as above
    named = {f"grades.{name}": value for name, value in cast("Mapping[str, Any]", table).items()}
    named |= {name: value for name, value in fields.items() if name.startswith("grades.")}
    read = {
        name.removeprefix("grades."): fraction(value, name, most=_EXTRA_CREDIT)
        for name, value in named.items()
    }
    return {name: value for name, value in read.items() if value is not None}


def codes(fields: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """
    Give the first code that is one like ours, normalized, and those that are another system's.
    """
    value = fields.get("code")
    given = cast("list[object]", value) if isinstance(value, list) else [value]
    own = ""
    old: list[str] = []
    for each in given:
        code = text({"code": each}, "code")
        normalized = normalize_code(code)
        if normalized is not None and not own:
            own = normalized
        elif code:
            if not read_old_code(code)[1]:
                raise ValueError("code: one with letters or digits is wanted")
            old.append(code)
    return own, tuple(old)
