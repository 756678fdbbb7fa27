"""
One font of a file with several: of a collection, or at an instance of a variable font.
"""

import hashlib
import io

from pathlib import Path

import fontpkg_ibm_plex_mono
import fontpkg_noto_sans
import manimgx_fonts
import pytest

from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTCollection, TTFont

from certcore.domain import Asset
from certcore.exceptions import FontError
from certcore.pdf._typefaces import pick_face, read_face, subset


SCRIPTS = Path(manimgx_fonts.__path__[0])
PLEX = (fontpkg_ibm_plex_mono.ROOT / "files" / "IBMPlexMono-Regular.ttf").read_bytes()


def asset(content: bytes, slug: str) -> Asset:
    return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())


NOTO = asset(
    (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes(), "noto.ttf"
)


def saved(font: object) -> bytes:
    output = io.BytesIO()
    font.save(output)
    return output.getvalue()


def collected(*fonts: TTFont) -> Asset:
    collection = TTCollection()
    collection.fonts = list(fonts)
    return asset(saved(collection), "all.ttc")


def script(name: str) -> TTFont:
    return TTFont(SCRIPTS / f"NotoSans{name}[wght].ttf")


def nameless(font: TTFont, *ids: int) -> TTFont:
    font["name"].names = [
        record for record in font["name"].names if ids and record.nameID not in ids
    ]
    return font


ALL = collected(script("Hebrew"), script("Arabic"), script("Thai"))


@pytest.mark.parametrize(
    "said",
    [
        {"index": 1},
        {"face": "Noto Sans Arabic"},
        {"face": "NotoSansArabic-Regular"},
        {"face": "noto sans arabic regular"},
    ],
)
def test_a_font_of_a_collection(said):
    """
    It is told by its place or by any of its names, however these are written.
    """
    face = pick_face(ALL, **said)

    assert 1 == face.index
    assert ord("م") in face.covers
    assert f"all.ttc ({'index 1' if 'index' in said else said['face']})" == face.label


def test_a_collection_of_which_nothing_is_said():
    """
    Its first font is drawn with.
    """
    face = pick_face(ALL)

    assert read_face(ALL) is face
    assert ("all.ttc", 0) == (face.label, face.index)


@pytest.mark.parametrize(
    "said,message",
    [
        ({"index": 3}, "has no font of the index 3: it has indexes from 0 to 2"),
        (
            {"face": "Noto Sans Lao"},
            "has no font 'Noto Sans Lao': it has 'Noto Sans Hebrew.*', 'Noto Sans Arab.*', .*Thai",
        ),
        ({"index": 0, "face": "Noto Sans Thai"}, r": an index and a face's name are given; one is"),
    ],
)
def test_a_font_that_isnt_in_a_collection(said, message):
    """
    The error says which ones there are.
    """
    with pytest.raises(FontError, match=f"^all.ttc ?{message}"):
        pick_face(ALL, **said)


def test_many_fonts_and_fonts_without_names():
    """
    Not all are told, and where none has a name there is an index.
    """
    many = [script("Thai") for _ in range(15)]
    for number, font in enumerate(many):
        font["name"].setName(f"Thai {number}", 4, 3, 1, 0x409)
    with pytest.raises(FontError, match=r"'Thai 11', and 3 more$"):
        pick_face(collected(*many), face="Lao")

    bare = collected(nameless(script("Thai")), nameless(script("Hebrew")))
    with pytest.raises(FontError, match="it has none with a name: give its index"):
        pick_face(bare, face="Thai")
    assert ord("ש") in pick_face(bare, index=1).covers


@pytest.mark.parametrize(
    "said,place,label",
    [
        ({"instance": "SemiBold"}, {"wght": 600}, "SemiBold"),
        ({"instance": "semi bold"}, {"wght": 600}, "semi bold"),
        ({"instance": "Regular"}, {}, "Regular"),
        ({"axes": {"wght": 650}}, {"wght": 650}, "wght 650"),
        (
            {"instance": "Bold", "axes": {"wdth": 62.5}},
            {"wdth": 62.5, "wght": 700},
            "Bold, wdth 62.5",
        ),
        ({"instance": "Bold", "axes": {"wght": 300}}, {"wght": 300}, "Bold, wght 300"),
    ],
)
def test_an_instance_of_a_variable_font(said, place, label):
    """
    Its maker's name for it, values, or both: these count more. Errors call it by them.
    """
    face = pick_face(NOTO, **said)

    assert place == dict(face.instance)
    assert f"noto.ttf ({label})" == face.label
    assert face is pick_face(NOTO, **said)


def test_a_variable_font_of_which_nothing_is_said():
    """
    It has its default.
    """
    assert read_face(NOTO) is pick_face(NOTO)
    assert () == pick_face(NOTO).instance


def test_a_variable_font_in_a_collection():
    """
    Both can be said.
    """
    face = pick_face(ALL, face="Noto Sans Thai", instance="Bold")

    assert (2, (("wght", 700.0),)) == (face.index, face.instance)
    assert "all.ttc (Noto Sans Thai, Bold)" == face.label


@pytest.mark.parametrize(
    "said,message",
    [
        ({"instance": "Fat"}, "has no instance 'Fat': it has 'Thin', .*, 'SemiBold', 'Bold', 'Ex"),
        ({"axes": {"opsz": 12}}, "has no axis 'opsz'; it has wght from 100 to 900, wdth from"),
        ({"axes": {"wght": 1000}}, "can't have wght 1000; it has wght from 100 to 900"),
    ],
)
def test_an_instance_that_isnt_there(said, message):
    """
    The error says which ones there are.
    """
    with pytest.raises(FontError, match=f"^noto.ttf {message}"):
        pick_face(NOTO, **said)


def test_instances_without_names():
    """
    There are the axes.
    """
    font = TTFont(io.BytesIO(NOTO.content))
    content = asset(saved(nameless(font, *range(257, 1000))), "noto.ttf")

    with pytest.raises(FontError, match="it has none with a name: choose a place on its axes"):
        pick_face(content, instance="Bold")
    assert 700 == dict(pick_face(content, axes={"wght": 700}).instance)["wght"]


def test_an_instance_of_a_font_that_isnt_variable():
    """
    There is none.
    """
    with pytest.raises(FontError, match=r"^plex.ttf isn't a variable font: .* no instance 'Bold'"):
        pick_face(asset(PLEX, "plex.ttf"), instance="Bold")


def growing() -> Asset:
    """
    A variable font with PostScript outlines: its one letter gets wider with the weight.
    """
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupNameTable({"familyName": "Growing", "styleName": "Regular", "psName": "Growing"})
    builder.setupFvar(
        [("wght", 400, 400, 900, "Weight")],
        [{"location": {"wght": 900}, "stylename": "Black"}],
    )
    outline = [100, 0, "rmoveto", 200, 300, 1, "blend", 700, "hlineto"]
    letter = T2CharString(program=outline)
    builder.setupCFF2(
        {".notdef": T2CharString(program=[]), "A": letter}, regions=[{"wght": (0, 1, 1)}]
    )
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    return asset(saved(builder.font), "growing.otf")


def right_edge(data: bytes) -> float:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(data), None)
    shapes = fonts[0].CharStrings
    pen = BoundsPen(shapes)
    shapes[fonts[0].charset[1]].draw(pen)
    return pen.bounds[2]


@pytest.mark.parametrize(
    "said,edge",
    [({}, 300), ({"instance": "Black"}, 600), ({"axes": {"wght": 650}}, 450)],
)
def test_postscript_outlines_that_vary(said, edge):
    """
    They are embedded where the font was chosen to be on its axes.
    """
    face = pick_face(growing(), **said)

    made = subset(face, [1])

    assert made.cff
    assert edge == right_edge(made.data)
