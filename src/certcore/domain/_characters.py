"""
Which characters are invisible by themselves, as Unicode says; Python's own tables don't.
"""

from __future__ import annotations

import functools
import unicodedata


# Default_Ignorable_Code_Point of the Unicode Character Database, without what isn't assigned
_IGNORABLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x115F, 0x1160),  # fillers of Hangul
    (0x17B4, 0x17B5),  # inherent vowels of Khmer
    (0x180B, 0x180F),  # Mongolian selectors
    (0x200B, 0x200F),  # blanks and joiners without width, marks of direction
    (0x202A, 0x202E),  # embeddings and overrides of direction
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates of direction
    (0x3164, 0x3164),  # filler of Hangul
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # filler of Hangul
    (0x1BCA0, 0x1BCA3),  # of shorthand
    (0x1D173, 0x1D17A),  # of music
    (0xE0000, 0xE0FFF),  # tags, more variation selectors
)
_SEEN = "LNPS"
"""Categories of what is seen by itself: letters, figures, punctuation, signs."""


@functools.lru_cache(4096)
def ignorable(character: str) -> bool:
    """
    Whether nothing is drawn for a character, and a font needs no glyph for it.
    """
    return any(first <= ord(character) <= last for first, last in _IGNORABLE)


@functools.lru_cache(4096)
def seen(character: str) -> bool:
    """
    Whether a character is seen by itself: no blank, no mark on another one, nothing invisible.
    """
    return unicodedata.category(character)[0] in _SEEN and not ignorable(character)
