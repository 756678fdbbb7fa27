"""
Lines and rectangles.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from attrs import frozen

from certcore.pdf._figures._boxes import Box
from certcore.pdf._figures._colors import fill, stroke
from certcore.pdf._syntax import numbers


_ROUND = 4 / 3 * (sqrt(2) - 1)
"""How far the handles of a Bézier curve reach that looks like a quarter circle of radius 1."""


@frozen(kw_only=True)
class Stroke:
    """
    How a line is drawn. Lengths in points.
    """

    width: float = 1.0
    color: str = "#000000"
    dashes: tuple[float, ...] = ()
    """Lengths of dashes and gaps in turn; a line without gaps if there is none."""

    @property
    def operators(self) -> bytes:
        """
        The operators that set it up. All lengths of `dashes` being 0 means no gaps, too.
        """
        dashes = numbers(*self.dashes) if any(self.dashes) else b""
        return b"%s %s w [%s] 0 d" % (stroke(self.color), numbers(self.width), dashes)


@frozen(kw_only=True)
class Line:
    """
    A straight line, which ends exactly where it should.
    """

    start: tuple[float, float]
    """In points, from the lower left corner of the page."""
    end: tuple[float, float]
    stroke: Stroke = Stroke()

    def draw(self) -> bytes:
        """
        Write the operators that draw it, or none if it has no width.
        """
        if not self.stroke.width:
            return b""
        path = b"%s m %s l" % (numbers(*self.start), numbers(*self.end))
        return b"q %s 0 J %s S Q\n" % (self.stroke.operators, path)


@frozen(kw_only=True)
class Rectangle:
    """
    A rectangle, filled or outlined or both; its outline lies within its box.
    """

    box: Box
    outline: Stroke | None = None
    fill: str = ""
    """Its color; it isn't filled if that is empty."""
    radius: float = 0.0
    """Of its corners, in points; at most half of a side."""

    def draw(self) -> bytes:
        """
        Write the operators that draw it, or none if nothing of it would be seen.
        """
        thick = self.outline.width if self.outline else 0.0
        if not self.outline or not thick:
            return self._filled(self.fill) if self.fill else b""
        if 2 * thick >= min(self.box[2:]):
            # the outline leaves nothing free
            return self._filled(self.outline.color)
        color, paint = (fill(self.fill) + b" ", b"B") if self.fill else (b"", b"S")
        path = self._path(thick / 2)
        return b"q %s%s %s %s Q\n" % (color, self.outline.operators, path, paint)

    def _filled(self, color: str) -> bytes:
        return b"q %s %s f Q\n" % (fill(color), self._path(0))

    def _path(self, inset: float) -> bytes:
        left, bottom, width, height = self.box
        left, bottom, width, height = (
            left + inset,
            bottom + inset,
            width - 2 * inset,
            height - 2 * inset,
        )
        radius = min(self.radius - inset, width / 2, height / 2)
        if radius <= 0:
            return numbers(left, bottom, width, height) + b" re"
        return b" ".join(_rounded(left, bottom, left + width, bottom + height, radius)) + b" h"


def _rounded(
    left: float, bottom: float, right: float, top: float, radius: float
) -> Iterator[bytes]:
    """
    Go round a rectangle, counterclockwise from the left end of its lower side.
    """
    free = radius * (1 - _ROUND)
    yield numbers(left + radius, bottom) + b" m"
    # where a side ends, both handles of the curve, and where the next side begins
    for side, *curve in (
        (
            (right - radius, bottom),
            (right - free, bottom),
            (right, bottom + free),
            (right, bottom + radius),
        ),
        ((right, top - radius), (right, top - free), (right - free, top), (right - radius, top)),
        ((left + radius, top), (left + free, top), (left, top - free), (left, top - radius)),
        (
            (left, bottom + radius),
            (left, bottom + free),
            (left + free, bottom),
            (left + radius, bottom),
        ),
    ):
        yield numbers(*side) + b" l"
        yield b" ".join(numbers(*point) for point in curve) + b" c"
