"""
The order of letters where text runs both ways.
"""

from __future__ import annotations

import functools
import lzma

from pathlib import Path

import pytest

from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from certcore.pdf._typesetting._bidi import direction, levels, visual
from certcore.pdf._typesetting._brackets import opened_by


CASES = Path(__file__).parent / "data" / "bidi-character-test.txt.xz"


@functools.cache
def character(code: str) -> str:
    return chr(int(code, 16))


def test_all_cases_of_unicode():
    """
    All that hold no explicit formatting character: their levels, base and order.
    """
    wrong, count = [], 0
    for case in lzma.decompress(CASES.read_bytes()).decode().splitlines():
        if case.startswith("#"):
            continue
        count += 1
        codes, wanted, base, expected, order = case.split(";")
        text = "".join(map(character, codes.split()))
        found, found_base = levels(text, None if wanted == "2" else int(wanted))
        # x is for what is as if it weren't there
        kept = [place for place, level in enumerate(expected.split()) if level != "x"]
        seen = [kept[place] for place in visual([found[place] for place in kept])]
        same = [str(found[place]) for place in kept] == expected.replace("x", "").split()
        if not same or str(found_base) != base or " ".join(map(str, seen)) != order:
            wrong.append(case)

    assert 91605 == count
    assert [] == wrong


MIXED = st.text(
    st.sampled_from("abאבجد٠١12+-$%,.:() []<>/&\u0301\u05b8\u064b\u3008\u232a\u2329\u3009")
    | st.characters(
        exclude_categories=["Cs", "Cn", "Cc", "Cf"],
        exclude_characters="\u2028\u2029",
    ),
    max_size=40,
)


@given(MIXED, st.sampled_from("LR"))
def test_a_second_opinion(text, side):
    """
    Another implementation puts letters in the same order, but for tabs and
    what has no width, of which it takes another view.
    """
    found, _ = levels(text, int(side == "R"))

    assert get_display(text, base_dir=side) == "".join(text[place] for place in visual(found))


@pytest.mark.parametrize(
    "text, expected",
    [("", 0), ("12 (", 0), ("abc א", 0), ("12 אabc", 1), ("(\u0661 ب", 1), ("\u0301", 0)],
)
def test_direction(text, expected):
    """
    The first letter decides; figures and marks don't.
    """
    assert expected == direction(text)
    assert expected == levels(text)[1]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("א$1", [1, 2, 2]),
        ("א1%%", [1, 2, 2, 2]),
        ("א%ב", [1, 1, 1]),
        ("א$-1", [1, 1, 1, 2]),
        # after Arabic letters figures are Arabic too, and signs don't go with them
        ("ب$1", [1, 1, 2]),
        ("ب1+2", [1, 2, 1, 2]),
        ("א1+2", [1, 2, 2, 2]),
        ("א1,2", [1, 2, 2, 2]),
        ("ב١,٢", [1, 2, 2, 2]),
    ],
)
def test_signs_beside_figures(text, expected):
    """
    They are read as one with them (rules W4 and W5).
    """
    assert (tuple(expected), 1) == levels(text)


def test_no_levels_for_nothing():
    """
    An empty text has a direction all the same.
    """
    assert ((), 0) == levels("")
    assert ((), 1) == levels("", 1)
    assert () == visual(())


def test_letters_of_the_future():
    """
    What isn't assigned yet, where letters are that run from the right, is taken for one.
    """
    assert ((1,), 1) == levels("\U0001efff")
    assert ((0,), 0) == levels("\u0378")


def test_brackets():
    """
    Pairs are found across others that aren't closed, equivalent ones too, to some depth.
    """
    assert {4: 1} == opened_by("a(b[)]")
    assert {} == opened_by(")(")
    assert {2: 0, 5: 3} == opened_by("\u2329a\u3009\u3008b\u232a")
    assert {3: 0} == opened_by("({[)")
    assert {} == opened_by("(" * 64 + ")" * 64)
