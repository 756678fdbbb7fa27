"""
Letters that a face draws with several glyphs, as one glyph each.
"""

from __future__ import annotations

import io

import pytest

from fontTools.ttLib import TTFont

from certcore.pdf._typefaces import Letter, compose, open_face, subset
from certcore.pdf._typefaces._fallback import bundled_fonts


NOTO = open_face(next(bundled_fonts()))


def glyph(letter):
    return NOTO.hb_font().get_nominal_glyph(ord(letter))


def read(made):
    return TTFont(io.BytesIO(made.data), checkChecksums=2, lazy=False)


@pytest.fixture(scope="module")
def plain():
    return subset(NOTO, [glyph(letter) for letter in "aç. "])


def test_glyphs_are_added_behind_the_others(plain):
    """
    They are made of the others, as far as these draw something, each at its place.
    """
    a, dot, blank = glyph("a"), glyph("."), glyph(" ")
    letters = {
        70_000: Letter("ạ", ((a, 0, 0), (dot, 150, -200)), 561),
        70_001: Letter("\u200c", ((blank, 0, 0),), 0),
        70_002: Letter("a", ((a, 10, -20), (blank, 5, 5)), -7),
    }

    made = compose(plain, letters)

    font = read(made)
    assert [len(plain.ids) + each for each in range(3)] == [made.ids[each] for each in letters]
    assert {**plain.ids, **made.ids} == dict(made.ids)
    assert len(made.ids) == font["maxp"].numGlyphs == len(font["hmtx"].metrics)
    names = {number: font.getGlyphName(made.ids[number]) for number in letters}
    parts = font["glyf"][names[70_000]].components
    assert [(plain.ids[a], 0, 0), (plain.ids[dot], 150, -200)] == [
        (font.getGlyphID(part.glyphName), part.x, part.y) for part in parts
    ]
    assert 0 == font["glyf"][names[70_001]].numberOfContours
    assert 1 == len(font["glyf"][names[70_002]].components)
    assert [561, 0, 0] == [font["hmtx"][names[number]][0] for number in letters]
    assert [561, 0, 0] == [made.widths[number] for number in letters]


def test_they_are_measured(plain):
    """
    The box is that of all parts, and what is before it is told with the width.
    """
    a, dot = glyph("a"), glyph(".")

    font = read(compose(plain, {70_000: Letter("x", ((a, 30, 0), (dot, 600, -200)), 900)}))

    added = font["glyf"][font.getGlyphOrder()[-1]]
    said = (added.xMin, added.yMin, added.xMax, added.yMax)
    added.recalcBounds(font["glyf"])
    assert (added.xMin, added.yMin, added.xMax, added.yMax) == said
    assert (900, added.xMin) == font["hmtx"][font.getGlyphOrder()[-1]]
    assert font["maxp"].maxComponentElements >= 2
    assert font["maxp"].maxComponentDepth >= 1


def test_what_was_there_stays(plain):
    """
    Glyph by glyph, with their widths.
    """
    before = read(plain)
    after = read(compose(plain, {70_000: Letter("x", ((glyph("a"), 0, 0),), 100)}))

    for place, name in enumerate(before.getGlyphOrder()):
        other = after.getGlyphOrder()[place]
        assert before["glyf"][name] == after["glyf"][other]
        assert before["hmtx"][name] == after["hmtx"][other]


def test_a_box_is_told_as_far_as_there_is_room_for_it(plain):
    """
    Its edges are numbers of 16 bits, and what reaches farther is drawn all the same.
    """
    a, dot = glyph("a"), glyph(".")

    for far in (32_700, -32_700):
        parts = ((a, far, far), (dot, 0, 0))
        font = read(compose(plain, {70_000: Letter("x", parts, 900)}))
        added = font["glyf"][font.getGlyphOrder()[-1]]
        assert (far, far) == (added.components[0].x, added.components[0].y)
        assert max(map(abs, (added.xMin, added.yMin, added.xMax, added.yMax))) > 32_000
