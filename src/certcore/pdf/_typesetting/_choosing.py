"""
Choosing a typeface for each letter of a line.
"""

from __future__ import annotations

import functools
import unicodedata

from collections.abc import Sequence

from certcore.exceptions import MissingGlyphsError
from certcore.pdf._typesetting._brackets import opened_by
from certcore.pdf._typesetting._characters import flag_letter, ignorable, pictograph
from certcore.pdf._typesetting._clusters import clusters
from certcore.pdf._typesetting._coverage import draws, lacking, of_use, stand_in
from certcore.pdf._typesetting._protocol import Typeface


def choose(element: str, text: str, faces: Sequence[Typeface]) -> tuple[str, tuple[Typeface, ...]]:
    """
    Give what is drawn for a cleaned text, and the typeface of each character.

    What is drawn is the text, but for hyphens and blanks that no typeface has.

    Args:
        element: Whose text it is, for the error.

        text: One line, or one paragraph.

        faces: The typefaces by preference; those in color only are passed over.

    Raises:
        certcore.exceptions.MissingGlyphsError:
            If no typeface has some of the characters; all of them are named.
    """
    usable = [face for face in faces if not face.color_only]
    places = clusters(text)
    parts = [text[start:end] for start, end in places]
    # blanks of a font of pictures are as wide as these, so nothing goes with them
    pictures = [_picture(part[0]) for part in parts]
    able = of_use(usable, [part for part in parts if not _follows(part[0])])
    if able and not any(pictures) and able[0].covers.issuperset(map(ord, text)):
        return text, (able[0],) * len(text)
    of_letters = [None if _follows(part[0]) else _first(part, able) for part in parts]
    after = _following(
        [None if drawn else face for drawn, face in zip(pictures, of_letters, strict=True)]
    )
    before: Typeface | None = None
    opened = opened_by(text)
    chosen: list[Typeface | None] = []
    missing: list[str] = []
    for number, (start, end) in enumerate(places):
        part, face = parts[number], of_letters[number]
        if face is None:
            outer = chosen[opened[start]] if start in opened else None
            around = (outer, before, after[number])
            asked = [each for each in (*around, *usable) if each is not None]
            face, parts[number] = _drawn(part, asked)
        if face is None:
            missing.extend(lacking(part, usable))
        if not pictures[number]:
            before = face
        chosen.extend([face] * (end - start))
    if missing:
        raise MissingGlyphsError(element, missing, [face.label for face in faces])
    return "".join(parts), tuple(face for face in chosen if face is not None)


@functools.lru_cache(4096)
def _follows(character: str) -> bool:
    """
    Whether a character goes with its neighbours: a blank, a punctuation mark, an unseen one.
    """
    return unicodedata.category(character)[0] in "ZP" or ignorable(character)


def _picture(character: str) -> bool:
    return pictograph(character) or flag_letter(character)


def _first(cluster: str, faces: Sequence[Typeface]) -> Typeface | None:
    return next((face for face in faces if draws(face, cluster)), None)


def _drawn(cluster: str, faces: Sequence[Typeface]) -> tuple[Typeface | None, str]:
    face = _first(cluster, faces)
    if face is None:
        for each in faces:
            drawn = stand_in(each, cluster)
            if drawn:
                return each, drawn
    return face, cluster


def _following(faces: Sequence[Typeface | None]) -> list[Typeface | None]:
    """
    Give for each place the next typeface that is known.
    """
    known: Typeface | None = None
    found: list[Typeface | None] = []
    for face in reversed(faces):
        found.append(known)
        known = face or known
    return found[::-1]
