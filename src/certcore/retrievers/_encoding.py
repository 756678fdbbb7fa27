"""
Which encoding a text file is in: by its mark, by what its bytes can be, or as it is named.

Spreadsheet programs write what their system writes. Excel's "CSV UTF-8" is UTF-8 with a mark, its
"Unicode text" is UTF-16 with a mark and tabs, its plain "CSV" is the code page of its Windows:
cp1252 in Western Europe and America.
"""

from __future__ import annotations

import codecs
import re

from collections.abc import Mapping
from typing import BinaryIO, Literal, TypeAlias

from attrs import frozen

from certcore.exceptions import RetrievalError


EncodingName: TypeAlias = Literal[
    "detect",
    "utf-8",
    "utf-16",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp932",
    "cp936",
    "cp949",
    "cp950",
]

_CHUNK = 1 << 20
_MARK = 4
"""Bytes; as long as the longest mark."""

_MARKS: Mapping[bytes, tuple[str, str]] = {
    codecs.BOM_UTF8: ("utf-8-sig", "UTF-8 with a mark"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}

_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}")
"""A letter of several bytes: what was written in a code page hardly ever has one."""

_UNUSED = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d]")
"""What stands for nothing in cp1252."""

_ODD = re.compile(r"[A-Za-z][¹³¯¿¥£¼¾]|[¹³¯¥£¼¾][A-Za-z]|[À-ÿ]{4}")
"""What words of other code pages look like in cp1252: ³ukasz is Łukasz, Èâàí is Иван."""


@frozen(kw_only=True)
class Encoding:
    """
    How the bytes of a file are read.
    """

    codec: str
    said: str
    """As people call it."""
    guessed: bool = False
    """Whether something else would have been possible."""

    @property
    def warning(self) -> str:
        """
        What to tell people of a guess; empty if it is none.
        """
        return f"isn't UTF-8 and is read as {self.said}" if self.guessed else ""

    @property
    def errors(self) -> Literal["surrogateescape", "replace"]:
        """
        What becomes of bytes that can't be read: marks, which cost the row, not the file.
        """
        return "replace" if self.codec == "utf-16" else "surrogateescape"


UTF_8 = Encoding(codec="utf-8-sig", said="UTF-8")


def encoding_of(file: BinaryIO, name: str, wanted: EncodingName = "detect") -> Encoding:
    """
    Say how to read a file, all of which is looked through if need be; it is left at its beginning.

    Bytes that aren't UTF-8 are taken for cp1252, which is a guess. A file that is UTF-8 but for
    some of its letters stays UTF-8.

    Raises:
        certcore.exceptions.RetrievalError:
            If it isn't UTF-8 and looks like another code page than cp1252.
    """
    if wanted == "utf-8":
        return UTF_8
    if wanted != "detect":
        return Encoding(codec=wanted, said=wanted.upper() if wanted == "utf-16" else wanted)
    start = file.read(_MARK)
    file.seek(0)
    for mark, (codec, said) in _MARKS.items():
        if start.startswith(mark):
            return Encoding(codec=codec, said=said)
    found = UTF_8 if _is_utf_8(file) else _code_page(file, name)
    file.seek(0)
    return found


def _is_utf_8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _code_page(file: BinaryIO, name: str) -> Encoding:
    file.seek(0)
    odd = False
    before = b""
    while chunk := file.read(_CHUNK):
        # a letter may lie across the border
        both = before + chunk
        if _UTF_8.search(both) or _UNUSED.search(chunk):
            return UTF_8
        odd = odd or _ODD.search(both.decode("cp1252")) is not None
        before = chunk[-_MARK:]
    if odd:
        raise RetrievalError(
            f"{name} isn't UTF-8, and can't be told to be anything else. Save it as CSV UTF-8, or "
            'say which code page it is: encoding = "cp1250" (Central Europe), "cp1251" (Cyrillic), '
            '"cp1252" (Western Europe), …'
        )
    return Encoding(codec="cp1252", said="cp1252", guessed=True)
