"""
What is done to a text before it is set: cleaned, cut into letters, each letter given to a font.
"""

from __future__ import annotations

import re
import unicodedata

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from certcore.exceptions import LayoutError, MissingGlyphsError
from certcore.pdf._fonts import Face


_BLANKS = re.compile(" {2,}")
_VARIATION_SELECTORS = "\ufe0e\ufe0f"
_STAND_INS = {"\u2010": "-", "\u2011": "-"}
_MARKS = frozenset({"Mn", "Me"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})

_SHAPED = (
    (0x0900, 0x10A0),  # Devanagari to Myanmar, with Thai, Lao and Tibetan between them
    (0x1100, 0x1200),  # Hangul letters that NFC doesn't join
    (0x1700, 0x18B0),  # Tagalog to Mongolian
    (0x1900, 0x1C80),  # Limbu to Ol Chiki
    (0x1CD0, 0x1D00),  # Vedic signs
    (0xA800, 0xAB00),  # Syloti Nagri to Meetei Mayek
    (0xABC0, 0xAC00),  # Meetei Mayek
    (0x11000, 0x12000),  # Brahmi and its descendants
)
"""Blocks of scripts whose letters change their shape or place with their neighbours."""


@frozen
class Run:
    """
    Neighbouring letters that come from one font; a letter has its combining marks with it.
    """

    face: Face
    letters: tuple[str, ...]


def clean(text: str) -> str:
    """
    Compose a text (NFC), and take out what has no business on a certificate.

    Line breaks and tabs become blanks. Controls go, and so do all invisible format characters:
    some of them reverse the order of letters, which could make a name read as another one.
    """
    kept = (_visible(character) for character in text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def _visible(character: str) -> str:
    if character.isspace():
        return " " if unicodedata.category(character) != "Zs" else character
    unseen = unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    return "" if unseen or character in _VARIATION_SELECTORS else character


def capitals(text: str, language: str) -> str:
    """
    Set a text in capitals, as its language does: a Turkish i keeps its dot, a Greek accent goes.
    """
    plain = language.replace("_", "-").split("-")[0].lower()
    if plain in {"az", "tr"}:
        return text.replace("i", "İ").upper()
    if plain == "el":
        bare = unicodedata.normalize("NFD", text).replace("\u0301", "")
        return unicodedata.normalize("NFC", bare.upper())
    return text.upper()


def runs(element: str, text: str, faces: Sequence[Face]) -> tuple[Run, ...]:
    """
    Give each letter of a cleaned text the first font that has it.

    Raises:
        certcore.exceptions.LayoutError:
            If the text has letters that this engine would write wrongly.

        certcore.exceptions.MissingGlyphsError:
            If no font has some of the letters; all of them are named.
    """
    _refuse_shaped(element, text)
    found: list[tuple[Face, list[str]]] = []
    missing: list[str] = []
    for letter in _letters(text):
        drawn = next(_drawn(letter, faces), None)
        if drawn is None:
            missing.extend(_not_in(letter, faces))
        elif found and found[-1][0] is drawn[0]:
            found[-1][1].append(drawn[1])
        else:
            found.append((drawn[0], [drawn[1]]))
    if missing:
        raise MissingGlyphsError(element, missing, [face.label for face in faces])
    return tuple(Run(face, tuple(letters)) for face, letters in found)


def _letters(text: str) -> Iterator[str]:
    letter = ""
    for character in text:
        if letter and unicodedata.category(character) not in _MARKS:
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter


def _drawn(letter: str, faces: Sequence[Face]) -> Iterator[tuple[Face, str]]:
    """
    Give the fonts that can draw a letter, and what is drawn for it.
    """
    for draw in (_itself, _stand_in):
        for face in faces:
            drawn = draw(letter)
            if drawn and _has(face, drawn):
                yield face, drawn


def _itself(letter: str) -> str:
    return letter


def _stand_in(letter: str) -> str:
    # a locale's thin blank in "83 %" is no reason to fail
    blank = len(letter) == 1 and unicodedata.category(letter) == "Zs"
    return " " if blank else _STAND_INS.get(letter, "")


def _has(face: Face, letter: str) -> bool:
    # a mark of some width would stand beside its letter; one without is drawn over it by the font
    return all(map(face.has, letter)) and all(not face.width(mark) for mark in letter[1:])


def _not_in(letter: str, faces: Sequence[Face]) -> list[str]:
    anywhere: Callable[[str], bool] = lambda character: any(  # noqa: E731  # reads as a word
        face.has(character) for face in faces
    )
    lacking = [character for character in letter if not anywhere(character)]
    return lacking or list(letter)


def _refuse_shaped(element: str, text: str) -> None:
    for character in text:
        right_to_left = unicodedata.bidirectional(character) in _RIGHT_TO_LEFT
        if right_to_left or any(low <= ord(character) < high for low, high in _SHAPED):
            why = "runs from right to left" if right_to_left else "joins and moves its letters"
            raise LayoutError(
                f"element {element!r}: {character!r} (U+{ord(character):04X}) is of a script that "
                f"{why}, which can't be drawn rightly yet"
            )
