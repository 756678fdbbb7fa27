"""
Pages as they are described, and as one sees them.

A page may lie anywhere, be cropped, rotated, and measured in units of its own (ISO 32000-1, 7.7.3.3
and 8.3.2.3). One sees a rectangle with its lower left corner at the origin, measured in points.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen


@frozen
class Matrix:
    """
    Maps x, y to ax + cy + e, bx + dy + f.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """
        Map a point.
        """
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, box: Box) -> Box:
        """
        Give the smallest upright box around a mapped one.
        """
        xs, ys = zip(
            *(self.point(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)),
            strict=True,
        )
        return Box(min(xs), min(ys), max(xs), max(ys))

    def write(self) -> bytes:
        """
        Write its six numbers, finer than coordinates are: they are factors of coordinates.
        """
        return b" ".join(map(fine, (self.a, self.b, self.c, self.d, self.e, self.f)))


@frozen
class Box:
    """
    An upright rectangle.
    """

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """
        From left to right; less than zero if there is nothing in it.
        """
        return self.right - self.left

    @property
    def height(self) -> float:
        """
        From bottom to top; less than zero if there is nothing in it.
        """
        return self.top - self.bottom

    def within(self, other: Box) -> Box:
        """
        Give what both have in common.
        """
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def write(self) -> bytes:
        """
        Write its four edges.
        """
        return b" ".join(map(fine, (self.left, self.bottom, self.right, self.top)))


IDENTITY = Matrix(1, 0, 0, 1, 0, 0)


def box_of(corners: Sequence[float]) -> Box:
    """
    Make a box of any two opposite corners (ISO 32000-1, 7.9.5).
    """
    left, right = sorted((corners[0], corners[2]))
    bottom, top = sorted((corners[1], corners[3]))
    return Box(left, bottom, right, top)


def upright(box: Box, rotation: int, unit: float) -> Matrix:
    """
    Give the matrix from a page's own coordinates to those of the page as one sees it.

    Args:
        box: What is visible, in the page's own coordinates.

        rotation: Degrees clockwise. As viewers do, what isn't a multiple of 90 is taken for the
            next one towards zero.

        unit: How many points the page's own unit is long.
    """
    turns = abs(rotation) // 90 * (1 if rotation > 0 else -1) % 4
    turned = (
        (1, 0, 0, 1, -box.left, -box.bottom),
        (0, -1, 1, 0, -box.bottom, box.right),
        (-1, 0, 0, -1, box.right, box.top),
        (0, 1, -1, 0, box.top, -box.left),
    )[turns]
    return Matrix(*(unit * each for each in turned))


def fine(value: float) -> bytes:
    """
    Write a number with ten decimals at most.
    """
    said = f"{value:.10f}".rstrip("0").rstrip(".")
    return b"0" if said == "-0" else said.encode("ascii")
