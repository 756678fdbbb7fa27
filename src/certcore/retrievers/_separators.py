"""
What separates the cells of a CSV file, by its header and its first rows.
"""

from __future__ import annotations

import csv
import io
import itertools
import re

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.exceptions import RetrievalError


Delimiter: TypeAlias = Literal["detect", "comma", "semicolon", "tab", "pipe"]

DELIMITERS: Mapping[Delimiter, str] = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
}

SAMPLE = 1 << 18
"""Bytes of a file that are looked at."""

_ROWS = 20
_SAID = re.compile(r'"?sep=(?P<sign>[,;\t|])"?(?:[\r\n]|\Z)')
"""What Excel writes and reads above the names of the columns, and shows nobody."""


@frozen
class Sample:
    """
    The beginning of a file.
    """

    text: str
    whole: bool = field(kw_only=True)
    """Whether that is all of it: if not, its last row is cut off."""


def separator_line(text: str) -> str | None:
    """
    Give what a first line such as `sep=;` says; None for any other.
    """
    said = _SAID.match(text)
    return said["sign"] if said else None


def separator_of(sample: Sample, name: str) -> str:
    """
    Tell what separates the cells, from the beginning of a file.

    It occurs in the header; of several that do, it is the one that makes as many cells of every
    row. Where nothing occurs there is one column, and a comma will do.

    Raises:
        certcore.exceptions.RetrievalError:
            If that may be more than one.
    """
    said = separator_line(sample.text)
    if said is not None:
        return said
    widths = {sign: _widths(sample, sign) for sign in DELIMITERS.values()}
    found = [sign for sign, each in widths.items() if each and each[0] > 1]
    if len(found) > 1:
        found = [sign for sign in found if len(set(widths[sign])) == 1] or found
    if len(found) > 1:
        names = [f'"{word}"' for word, sign in DELIMITERS.items() if sign in found]
        raise RetrievalError(
            f"{name}: nobody can tell what separates its cells. Say delimiter = "
            f"{' or delimiter = '.join(names)}."
        )
    return found[0] if found else ","


def _widths(sample: Sample, sign: str) -> list[int]:
    """
    Count the cells of the header and of some rows; none if the header can't be read that way.
    """
    reader = csv.reader(io.StringIO(sample.text, newline=""), delimiter=sign, strict=True)
    widths: list[int] = []
    try:
        for row in itertools.islice(filter(any, reader), _ROWS):
            widths.append(len(row))  # noqa: PERF401  # those before a row that can't be read count
        ended = len(widths) < _ROWS
    except csv.Error:
        ended = False
    return widths[:-1] if ended and not sample.whole and len(widths) > 1 else widths
