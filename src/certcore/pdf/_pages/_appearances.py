"""
What annotations show: filled-in fields, stamps, and what somebody drew on the page.

It becomes part of the drawing, as it is part of what one sees; fields can't be filled in any more.
Comments that open on a click aren't taken over: neither their icons nor their texts.
"""

from __future__ import annotations

from attrs import frozen
from pypdf.generic import DictionaryObject, StreamObject

from certcore.pdf._pages._geometry import IDENTITY, Box, Matrix, box_of
from certcore.pdf._pages._limits import DamagedError
from certcore.pdf._pages._source import Source, raw


_DRAWN = frozenset(
    [
        "/Widget",
        "/FreeText",
        "/Line",
        "/Square",
        "/Circle",
        "/Polygon",
        "/PolyLine",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Stamp",
        "/Caret",
        "/Ink",
        "/Watermark",
    ]
)
HIDDEN = 2 | 32
"""ISO 32000-1, table 165: not shown at all, or not on screen."""
_CORNERS = 4
_MATRIX = 6


@frozen
class Appearance:
    """
    A form, and where it is drawn.
    """

    form: object
    """As the template refers to it."""
    matrix: Matrix
    layer: object
    """The layer it is on, as the template refers to it, if it is."""


def read_appearance(annotation: DictionaryObject, source: Source) -> Appearance | None:
    """
    Give what an annotation shows, None if that is nothing.
    """
    if source.name(annotation, "/Subtype") not in _DRAWN or flags(annotation, source) & HIDDEN:
        return None
    form = raw(source.entry(annotation, "/AP"), "/N")
    found = source.get(form)
    if isinstance(found, DictionaryObject) and not isinstance(found, StreamObject):
        # a box that is ticked or isn't has an appearance for each
        form = raw(found, source.name(annotation, "/AS") or "/Off")
        found = source.get(form)
    place = rectangle(annotation, source)
    if not isinstance(found, StreamObject) or place is None:
        return None
    matrix = _onto(found, place, source)
    if matrix is None:
        return None
    return Appearance(form, matrix, raw(annotation, "/OC"))


def flags(annotation: DictionaryObject, source: Source) -> int:
    """
    Give an annotation's flags.
    """
    found = source.entry(annotation, "/F")
    return found if isinstance(found, int) else 0


def rectangle(annotation: DictionaryObject, source: Source) -> Box | None:
    """
    Give an annotation's place, None if it has none.
    """
    corners = source.numbers(raw(annotation, "/Rect"))
    return box_of(corners) if len(corners) == _CORNERS else None


def _onto(form: StreamObject, place: Box, source: Source) -> Matrix | None:
    # ISO 32000-1, 12.5.5: the form's box, as its own matrix makes it, fills the place
    corners = source.numbers(raw(form, "/BBox"))
    if len(corners) != _CORNERS:
        raise DamagedError("a form without a box")
    own = source.numbers(raw(form, "/Matrix"))
    matrix = Matrix(*own) if len(own) == _MATRIX else IDENTITY
    box = matrix.box(box_of(corners))
    if not (box.width and box.height and place.width and place.height):
        return None
    across, up = place.width / box.width, place.height / box.height
    return Matrix(across, 0, 0, up, place.left - box.left * across, place.bottom - box.bottom * up)
