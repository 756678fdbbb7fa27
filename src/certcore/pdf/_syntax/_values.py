"""
Values as they are written into a PDF file.
"""

from __future__ import annotations

import re


_SPECIAL = re.compile(rb"[\x00-\x20\x7f-\xff#%()/<>\[\]{}]")
_LARGEST = 1e9
"""Beyond it readers differ in what they do, and no page is a thousand kilometres wide."""


def number(value: float) -> bytes:
    """
    Write a number with four decimals at most, a thirtieth of a micrometre if it is points.

    Raises:
        ValueError:
            If it isn't finite or too large for readers of PDF.
    """
    if not -_LARGEST < value < _LARGEST:
        raise ValueError(f"{value}: no number for a PDF file")
    if isinstance(value, int):
        return b"%d" % value
    said = (b"%.4f" % value).rstrip(b"0").rstrip(b".")
    return b"0" if said == b"-0" else said


def numbers(*values: float) -> bytes:
    """
    Write numbers with blanks between them.
    """
    return b" ".join(map(number, values))


def string(text: str) -> bytes:
    """
    Write a text string: what is printable ASCII as it is, anything else in UTF-16.

    Raises:
        ValueError:
            If it has halves of characters in it.
    """
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return b"(%s)" % escaped.encode("ascii")
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode("ascii")


def name(text: str) -> bytes:
    """
    Write a name: `Font` becomes `/Font`.
    """
    return b"/" + _SPECIAL.sub(lambda found: b"#%02X" % found[0][0], text.encode())


def reference(number: int) -> bytes:
    """
    Write a reference to the object of a number.
    """
    return b"%d 0 R" % number
