"""
Where a line may be broken: a part of UAX #14 that is enough for names and titles.

Lines break at blanks, after hyphens and dashes within words, and between ideographs and kana.
Scripts that are written without blanks between words, such as Thai, need a dictionary to be
broken within a sentence: they break at blanks alone. So does Hangul, which reads best so.
"""

from __future__ import annotations

import functools
import unicodedata

from collections.abc import Iterator

from certcore.pdf._typesetting._characters import blank, script
from certcore.pdf._typesetting._clusters import clusters


_NO_BREAK = "\u00a0\u2007\u202f"
_HYPHENS = "-\u2010\u2013\u2014"
_IDEOGRAPHIC = frozenset({"Bopo", "Hani", "Hira", "Kana"})
_WIDE = (range(0x3001, 0x3040), range(0x30FB, 0x30FD), range(0xFF01, 0xFF66))
# small kana and signs of repetition and length stay with what they change (rule LB21)
_DEPENDENT = frozenset(
    "\u3005\u303b\u309d\u309e\u30fc\u30fd\u30fe\uff70"
    "\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e\u3095\u3096"
    "\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee\u30f5\u30f6"
    "\u31f0\u31f1\u31f2\u31f3\u31f4\u31f5\u31f6\u31f7\u31f8\u31f9\u31fa\u31fb\u31fc\u31fd\u31fe"
    "\u31ff\uff67\uff68\uff69\uff6a\uff6b\uff6c\uff6d\uff6e\uff6f"
)
_CLOSING = frozenset(
    "!%,.:;?\u2026\u2030\u3001\u3002\uff01\uff05\uff0c\uff0e\uff1a\uff1b\uff1f\uff61\uff64"
)
_CONNECTING = frozenset("\"'*/\u00b7\u2025\u30fb\uff65\u301c\u30a0\uff5e" + _HYPHENS)
_KEPT = _CONNECTING | _DEPENDENT


def breaks(text: str) -> Iterator[tuple[int, int]]:
    """
    Find the places where a cleaned text may be broken.

    Each is where the line before it ends, and where the line after it starts; blanks that are
    between the two are on neither. No line starts with a mark that closes, and none ends with
    one that opens.
    """
    ends = {end for _, end in clusters(text)}
    end = 1
    while end < len(text):
        start = end
        while start < len(text) and blank(text[start]) and text[start] not in _NO_BREAK:
            start += 1
        if start < len(text) and {end, start} <= ends and _breakable(text, end, start):
            yield end, start
        end = start + 1


def _breakable(text: str, end: int, start: int) -> bool:
    before, after = text[end - 1], text[start]
    if _opens(text, end - 1) or _closes(text, start, apart=start > end):
        return False
    if start > end:
        return True
    # rules LB19, LB21, LB24 to LB27: what stays with its neighbour
    if after in _KEPT or _quotes(before) or _quotes(after):
        return False
    if before in _HYPHENS:
        within = _word(text, end - 2)
        return within and (after.isalpha() or (before != "-" and after.isdigit()))
    whole = before in _CONNECTING or unicodedata.category(before) == "Sc"
    if whole or blank(before) or blank(after):
        return False
    return _ideographic(before) or _ideographic(after)


def _opens(text: str, place: int) -> bool:
    # a quotation mark opens in one language and closes in another
    quoted = _quotes(text[place]) and not _word(text, place - 1)
    return unicodedata.category(text[place]) == "Ps" or quoted


def _closes(text: str, place: int, *, apart: bool) -> bool:
    if unicodedata.category(text[place]) == "Pe":
        return True
    closing = text[place] in _CLOSING or _quotes(text[place])
    # .NET starts a word
    starts = apart and _word(text, place + 1) and not _ideographic(text[place])
    return closing and not starts


def _quotes(character: str) -> bool:
    return unicodedata.category(character) in {"Pi", "Pf"}


def _word(text: str, place: int) -> bool:
    """
    Whether there is a letter or a figure, or a mark on one.
    """
    return 0 <= place < len(text) and unicodedata.category(text[place])[0] in "LMN"


@functools.lru_cache(4096)
def _ideographic(character: str) -> bool:
    wide = any(ord(character) in each for each in _WIDE)
    return wide or script(character) in _IDEOGRAPHIC
