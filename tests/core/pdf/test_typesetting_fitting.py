"""
A text in its box: shrunk, broken into lines, cut off, or refused.
"""

from __future__ import annotations

import importlib

from typing import Any

import pytest
import uharfbuzz

from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from certcore.exceptions import LayoutError, MissingGlyphsError
from certcore.pdf._typesetting import Box, Fitted, clean, fit, set_line
from certcore.pdf._typesetting._clusters import clusters


@frozen(eq=False)
class Face:
    """
    A typeface as the engine asks for it.
    """

    label: str
    _font: Any = field(repr=False)
    covers: frozenset[int] = field(repr=False)
    units_per_em: int = 1000
    color_only: bool = False

    def hb_font(self) -> Any:
        return self._font


def packaged(package: str, file: str) -> Face:
    root = importlib.import_module(package).ROOT
    face = uharfbuzz.Face((root / "files" / file).read_bytes())
    return Face(package, uharfbuzz.Font(face), frozenset(face.unicodes), face.upem)


def squares(letters: str) -> Face:
    """
    Make a typeface of squares, of which widths are known.
    """
    funcs = uharfbuzz.FontFuncs()
    funcs.set_nominal_glyph_func(lambda font, code, data: code if chr(code) in letters else 0)
    funcs.set_glyph_h_advance_func(lambda font, glyph, data: 1000)
    font = uharfbuzz.Font(uharfbuzz.Face(b""))
    font.funcs = funcs
    return Face("squares", font, frozenset(map(ord, letters)))


NOTO = packaged("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")
ARABIC = packaged("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf")
THAI = packaged("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf")
HAN = squares("山田太郎、。「」ー")
FACES = (NOTO, ARABIC, THAI, HAN)
SQUARES = (squares("abcdefgh -…"),)


def fitted(*lines: str, faces: Any = FACES, **box: Any) -> Fitted:
    options = {key: box.pop(key) for key in ("base", "spacing") if key in box}
    sized = {"size": 20.0, "min_size": 10.0, **box}
    return fit("name", lines, Box(**sized), faces, "en", **options)


def texts(found: Fitted) -> list[str]:
    return [line.text for line in found.lines]


def test_enough_room():
    """
    A text that fits is set as it is.
    """
    found = fitted("Ada", width=200)

    assert Fitted(20, (set_line("name", "Ada", FACES, "en", base=0),)) == found


@pytest.mark.parametrize(
    "width, lines, size, expected",
    [
        (100, 1, 20, ["abcde"]),
        (99.99, 1, 19.99, ["abcde"]),
        (50, 1, 10, ["abcde"]),
        # a single word can't be broken
        (50, 3, 10, ["abcde"]),
    ],
)
def test_shrinking(width, lines, size, expected):
    """
    To hundredths of a point, rounded down.
    """
    found = fitted("abcde", faces=SQUARES, width=width, lines=lines)

    assert (size, expected) == (found.size, texts(found))


@pytest.mark.parametrize(
    "text, lines, size, expected",
    [
        # shrunk on one line as long as it may be
        ("ab cd", 2, 10, ["ab cd"]),
        ("ab cd e", 2, 12.5, ["ab", "cd e"]),
        ("ab cd", 3, 10, ["ab cd"]),
        # the longest line is as short as can be
        ("a bc de", 2, 12.5, ["a bc", "de"]),
        ("ab-cdef", 2, 12.5, ["ab-", "cdef"]),
        ("abc de fgh", 3, 16.66, ["abc", "de", "fgh"]),
        # no more lines than it takes
        ("ab cd ef", 3, 10, ["ab cd", "ef"]),
    ],
)
def test_breaking(text, lines, size, expected):
    """
    Where shrinking isn't enough.
    """
    found = fitted(text, faces=SQUARES, width=50, lines=lines)

    assert (size, expected) == (found.size, texts(found)), text
    assert not found.truncated


def test_lines_of_the_author():
    """
    They are kept, though they are more than allowed, and broken again if need be.
    """
    assert ["a", "b", "c"] == texts(fitted("a", "b", "c", faces=SQUARES, width=50, lines=1))
    found = fitted("abcdef gh", "b", faces=SQUARES, width=60, lines=3)
    assert ["abcdef", "gh", "b"] == texts(found)


def test_nothing():
    """
    An empty text has an empty line, of the size that was asked for.
    """
    assert (20, [""]) == (fitted("", width=1).size, texts(fitted("", width=1)))
    assert Fitted(20, ()) == fitted(width=1)


def test_ideographs_and_others():
    """
    Lines break between ideographs, never before what closes; Thai words stay whole.
    """
    found = fitted("山田、太郎、山田", width=40, lines=2, size=10)
    assert ["山田、太郎、", "山田"] != texts(found)
    assert not any(text[0] in "、。" for text in texts(found))
    with pytest.raises(LayoutError):
        fitted("สมชายใจดีสมชายใจดี", width=40, lines=3)


def test_all_lines_run_one_way():
    """
    That of the whole text, whatever a line's own letters.
    """
    found = fitted("محمد Ada Lovelace", width=60, lines=3)

    assert ["محمد Ada", "Lovelace"] == texts(found)
    assert all(line.right_to_left for line in found.lines)
    assert not any(line.right_to_left for line in fitted("Ada", "محمد", width=60).lines)
    assert fitted("Ada", width=60, base=1).lines[0].right_to_left


def test_letters_of_all_lines_are_missing():
    """
    All of them are named at once.
    """
    with pytest.raises(MissingGlyphsError) as caught:
        fitted("A龍", "B", "雨C", width=60)

    assert "龍雨" == caught.value.characters
    assert tuple(face.label for face in FACES) == caught.value.fonts


def test_refused():
    """
    What doesn't fit at the smallest size; the error says what would help.
    """
    with pytest.raises(LayoutError) as caught:
        fitted("abcdefgh", faces=SQUARES, width=72, lines=2)

    assert str(caught.value) == (
        "element 'name': the text would have to be 9.0 pt small to fit into 25 mm; 10 pt is the "
        "smallest size allowed. Give it more width, more fit.lines or a smaller fit.min_size"
    )


@pytest.mark.parametrize(
    "lines, allowed, expected",
    [
        (["abcdefgh"], 1, ["abcd…"]),
        (["ab cdefgh"], 1, ["ab c…"]),
        (["abc defgh"], 1, ["abc…"]),
        (["abcd efgh"], 1, ["abcd…"]),
        (["ab cd ef gh"], 2, ["ab cd", "ef gh"]),
        (["ab cd ef gh ab"], 2, ["ab cd", "ef g…"]),
        (["ab cdefgh ab"], 3, ["ab", "cdef…"]),
        (["abcdef", "gh"], 1, ["abcd…", "gh"]),
        (["abc def gh", "abcdef"], 3, ["abc", "def…", "abcd…"]),
    ],
)
def test_cut_off(lines, allowed, expected):
    """
    The end goes, with an ellipsis in its place, if the box says so.
    """
    found = fitted(*lines, faces=SQUARES, width=50, lines=allowed, overflow="truncate")

    assert (10, expected) == (found.size, texts(found))
    assert found.truncated == ("…" in "".join(expected))


@pytest.mark.parametrize("width", range(20, 60, 2))
def test_cut_off_within_a_joined_word(width):
    """
    The last letter that is left takes another form, and that counts.
    """
    found = fitted("سسسسسسسس", width=width, overflow="truncate")

    assert found.truncated
    assert found.lines[0].width * 10 <= width


def test_cut_off_without_an_ellipsis():
    """
    Three dots do.
    """
    faces = (squares("abcdefgh ."), Face("color", None, frozenset({0x2026}), color_only=True))
    found = fitted("abcdefgh", faces=faces, width=50, overflow="truncate")

    assert ["ab..."] == texts(found)


def test_no_room_for_one_letter():
    """
    There is nothing to cut off then.
    """
    with pytest.raises(LayoutError):
        fitted("abcdefgh", faces=SQUARES, width=15, overflow="truncate")


def test_letter_spacing_counts():
    """
    It makes lines wider, but not at their ends.
    """
    assert 10 == fitted("abc", faces=SQUARES, width=40, spacing=0.5).size


PARTS = st.sampled_from(
    [
        *["Ada", "AV", "To", "é", "e\u0301", " ", " ", "-", ".", "(", ")", "12", "\u00a0", "ffi"],
        *[
            "محمد",
            "علي",
            "، ",
            "สม",
            "ชาย",
            "山",
            "田",
            "、",
            "「",
            "」",
            "ー",
            "Wolfeschlegelstein",
        ],
    ]
)
TEXTS = st.lists(PARTS, max_size=25).map(lambda parts: clean("".join(parts)))
LINES = st.lists(TEXTS, min_size=1, max_size=2)
SPACINGS = st.sampled_from([0.0, 0.0, 0.1])


@st.composite
def boxes(draw: Any) -> dict[str, Any]:
    size = draw(st.floats(4, 60))
    return {
        "width": draw(st.floats(1, 600)),
        "size": size,
        "min_size": size * draw(st.floats(0.1, 1)),
        "lines": draw(st.integers(1, 5)),
    }


@given(LINES, boxes(), SPACINGS)
def test_it_fits_or_is_refused(lines, box, spacing):
    """
    Whatever the text and the box: no line is too wide, none is too many, no letter is lost.
    """
    try:
        found = fitted(*lines, **box, spacing=spacing)
    except LayoutError:
        return

    assert box["min_size"] <= found.size <= box["size"]
    for line in found.lines:
        assert line.width * max(found.size, round(found.size, 2)) <= box["width"]
    assert len(found.lines) <= max(box["lines"], len(lines))
    assert "".join("".join(texts(found)).split()) == "".join("".join(lines).split())
    assert 1 == len({line.right_to_left for line in found.lines})


@given(LINES, boxes(), SPACINGS)
def test_it_is_cut_off_well(lines, box, spacing):
    """
    Nothing is too wide then either, and what is left is the start of what was there.
    """
    try:
        found = fitted(*lines, **box, spacing=spacing, overflow="truncate")
    except LayoutError:
        return

    for line in found.lines:
        assert line.width * max(found.size, round(found.size, 2)) <= box["width"]
    assert len(found.lines) <= max(box["lines"], len(lines))
    if found.truncated and len(lines) == 1:
        shown = "".join("".join(texts(found)).removesuffix("…").split())
        ends = {len("".join(lines[0][:end].split())) for _, end in clusters(lines[0])}
        assert "".join(lines[0].split()).startswith(shown)
        assert len(shown) in ends
