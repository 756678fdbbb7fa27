"""
Setting text: from a string to glyphs on lines that fit their box.

Data's way: clean → itemise (clusters, bidi, scripts, typefaces) → shape → fit. Nothing is known
here of PDF, nor of how a font is read: a typeface is whatever has what `Typeface` asks for.
"""

from certcore.pdf._typesetting._bidi import decided_direction
from certcore.pdf._typesetting._cleaning import capitals, clean
from certcore.pdf._typesetting._fitting import Box, Fitted, fit
from certcore.pdf._typesetting._limits import bound_length, bound_marks
from certcore.pdf._typesetting._protocol import Typeface
from certcore.pdf._typesetting._shaping import Glyph, Line, Run, set_line


__all__ = [
    "Box",
    "Fitted",
    "Glyph",
    "Line",
    "Run",
    "Typeface",
    "bound_length",
    "bound_marks",
    "capitals",
    "clean",
    "decided_direction",
    "fit",
    "set_line",
]
