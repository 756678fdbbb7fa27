"""
The signature that a new project begins with: a scribble in nobody's hand.
"""

from __future__ import annotations

import io
import itertools
import math

from collections.abc import Iterator
from typing import Any, TypeAlias


_INK = (29, 47, 84)
_SIZE = (500, 200)
_SCALE = 4
"""It is drawn so many times larger, and made smaller: its edges are smooth then."""
_STEPS = 120
"""Dots between two turns of the pen."""

_TURNS = (
    *((60, 250), (120, 150), (215, 50), (240, 30), (215, 90), (165, 230), (130, 320), (105, 335)),
    *((120, 290), (200, 240), (260, 215), (285, 190), (268, 185), (252, 225), (270, 250)),
    *((305, 215), (325, 185), (322, 235), (340, 245), (370, 200), (392, 182), (388, 240)),
    *((408, 240), (440, 190), (470, 110), (488, 70), (470, 80), (450, 180), (448, 240)),
    *((470, 245), (500, 205), (525, 190), (520, 240), (545, 240), (580, 205), (640, 215)),
    *((720, 190), (860, 150), (960, 140)),
)
"""Where the pen goes, as if on a sheet 1000 wide and 400 high."""

Point: TypeAlias = tuple[float, float]


def draw_signature() -> bytes:
    """
    Draw the scribble with a pen, as a PNG image on a transparent ground.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415  # slow to load, and rarely wanted

    width, height = _SIZE
    # numpy's arrays, which it takes as sizes too, are of a type that nobody here knows
    image: Any = Image.new("RGBA", (width * _SCALE, height * _SCALE), (*_INK, 0))
    pen = ImageDraw.Draw(image)
    points = list(_points())
    unit = width * _SCALE / 1000
    for place, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(points)):
        # ink flows where the pen goes down, and thins out at both ends
        down = (y2 - y1) / (math.dist((x1, y1), (x2, y2)) or 1)
        share = place / len(points)
        thick = (4.2 + 2.6 * down) * min(1, 6 * (1 - share) + 0.2) * min(1, 60 * share + 0.3)
        box = (x2 - thick, y2 - thick, x2 + thick, y2 + thick)
        pen.ellipse(tuple(unit * edge for edge in box), fill=(*_INK, 255))
    output = io.BytesIO()
    image.resize(_SIZE, Image.Resampling.LANCZOS).save(output, "PNG", optimize=True)
    return output.getvalue()


def _points() -> Iterator[Point]:
    """
    Walk a smooth curve through the turns, after Catmull and Rom.
    """
    turns = [_TURNS[0], *_TURNS, _TURNS[-1]]
    for start in range(len(turns) - 3):
        around = turns[start : start + 4]
        for step in range(_STEPS):
            share = step / _STEPS
            yield (
                _between([x for x, _ in around], share),
                _between([y for _, y in around], share),
            )


def _between(values: list[int], share: float) -> float:
    before, first, second, after = values
    return 0.5 * (
        2 * first
        + (second - before) * share
        + (2 * before - 5 * first + 4 * second - after) * share**2
        + (after - before + 3 * (first - second)) * share**3
    )
