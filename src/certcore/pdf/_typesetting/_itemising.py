"""
Cutting a line into items: stretches of one direction, one script and one typeface.
"""

from __future__ import annotations

import re

from collections.abc import Sequence

from attrs import field, frozen

from certcore.pdf._typesetting._bidi import levels
from certcore.pdf._typesetting._choosing import choose
from certcore.pdf._typesetting._protocol import Typeface
from certcore.pdf._typesetting._scripts import scripts


_PLAIN = re.compile("[\0-\u02af\u1e00-\u1eff]*")
"""Latin letters, with marks or without, and what stands between them: all from left to right."""


@frozen
class Item:
    """
    A stretch of a text that is shaped at once: where it starts and ends, and how it is set.
    """

    start: int
    end: int
    level: int
    script: str
    face: Typeface = field(eq=id)


@frozen
class Itemised:
    """
    A text cut into items, in the order in which it is read.
    """

    text: str
    drawn: str
    """What is shaped: character by character the text, or what stands in for it."""
    items: tuple[Item, ...]
    base: int
    """The level of the whole: 1 from right to left."""


def itemise(
    element: str, text: str, faces: Sequence[Typeface], *, base: int | None = None
) -> Itemised:
    """
    Cut a cleaned text into items.

    Letters come from the first typeface that has the whole grapheme cluster. Blanks and
    punctuation stay with the typeface of the letter before them, or after them, if it has them.

    Args:
        element: Whose text it is, for the error.

        text: One line, or one paragraph that is broken later.

        faces: The typefaces by preference; those in color only are passed over.

        base: The level to start from, 0 or 1; None lets the text's first letter decide.

    Raises:
        certcore.exceptions.MissingGlyphsError:
            If no typeface has some of the characters; all of them are named.
    """
    if not text:
        return Itemised("", "", (), base or 0)
    if not base and faces and not faces[0].color_only and _plain(text, faces[0]):
        whole = Item(0, len(text), 0, "Latn", faces[0])
        return Itemised(text, text, (whole,), 0)
    found, base = levels(text, base)
    drawn, set_in = choose(element, text, faces)
    by_script = scripts(text)
    starts = [
        place
        for place in range(len(text))
        if not place
        or found[place] != found[place - 1]
        or set_in[place] is not set_in[place - 1]
        or by_script[place] != by_script[place - 1]
    ]
    items = tuple(
        Item(start, end, found[start], by_script[start], set_in[start])
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    )
    return Itemised(text, drawn, items, base)


def _plain(text: str, face: Typeface) -> bool:
    # the usual name, for which nothing has to be looked up
    return bool(_PLAIN.fullmatch(text)) and face.covers.issuperset(map(ord, text))
