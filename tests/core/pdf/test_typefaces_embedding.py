"""
What is embedded into PDF files draws as the font does, and its text comes back.
"""

import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import unicodedata

from collections.abc import Mapping
from pathlib import Path

import fontpkg_arimo
import fontpkg_eb_garamond
import fontpkg_ibm_plex_mono
import fontpkg_noto_sans
import manimgx_fonts
import pikepdf
import pypdfium2
import pytest
import uharfbuzz

from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from certcore.domain import Asset
from certcore.exceptions import FontError
from certcore.pdf._syntax import Objects, reference, stream
from certcore.pdf._typefaces import (
    CORE,
    OBJECTS_OF_A_FONT,
    Face,
    _subset,
    core_texts,
    font_objects,
    read_face,
    subset,
)


NOTO = (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()
ARIMO = (fontpkg_arimo.ROOT / "files" / "Arimo[wght].ttf").read_bytes()
GARAMOND = (fontpkg_eb_garamond.ROOT / "files" / "EBGaramond[wght].ttf").read_bytes()
PLEX = (fontpkg_ibm_plex_mono.ROOT / "files" / "IBMPlexMono-Regular.ttf").read_bytes()


def face_of(content: bytes, instance: Mapping[str, float] | None = None) -> Face:
    digest = hashlib.sha256(content).hexdigest()
    return read_face(Asset(slug="brand.ttf", content=content, sha256=digest), instance=instance)


def turned(kind: str, letters: str = "ABCDEFdiorst áéñ", *, axes: bool = True) -> bytes:
    """
    Plex with PostScript outlines.
    """
    plex = TTFont(io.BytesIO(PLEX))
    glyphs, cmap = plex.getGlyphSet(), plex.getBestCmap()
    names = [".notdef", *(cmap[ord(letter)] for letter in letters)]
    builder = FontBuilder(1000, isTTF=False)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): cmap[ord(letter)] for letter in letters})
    shapes = {}
    for name in names:
        pen = T2CharStringPen(None if kind == "CFF2" else 600, glyphs, kind == "CFF2")
        glyphs[name].draw(pen)
        shapes[name] = pen.getCharString()
    if kind == "CFF2":
        builder.setupCFF2(shapes)
    else:
        builder.setupCFF("PlexTurned", {}, shapes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=1025, descent=-275)
    builder.setupNameTable({"familyName": "Turned", "styleName": "Regular", "psName": "Turned"})
    builder.setupOS2()
    if kind == "CFF2" and axes:
        builder.setupFvar([("wght", 400, 400, 700, "Weight")], [])
    builder.setupPost(keepGlyphNames=False)
    output = io.BytesIO()
    builder.font.save(output)
    return output.getvalue()


TURNED = turned("CFF")

FACES = {
    "TrueType": (PLEX, {}),
    "variable": (NOTO, {}),
    "variable at a place": (NOTO, {"wght": 800, "wdth": 75}),
    "2048 units": (ARIMO, {"wght": 700}),
    "CFF": (TURNED, {}),
    "CFF2": (turned("CFF2"), {}),
}


@pytest.fixture(params=FACES, name="face")
def _face(request):
    return face_of(*FACES[request.param])


def shaped(face: Face, text: str):
    """
    Give the glyphs of a text, each with its advance and what it stands for.
    """
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.hb_font(), buffer)
    infos = buffer.glyph_infos
    ends = [*(info.cluster for info in infos[1:]), len(text)]
    return [
        (info.codepoint, at.x_advance, text[info.cluster : end])
        for info, at, end in zip(infos, buffer.glyph_positions, ends, strict=True)
    ]


def page(face: Face, text: str, size: int = 40, **options: bool) -> bytes:
    """
    A PDF file with one line of text, set as the emitter does it.
    """
    line = shaped(face, text)
    part = subset(face, {glyph for glyph, _, _ in line})
    objects = Objects()
    font = font_objects(part, {g: said for g, _, said in line}, reserve=objects.reserve, **options)
    for number, body in font.objects:
        objects.put(number, body)
    shown = b""
    for glyph, advance, _ in line:
        moved = part.widths[glyph] - advance * 1000 / face.units_per_em
        shown += b"<%04X> %.3f " % (part.ids[glyph], moved)
    content = objects.add(
        stream(b"", b"BT /F %d Tf 20 30 Td [%s]TJ ET" % (size, shown), compress=False)
    )
    leaf, tree = objects.reserve(), objects.reserve()
    objects.put(
        leaf,
        b"<</Type/Page/Parent %s/MediaBox[0 0 600 100]/Contents %s/Resources<</Font<</F %s>>>>>>"
        % (reference(tree), reference(content), reference(font.number)),
    )
    objects.put(tree, b"<</Type/Pages/Count 1/Kids[%s]>>" % reference(leaf))
    catalog = objects.add(b"<</Type/Catalog/Pages %s>>" % reference(tree))
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in objects:
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<</Size %d/Root %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        reference(catalog),
        start,
    )
    return bytes(written)


def ink(picture: Image.Image) -> int:
    return sum(255 - value for value in picture.convert("L").tobytes())


def rendered(written: bytes) -> Image.Image:
    return pypdfium2.PdfDocument(written)[0].render(scale=2).to_pil().convert("L")


def said(written: bytes) -> str:
    return pypdfium2.PdfDocument(written)[0].get_textpage().get_text_range()


TEXT = "Edité BAD Forst"


def drawn(face: Face, text: str, size: int = 40) -> Image.Image:
    """
    The same line, drawn by FreeType without any PDF.
    """
    content = face._contents.blob().data
    font = ImageFont.truetype(io.BytesIO(content), size * 2, layout_engine=ImageFont.Layout.BASIC)
    if face.axes:
        chosen = dict(face.instance)
        font.set_variation_by_axes(
            [chosen.get(axis, usual) for axis, (_, usual, _) in face.axes.items()]
        )
    picture = Image.new("L", (1200, 200), 255)
    pen, x = ImageDraw.Draw(picture), 40.0
    for _, advance, letters in shaped(face, text):
        pen.text((x, 140), letters, font=font, fill=0, anchor="ls")
        x += advance * size * 2 / face.units_per_em
    return picture


def test_it_is_drawn_as_the_font_draws_it(face):
    """
    Whatever its format: ink for ink as FreeType draws it from the font's own file.
    """
    if "CFF2" in face.tables:
        text = "FDB"  # numbers that change, so that CIDs have to
    else:
        text = "".join(letter for letter in TEXT if ord(letter) in face.covers)

    ours, theirs = rendered(page(face, text)), drawn(face, text)

    assert ink(theirs) > 100_000
    differing = sum(ImageChops.difference(ours, theirs).tobytes())
    assert differing < 0.12 * ink(theirs)


def test_text_comes_back(face):
    """
    As it was set.
    """
    text = "".join(letter for letter in TEXT if ord(letter) in face.covers)

    assert text == said(page(face, text))


def test_ligatures_come_back_as_their_letters():
    """
    Several letters for a glyph; the presentation forms U+FB00 to U+FB06 become letters.
    """
    face = face_of(GARAMOND)

    assert "Žofie office fjord" == said(page(face, "Žofie office fjord"))
    assert "office st" == said(page(face, "oﬃce ﬆ"))


def test_widths_are_those_of_the_file(face):
    """
    What the PDF file says is what the embedded font says (ISO 19005-2, 6.2.11.5).
    """
    glyphs = {glyph for glyph, _, _ in shaped(face, "ABCDE")}
    part = subset(face, glyphs)
    own = face.hb_font().get_glyph_h_advance

    assert glyphs | {0} <= part.ids.keys()
    assert list(part.ids.values()) == list(range(len(part.ids)))
    for glyph, width in part.widths.items():
        assert abs(width - own(glyph) * 1000 / face.units_per_em) <= 0.5
    if not part.cff:
        metrics = TTFont(io.BytesIO(part.data))["hmtx"].metrics
        order = [f"glyph{new:05d}" for new in range(1, len(part.ids))]
        widths = [metrics[name][0] for name in (".notdef", *order)]
        assert [own(glyph) for glyph in part.ids] == widths


def test_parts_of_composed_glyphs_are_taken_along():
    """
    They have numbers and widths of their own.
    """
    face = face_of(PLEX)
    (composed,) = [glyph for glyph, _, _ in shaped(face, "é")]

    assert len(subset(face, [composed]).ids) > 2


def test_outlines_are_all_that_is_embedded(face):
    """
    No names, no tables for shaping, no hints.
    """
    part = subset(face, [1, 2])

    assert part.face is face
    if part.cff:
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(part.data), None)
        assert 3 == len(fonts[0].CharStrings)
    else:
        assert {"glyf", "head", "hhea", "hmtx", "loca", "maxp"} == {
            *TTFont(io.BytesIO(part.data)).keys()
        } - {"GlyphOrder"}


def test_glyphs_that_arent_there():
    """
    A font whose table of letters points beyond its glyphs is damaged.
    """
    with pytest.raises(FontError, match=r"^brand.ttf is damaged, .*: upload it again"):
        subset(face_of(PLEX), [65000])


@pytest.mark.parametrize("kind", ["CFF", "CFF2"])
def test_outlines_that_are_damaged(kind):
    """
    Nothing is drawn with them.
    """
    content = bytearray(turned(kind))
    place = content.index(kind.encode())
    (start,) = struct.unpack(">L", content[place + 8 : place + 12])
    content[start : start + 40] = bytes(40)

    with pytest.raises(FontError, match=r"^brand.ttf is damaged"):
        subset(face_of(bytes(content)), [5])


def test_outlines_that_cant_be_embedded():
    """
    CFF2 is embedded as CFF, which HarfBuzz makes of it for variable fonts only.
    """
    with pytest.raises(FontError, match=r"^brand.ttf has outlines .* \(CFF2\): upload the"):
        subset(face_of(turned("CFF2", axes=False)), [5])


@given(st.sets(st.integers(0, 60), min_size=1), st.randoms())
def test_the_same_glyphs_give_the_same_bytes(glyphs, random):
    """
    In any order, and whether HarfBuzz has prepared the font or not.
    """
    order = sorted(glyphs)
    random.shuffle(order)
    for content, instance in ((NOTO, {"wght": 500}), (TURNED, {})):
        face = face_of(content, instance)
        some = [glyph for glyph in order if glyph < face.glyphs]

        expected = subset(face, some).data

        request = _subset._request(sorted({0, *some}))
        unprepared = uharfbuzz.SubsetPlan(_subset._source(face)._plain, request).execute()
        assert subset(face, sorted(some)).data == expected
        assert expected in (unprepared.blob.data, unprepared.reference_table("CFF ").data)


def test_heavy_fonts_are_prepared_when_it_pays(monkeypatch):
    """
    After some subsets; their bytes don't change by that.
    """
    monkeypatch.setattr(_subset, "_HEAVY", 1000)
    monkeypatch.setattr(_subset, "_PATIENCE", 3)
    face = face_of(turned("CFF", "ABCDEF"))

    files = {subset(face, [1, 2, 3]).data for _ in range(5)}

    assert 1 == len(files)
    assert _subset._source(face)._prepared is not None


SCRIPT = """
import hashlib, sys
from pathlib import Path
from certcore.domain import Asset
from certcore.pdf._typefaces import core_texts, font_objects, read_face, subset

content = Path(sys.argv[1]).read_bytes()
face = read_face(Asset(slug="a", content=content, sha256=hashlib.sha256(content).hexdigest()))
texts = core_texts(face)
font = font_objects(subset(face, texts), texts, reserve=iter(range(1, 9)).__next__)
print(hashlib.sha256(repr(font).encode()).hexdigest())
"""


def test_bytes_dont_depend_on_the_process():
    """
    Nor on the seed of its hashes.
    """
    path = fontpkg_arimo.ROOT / "files" / "Arimo[wght].ttf"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, path],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(outputs)


def test_the_objects_of_a_font(face):
    """
    As ISO 32000-1 and the PDF/A standards want them.
    """
    text = "".join(letter for letter in "BADE" if ord(letter) in face.covers)
    with pikepdf.open(io.BytesIO(page(face, text))) as document:
        font = document.pages[0].Resources.Font.F
        descendant, descriptor = font.DescendantFonts[0], font.DescendantFonts[0].FontDescriptor

        assert ("/Type0", "/Identity-H") == (str(font.Subtype), str(font.Encoding))
        tagged = str(descendant.BaseFont)
        assert re.fullmatch(r"/[A-Z]{6}\+[\w.-]+", tagged)
        assert tagged == str(descriptor.FontName)
        if "CFF " in face.tables or "CFF2" in face.tables:
            assert f"{tagged}-Identity-H" == str(font.BaseFont)
            assert "/CIDFontType0" == str(descendant.Subtype)
            assert "/CIDFontType0C" == str(descriptor.FontFile3.Subtype)
            assert "/CIDToGIDMap" not in descendant
        else:
            assert tagged == str(font.BaseFont)
            assert "/CIDFontType2" == str(descendant.Subtype)
            assert "/Identity" == str(descendant.CIDToGIDMap)
            assert int(descriptor.FontFile2.Length1) == len(descriptor.FontFile2.read_bytes())
        first, widths = descendant.W
        assert (0, "Identity") == (first, str(descendant.CIDSystemInfo.Ordering))
        bits = "".join(f"{byte:08b}" for byte in descriptor.CIDSet.read_bytes())
        assert bits.rstrip("0") == "1" * len(widths)
        assert len(bits) - len(widths) < 8


def test_without_a_list_of_glyphs():
    """
    PDF/A-2 does without; an object is saved.
    """
    face = face_of(PLEX)
    part = subset(face, [5])
    numbers = iter(range(10, 99))

    font = font_objects(part, {}, reserve=numbers.__next__, cid_set=False)

    assert list(range(10, 10 + OBJECTS_OF_A_FONT - 1)) == [number for number, _ in font.objects]
    assert b"CIDSet" not in b"".join(body for _, body in font.objects)
    assert OBJECTS_OF_A_FONT == len(font_objects(part, {}, reserve=numbers.__next__).objects)


def test_nothing_is_deflated_if_it_isnt_wanted():
    """
    So that the bytes are the same whatever zlib there is.
    """
    face = face_of(PLEX)

    assert b"FlateDecode" not in page(face, "ABBA", compress=False)
    assert b"FlateDecode" in page(face, "ABBA")
    assert "ABBA" == said(page(face, "ABBA", compress=False))


def unicodes(part, texts) -> Mapping[int, str]:
    font = font_objects(part, texts, reserve=iter(range(1, 9)).__next__, compress=False)
    written = b"".join(body for _, body in font.objects)
    blocks = re.findall(rb"(\d+) beginbfchar\n(.*?)endbfchar", written, re.DOTALL)
    found = {}
    for count, block in blocks:
        entries = re.findall(rb"<(\w{4})><(\w+)>\n", block)
        assert int(count) == len(entries) <= 100
        found |= {
            int(new, 16): bytes.fromhex(text.decode()).decode("utf-16")
            for new, text in [(new, b"FEFF" + text) for new, text in entries]
        }
    return found


@given(
    st.dictionaries(
        st.integers(0, 400), st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
    )
)
def test_what_glyphs_stand_for(texts):
    """
    Every text is found again, but for what is no text.
    """
    part = subset(face_of(NOTO), range(300))
    found = unicodes(part, texts)

    for glyph, new in part.ids.items():
        expected = re.sub("[\0\ufeff\ufffe]", "", texts.get(glyph, ""))
        assert found.get(new, "") == re.sub(
            "[\ufb00-\ufb06]", lambda form: unicodedata.normalize("NFKC", form[0]), expected
        )


@pytest.mark.parametrize("content", [NOTO, ARIMO, GARAMOND, PLEX])
def test_the_core_is_enough_for_most_names(content):
    """
    Latin names shape to its glyphs, whose texts spell them.
    """
    face = face_of(content)
    texts = core_texts(face)

    for name in (
        "María-José Núñez Ibáñez", "Žofie Łukasiewicz", "Þórður Ægisson", "Ștefan Țurcanu",
        "Sean O’Connor", "Müller-Lüdenscheidt", "Affan Fjord-Offiong", "François d'Aÿ",
        "İpek Şoğlu", "Kaʻiulani", "Ørsted & Ångström", "Difficult Afflatus, “Ķīļš” – 100 €",
    ):  # fmt: skip
        line = [
            (glyph, said) for glyph, _, said in shaped(face, name) if ord(said[0]) in face.covers
        ]
        assert {glyph for glyph, _ in line} <= texts.keys(), name
        assert all(texts[glyph] in (said, " ", "-") for glyph, said in line), name
    assert list(texts) == sorted(texts)
    assert len(texts) < 560


def test_the_core_of_a_font_with_few_letters():
    """
    What it hasn't isn't in the core.
    """
    path = Path(manimgx_fonts.__path__[0]) / "NotoSansHebrew[wght].ttf"
    texts = core_texts(face_of(path.read_bytes()))

    assert " " in texts.values()
    assert "A" not in texts.values()
    assert set(texts.values()) <= set(CORE)


def test_a_language_has_letters_of_its_own():
    """
    Its variants are in the core, and stand for the same letters.
    """
    face = face_of(NOTO)
    usual, romanian = core_texts(face), core_texts(face, "ro")

    for texts in (usual, romanian):
        assert set("ȘșȚț") <= set(texts.values())
    buffer = uharfbuzz.Buffer()
    buffer.add_str("Paşa")
    buffer.guess_segment_properties()
    buffer.language = "ro"
    uharfbuzz.shape(face.hb_font(), buffer)
    assert {info.codepoint for info in buffer.glyph_infos} <= romanian.keys()


def test_a_letter_of_several_glyphs():
    """
    The first of them stands for it, if it stands for nothing else.
    """
    font = TTFont(io.BytesIO(PLEX))
    builder = FontBuilder(font=font)
    builder.addOpenTypeFeatures("feature ccmp { sub eacute by e acute; } ccmp;")
    output = io.BytesIO()
    font.save(output)
    face = face_of(output.getvalue())
    texts = core_texts(face)
    glyph = face.hb_font().get_nominal_glyph

    assert "e" == texts[glyph(ord("e"))]
    assert "´" == texts[glyph(0xB4)]
    assert glyph(0xE9) not in texts
