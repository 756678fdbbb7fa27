"""
Operators that draw lines of glyphs.
"""

from __future__ import annotations

import re

import pytest

from attrs import evolve

from certcore.pdf._emitting import emit
from certcore.pdf._typesetting import Line, Run


class Face:
    units_per_em = 1000


class Font:
    """
    Glyphs 1 to 4, each 500 wide; the fourth stands for nothing.
    """

    def __init__(self):
        self.resource = b"F0"
        self.texts = {1: "a", 2: "b", 3: "c", 4: ""}
        self.codes = {glyph: f"{glyph:04X}" for glyph in self.texts}
        self.widths = dict.fromkeys(self.texts, 500)

    def shown(self, run):
        return run


FACE = Face()


def run(text, ids, advances=None, offsets=(), **more):
    return Run(
        face=FACE,
        text=text,
        start=0,
        end=len(text),
        right_to_left=False,
        script="Latn",
        ids=ids,
        clusters=range(len(ids)),
        advances=advances or [500] * len(ids),
        offsets=offsets,
        advance=500 * len(ids),
        **more,
    )


def drawn(*runs, size=10):
    line = Line("", runs, 1.0, right_to_left=False)
    return emit([(line, 20, 30)], size, "#000000", {FACE: Font()}).decode()


def shown(operators):
    return re.findall(r"^(?:\[.*\]TJ|\S+ Ts|\S+ Tc)$", operators, re.MULTILINE)


def test_glyphs_that_stand_where_they_would_are_one_string():
    """
    In their color, from where the line begins.
    """
    assert "q 0 0 0 rg BT\n1 0 0 1 20 30 Tm\n/F0 10 Tf\n[<00010002>]TJ\nET Q\n" == drawn(
        run("ab", [1, 2])
    )


@pytest.mark.parametrize(
    "advances, expected",
    [
        ([480, 500, 500], "[<0001> 20.0 <00020003>]TJ"),
        ([500, 500, 510], "[<000100020003> -10.0 ]TJ"),
        ([500.04, 500, 500], "[<000100020003>]TJ"),
    ],
)
def test_what_is_kerned_is_moved(advances, expected):
    """
    By thousandths of the size, to the left; no string among them is empty.
    """
    assert [expected] == shown(drawn(run("abc", [1, 2, 3], advances)))


@pytest.mark.parametrize(
    "offsets, expected",
    [
        (
            [(0, 0), (-30, 200), (0, 0)],
            ["[<0001>]TJ", "2.000 Ts", "[30.0 <0002> -30.0 ]TJ", "0.000 Ts", "[<0003>]TJ"],
        ),
        ([(0, 0), (0, 0), (0, -150)], ["[<00010002>]TJ", "-1.500 Ts", "[<0003>]TJ", "0 Ts"]),
        ([(0, 0), (40, 0), (0, 0)], ["[<0001> -40.0 <0002> 40.0 <0003>]TJ"]),
        ([(25, 0), (0, 0), (0, 0)], ["[-25.0 <0001> 25.0 <00020003>]TJ"]),
    ],
)
def test_a_glyph_that_is_moved_moves_no_other(offsets, expected):
    """
    What follows stands on the line again, and where it would.
    """
    assert expected == shown(drawn(run("abc", [1, 2, 3], offsets=offsets)))


def test_letters_are_kept_apart():
    """
    As spacing of characters, which ends where it ends; it isn't taken for blanks.
    """
    wide = run("abc", [1, 2, 3], [600, 600, 500], spacing=100)

    operators = drawn(wide, run("ab", [1, 2]))

    assert ["1 Tc", "[<000100020003> 100.0 ]TJ", "0 Tc", "[<00010002>]TJ"] == shown(operators)
    assert "/ActualText<FEFF006100620063>" in operators


@pytest.mark.parametrize(
    "text, ids, said", [("ab", [1, 2], False), ("ax", [1, 2], True), ("ab", [1, 2, 4], True)]
)
def test_what_the_glyphs_do_not_say_is_said_beside_them(text, ids, said):
    """
    A glyph that stands for nothing would be read as its code; from right to left, never.
    """
    each = run(text, ids)

    assert said == ("/ActualText" in drawn(each))
    assert "/ActualText" not in drawn(evolve(each, right_to_left=True))


def test_a_glyph_that_the_font_lacks():
    """
    Another font is made for it.
    """
    with pytest.raises(KeyError):
        drawn(run("a", [9]))
