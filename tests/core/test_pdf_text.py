"""
What becomes of a text before it is drawn: cleaning, fonts letter by letter, fitting.
"""

import hashlib
import itertools
import unicodedata

import fontpkg_noto_sans
import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import Asset
from certcore.exceptions import LayoutError, MissingGlyphsError
from certcore.pdf import STANDARD_FONTS
from certcore.pdf._fonts import Face, read_face, standard_face
from certcore.pdf._layout import Box, fit
from certcore.pdf._text import capitals, clean, runs


HELVETICA = standard_face("Helvetica")


@pytest.fixture(scope="module")
def noto() -> Face:
    content = (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return read_face(Asset(slug="noto.ttf", content=content, sha256=sha256))


def spread(text: str, *faces: Face) -> list[tuple[str, str]]:
    """
    Say which font draws which part of a text.
    """
    return [(run.face.label, "".join(run.letters)) for run in runs("name", text, faces)]


@pytest.mark.parametrize(
    "given_,expected",
    [
        ("  Ada   Lo\u0301pez ", "Ada López"),
        ("Ada\nLópez\t!\u2028?", "Ada López ! ?"),
        ("Ada\u202eLópez\u202c\u2066!\u2069", "AdaLópez!"),
        ("A\u00add\u200ba\ufeff\x00\x07\ud800", "Ada"),
        ("e\u200d\u0301", "é"),
        ("\u2764\ufe0f", "\u2764"),
        ("10\u202f%", "10\u202f%"),
        ("", ""),
    ],
    ids=ascii,
)
def test_a_text_is_composed_and_rid_of_what_nobody_sees(given_: str, expected: str):
    """
    Controls, reversals of direction and invisible characters never reach the paper.
    """
    assert expected == clean(given_)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str):
    """
    What is clean stays as it is, and has no control or format character.
    """
    cleaned = clean(text)

    assert cleaned == clean(cleaned)
    assert {"Cc", "Cf", "Cs"}.isdisjoint(map(unicodedata.category, cleaned))


@pytest.mark.parametrize(
    "language,text,expected",
    [
        ("en", "istanbul straße", "ISTANBUL STRASSE"),
        ("tr-TR", "istanbul \u0131l\u0131k", "İSTANBUL ILIK"),
        ("az", "bak\u0131 için", "BAKI İÇİN"),
        ("el", "Αθήνα", "ΑΘΗΝΑ"),
        ("", "ñandú", "ÑANDÚ"),
    ],
)
def test_capitals_are_those_of_the_language(language: str, text: str, expected: str):
    """
    A Turkish i keeps its dot, a Greek capital has no accent.
    """
    assert expected == capitals(text, language)


def test_each_letter_comes_from_the_first_font_that_has_it(noto: Face):
    """
    Letters stay in the first font; the others come from the next one.
    """
    assert [("Helvetica", "Zo"), ("noto.ttf", "ł"), ("Helvetica", "ë €")] == spread(
        "Zołë €", HELVETICA, noto
    )


def test_a_mark_stays_with_its_letter(noto: Face):
    """
    A letter and its marks come from one font, even if another one has the letter alone.
    """
    assert [("Helvetica", "a"), ("noto.ttf", "n\u0329"), ("Helvetica", "b")] == spread(
        "an\u0329b", HELVETICA, noto
    )


def test_letters_that_no_font_has_are_all_named(noto: Face):
    """
    There is never a box or a gap: the error tells element, letters and fonts.
    """
    with pytest.raises(MissingGlyphsError) as caught:
        runs("name", "李 Ada 小李", [HELVETICA, noto])

    assert ("name", "李小", ("Helvetica", "noto.ttf")) == (
        caught.value.element,
        caught.value.characters,
        caught.value.fonts,
    )


def test_a_mark_that_no_font_can_place_is_named_alone():
    """
    Helvetica has an n, but not the stroke below it.
    """
    with pytest.raises(MissingGlyphsError) as caught:
        runs("name", "n\u0329", [HELVETICA])

    assert "\u0329" == caught.value.characters


def test_a_letter_and_a_mark_of_two_fonts_are_both_named(noto: Face):
    """
    That each is in some font doesn't help: they have to be in one.
    """
    only_marks = Face("marks", "marks", noto._font, {0x0329: 1})

    with pytest.raises(MissingGlyphsError) as caught:
        runs("name", "n\u0329", [HELVETICA, only_marks])

    assert "n\u0329" == caught.value.characters


def test_a_mark_of_some_width_is_refused(noto: Face):
    """
    It would stand beside its letter.
    """
    wide = Face("wide", "wide", HELVETICA._font, {ord("n"): 1, 0x0301: 2})

    with pytest.raises(MissingGlyphsError):
        runs("name", "n\u0301", [wide])


def test_odd_blanks_and_hyphens_are_drawn_as_plain_ones_if_need_be(noto: Face):
    """
    The thin blank of "83 %" and a hyphen that doesn't break are no reason to fail.
    """
    assert [("Helvetica", "83 % x-y-z")] == spread("83\u202f% x\u2011y\u2010z", HELVETICA)
    assert [("noto.ttf", "83\u202f%")] == spread("83\u202f%", noto)


@pytest.mark.parametrize(
    "text",
    ["محمد", "דוד", "١٢", "श्रीकृष्ण", "สมชาย", "ᄒᆞᆫ", "ខ្មែរ", "မြန်မာ", "𑄌𑄋𑄴𑄟𑄳𑄦"],
)
def test_scripts_that_would_come_out_wrong_are_refused(text: str, noto: Face):
    """
    Letters that have to be joined, moved or written from right to left are never printed otherwise.
    """
    with pytest.raises(LayoutError, match="can't be drawn rightly yet"):
        runs("name", f"Ada {text}", [noto])


@pytest.mark.parametrize("name", STANDARD_FONTS)
def test_standard_fonts_know_their_letters(name: str):
    """
    Each of the 14 is there; the two with symbols have no Latin letters.
    """
    face = standard_face(name)

    assert (name not in {"Symbol", "ZapfDingbats"}) == face.has("ñ")
    assert not face.has("ł")
    assert face.has(" ")


def test_symbols_are_drawn_by_their_own_characters():
    """
    What the symbol fonts have goes by its Unicode character.
    """
    symbol, dingbats = standard_face("Symbol"), standard_face("ZapfDingbats")

    assert [("Symbol", "αβ"), ("ZapfDingbats", "✓")] == spread("αβ✓", symbol, dingbats)


def width(line: str) -> float:
    """
    Letters half as wide as high, without anything else.
    """
    return 0.5 * len(line)


def box(**said: float) -> Box:
    return Box(**{"width": 100.0, "size": 20.0, "min_size": 10.0, "lines": 1, **said})


@pytest.mark.parametrize(
    "text,lines,size,expected",
    [
        ("abcdefghij", 1, 20.0, ["abcdefghij"]),
        ("abcdef ghijkl", 2, 15.38, ["abcdef ghijkl"]),
        ("aaaa bbbb cccc dddd eeee", 2, 14.28, ["aaaa bbbb cccc", "dddd eeee"]),
        ("aaaa bbbb cccc dddd eeee", 3, 14.28, ["aaaa bbbb cccc", "dddd eeee"]),
        ("aaaaaaaaaa bb cc dddddddd", 2, 15.38, ["aaaaaaaaaa bb", "cc dddddddd"]),
    ],
)
def test_a_long_text_is_shrunk_then_broken_then_shrunk_on(
    text: str, lines: int, size: float, expected: list[str]
):
    """
    It keeps to one line down to the smallest size; then lines are of like length.
    """
    fitted = fit("name", [text], box(lines=lines), width)

    assert (size, tuple(expected)) == (fitted.size, fitted.lines)


def test_broken_lines_are_as_few_as_it_takes():
    """
    More lines are allowed than it needs: two do.
    """
    text = "aaaa bbbb cccc dddd eeee"

    assert 2 == len(fit("name", [text], box(lines=9), width).lines)


def test_lines_of_the_author_stay_lines():
    """
    A newline in the layout breaks there, in addition to what is too long.
    """
    lines = ["aaaa bbbb cccc dddd", "ee"]

    broken = fit("name", lines, box(lines=3, min_size=12), width).lines

    assert ("aaaa bbbb", "cccc dddd", "ee") == broken
    assert tuple(lines) == fit("name", lines, box(lines=1, min_size=5), width).lines


def test_a_text_that_cant_fit_says_what_it_would_need():
    """
    The error names the element, the size that would fit and the way out.
    """
    with pytest.raises(LayoutError, match=r"'name': .* 6.7 pt small .* 10 pt is the smallest"):
        fit("name", ["a" * 30], box(), width)


def test_nothing_fits_anywhere():
    """
    An empty text has no width, and keeps its size.
    """
    assert 20 == fit("name", [""], box(), width).size


@given(
    st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=12),
    st.integers(1, 5),
)
def test_no_line_leaves_the_box_and_no_word_is_lost(words: list[str], lines: int):
    """
    Whatever the words: they are all there in order, and none of the lines is too wide.
    """
    text = " ".join(words)
    try:
        fitted = fit("name", [text], box(lines=lines, min_size=4), width)
    except LayoutError:
        assert 4 * width(text) > 100
        return

    assert text == " ".join(fitted.lines)
    assert len(fitted.lines) <= lines
    assert all(width(line) * fitted.size <= 100 for line in fitted.lines)


@given(st.lists(st.text("ab", min_size=1, max_size=9), min_size=2, max_size=9))
def test_two_lines_are_broken_where_the_longer_one_is_shortest(words: list[str]):
    """
    No other break gives a shorter longest line.
    """
    best = min(
        max(len(" ".join(words[:place])), len(" ".join(words[place:])))
        for place in range(1, len(words))
    )
    text = " ".join(words)
    # too small for one line, with room for the best two
    tight = box(width=best * 0.5, size=1.0, min_size=0.99, lines=2)

    fitted = fit("name", [text], tight, width)

    assert best == max(map(len, fitted.lines))


def test_letters_are_measured_as_they_are_drawn(noto: Face):
    """
    The parts of a text are together as wide as the whole, in both kinds of font.
    """
    for face, text in itertools.product((noto, HELVETICA), ("Ada", "Zoë Brontë")):
        assert face.width(text) == pytest.approx(sum(map(face.width, text)))
