"""
What a spreadsheet may hold, looked at before a reader makes room for it.

A few hundred bytes can say that there is a cell in the last row and column of a sheet, that a row
is repeated a million times, or unpack to gigabytes; a reader that believes it takes the process
with it. All parts of the file are unpacked and counted here, piece by piece.
"""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib

from functools import partial
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from certcore.exceptions import RetrievalError


MOST_BYTES = 200_000_000
"""Unpacked."""
MOST_CELLS = 4_000_000
"""Of the rectangle from the first to the last cell."""
LONGEST_TEXT = 100_000
"""Characters of a cell; spreadsheet programs take 32,767."""

_MOST_PARTS = 2_000
_CHUNK = 1 << 16
_NO_LIMIT = 1 << 62
_UNPACKED_BY_AND_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BEFORE_MARKUP = codecs.BOM_UTF8 + codecs.BOM_UTF16 + b" \t\r\n\0"
_PLACE = re.compile(r"(?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})")


def check_size(path: Path, name: str) -> None:
    """
    Make sure that a .xlsx or .ods file can be read in bounded memory.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't, or is no such file.

        OSError:
            If it can't be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or len({part.filename for part in parts}) < len(parts):
                _refuse(name, "it has too many parts")
            room = MOST_BYTES
            for part in parts:
                if part.compress_type not in _UNPACKED_BY_AND_BY:
                    _refuse(name, "it is packed in another way than spreadsheets are")
                # what it says of itself isn't believed
                part.file_size = _NO_LIMIT
                room = _look_through(archive, part, name, room)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError) as exc:
        raise RetrievalError(
            f"{name} isn't a spreadsheet that can be read, or is damaged. "
            "Save it as .xlsx or .ods, without a password."
        ) from exc


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, room: int) -> int:
    sheet: _Sheet | None = None
    with archive.open(part) as file:
        for number, chunk in enumerate(iter(partial(file.read, _CHUNK), b"")):
            room -= len(chunk)
            if room < 0:
                _refuse(name, f"it is larger than {MOST_BYTES:,} bytes when unpacked")
            if number == 0 and chunk.lstrip(_BEFORE_MARKUP).startswith(b"<"):  # no picture, say
                sheet = _Sheet(name)
            if sheet is not None:
                sheet.parser.Parse(chunk)
    return room


def _refuse(name: str, why: str) -> NoReturn:
    raise RetrievalError(f"{name} can't be read safely: {why}. Save it as CSV.")


class _Sheet:
    """
    Counts what a sheet's markup makes room for, in both formats.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = self._columns = 0
        self._row = self._column = 0
        self._repeated = 1
        self._text = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        self._text = 0
        tag = element.rpartition(" ")[2]
        if tag == "c":  # Office Open XML: its place, or the next one
            place = _PLACE.fullmatch(attributes.get("r", ""))
            if place is None:
                self._column += 1
            else:
                self._row, self._column = int(place["row"]), _number(place["column"])
            self._fill(self._row, self._column)
        elif tag == "row":
            said = attributes.get("r", "")
            self._row = int(said) if said.isdecimal() else self._row + 1
            self._column = 0
        elif tag == "table":  # OpenDocument: a sheet
            self._row = 0
        elif tag == "table-row":
            self._repeated = _times(attributes, "number-rows-repeated")
            self._column = 0
        elif tag in {"table-cell", "covered-table-cell"}:
            self._column += _times(attributes, "number-columns-repeated")
            if any(key.endswith(" value-type") for key in attributes):
                self._fill(self._row + self._repeated, self._column)

    def _end(self, element: str) -> None:
        if element.endswith(" table-row"):
            self._row += self._repeated

    def _characters(self, text: str) -> None:
        self._text += len(text)
        if self._text > LONGEST_TEXT:
            _refuse(self._name, f"a cell has more than {LONGEST_TEXT:,} characters")

    def _fill(self, row: int, column: int) -> None:
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)
        if self._rows * self._columns > MOST_CELLS:
            _refuse(self._name, f"it has more than {MOST_CELLS:,} cells")


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _times(attributes: dict[str, str], wanted: str) -> int:
    said = next((each for key, each in attributes.items() if key.endswith(f" {wanted}")), "")
    return int(said) if said.isdecimal() and said.isascii() else 1
