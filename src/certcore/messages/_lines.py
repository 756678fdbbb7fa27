"""
Text that is safe to hand on: no control characters, no lone surrogates.
"""

from __future__ import annotations

import re


_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """
    Make one line of a text: line breaks and control characters become spaces.

    Nothing that a learner's name holds can then begin a header or a line of its own.
    """
    return unbroken(text).strip()


def unbroken(text: str) -> str:
    """
    Do the same, keeping spaces at both ends.
    """
    return _BREAKS.sub(" ", encodable(text))


def clean(text: str) -> str:
    """
    Drop control characters other than tab and newline, and make line ends newlines.
    """
    lines = encodable(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", lines)


def encodable(text: str) -> str:
    """
    Put question marks in place of what UTF-8 can't write.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
