"""
What setting text asks of a font.
"""

from __future__ import annotations

from typing import Any, Protocol


class Typeface(Protocol):
    """
    A font that text can be set in. Two of them are the same only if they are one object.
    """

    @property
    def label(self) -> str:
        """
        What people call the font: the slug of its asset.
        """
        ...

    @property
    def units_per_em(self) -> int:
        """
        How many of the font's units make the size of the type.
        """
        ...

    @property
    def covers(self) -> frozenset[int]:
        """
        The code points that it has a glyph for.
        """
        ...

    @property
    def color_only(self) -> bool:
        """
        Whether its glyphs are pictures in color, without outlines: it is never chosen.
        """
        ...

    def hb_font(self) -> Any:
        """
        Give HarfBuzz's font, the same object each time, which threads may shape with at once.

        Its scale is the font's own: what it measures is in units of the font.
        """
        ...
