"""
What a PDF file says of a font as a whole (ISO 32000-1, 9.8, table 122).
"""

from __future__ import annotations

import struct

from attrs import frozen

from certcore.pdf._typefaces._container import Tables


# flags of a font descriptor: ISO 32000-1, table 123
_FIXED_PITCH = 1 << 0
_SERIF = 1 << 1
_SYMBOLIC = 1 << 2
_ITALIC = 1 << 6

# lengths of tables that have what is read here, OpenType specification
_OS2 = 68
_OS2_OF_VERSION_2 = 96
_POST = 32

# classes of the table OS/2 whose letters have serifs, OpenType specification
_SERIF_CLASSES = (1, 2, 3, 4, 5, 7)
# likewise of its PANOSE numbers, for letters of the Latin script
_LATIN_TEXT = 2
_SERIF_STYLES = range(2, 11)


@frozen
class Metrics:
    """
    Measures of a font, in thousandths of the size of the type.
    """

    box: tuple[int, int, int, int]
    """What holds all of its glyphs: left, bottom, right, top."""
    ascent: int
    descent: int
    """Below the baseline, so that it is negative."""
    cap_height: int
    italic_angle: float
    """In degrees against the clock: negative for letters that lean to the right."""
    stem: int
    """Width of upright strokes. Fonts don't say it: it is estimated from the weight."""
    flags: int


def read_metrics(tables: Tables, *, weight: float | None, slant: float | None) -> Metrics:
    """
    Read the measures of a font.

    Args:
        tables: The font's; `head` and `hhea` are there.

        weight: Chosen on the axis `wght`; None if that can't be chosen or wasn't.

        slant: Likewise of the axis `slnt`.
    """
    head, hhea, os2, post = (tables.read(tag) for tag in ("head", "hhea", "OS/2", "post"))
    per_em = int.from_bytes(head[18:20], "big")
    left, bottom, right, top = struct.unpack(">4h", head[36:44])
    ascent, descent = struct.unpack(">2h", hhea[4:8])
    own_weight, serifs = 400, False
    if len(os2) >= _OS2:
        (own_weight,) = struct.unpack(">H", os2[4:6])
        serifs = os2[30] in _SERIF_CLASSES or (os2[32] == _LATIN_TEXT and os2[33] in _SERIF_STYLES)
    capitals = 0
    if len(os2) >= _OS2_OF_VERSION_2:
        (capitals,) = struct.unpack(">h", os2[88:90])
    angle, fixed = 0.0, False
    if len(post) >= _POST:
        angle = round(struct.unpack(">l", post[4:8])[0] / 65536, 2)
        fixed = any(post[12:16])
    if slant is not None:
        angle = slant
    if weight is None:
        weight = own_weight

    def thousandths(units: int) -> int:
        return round(units * 1000 / per_em)

    return Metrics(
        box=(thousandths(left), thousandths(bottom), thousandths(right), thousandths(top)),
        ascent=thousandths(ascent or top),
        descent=thousandths(descent or bottom),
        cap_height=thousandths(capitals or ascent or top),
        italic_angle=angle,
        stem=round(50 + (min(weight, 1000) / 65) ** 2),
        flags=_SYMBOLIC  # no more than that its characters are told by their glyphs
        | (_FIXED_PITCH if fixed else 0)
        | (_SERIF if serifs else 0)
        | (_ITALIC if angle else 0),
    )
