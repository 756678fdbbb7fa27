"""
Fonts of every format are read, and what can't be drawn with is refused with a reason.
"""

import hashlib
import io
import math
import multiprocessing
import struct

from concurrent.futures import ThreadPoolExecutor

import fontpkg_arimo
import fontpkg_ibm_plex_mono
import fontpkg_noto_sans
import pytest
import uharfbuzz

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.sfnt import SFNTReader, SFNTWriter
from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import Asset
from certcore.exceptions import FontError
from certcore.pdf._typefaces import (
    Face,
    _face,
    core_texts,
    font_objects,
    open_face,
    read_face,
    subset,
)


VARIABLE = (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()
PLEX = (fontpkg_ibm_plex_mono.ROOT / "files" / "IBMPlexMono-BoldItalic.ttf").read_bytes()
ARIMO = fontpkg_arimo.ROOT / "files" / "Arimo[wght].ttf"


def asset(content: bytes, slug: str = "brand.ttf") -> Asset:
    return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())


def drawn(pen):
    for x, y in ((100, 0), (500, 0), (500, 700)):
        (pen.moveTo if x == 100 else pen.lineTo)((x, y))
    pen.closePath()
    return pen


def made(kind: str = "TrueType", letters: str = "ABé", **post: object) -> TTFont:
    """
    A font with a triangle for each letter.
    """
    names = [".notdef", *(f"g{ord(letter):04x}" for letter in letters)]
    builder = FontBuilder(1000, isTTF=kind == "TrueType")
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): n for c, n in zip(letters, names[1:], strict=True)})
    if kind == "TrueType":
        builder.setupGlyf(dict.fromkeys(names, drawn(TTGlyphPen(None)).glyph()))
    else:
        shapes = {}
        for name in names:
            shape = drawn(T2CharStringPen(None if kind == "CFF2" else 600, None, kind == "CFF2"))
            shapes[name] = shape.getCharString()
        if kind == "CFF2":
            builder.setupCFF2(shapes)
        else:
            builder.setupCFF("Made-Regular", {}, shapes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable(
        {"familyName": "Made", "styleName": "Regular", "psName": "Made-Reg ular"}
    )
    builder.setupOS2(sTypoAscender=800, sCapHeight=700, usWeightClass=400)
    builder.setupPost(keepGlyphNames=False, **post)
    builder.font.recalcTimestamp = False
    return builder.font


def saved(font) -> bytes:
    output = io.BytesIO()
    font.save(output)
    return output.getvalue()


def collected(*fonts: TTFont) -> bytes:
    collection = TTCollection()
    collection.fonts = [TTFont(io.BytesIO(saved(font))) for font in fonts]
    return saved(collection)


def with_rights(rights: bytes) -> bytes:
    """
    Say in a font what its maker allows.
    """
    content = bytearray(VARIABLE)
    place = content.index(b"OS/2")
    (offset,) = struct.unpack(">L", content[place + 8 : place + 12])
    content[offset + 8 : offset + 10] = rights
    return bytes(content)


def without(*tags: str, **tables: bytes) -> bytes:
    """
    A font without some tables, and with others.
    """
    reader = SFNTReader(io.BytesIO(saved(made())))
    kept = {tag: reader[tag] for tag in reader.tables if tag not in tags} | tables
    output = io.BytesIO()
    writer = SFNTWriter(output, len(kept), reader.sfntVersion)
    for tag, table in kept.items():
        writer[tag] = table
    writer.close()
    return output.getvalue()


def changed(offset: int, data: bytes, tag: str = "head") -> bytes:
    content = bytearray(saved(made()))
    place = content.index(tag.encode())
    (start,) = struct.unpack(">L", content[place + 8 : place + 12])
    content[start + offset : start + offset + len(data)] = data
    return bytes(content)


UNREADABLE = "isn't a font that can be read: upload a TrueType font"
REFUSED = {
    "empty": (b"", UNREADABLE),
    "text": (b"Hello, world! " * 100, UNREADABLE),
    "PostScript outlines alone": (b"OTTO" + bytes(200), UNREADABLE),
    "Type 1": (b"%!PS-AdobeFont-1.0: Made" * 20, UNREADABLE),
    "zeros": (b"\x00\x01\x00\x00" + bytes(200), UNREADABLE),
    "head alone": (VARIABLE[:300], UNREADABLE),
    "too many tables": (b"\x00\x01\x00\x00\xff\xff" + bytes(2**21), UNREADABLE),
    "packed": (b"wOF2" + bytes(200), "is packed for the web; a TrueType font is wanted: upload"),
    "packed of old": (b"wOFF" + bytes(200), "is packed for the web"),
    "cut": (VARIABLE[:-5000], "is cut off: upload it again"),
    "empty collection": (b"ttcf" + bytes(20), UNREADABLE),
    "cut collection": (b"ttcf" + bytes(7) + b"\x09", UNREADABLE),
    "rubbish in a collection": (b"ttcf" + bytes(7) + b"\x01" + bytes(20), UNREADABLE),
    "no letters": (saved(made(letters="")), UNREADABLE),
    "no widths": (without("hmtx"), UNREADABLE),
    "no places of outlines": (without("loca"), UNREADABLE),
    "no mark": (changed(12, b"\x00"), UNREADABLE),
    "no units": (changed(18, b"\x00\x00"), UNREADABLE),
    "no glyphs": (changed(4, b"\x00\x00", "maxp"), UNREADABLE),
    "no outlines": (without("glyf", "loca"), "has no outlines, bitmaps at most; choose another"),
    "protected": (with_rights(b"\x00\x02"), "its maker doesn't allow it to be embedded in docum"),
    "only as a whole": (with_rights(b"\x01\x00"), "its maker .* but as a whole"),
    "to be read, only as a whole": (with_rights(b"\x01\x04"), "its maker .* but as a whole"),
    "bitmaps only": (with_rights(b"\x02\x00"), "its maker doesn't .* but as bitmaps"),
    "to be edited, bitmaps only": (with_rights(b"\x02\x08"), "its maker .* but as bitmaps"),
}


@pytest.mark.parametrize("content,message", REFUSED.values(), ids=REFUSED)
def test_what_isnt_a_font_is_refused(content, message):
    """
    The error names the file and what to do.
    """
    with pytest.raises(FontError, match=f"^brand.ttf:? {message}") as caught:
        read_face(asset(content))

    assert not caught.value.retryable


@pytest.mark.parametrize("kind", ["CFF", "CFF2", "TrueType"])
def test_rights_are_looked_at_in_every_format(kind):
    """
    Whatever its outlines, alone or in a collection.
    """
    font = made(kind)
    font["OS/2"].fsType = 0x0002

    with pytest.raises(FontError, match="doesn't allow it"):
        read_face(asset(saved(font)))
    with pytest.raises(FontError, match="doesn't allow it"):
        read_face(asset(collected(made(kind), font)), index=1)


@pytest.mark.parametrize("rights", [0x0000, 0x0004, 0x0008, 0x0006])
def test_what_may_be_embedded(rights):
    """
    Of several permissions, the one that allows most counts; without a table, all is allowed.
    """
    font = made()
    font["OS/2"].fsType = rights
    bare = made()
    del bare["OS/2"], bare["post"]

    assert {65, 66, 0xE9} == read_face(asset(saved(font))).covers
    assert {65, 66, 0xE9} == read_face(asset(saved(bare))).covers


def test_what_a_face_knows():
    """
    What the text is set with, and what a PDF file says of it.
    """
    face = read_face(asset(PLEX, "plex.ttf"))

    assert ("plex.ttf", 1000, False) == (face.label, face.units_per_em, face.color_only)
    assert face.covers == frozenset(uharfbuzz.Face(PLEX).unicodes)
    assert "IBMPlexMono-BoldItalic" == face.name
    assert len(PLEX) == face.size
    metrics = face.metrics
    assert (1025, -275, 698) == (metrics.ascent, metrics.descent, metrics.cap_height)
    assert -9.0 == metrics.italic_angle
    assert metrics.flags == 1 << 0 | 1 << 2 | 1 << 6
    assert metrics.stem > read_face(asset(saved(made()))).metrics.stem
    left, bottom, right, top = metrics.box
    assert left < 0 < right
    assert bottom < 0 < top
    assert repr(face) == "Face('plex.ttf', index=0, instance={})"


def test_serifs_are_known_by_class_or_panose():
    """
    Readers that have to draw another font take one like it.
    """
    by_class, by_panose = made(), made()
    by_class["OS/2"].sFamilyClass = 0x0100
    by_panose["OS/2"].panose.bFamilyType = 2
    by_panose["OS/2"].panose.bSerifStyle = 3

    for font in (by_class, by_panose):
        assert read_face(asset(saved(font))).metrics.flags & 2
    assert not read_face(asset(saved(made()))).metrics.flags & 2


def test_a_font_with_little_to_say():
    """
    Without OS/2 and post, its height stands for that of capitals; blanks aren't in names.
    """
    font = made()
    del font["OS/2"], font["post"]
    font["hhea"].ascent = font["hhea"].descent = 0
    face = read_face(asset(saved(font)))

    assert "Made-Regular" == face.name
    assert (700, 0, 700) == (face.metrics.ascent, face.metrics.descent, face.metrics.cap_height)
    assert (0.0, 4) == (face.metrics.italic_angle, face.metrics.flags)
    del font["name"]
    assert "Font" == read_face(asset(saved(font))).name


def test_old_versions_of_os2():
    """
    They don't know the height of capitals.
    """
    font = made()
    font["OS/2"].version = 1

    assert 800 == read_face(asset(saved(font))).metrics.cap_height


def test_one_font_is_one_face():
    """
    However many designs use it: the same object, and the same font of HarfBuzz.
    """
    face = read_face(asset(VARIABLE))

    assert face is read_face(asset(VARIABLE))
    assert face.hb_font() is face.hb_font()
    assert face is not read_face(asset(VARIABLE), instance={"wght": 700})
    assert face is not read_face(asset(PLEX))
    # errors name the file that the user knows
    assert "other.ttf" == read_face(asset(VARIABLE, "other.ttf")).label


def test_digests_tell_faces_apart():
    """
    By content, index and place on the axes, whatever the name.
    """
    pair = collected(made(), made("TrueType", "xyz"))
    faces = [
        read_face(asset(VARIABLE)),
        read_face(asset(VARIABLE), instance={"wght": 700}),
        read_face(asset(VARIABLE), instance={"wght": 700, "wdth": 80}),
        read_face(asset(pair)),
        read_face(asset(pair), index=1),
    ]

    assert len(faces) == len({face.digest for face in faces})
    assert read_face(asset(VARIABLE, "other.ttf")).digest == faces[0].digest
    usual = read_face(asset(VARIABLE), instance={"wght": 400, "wdth": 100})
    assert usual.digest == faces[0].digest


def test_faces_are_forgotten_when_there_are_too_many(monkeypatch):
    """
    The oldest first; whoever has one goes on using it.
    """
    monkeypatch.setattr(_face, "_FACES", {})
    monkeypatch.setattr(_face, "_ROOM", len(PLEX) + 100)
    small = asset(saved(made()))

    face = read_face(small)
    assert face is read_face(small)
    read_face(asset(PLEX))

    assert face is not read_face(small)
    assert 1 == len(_face._FACES)
    assert {65, 66, 0xE9} == face.covers


def test_fonts_of_a_collection():
    """
    They are told by their index.
    """
    pair = collected(made(), made("CFF", "xyz"))

    assert {65, 66, 0xE9} == read_face(asset(pair)).covers
    assert set(map(ord, "xyz")) == read_face(asset(pair), index=1).covers
    for index in (2, -1):
        with pytest.raises(FontError, match=f"index {index}: it has indexes from 0 to 1"):
            read_face(asset(pair), index=index)
    with pytest.raises(FontError, match=r"brand.ttf has no font of the index 1: .* only the in"):
        read_face(asset(VARIABLE), index=1)


def width(face: Face, letter: str) -> int:
    return face.hb_font().get_glyph_h_advance(face.hb_font().get_nominal_glyph(ord(letter)))


def test_a_variable_font_at_a_place():
    """
    Its letters get wider with the weight; what isn't named has its default.
    """
    usual, bold = read_face(asset(VARIABLE)), read_face(asset(VARIABLE), instance={"wght": 700})
    narrow = read_face(asset(VARIABLE), instance={"wght": 700, "wdth": 62.5})

    assert width(narrow, "n") < width(usual, "n") < width(bold, "n")
    assert bold.metrics.stem > usual.metrics.stem
    assert "NotoSans-Regular_62.5wdth_700wght" == narrow.name
    assert {"wght": (100, 400, 900), "wdth": (62.5, 100, 100)} == bold.axes


@pytest.mark.parametrize(
    "instance,message",
    [
        ({"wgth": 700}, "has no axis 'wgth'; it has wght from 100 to 900, wdth from 62.5 to 100"),
        ({"wght": 901}, "can't have wght 901; it has wght from 100 to 900"),
        ({"wght": 99.9}, "can't have wght 99.9"),
        ({"wdth": math.nan}, "can't have wdth nan"),
        ({"wdth": math.inf}, "can't have wdth inf"),
    ],
)
def test_a_place_that_isnt_there(instance, message):
    """
    The error says which axes there are.
    """
    with pytest.raises(FontError, match=f"^brand.ttf {message}"):
        read_face(asset(VARIABLE), instance=instance)


def test_a_font_without_axes():
    """
    A weight can't be chosen of it.
    """
    with pytest.raises(FontError, match=r"^brand.ttf isn't a variable font: .* no axis 'wght'"):
        read_face(asset(PLEX), instance={"wght": 700})


def test_axes_whose_names_are_damaged():
    """
    Such a font is refused as other damage is.
    """
    content = bytearray(VARIABLE)
    place = content.index(b"fvar")
    (offset,) = struct.unpack(">L", content[place + 8 : place + 12])
    (axes,) = struct.unpack(">H", content[offset + 4 : offset + 6])
    content[offset + axes : offset + axes + 4] = b"\xff\xfe\xfd\xfc"

    with pytest.raises(FontError, match=f"^brand.ttf:? {UNREADABLE}"):
        read_face(asset(bytes(content)))


def test_slanted_by_an_axis():
    """
    The angle is what was chosen.
    """
    builder = FontBuilder(font=made())
    builder.setupFvar([("slnt", -15, 0, 0, "Slant")], [])
    content = saved(builder.font)

    assert -10 == read_face(asset(content), instance={"slnt": -10}).metrics.italic_angle
    assert 0 == read_face(asset(content)).metrics.italic_angle


def test_pictures_instead_of_outlines():
    """
    Fonts of emoji can't be embedded; those with outlines beside the pictures can.
    """
    both = without(**{"SVG ": bytes(20)})
    empty = made()
    for name in empty.getGlyphOrder():
        empty["glyf"][name] = TTGlyphPen(None).glyph()
    empty["sbix"] = newTable("sbix")
    empty["sbix"].data = bytes(8)
    pictures = without("glyf", "loca", CBDT=bytes(20))

    for content, color_only in ((both, False), (saved(empty), True), (pictures, True)):
        face = read_face(asset(content))
        assert color_only == face.color_only
        if color_only:
            with pytest.raises(FontError, match="has pictures in color instead of outlines"):
                subset(face, [1])


def test_a_file_on_this_machine(tmp_path):
    """
    It is one face until the file is replaced.
    """
    path = tmp_path / "made.ttf"
    path.write_bytes(saved(made()))

    face = open_face(path)

    assert ("made.ttf", {65, 66, 0xE9}) == (face.label, face.covers)
    assert face is open_face(path)
    assert "Mine" == open_face(path, label="Mine").label
    assert face.digest == read_face(asset(saved(made()))).digest
    path.write_bytes(saved(made(letters="wxyz")))
    assert face is not open_face(path)


def test_a_file_that_goes_away(tmp_path):
    """
    Whenever that happens, it is an error of the font.
    """
    path = tmp_path / "made.ttf"
    with pytest.raises(FontError, match=r"made.ttf: this font can't be read \(No such file"):
        open_face(path)
    path.write_bytes(saved(made()))
    face = open_face(path)
    path.unlink()

    for ask in (lambda: face.covers, face.hb_font, lambda: face.digest):
        with pytest.raises(FontError, match=r"made.ttf: this font can't be read"):
            ask()
    with pytest.raises(FontError, match=r"made.ttf: this font can't be read"):
        len(_face.OnDisk(path))


SMALL = {"TrueType": saved(made()), "CFF": saved(made("CFF"))}


@given(st.data())
def test_damaged_fonts_never_surprise(data):
    """
    They are refused as such, or drawn as far as they can be.
    """
    content = bytearray(SMALL[data.draw(st.sampled_from(sorted(SMALL)))])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]

    try:
        face = read_face(asset(bytes(content)))
        texts = core_texts(face)
        made_of = subset(face, texts)
    except FontError as error:
        refused = str(error)
        assert refused.startswith("brand.ttf")
    else:
        assert font_objects(made_of, texts, reserve=iter(range(1, 9)).__next__).objects


def shaped(face: Face) -> list[int]:
    buffer = uharfbuzz.Buffer()
    buffer.add_str("Žofie Łukasz")
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.hb_font(), buffer)
    return [info.codepoint for info in buffer.glyph_infos] + list(subset(face, [40, 50]).data)


def test_threads_share_a_face():
    """
    They get one object, and draw with it at once.
    """
    fresh = asset(ARIMO.read_bytes(), "threads.ttf")
    with ThreadPoolExecutor(8) as pool:
        faces = list(pool.map(lambda _: read_face(fresh), range(16)))
        fonts = list(pool.map(lambda face: face.hb_font(), faces))
        drawings = list(pool.map(shaped, faces))

    assert 1 == len(set(map(id, faces))) == len(set(map(id, fonts)))
    assert all(drawings[0] == drawing for drawing in drawings)


def _in_child(queue) -> None:
    queue.put(shaped(read_face(asset(VARIABLE))))


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system can't fork"
)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_face_is_good_after_a_fork():
    """
    What was read before is used by the child.
    """
    expected = shaped(read_face(asset(VARIABLE)))
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()

    assert expected == queue.get(timeout=30)
    child.join(30)
