"""
Scripts: which one each character of a line is shaped by.
"""

from __future__ import annotations

from certcore.pdf._typesetting._brackets import opened_by
from certcore.pdf._typesetting._characters import script


_USUAL = "Latn"
"""Of a line without letters: figures and signs are drawn for Latin first."""


def scripts(text: str) -> tuple[str, ...]:
    """
    Give each character the script that it is shaped by, by its ISO 15924 code.

    Blanks, figures, signs and marks that several scripts share go with the letter before them,
    at the start with the first letter after them; a bracket goes with the one that it closes
    (UAX #24, section 5).
    """
    own = [script(character) for character in text]
    last = next(filter(None, own), _USUAL)
    opened = opened_by(text)
    found: list[str] = []
    for place, each in enumerate(own):
        last = each or (found[opened[place]] if place in opened else last)
        found.append(last)
    return tuple(found)
