"""
The templates that a new project begins with: empty certificates, drawn.

Nothing in them is text. What a certificate says is in its design, so that one template serves any
language and any title.
"""

from __future__ import annotations

import io
import math

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen


if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


MM = 72 / 25.4
"""Points in a millimetre; all that is drawn here is measured in millimetres, from below."""

WIDTH, HEIGHT = 297.0, 210.0
"""A4, landscape."""

_CENTER = WIDTH / 2
_BAND = 11.5
"""From the edge of the page to the middle of the woven frame."""
_PERIOD = 7.8
"""About the length of one wave of the frame."""
_STEP = 1e-4

Point: TypeAlias = tuple[float, float]
Place: TypeAlias = tuple[float, float, float]
"""A point, and how far something is turned there, in degrees."""
Curve: TypeAlias = Callable[[float], Point]


@frozen(kw_only=True)
class Style:
    """
    What sets one template apart from another.
    """

    ink: str
    """Of the frame and the seal's rim."""
    thread: str
    """Of the fine woven lines."""
    metal: str
    """Of hairlines, seal and ornaments."""
    shade: str
    """Of the rosette behind the text: light, for the text is printed over it."""
    petals: int
    """Of that rosette."""
    ribbons: bool
    """Whether the seal has ribbons."""


COMPLETION = Style(
    ink="#1d2f54",
    thread="#6f86b3",
    metal="#b08a3c",
    shade="#e6ebf4",
    petals=12,
    ribbons=False,
)
PATHWAY = Style(
    ink="#5c1730",
    thread="#b9788c",
    metal="#b08a3c",
    shade="#f6e8ec",
    petals=18,
    ribbons=True,
)


def draw_template(style: Style) -> bytes:
    """
    Draw an empty certificate, A4 landscape. The same style gives the same bytes.
    """
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # slow to load, and rarely wanted

    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(WIDTH * MM, HEIGHT * MM), pageCompression=1, invariant=1)
    canvas.scale(MM, MM)
    _untyped(canvas).setLineJoin(1)
    _rosette(canvas, style.shade, (_CENTER, 104), radius=66, petals=style.petals, rings=5)
    _frame(canvas, style)
    _divider(canvas, style, _CENTER, HEIGHT - 63)
    _seal(canvas, style, (_CENTER, 37))
    canvas.setStrokeColor(style.ink)
    canvas.setLineWidth(0.2)
    canvas.line(36, 38, 106, 38)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def _frame(canvas: Canvas, style: Style) -> None:
    """
    Draw the woven band along the edges, a small rosette in each corner.
    """
    near, right, top = _BAND, WIDTH - _BAND, HEIGHT - _BAND
    canvas.setStrokeColor(style.thread)
    canvas.setLineWidth(0.11)
    for strand in range(6):
        phase = strand * math.pi / 3
        _wave(canvas, [(near, near, 0), (near, top, 0)], right - near, phase)
        _wave(canvas, [(near, near, 90), (right, near, 90)], top - near, phase)
    for distance, color, width in (
        (near - 3.9, style.ink, 0.55),
        (near - 2.9, style.metal, 0.18),
        (near + 2.9, style.metal, 0.18),
        (near + 3.7, style.ink, 0.25),
    ):
        canvas.setStrokeColor(color)
        canvas.setLineWidth(width)
        canvas.rect(distance, distance, WIDTH - 2 * distance, HEIGHT - 2 * distance)
    for x in (near, right):
        for y in (near, top):
            canvas.setFillColor("#ffffff")
            canvas.setStrokeColor(style.ink)
            canvas.setLineWidth(0.3)
            canvas.rect(x - 5, y - 5, 10, 10, fill=1)
            canvas.setStrokeColor(style.metal)
            canvas.setLineWidth(0.15)
            canvas.rect(x - 4.5, y - 4.5, 9, 9)
            _rosette(canvas, style.ink, (x, y), radius=4.1, petals=10, rings=1)


def _wave(canvas: Canvas, places: list[Place], length: float, phase: float) -> None:
    """
    Draw one strand of the band, the same in several places.
    """
    waves = round(length / _PERIOD)

    def curve(share: float) -> Point:
        return share * length, 2.3 * math.sin(2 * math.pi * waves * share + phase)

    _strokes(canvas, curve, places, pieces=waves * 3)


def _rosette(
    canvas: Canvas, color: str, center: Point, *, radius: float, petals: int, rings: int
) -> None:
    """
    Draw rings of waves around a point, woven as on a banknote.
    """
    canvas.setStrokeColor(color)
    canvas.setLineWidth(0.1 + radius / 700)
    for ring in range(rings):
        middle = radius * (1 - 0.9 * (ring + 0.5) / rings)
        swing = radius * 0.6 / rings

        def curve(share: float, middle: float = middle, swing: float = swing) -> Point:
            angle = 2 * math.pi * share
            reach = middle + swing * math.sin(petals * angle)
            return reach * math.cos(angle), reach * math.sin(angle)

        turns = [(*center, (strand + ring / 2) * 90 / petals) for strand in range(4)]
        _strokes(canvas, curve, turns, pieces=petals * 5)


def _divider(canvas: Canvas, style: Style, x: float, y: float) -> None:
    """
    Draw the ornament below the title: two tapering lines, a diamond between two dots.
    """
    canvas.setFillColor(style.metal)
    for side in (-1, 1):
        _polygon(canvas, [(x + side * 5, y + 0.22), (x + side * 48, y), (x + side * 5, y - 0.22)])
        canvas.circle(x + side * 3.4, y, 0.45, stroke=0, fill=1)
    _polygon(canvas, [(x, y + 1.5), (x + 1.5, y), (x, y - 1.5), (x - 1.5, y)])


def _seal(canvas: Canvas, style: Style, center: Point) -> None:
    """
    Draw the seal: a scalloped disc with a star, on ribbons if the style has them.
    """
    x, y = center
    if style.ribbons:
        canvas.setFillColor(style.ink)
        for side in (-1, 1):
            _polygon(
                canvas,
                [
                    (x + side * 1.5, y - 6),
                    (x + side * 9.5, y - 6),
                    (x + side * 12.5, y - 18.5),
                    (x + side * 8.2, y - 16.2),
                    (x + side * 5.4, y - 20),
                ],
            )

    def rim(share: float) -> Point:
        angle = 2 * math.pi * share
        reach = 13 + 0.4 * math.cos(36 * angle)
        return x + reach * math.cos(angle), y + reach * math.sin(angle)

    canvas.setFillColor(style.metal)
    _untyped(canvas).drawPath(_path(canvas, rim, pieces=36 * 3), stroke=0, fill=1)
    canvas.setFillColor("#ffffff")
    canvas.circle(x, y, 11.7, stroke=0, fill=1)
    _rosette(canvas, style.metal, center, radius=11.2, petals=16, rings=2)
    canvas.setFillColor("#ffffff")
    canvas.setStrokeColor(style.metal)
    canvas.setLineWidth(0.35)
    canvas.circle(x, y, 6.2, fill=1)
    canvas.setFillColor(style.ink)
    star: list[Point] = []
    for corner in range(10):
        reach = 1.8 if corner % 2 else 4.6
        angle = corner * math.pi / 5
        star.append((x + reach * math.sin(angle), y + reach * math.cos(angle)))
    _polygon(canvas, star)


def _polygon(canvas: Canvas, points: list[Point]) -> None:
    path: Any = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    _untyped(canvas).drawPath(path, stroke=0, fill=1)


def _strokes(canvas: Canvas, curve: Curve, places: list[Place], *, pieces: int) -> None:
    # moved, not drawn anew: what is repeated word by word takes no room in a compressed file
    path = _path(canvas, curve, pieces)
    for x, y, turn in places:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(turn)
        _untyped(canvas).drawPath(path, stroke=1, fill=0)
        canvas.restoreState()


def _path(canvas: Canvas, curve: Curve, pieces: int) -> Any:
    """
    Follow a curve from 0 to 1 with Bézier curves, each taking its direction from the curve's.
    """
    path: Any = canvas.beginPath()
    path.moveTo(*_rounded(*curve(0)))
    third = 1 / (3 * pieces)
    for piece in range(pieces):
        start, end = piece / pieces, (piece + 1) / pieces
        (x1, y1), (dx1, dy1) = curve(start), _direction(curve, start)
        (x2, y2), (dx2, dy2) = curve(end), _direction(curve, end)
        path.curveTo(
            *_rounded(x1 + dx1 * third, y1 + dy1 * third),
            *_rounded(x2 - dx2 * third, y2 - dy2 * third),
            *_rounded(x2, y2),
        )
    return path


def _rounded(x: float, y: float) -> Point:
    # a hundredth of a millimetre is less than any printer can show
    return round(x, 2), round(y, 2)


def _direction(curve: Curve, at: float) -> Point:
    (x1, y1), (x2, y2) = curve(at - _STEP), curve(at + _STEP)
    return (x2 - x1) / (2 * _STEP), (y2 - y1) / (2 * _STEP)


def _untyped(canvas: Canvas) -> Any:
    # reportlab's stubs leave some of its parameters open, which strict checkers don't let pass
    return canvas
