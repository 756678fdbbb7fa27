"""
Drawing instructions, operator by operator (ISO 32000-1, 7.8.2).

Only where each begins and ends is told, and the little that others want to know of its operands.
"""

from __future__ import annotations

import re

from collections.abc import Iterator

from attrs import frozen


_TOKEN = re.compile(
    rb"(?P<blank>[\0\t\n\f\r ]+|%[^\r\n]*)"
    rb"|(?P<number>(?:[-+.0-9]+[\0\t\n\f\r ]+)+|[-+.0-9]+(?![^\0\t\n\f\r ()<>\[\]{}/%]))"
    rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<text>\()"
    rb"|(?P<open><<|\[)"
    rb"|(?P<close>>>|\])"
    rb"|(?P<hex><[0-9A-Fa-f\0\t\n\f\r ]*>)"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%0-9.+-][^\0\t\n\f\r ()<>\[\]{}/%]*)"
)
_IN_STRING = re.compile(rb"[^()\\]*(?:\\.[^()\\]*)*", re.DOTALL)
_OPERANDS = frozenset({b"true", b"false", b"null", b"BI"})
"""Words that are no operators; what follows BI, up to the end of the picture, are operands."""
_STEPS = {"open": 1, "close": -1}
_PICTURE_END = re.compile(rb"[\0\t\n\f\r >]EI(?=[\0\t\n\f\r ]|\Z)")
_TEXT_AHEAD = re.compile(rb"[\t\n\f\r -~]*\Z")
_AHEAD = 24


class UnclearError(Exception):
    """
    Where an instruction ends can't be told for certain.
    """


@frozen
class Operation:
    """
    An operator with its operands.
    """

    operator: bytes
    start: int
    """Where the operands begin, or the blanks before them."""
    end: int
    """Where the operator ends."""
    names: tuple[bytes, ...]
    """The names among the operands, without their slashes."""


def operations(content: bytes) -> Iterator[Operation]:
    """
    Go through drawing instructions. A picture among them is one instruction, called BI.

    Raises:
        certcore.pdf._pages._tokens.UnclearError:
            Where it can't be told what is meant.
    """
    place = start = depth = 0
    names: list[bytes] = []
    while place < len(content):
        found = _TOKEN.match(content, place)
        if found is None:
            raise UnclearError(f"no instruction at byte {place}")
        kind, word, place = found.lastgroup, found[0], found.end()
        depth += _STEPS.get(kind or "", 0)
        if kind == "name":
            names.append(word[1:])
        elif kind == "text":
            place = _text_end(content, place)
        elif kind == "word" and word not in _OPERANDS:
            if word == b"ID":
                word, place = b"BI", _picture_end(content, place)
            if depth or word == b"EI":
                raise UnclearError(f"an operator out of place at byte {place}")
            yield Operation(word, start, place, tuple(names))
            start, names = place, []


def _text_end(content: bytes, place: int) -> int:
    depth = 1
    while depth:
        found = _IN_STRING.match(content, place)
        place = found.end() if found else place
        if place >= len(content) or content[place : place + 1] == b"\\":
            raise UnclearError("a text that doesn't end")
        depth += 1 if content[place : place + 1] == b"(" else -1
        place += 1
    return place


def _picture_end(content: bytes, place: int) -> int:
    """
    Find the end of the data of a picture that stands among the instructions.
    """
    for found in _PICTURE_END.finditer(content, place):
        # "EI" may be among the data by chance; instructions are readable text
        if _TEXT_AHEAD.match(content[found.end() : found.end() + _AHEAD]):
            return found.end()
    raise UnclearError("a picture that doesn't end")
