"""
Which typeface can draw a letter.
"""

from __future__ import annotations

import unicodedata

from collections.abc import Iterator, Mapping, Sequence

from certcore.pdf._typesetting._characters import blank, ignorable
from certcore.pdf._typesetting._protocol import Typeface


_BLANK = ord(" ")

# what is drawn for a character that no typeface has, the best first
_STAND_INS: Mapping[str, str] = {"\u1680": " ", "\u2010": "\u2011-", "\u2011": "\u2010-"}


def draws(face: Typeface, cluster: str) -> bool:
    """
    Whether a typeface can draw all of a cluster: as it is, composed, or taken apart.

    HarfBuzz composes and takes apart as the font's glyphs ask for it, and it draws a blank that
    the font doesn't have as a blank of the right width.
    """
    covers = face.covers
    if covers.issuperset(map(ord, cluster)):
        return True
    if all(ord(each) in covers or _apart(covers, each) for each in cluster):
        return True
    composed = unicodedata.normalize("NFC", cluster)
    return composed != cluster and all(ord(each) in covers for each in composed)


def of_use(faces: Sequence[Typeface], letters: Sequence[str]) -> Sequence[Typeface]:
    """
    Give the typefaces that could draw some of these clusters, as they are, composed or taken apart.
    """
    text = "".join(letters)
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    points = set(map(ord, f"{text}{composed}{apart}"))
    return [face for face in faces if not face.covers.isdisjoint(points)]


def stand_in(face: Typeface, cluster: str) -> str | None:
    """
    Give what a typeface has in the place of a cluster that can't be drawn.
    """
    return next((each for each in _STAND_INS.get(cluster, "") if ord(each) in face.covers), None)


def lacking(cluster: str, faces: Sequence[Typeface]) -> Iterator[str]:
    """
    Give the characters that no typeface has; all of them if no typeface has them together.
    """
    alone = [each for each in cluster if not any(draws(face, each) for face in faces)]
    yield from alone or cluster


def _apart(covers: frozenset[int], character: str) -> bool:
    """
    Whether nothing is drawn for a character, or it is drawn by the parts it is made of.
    """
    if ignorable(character):
        return True
    if blank(character):
        return _BLANK in covers and character != "\u1680"
    parts = unicodedata.decomposition(character)
    if not parts or parts[0] == "<":
        return False
    return all(
        ord(each) in covers or _apart(covers, each)
        for each in (chr(int(code, 16)) for code in parts.split())
    )
