"""
Lines and rectangles are where they should be, and nothing is left behind of how they are drawn.
"""

from __future__ import annotations

import io

from typing import Any

import pikepdf
import pypdfium2
import pytest

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from certcore.pdf._figures import Line, Rectangle, Stroke


SCALE = 4
RED = Stroke(width=4, color="#ff0000")


def seen(content: bytes, *, side: int = 60) -> Picture.Image:
    """
    Draw on white paper.
    """
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(side, side)).Contents = pdf.make_stream(content)
        pdf.save(output)
    with pypdfium2.PdfDocument(output.getvalue()) as document:
        return document[0].render(scale=SCALE).to_pil().convert("RGB")


def box(picture: Picture.Image) -> tuple[float, ...] | None:
    """
    Give left, bottom, right and top of all that isn't white.
    """
    found = picture.convert("L").point(lambda value: 255 if value < 250 else 0).getbbox()
    if found is None:
        return None
    left, top, right, bottom = (edge / SCALE for edge in found)
    return left, picture.height / SCALE - bottom, right, picture.height / SCALE - top


def at(picture: Picture.Image, x: float, y: float) -> Any:
    return picture.getpixel((round(x * SCALE), round(picture.height - y * SCALE)))


def test_a_line():
    """
    It ends where it should, and is as thick as it should be.
    """
    picture = seen(Line(start=(10, 20), end=(50, 20), stroke=RED).draw())

    assert (10, 18, 50, 22) == box(picture)
    assert (255, 0, 0) == at(picture, 30, 20)


def test_a_line_by_itself():
    """
    It is black, and a point thick.
    """
    picture = seen(Line(start=(10, 10.5), end=(20, 10.5)).draw())

    assert (10, 10, 20, 11) == box(picture)
    assert (0, 0, 0) == at(picture, 15, 10.5)


def test_a_line_without_width():
    """
    It isn't drawn, not even as thin as can be.
    """
    assert box(seen(Line(start=(10, 10), end=(20, 10), stroke=Stroke(width=0)).draw())) is None


@pytest.mark.parametrize(
    "dashes,dark",
    [
        ((), [True, True, True, True]),
        ((0, 0), [True, True, True, True]),
        ((10,), [True, False, True, False]),
        ((10, 20), [True, False, False, True]),
    ],
)
def test_dashes(dashes, dark):
    """
    Dashes and gaps in turn, from the line's start.
    """
    stroke = Stroke(width=4, dashes=dashes)
    picture = seen(Line(start=(10, 20), end=(50, 20), stroke=stroke).draw())

    assert dark == [at(picture, x, 20) == (0, 0, 0) for x in (15, 25, 35, 45)]


@pytest.mark.parametrize("radius", [0, 5, 100])
@pytest.mark.parametrize("outline", [None, RED, Stroke(width=0), Stroke(width=100)])
@pytest.mark.parametrize("fill", ["", "#0000ff"])
def test_a_rectangle_fills_its_box(radius, outline, fill):
    """
    However thick its outline and however round its corners.
    """
    picture = seen(
        Rectangle(box=(10, 15, 40, 20), outline=outline, fill=fill, radius=radius).draw()
    )

    unseen = not fill and (outline is None or not outline.width)
    assert (None if unseen else (10, 15, 50, 35)) == box(picture)
    inside = at(picture, 30, 25)
    if outline and outline.width == 100:
        assert (0, 0, 0) == inside
    else:
        assert ((0, 0, 255) if fill else (255, 255, 255)) == inside
    if outline is RED:
        assert (255, 0, 0) == at(picture, 12, 25) == at(picture, 30, 17)


@pytest.mark.parametrize(
    "where,radius,centers,reach",
    [
        ((10, 10, 40, 40), 20, [(30, 30)], 20),
        ((10, 10, 40, 40), 99, [(30, 30)], 20),
        ((10, 10, 20, 40), 99, [(20, 20), (20, 40)], 10),
        ((10, 10, 40, 20), 99, [(20, 20), (40, 20)], 10),
        ((10, 10, 40, 40), 12, [(22, 22), (38, 22), (22, 38), (38, 38)], 12),
    ],
)
@pytest.mark.parametrize("outline", [None, Stroke(width=4)])
def test_round_corners(where, radius, centers, reach, outline):
    """
    They are quarters of circles, of which half a side is the largest.
    """
    shape = Rectangle(box=where, outline=outline, fill="#000000", radius=radius)
    picture = seen(shape.draw())

    middle = where[0] + where[2] / 2, where[1] + where[3] / 2
    for x, y in centers:
        for across in (-1, 1):
            for up in (-1, 1):
                if (x - middle[0]) * across < 0 or (y - middle[1]) * up < 0:
                    continue
                inside, outside = (reach + more for more in (-0.4, 0.6))
                edge = [c + inside * d * 0.7071 for c, d in ((x, across), (y, up))]
                beyond = [c + outside * d * 0.7071 for c, d in ((x, across), (y, up))]
                assert max(at(picture, *edge)) < 40
                assert min(at(picture, *beyond)) > 240


def test_a_dashed_outline_with_round_corners():
    """
    All of it together.
    """
    outline = Stroke(width=2, color="#00ff00", dashes=(4, 4))
    shape = Rectangle(box=(10, 10, 40, 40), outline=outline, fill="#ff0000", radius=6)

    colors = {color for _, color in seen(shape.draw()).getcolors(10**6) or []}

    assert {(255, 0, 0), (0, 255, 0), (255, 255, 255)} <= colors


LENGTHS = st.floats(0, 100)


@given(
    st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS),
    st.none() | st.builds(Stroke, width=LENGTHS),
    st.sampled_from(["", "#123456"]),
    LENGTHS,
)
def test_no_rectangle_leaves_its_box(where, outline, fill, radius):
    """
    Of whatever size, and whatever its outline.
    """
    content = Rectangle(box=where, outline=outline, fill=fill, radius=radius).draw()

    found = box(seen(content, side=200))

    if found is not None:
        left, bottom, width, height = where
        # to within a pixel or so: nothing that is drawn is thinner than that
        assert found[0] >= left - 0.5
        assert found[1] >= bottom - 0.5
        assert found[2] <= left + width + 0.5
        assert found[3] <= bottom + height + 0.5


def test_what_follows_is_drawn_as_before():
    """
    Colors, dashes and thickness are what they were.
    """
    odd = Stroke(width=9, color="#ff0000", dashes=(1, 1))
    before = Line(start=(0, 50), end=(9, 50), stroke=odd).draw()
    before += Rectangle(box=(0, 50, 9, 9), outline=odd, fill="#00ff00", radius=2).draw()

    picture = seen(before + b"20 20 10 10 re f 20 10.5 m 30 10.5 l S\n")

    assert (0, 0, 0) == at(picture, 25, 25) == at(picture, 25, 10.5)
    assert (255, 255, 255) == at(picture, 25, 13)
