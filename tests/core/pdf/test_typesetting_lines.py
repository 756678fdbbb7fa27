"""
A line of text: which typeface draws which letters, and where the glyphs stand.
"""

from __future__ import annotations

import importlib
import threading

from typing import Any

import pytest
import uharfbuzz

from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from certcore.exceptions import MissingGlyphsError
from certcore.pdf._typesetting import Line, Run, Typeface, clean, set_line
from certcore.pdf._typesetting._itemising import itemise


@frozen(eq=False)
class Face:
    """
    A typeface as the engine asks for it.
    """

    label: str
    _font: Any = field(repr=False)
    covers: frozenset[int] = field(repr=False)
    color_only: bool = False

    @property
    def units_per_em(self) -> int:
        return self._font.face.upem

    def hb_font(self) -> Any:
        return self._font


def packaged(package: str, file: str, *, without: str = "", only: str = "") -> Face:
    root = importlib.import_module(package).ROOT
    face = uharfbuzz.Face((root / "files" / file).read_bytes())
    if without or only:
        wanted = uharfbuzz.SubsetInput()
        kept = set(map(ord, only)) or set(face.unicodes) - set(map(ord, without))
        wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(kept)
        face = uharfbuzz.subset(face, wanted)
    return Face(package.removeprefix("fontpkg_"), uharfbuzz.Font(face), frozenset(face.unicodes))


def squares(label: str, letters: str, **options: Any) -> Face:
    """
    Make a typeface of squares, for letters that no small font has.
    """
    funcs = uharfbuzz.FontFuncs()
    funcs.set_nominal_glyph_func(lambda font, code, data: code if chr(code) in letters else 0)
    funcs.set_glyph_h_advance_func(lambda font, glyph, data: 1000)
    font = uharfbuzz.Font(uharfbuzz.Face(b""))
    font.funcs = funcs
    return Face(label, font, frozenset(map(ord, letters)), **options)


NOTO = packaged("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")
ARABIC = packaged("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf")
HINDI = packaged("fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf")
THAI = packaged("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf")
HEBREW = packaged("fontpkg_heebo", "Heebo[wght].ttf")
HAN = squares("han", "山田太郎、（）")
EMOJI = squares("emoji", "🎓⭐🇪🇸 !")
FACES = (NOTO, ARABIC, HINDI, THAI, HEBREW, HAN, EMOJI)


def line(text: str, *faces: Typeface, **options: Any) -> Line:
    return set_line("name", text, faces or FACES, "en", **options)


def parts(text: str, *faces: Typeface, **options: Any) -> list[tuple[str, str]]:
    """
    Give what each typeface draws, from the left to the right.
    """
    return [(run.face.label, run.text) for run in line(text, *faces, **options).runs]


def names(run: Run) -> list[str]:
    return [run.face.hb_font().get_glyph_name(glyph.id) for glyph in run.glyphs]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("Zoë Łu", [("noto_sans", "Zoë Łu")]),
        ("Ада", [("noto_sans", "Ада")]),
        ("محمد علي", [("noto_sans_arabic", "محمد علي")]),
        # a blank stays with what is before it
        ("Ali علي", [("noto_sans", "Ali "), ("noto_sans_arabic", "علي")]),
        ("علي Ali", [("noto_sans", "Ali"), ("noto_sans_arabic", "علي ")]),
        ("สม-ชาย", [("noto_sans_thai", "สม-ชาย")]),
        # at the start, with what is after it
        ("- สม", [("noto_sans_thai", "- สม")]),
        # a bracket closes in the typeface in which it was opened
        ("A (山) B", [("noto_sans", "A ("), ("han", "山"), ("noto_sans", ") B")]),
        ("山、A", [("han", "山、"), ("noto_sans", "A")]),
        ("山 田", [("han", "山"), ("noto_sans", " "), ("han", "田")]),
        ("שלום", [("heebo", "שלום")]),
        ("...", [("noto_sans", "...")]),
        # pictures have wide blanks: none is taken from them
        ("A 🎓 B", [("noto_sans", "A "), ("emoji", "🎓"), ("noto_sans", " B")]),
        (
            "A 🇪🇸! ⭐ ",
            [
                ("noto_sans", "A "),
                ("emoji", "🇪🇸"),
                ("noto_sans", "! "),
                ("emoji", "⭐"),
                ("noto_sans", " "),
            ],
        ),
        ("🎓 山", [("emoji", "🎓"), ("noto_sans", " "), ("han", "山")]),
        ("🎓 🎓", [("emoji", "🎓"), ("noto_sans", " "), ("emoji", "🎓")]),
    ],
)
def test_who_draws_what(text, expected):
    """
    The first typeface that has a letter; what is between letters stays with one of them.
    """
    assert expected == parts(text)


def test_a_cluster_is_of_one_typeface():
    """
    Which must have all of it, composed or taken apart.
    """
    bare = packaged("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", without="\u0301\u0302\u0303")
    apart = packaged("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", only="ae\u0302\u0303 ")

    # has only the letter
    assert [("noto_sans", "x\u0301")] == parts("x\u0301", bare, NOTO)
    assert line("x\u0301", bare, NOTO).runs[0].face is NOTO
    # has no mark, but the letter with it
    assert line("e\u0301", bare, NOTO).runs[0].face is bare
    # has the parts, and not the whole
    assert line("ễ", apart, NOTO).runs[0].face is apart
    assert all(glyph.id for glyph in line("ễ", apart).runs[0].glyphs)
    # has neither
    assert line("é", apart, NOTO).runs[0].face is NOTO


def test_letters_that_no_typeface_has():
    """
    All of them are named at once, each only once.
    """
    with pytest.raises(MissingGlyphsError) as caught:
        line("A龍x💻b龍\u3000", NOTO, ARABIC)

    # a blank of any width is one that the typeface has
    assert "龍💻" == caught.value.characters
    assert ("noto_sans", "noto_sans_arabic") == caught.value.fonts
    assert "'name'" in str(caught.value)


def test_a_cluster_that_no_typeface_has_whole():
    """
    Its letters are named, though some typeface has each of them.
    """
    left, right = squares("left", "x "), squares("right", "\u0301")
    with pytest.raises(MissingGlyphsError) as caught:
        line("x\u0301", left, right)

    assert "x\u0301" == caught.value.characters


def test_no_typeface_at_all():
    """
    All letters are missing; nothing is fine.
    """
    assert () == line("", squares("emoji", "", color_only=True)).runs
    for faces in ([], [squares("emoji", "A", color_only=True)]):
        with pytest.raises(MissingGlyphsError, match="U\\+0041"):
            set_line("name", "A", faces, "en")
        assert () == set_line("name", "", faces, "en").runs


def test_emoji():
    """
    They are drawn by a typeface with outlines, the style selector notwithstanding.
    """
    color = squares("color", "❤A", color_only=True)
    outlined = squares("outlined", "❤👩💻")

    assert [("outlined", "❤")] == parts(clean("❤\ufe0f"), color, NOTO, outlined)
    assert [("noto_sans", "A")] == parts("A", color, NOTO)
    woman = line("👩\u200d💻", color, NOTO, outlined)
    assert [("outlined", "👩\u200d💻")] == [(run.face.label, run.text) for run in woman.runs]
    # nothing is drawn for what joins
    assert [ord("👩"), ord("💻")] == [glyph.id for glyph in woman.runs[0].glyphs]
    with pytest.raises(MissingGlyphsError):
        line("❤", color, NOTO)


def test_stand_ins():
    """
    Blanks that a typeface doesn't have, and hyphens.
    """
    plain = packaged("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf", only="AB -%")
    wide, thin = line("A B", plain), line("A\u2009B", plain)

    assert wide.width > thin.width > line("AB", plain).width
    assert "A\u2009B" == thin.runs[0].text
    for hyphen in "\u2010\u2011":
        assert line("A-B", plain).runs[0].glyphs == line(f"A{hyphen}B", plain).runs[0].glyphs
        assert f"A{hyphen}B" == line(f"A{hyphen}B", plain).text
    assert line(" ", plain).runs[0].glyphs == line("\u1680", plain).runs[0].glyphs
    # a typeface that has the hyphen is better
    assert [("noto_sans", "\u2010")] == parts("\u2010", plain, NOTO)
    assert line("\u2010", plain, NOTO).runs[0].face is NOTO
    with pytest.raises(MissingGlyphsError, match="2010"):
        line("\u2010", squares("few", "A"))


def test_a_typeface_that_pretends():
    """
    What it has no glyph for is refused; a box is never drawn.
    """
    liar = Face("liar", uharfbuzz.Font(uharfbuzz.Face(b"")), frozenset({65}))
    with pytest.raises(MissingGlyphsError, match="liar"):
        line("A", liar)


def test_kerning_and_ligatures():
    """
    They are on. Letters that are spaced apart aren't joined.
    """
    font = NOTO.hb_font()
    single = sum(font.get_glyph_h_advance(font.get_nominal_glyph(ord(each))) for each in "AV")
    run = line("AV").runs[0]

    assert run.advance < single
    assert run.advance / 1000 == line("AV").width
    assert 1 == len(line("ffi").runs[0].glyphs) or 3 == len(line("ffi").runs[0].glyphs)
    assert 3 == len(line("ffi", spacing=0.1).runs[0].glyphs)


@pytest.mark.parametrize(
    "text, gaps",
    [("", 0), ("A", 0), ("ABC", 2), ("A\u0301\u0323B", 1), ("שלם", 2), ("A ב", 2), ("สี่ก", 1)],
)
def test_letter_spacing(text, gaps):
    """
    It is between clusters: not after the last one, and not between a letter and its marks.
    """
    plain, spaced = line(text), line(text, spacing=0.25)

    assert plain.width + gaps * 0.25 == pytest.approx(spaced.width)


def test_letter_spacing_of_letters_that_join():
    """
    They get none; their neighbours do.
    """
    assert line("محمد") == line("محمد", spacing=0.25)
    assert line("क्षमा") == line("क्षमा", spacing=0.25)
    mixed, spaced = line("AB محمد"), line("AB محمد", spacing=0.25)
    assert mixed.width + 0.75 == pytest.approx(spaced.width)
    # a mark of direction alone draws nothing
    assert line("ב\u200e").width == line("ב\u200e", spacing=0.25).width


def test_right_to_left():
    """
    Glyphs come from the left to the right; their clusters say where they belong in the text.
    """
    mixed = line("Ali علي 12")

    assert ["Ali ", "12", "علي "] == [run.text for run in mixed.runs]
    assert [False, False, True] == [run.right_to_left for run in mixed.runs]
    assert ["Latn", "Arab", "Arab"] == [run.script for run in mixed.runs]
    assert not mixed.right_to_left
    places = [glyph.cluster for glyph in mixed.runs[2].glyphs]
    assert sorted(places, reverse=True) == places
    assert {3, 2, 1, 0} == set(places)
    assert line("علي Ali").right_to_left
    assert line("Ali", base=1).right_to_left
    assert not line("علي", base=0).right_to_left
    for run in mixed.runs:
        assert run.text == mixed.text[run.start : run.end]


def test_arabic_is_joined():
    """
    Also where a joiner keeps two letters apart, and across typefaces.
    """
    assert names(line("بب").runs[0]) != names(line("ب\u200cب").runs[0])
    first = packaged("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", only="ب")
    two = line("بم", first, ARABIC)
    assert [first, ARABIC] == [run.face for run in reversed(two.runs)]
    alone = line("م", ARABIC).runs[0].glyphs
    assert [glyph.id for glyph in alone] != [glyph.id for glyph in two.runs[0].glyphs]


def test_languages():
    """
    Letters are drawn as the language draws them.
    """
    serbian = set_line("name", "б", FACES, "sr")
    assert serbian.runs[0].glyphs != set_line("name", "б", FACES, "ru").runs[0].glyphs
    assert line("A") == set_line("name", "A", FACES, "")
    assert serbian == set_line("name", "б", FACES, "sr_RS")


@given(st.text(st.sampled_from("aAVé .-12\u00a0ſ(ǅ")))
def test_the_usual_name(text):
    """
    The shortest way to it leads to the same line as the long one.
    """
    short = line(text)
    # a mark at the end of a color font's list keeps the text from being taken for a plain one
    long = line(text, squares("color", "", color_only=True), *FACES)

    assert short == long


LETTERS = st.sampled_from(
    [
        *[
            "a",
            "é",
            "e\u0301",
            " ",
            "ع",
            "ل",
            "بَ",
            "1",
            "2",
            "(",
            ")",
            "-",
            ".",
            "มิ์",
            "ก",
            "อำ",
            "山",
        ],
        *["א", "שָׁ", "\u200d", "\u200c", "क्ष", "\u200f", "، "],
    ]
)


@given(st.lists(LETTERS).map("".join), st.sampled_from([None, 0, 1]))
def test_every_letter_is_in_one_run(text, base):
    """
    Runs cover the line without a gap, glyphs are of their run, widths add up.
    """
    text = clean(text)
    found = line(text, base=base)

    places = sorted((run.start, run.end) for run in found.runs)
    assert [start for start, _ in places] == [0, *(end for _, end in places)][: len(places)]
    assert text == "".join(text[start:end] for start, end in places)
    for run in found.runs:
        assert all(0 <= glyph.cluster < len(run.text) for glyph in run.glyphs)
        assert all(glyph.id for glyph in run.glyphs)
        assert run.advance == sum(glyph.advance for glyph in run.glyphs)
    assert found.width == pytest.approx(
        sum(run.advance / run.face.units_per_em for run in found.runs)
    )


def test_items():
    """
    Cut where direction, script or typeface changes.
    """
    found = itemise("name", "Ада Ada علي", FACES)

    assert [(0, 4, "Cyrl"), (4, 8, "Latn"), (8, 11, "Arab")] == [
        (item.start, item.end, item.script) for item in found.items
    ]
    assert 0 == found.base
    assert "Ада Ada علي" == found.drawn


def test_threads():
    """
    Many may set text in the same typefaces at once.
    """
    texts = ["Ada Lovelace", "محمد علي", "श्रीकृष्ण", "สมชาย"] * 20
    expected = [line(text) for text in texts]
    found: list[list[Line]] = []

    threads = [
        threading.Thread(target=lambda: found.append([line(text) for text in texts]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [expected] * 4 == found
