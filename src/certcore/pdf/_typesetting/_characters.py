"""
What Unicode says of single characters, as far as Python's own tables don't.

Where Python's tables grow from version to version, only characters are concerned that were
added to Unicode lately, and that few fonts have.
"""

from __future__ import annotations

import functools
import unicodedata

from certcore.domain._characters import ignorable
from certcore.pdf._harfbuzz import hb


__all__ = [
    "CURSIVE",
    "FLAG_LETTERS",
    "STACKING",
    "ZWJ",
    "ZWNJ",
    "blank",
    "flag_letter",
    "ignorable",
    "mark",
    "pictograph",
    "script",
    "skin_tone",
]

ZWNJ = "\u200c"
ZWJ = "\u200d"

_STROKES = "Adlm Arab Chrs Mand Mani Mong Nkoo Ougr Phag Phlp Rohg Sogd Syrc"
_STACKS = (
    "Ahom Bali Batk Beng Brah Bugi Cakm Cham Deva Diak Dogr Gong Gonm Gran Gujr Guru Java Kali "
    "Khmr Khoj Knda Kthi Lana Lepc Limb Mlym Modi Mtei Mymr Nand Newa Orya Rjng Saur Shrd Sidd "
    "Sind Sinh Sund Sylo Takr Taml Tavt Telu Tibt Tirh"
)
CURSIVE = frozenset(_STROKES.split())
"""Scripts whose letters join their neighbours (CSS Text 3, appendix D)."""
STACKING = frozenset(_STACKS.split())
"""Scripts whose letters are stacked or change their shape with their neighbours."""

_EMOJI = range(0x1F000, 0x1FB00)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
"""Letters that make a flag in pairs."""
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_ARROWS = "\u2194\u2195"  # of heads that nod and shake


@functools.lru_cache(4096)
def mark(character: str) -> bool:
    """
    Whether a character is drawn on, beside or around the one before it.
    """
    return unicodedata.category(character)[0] == "M"


@functools.lru_cache(4096)
def blank(character: str) -> bool:
    """
    Whether a character is a blank of some width.
    """
    return unicodedata.category(character) == "Zs"


@functools.lru_cache(4096)
def script(character: str) -> str | None:
    """
    Give a character's script by its ISO 15924 code, as HarfBuzz knows it.

    None for what several scripts share: blanks, figures, signs, most marks.
    """
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    found: str | None = buffer.script
    return found


def flag_letter(character: str) -> bool:
    """
    Whether a character makes a flag together with another of its kind.
    """
    return ord(character) in FLAG_LETTERS


def skin_tone(character: str) -> bool:
    """
    Whether a character colors the emoji before it.
    """
    return ord(character) in _SKIN_TONES


@functools.lru_cache(4096)
def pictograph(character: str) -> bool:
    """
    Whether a character may be joined to others of its kind to make one picture.

    Says so of some signs that are no emoji: nobody joins them.
    """
    if flag_letter(character) or skin_tone(character):
        return False
    sign = unicodedata.category(character) == "So" or character in _ARROWS
    return sign or ord(character) in _EMOJI
