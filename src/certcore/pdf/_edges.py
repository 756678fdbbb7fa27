"""
Whether the letters of a text are on their page.
"""

from __future__ import annotations

from collections.abc import Sequence

from certcore.exceptions import LayoutError
from certcore.pdf._typesetting import Line


DEPTH, HEIGHT = 0.25, 0.85
"""Of the type's size: what letters take below and above the line."""
_SLACK = 0.05
"""Of the type's size: what of that may be over an edge, for few letters take all of it."""


def check_edges(
    element: str, lines: Sequence[tuple[Line, float, float]], size: float, height: float
) -> None:
    """
    Refuse lines that reach over the upper or the lower edge of their page.

    Args:
        element: Whose lines they are, for the error.

        lines: Each with the point where its baseline begins, in points from the lower edge.

        size: Of the type, in points.

        height: Of the page, in points.

    Raises:
        certcore.exceptions.LayoutError:
            If they do.
    """
    what = f"{len(lines)} lines" if len(lines) > 1 else "letters"
    it = f"element {element!r}: its {what}"
    at = f"edge of the page at a size of {size:g} pt"
    for line, _, y in lines:
        down, up = line.moved
        if y + (HEIGHT - _SLACK + up) * size > height:
            raise LayoutError(f"{it} reach over the upper {at}; place it lower, or make it smaller")
        if y - (DEPTH - _SLACK + down) * size < 0:
            hint = "allow fewer fit.lines" if len(lines) > 1 else "make it smaller"
            raise LayoutError(f"{it} reach over the lower {at}; place it higher, or {hint}")
