"""
Reading what a page lists, field by field, and believing none of it.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping
from typing import Any, cast

from certcore.exceptions import SourceProtocolError
from certcore.http._json import is_list, kind_of


class Row:
    """
    An object of a platform's answer.

    What isn't as promised is a SourceProtocolError that names the field and the call, and doesn't
    show the value. No data is not zero: a field that is null, or isn't there, is None.
    """

    __slots__ = ("_fields", "_where")

    def __init__(self, fields: Mapping[str, Any], where: str) -> None:
        self._fields = fields
        self._where = where

    @classmethod
    def read(cls, document: object, where: str) -> Row:
        """
        Take an object.

        Args:
            where: What the errors name.
        """
        if not isinstance(document, dict):
            raise SourceProtocolError(
                f"{where} gives {kind_of(document)}, where an object is wanted"
            )
        return cls(cast("dict[str, Any]", document), where)

    def get(self, name: str) -> Any:
        """
        Give a field as it is.
        """
        return self._fields.get(name)

    def text(self, name: str) -> str:
        """
        Give a text; empty if there is none.
        """
        value = self.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._error(name, "a text")
        return value

    def id(self, name: str) -> str:
        """
        Give a text or whole number that isn't empty, as a text.
        """
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
            raise self._error(name, "an id")
        return str(value)

    def flag(self, name: str) -> bool | None:
        """
        Give yes or no, which 1 and 0 are as well.
        """
        value = self.get(name)
        if value is not None and value not in (0, 1):
            raise self._error(name, "yes or no")
        return None if value is None else bool(value)

    def number(
        self, name: str, minimum: float = float("-inf"), maximum: float = float("inf")
    ) -> float | None:
        """
        Give a number within these bounds.
        """
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._error(name, "a number")
        if not minimum <= value <= maximum:
            raise self._error(name, f"a number from {minimum:g} to {maximum:g}")
        return float(value)

    def fraction(self, name: str) -> float | None:
        """
        Give a number from 0 to 1.
        """
        return self.number(name, 0, 1)

    def moment(self, name: str) -> dt.datetime | None:
        """
        Give a moment in ISO 8601, or in seconds since 1970, of which 0 is none; without an offset
        it is in UTC.
        """
        value = self.get(name)
        if value is None or value in (0, ""):
            return None
        try:
            if isinstance(value, str):
                read = dt.datetime.fromisoformat(value)
                return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
            return dt.datetime.fromtimestamp(self.number(name) or 0, dt.UTC)
        except (ValueError, OverflowError, OSError):
            pass
        raise self._error(name, "a moment")

    def row(self, name: str) -> Row | None:
        """
        Give an object within this one.
        """
        value = self.get(name)
        return None if value is None else Row.read(value, f"{self._where}: {name!r}")

    def rows(self, name: str) -> list[Row]:
        """
        Give the objects of a list; none if there is no list.
        """
        value = self.get(name)
        if value is None:
            return []
        if not is_list(value):
            raise self._error(name, "a list")
        where = f"{self._where}: {name!r}"
        return [Row.read(each, where) for each in value]

    def _error(self, name: str, wanted: str) -> SourceProtocolError:
        found = self.get(name)
        kind = "another one" if wanted.startswith("a number from") else kind_of(found)
        return SourceProtocolError(f"{self._where}: {name!r} is {kind}, where {wanted} is wanted")
