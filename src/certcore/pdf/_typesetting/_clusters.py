"""
Grapheme clusters: what people take for one letter, with all that belongs to it.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata

from attrs import define

from certcore.pdf._typesetting._characters import (
    STACKING,
    ZWJ,
    ZWNJ,
    flag_letter,
    mark,
    pictograph,
    script,
    skin_tone,
)


# Grapheme_Cluster_Break of the Unicode Character Database
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e"
    "\U000110bd\U000110cd\U000111c2\U000111c3\U000113d1\U0001193f\U00011941"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46\U00011f02"
)
_APPENDED = frozenset("\u0e33\u0eb3\uff9e\uff9f")  # letters by name, drawn as marks are
# Indic_Conjunct_Break of the Unicode Character Database
_LINKERS = frozenset(
    "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2\u1a60\u1b44\u1bab\ua9c0\uaaf6"
    "\U00010a3f\U00011133\U000113d0\U0001193e\U00011a3a\U00011a47\U00011a99\U00011f42"
)
_TAGS = range(0xE0020, 0xE0080)
_PLAIN = "\u0300"  # the first mark; no character before it belongs to another

_LEADING = (range(0x1100, 0x1160), range(0xA960, 0xA97D))
_VOWELS = (range(0x1160, 0x11A8), range(0xD7B0, 0xD7C7))
_TRAILING = (range(0x11A8, 0x1200), range(0xD7CB, 0xD7FC))
_SYLLABLES = range(0xAC00, 0xD7A4)
_TRAILING_FORMS = 28


def clusters(text: str) -> tuple[tuple[int, int], ...]:
    """
    Cut a cleaned text into grapheme clusters: where each starts and ends.

    They are those of UAX #29 (extended), with two liberties: all marks stay with what they are
    drawn on, also those that the rules let go, and a sign that stacks letters does so with all
    of such a script. Neither separates what the rules keep together.
    """
    if not text:
        return ()
    if max(text) < _PLAIN:
        return tuple((place, place + 1) for place in range(len(text)))
    starts = [0]
    seen = _Seen()
    for place in range(1, len(text)):
        seen.add(text[place - 1])
        if _parted(text[place - 1], text[place], seen):
            starts.append(place)
    return tuple(itertools.pairwise([*starts, len(text)]))


@define
class _Seen:
    """
    What is known of all that is before a place.
    """

    base: str = ""
    """The last character that doesn't extend another one."""
    linked: bool = False
    """Whether a sign that stacks letters follows it,"""
    torn: bool = False
    """and whether one that keeps them apart does."""
    flag_letters: int = 0
    """How many of them end here."""

    def add(self, character: str) -> None:
        self.flag_letters = self.flag_letters + 1 if flag_letter(character) else 0
        if _extends(character):
            self.linked |= character in _LINKERS
            self.torn |= character == ZWNJ
        else:
            self.base, self.linked, self.torn = character, False, False


def _parted(before: str, after: str, seen: _Seen) -> bool:
    """
    Whether a cluster starts between two characters. The rules' names are those of UAX #29.
    """
    if _alone(before) and _alone(after):
        return True
    if _extends(after) or before in _PREPENDED:  # GB9, GB9a, GB9b
        return False
    if before == ZWJ and pictograph(after) and seen.base and pictograph(seen.base):  # GB11
        return False
    if flag_letter(before) and flag_letter(after):  # GB12, GB13
        return seen.flag_letters % 2 == 0
    if _extends(before):
        return not _stacked(after, seen)  # GB9c
    return not _one_syllable(before, after)  # GB6, GB7, GB8


@functools.lru_cache(4096)
def _alone(character: str) -> bool:
    """
    Whether a character is a cluster whatever stands beside it, unless that extends it.
    """
    return not (
        _extends(character)
        or character in _PREPENDED
        or flag_letter(character)
        or _among(character, (*_LEADING, *_VOWELS, *_TRAILING))
        or ord(character) in _SYLLABLES
    )


@functools.lru_cache(4096)
def _extends(character: str) -> bool:
    return (
        mark(character)
        or character in {ZWJ, ZWNJ}
        or character in _APPENDED
        or skin_tone(character)
        or ord(character) in _TAGS
    )


def _stacked(after: str, seen: _Seen) -> bool:
    """
    Whether a letter is stacked on the one before it, by a sign among the marks between them.
    """
    linked = seen.linked and not seen.torn
    return linked and bool(seen.base) and _stackable(seen.base) and _stackable(after)


@functools.lru_cache(4096)
def _stackable(character: str) -> bool:
    return unicodedata.category(character) == "Lo" and script(character) in STACKING


def _one_syllable(before: str, after: str) -> bool:
    """
    Whether two letters of Hangul are of one syllable.
    """
    if _among(before, _LEADING):
        return _among(after, (*_LEADING, *_VOWELS)) or ord(after) in _SYLLABLES
    open_syllable = (
        ord(before) in _SYLLABLES and (ord(before) - _SYLLABLES.start) % _TRAILING_FORMS == 0
    )
    if open_syllable or _among(before, _VOWELS):
        return _among(after, (*_VOWELS, *_TRAILING))
    closed = ord(before) in _SYLLABLES or _among(before, _TRAILING)
    return closed and _among(after, _TRAILING)


def _among(character: str, ranges: tuple[range, ...]) -> bool:
    return any(ord(character) in each for each in ranges)
