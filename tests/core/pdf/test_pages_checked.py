"""
How streams are unpacked, marks taken out, and fitness for archives is found out.
"""

from __future__ import annotations

import zlib

from collections.abc import Mapping

import pytest

from hypothesis import given
from hypothesis import strategies as st
from pypdf._codecs._codecs import LzwCodec
from pypdf.generic import DictionaryObject, NameObject, NumberObject

from certcore.domain import Asset
from certcore.pdf._describing import srgb_profile
from certcore.pdf._pages import Limits, Pages, hindrances, read_pages
from certcore.pdf._pages._filters import Packed, filters_of, repacked, unpacked
from certcore.pdf._pages._limits import Budget
from certcore.pdf._pages._marks import read_drawing
from certcore.pdf._pages._tokens import operations
from certcore.pdf._syntax import Objects


def budget() -> Budget:
    return Budget(Limits())


def parameters(**entries: int) -> DictionaryObject:
    return DictionaryObject(
        {NameObject(f"/{key}"): NumberObject(value) for key, value in entries.items()}
    )


def packed(data: bytes, *names: str, **entries: int) -> Packed:
    return Packed(data, filters_of(list(names), [parameters(**entries) for _ in names]))


@given(st.binary(max_size=600), st.integers(1, 40))
def test_what_was_packed_is_unpacked(content, times):
    """
    LZW with tables that fill up among them.
    """
    content *= times

    lzw = packed(LzwCodec().encode(content), "/LZWDecode")
    twice = packed(zlib.compress(content).hex().encode(), "/AHx", "/Fl")
    assert content == unpacked(lzw, budget())
    assert content == unpacked(twice, budget())
    for each in (lzw, twice, packed(content), packed(content, "/Crypt")):
        again = repacked(each, budget())
        assert content == unpacked(again, budget())
        assert {"/FlateDecode"} >= {step.name for step in again.filters}


def test_lzw_without_an_end():
    """
    It ends with the data.
    """
    assert b"-----A---B" == unpacked(packed(bytes.fromhex("800B6050220C0C85"), "/LZW"), budget())


def test_pictures_are_passed_on():
    """
    What isn't a picture's own packing goes, predictors stay with what they belong to.
    """
    rows = b"".join(b"\2" + bytes((row,)) * 4 for row in range(50))
    differing = packed(
        LzwCodec().encode(rows), "/LZWDecode", Predictor=12, Columns=4, EarlyChange=1
    )

    assert Packed(b"JFIF", ()).data == repacked(packed(b"JFIF", "/DCT"), budget()).data
    jpeg = repacked(packed(b"4A464946>", "/AHx", "/DCT"), budget())
    assert (b"JFIF", ["/DCTDecode"]) == (jpeg.data, [step.name for step in jpeg.filters])
    again = repacked(differing, budget())
    assert parameters(Predictor=12, Columns=4) == again.filters[0].parameters
    assert rows == zlib.decompress(again.data)
    assert unpacked(differing, budget()) == unpacked(again, budget())
    assert b"\0\0\0\0\1\1\1\1\3\3\3\3" == unpacked(again, budget())[:12]
    flate = packed(b"\r\n" + zlib.compress(b"flate"), "/FlateDecode")
    assert b"flate" == unpacked(flate, budget())


WORDS = st.sampled_from(
    [
        b"q",
        b"Q",
        b"1 0 0 rg",
        b"(a(b)\\)c)Tj",
        b"[(x)-5<41>]TJ",
        b"0 0 5 5 re",
        b"f",
        b"/F 9 Tf",
        b"% EMC comment\n",
        b"BI /W 2/H 1/CS/G/BPC 8 ID EM EI",
        b"<</A[1 true null]/B<</C(d)>>>>pop",
    ]
)
MARKS = st.sampled_from([b"/P BMC", b"/Span <</MCID 1>> BDC", b"/P /Q BDC", b"/P MP", b"/P /Q DP"])


@given(st.lists(WORDS | MARKS | st.just(b"EMC"), max_size=30))
def test_marks_go_and_nothing_else(parts):
    """
    However they are nested, or aren't.
    """
    marks = (b"BMC", b"BDC", b"MP", b"DP", b"EMC")
    drawing = read_drawing(b"\n".join(parts), strip=True)

    kept = [each for each in parts if not each.endswith(marks) and not each.startswith(b"%")]
    comments = [each for each in parts if each.startswith(b"%")]
    left = [line for line in drawing.content.split(b"\n") if line]
    assert kept == [line for line in left if not line.startswith(b"%")]
    assert len(comments) >= sum(line.startswith(b"%") for line in left)
    assert (("pop",) if any(each.endswith(b"pop") for each in parts) else ()) == drawing.unknown


@given(st.lists(st.sampled_from([b"/P BMC", b"/OC /L BDC", b"EMC", b"f"]), max_size=20))
def test_layers_stay_nested(parts):
    """
    What is on a layer stays on it, and each layer ends.
    """

    def layered(content: bytes) -> list[int]:
        depth: list[bool] = []
        found: list[int] = []
        for each in operations(content):
            if each.operator in {b"BMC", b"BDC"}:
                depth.append(each.operator == b"BDC")
            elif each.operator == b"EMC" and depth:
                depth.pop()
            elif each.operator == b"f":
                found.append(sum(depth))
        return found

    content = b"\n".join(parts)
    drawing = read_drawing(content, strip=True)

    assert layered(content) == layered(drawing.content)
    names = [each.operator for each in operations(drawing.content)]
    assert names.count(b"BDC") == names.count(b"EMC")


UNCLEAR = {
    "a text without an end": b"/P BMC (abc EMC",
    "a text that ends in a backslash": b"/P BMC (abc\\",
    "a bracket too many": b"/P BMC ] EMC",
    "an operator among operands": b"/P BMC [1 2 f] EMC",
    "no token": b"/P BMC {EMC}",
    "a number that is a word": b"/P BMC 0EMC",
    "a picture without an end": b"/P BMC BI /W 1 ID \xff\xff EMC",
    "a picture's end without a picture": b"/P BMC EI EMC",
    "a picture that isn't what it seems": b"BI /W 1 ID a EI \xff\xff\xff",
}


@pytest.mark.parametrize("content", UNCLEAR.values(), ids=UNCLEAR)
def test_what_isnt_clear_is_left_alone(content):
    """
    To the byte.
    """
    drawing = read_drawing(content, strip=True)

    assert content == drawing.content
    assert not drawing.clear


def file_of(objects: Mapping[int, bytes]) -> bytes:
    output = bytearray(b"%PDF-1.7\n")
    places = {}
    for key, body in objects.items():
        places[key] = len(output)
        output += b"%d 0 obj\n%s\nendobj\n" % (key, body)
    start = len(output)
    output += b"xref\n0 1\n0000000000 65535 f \n"
    for key, place in places.items():
        output += b"%d 1\n%010d 00000 n \n" % (key, place)
    return bytes(output) + b"trailer\n<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def data(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def read(
    content: bytes,
    resources: bytes = b"",
    others: Mapping[int, bytes] | None = None,
    root: bytes = b"",
    page: bytes = b"",
) -> tuple[Pages, dict[int, bytes]]:
    file = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<%s>>%s>>"
            % (resources, page),
            4: data(content),
        }
        | dict(others or {})
    )
    objects = Objects()
    pages = read_pages(Asset(slug="a.pdf", content=file, sha256=""), objects)
    objects.put(pages.pages[0].number, b"")
    return pages, dict(objects)


UNEMBEDDED = b"<</Subtype/TrueType/BaseFont/Arial/FontDescriptor<</FontName/Arial>>>>"
WRITE = b"BT /F 9 Tf (a) Tj ET"
CMYK = "it has colors for printing inks (CMYK)"
ARIAL = "its font Arial isn't embedded"
UNCHECKED = "some of its drawing can't be checked"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
STATE = b"/ExtGState<</G<<%s>>>>"
IMAGE = b"/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
UNCLAIMED = "it doesn't say that it is PDF/A, and its fonts can't be checked here"
PROFILE = "it has a color profile that readers can't use"
BENT = "it bends colors for a printing machine (a transfer function)"
SMOOTHED = "it has a picture that viewers are asked to smooth"
LZW = "it has a picture that is packed in a way that isn't allowed (LZW)"
INTENT = "it has colors converted in a way that the format doesn't know, Vivid"
OVER = "it prints inks over one another (overprint mode)"
DEPTH = "it has a picture with an odd number of bits for a color"
HUGE = "it has numbers that are too large"
TWICE = "it mixes its spot color Gold in more than one way"
FONT = {
    5: b"<</Type/Font/Subtype/TrueType/BaseFont/A/FontDescriptor 6 0 R>>",
    6: b"<</FontName/A/FontFile2 7 0 R>>",
    7: data(b"font", b"/Length1 4"),
}
GOLD = b"[/Separation/Gold/DeviceRGB %d 0 R]"
MIXED = {
    5: b"<</FunctionType 2/N 1/Domain[0 1]/C0[1 1 1]/C1[1 1 0]>>",
    6: b"<</FunctionType 2/N 1/Domain[0 1]/C0[1 1 1]/C1[1 0.9 0]>>",
}
ICC = b"/ColorSpace<</C[/ICCBased 5 0 R]>>"


def inks() -> bytes:
    """
    Make a profile of inks, as far as it is looked at.
    """
    profile = srgb_profile()
    return profile[:16] + b"CMYK" + profile[20:]


def claim(said: bytes, others: Mapping[int, bytes] = FONT) -> tuple[object, ...]:
    """
    Give a template with a font and words of its own.
    """
    words = {9: data(said, b"/Type/Metadata/Subtype/XML")}
    return WRITE, b"/Font<</F 5 0 R>>", {**others, **words}, b"/Metadata 9 0 R"


FIT: dict[str, tuple[tuple[object, ...], tuple[str, ...]]] = {
    "a line": ((b"0 0 m 9 9 l S 1 0 0 rg",), ()),
    "ink": ((b"0 0 0 1 k",), (CMYK,)),
    "the name of inks": ((b"/DeviceCMYK CS",), (CMYK,)),
    "a picture among instructions in inks": ((b"BI /W 1/H 1/BPC 8/CS/CMYK ID abcd EI",), (CMYK,)),
    "a color space of inks": (
        (
            b"",
            b"/ColorSpace<</C[/Separation/Gold/DeviceCMYK 5 0 R]>>",
            {5: b"<</FunctionType 2/N 1>>"},
        ),
        (CMYK,),
    ),
    "a picture in inks": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"abcd", IMAGE + b"/ColorSpace/DeviceCMYK")}),
        (CMYK,),
    ),
    "a profile of inks": (
        (
            b"",
            b"/ColorSpace<</C[/ICCBased 5 0 R]>>",
            {5: data(inks(), b"/N 4/Alternate/DeviceCMYK/Range[0 1]")},
        ),
        (),
    ),
    "a profile of inks that cover one another": (
        (b"", ICC + STATE % b"/OPM 1", {5: data(inks(), b"/N 4")}),
        (OVER,),
    ),
    "colors that would cover one another": (
        (b"", ICC + STATE % b"/OPM 1", {5: data(srgb_profile(), b"/N 3")}),
        (),
    ),
    "no profile": ((b"", ICC, {5: data(b"profile", b"/N 3")}), (PROFILE,)),
    "a profile of other colors": ((b"", ICC, {5: data(srgb_profile(), b"/N 1")}), (PROFILE,)),
    "a profile of five colors": ((b"", ICC, {5: data(srgb_profile(), b"/N 5")}), (PROFILE,)),
    "a spot color": (
        (b"", b"/ColorSpace<</C %s/D %s>>" % (GOLD % 5, GOLD % 5), MIXED),
        (),
    ),
    "a spot color, and again": (
        (b"", b"/ColorSpace<</C %s/D %s>>" % (GOLD % 5, GOLD % 6), MIXED),
        (TWICE,),
    ),
    "many inks": (
        (b"", b"/ColorSpace<</C[/DeviceN[/Gold/Ink]/DeviceRGB 5 0 R]>>", MIXED),
        ("it mixes several inks in one color (DeviceN), which can't be checked",),
    ),
    "a curve that is a stream": (
        (
            b"",
            b"/ColorSpace<</C[/Separation/Gold/DeviceRGB 5 0 R]>>",
            {5: data(b"{0 0}", b"/FunctionType 4/Domain[0 1]/Range[0 1 0 1 0 1]/N 3")},
        ),
        (),
    ),
    "a font from elsewhere": ((WRITE, b"/Font<</F 5 0 R>>", {5: UNEMBEDDED}), (ARIAL,)),
    "a font of no name": (
        (WRITE, b"/Font<</F<</Subtype/Type1>>>>"),
        ("its font without a name isn't embedded",),
    ),
    "a font that isn't written with": (
        (b"q /G 9 Tf Q BT /F 9 Tf ET", b"/Font<</F 5 0 R>>", {5: UNEMBEDDED}),
        (),
    ),
    "a font that is kept aside": (
        (b"/F 9 Tf q /G 8 Tf Q (a) '", b"/Font<</F 5 0 R/G 5 0 R>>", {5: UNEMBEDDED}),
        (ARIAL,),
    ),
    "some font": ((b"Tf (a) Tj", b"/Font<</F 5 0 R>>", {5: UNEMBEDDED}), (ARIAL, UNCHECKED)),
    "an embedded font": (
        (
            WRITE,
            b"/Font<</F 5 0 R>>",
            {
                5: b"<</Subtype/Type0/DescendantFonts[6 0 R]/ToUnicode 8 0 R/Encoding/Identity-H>>",
                6: b"<</Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(A)>>/W[0[500]]"
                b"/FontDescriptor<</FontFile2 7 0 R/Flags 4/Style<</Panose(x)>>>>>>",
                7: data(b"font", b"/Length1 4"),
                8: data(b"map", b"/UseCMap/Identity-H"),
            },
        ),
        (UNCLAIMED,),
    ),
    "a font that isn't answered for": ((WRITE, b"/Font<</F 5 0 R>>", FONT), (UNCLAIMED,)),
    "a font that is answered for": (claim(b"<x pdfaid:part='1'/>"), ()),
    "a font that an element answers for": (claim(b"<pdfaid:part> 3 </pdfaid:part>"), ()),
    "a claim of another format": (claim(b"<pdfaid:part>4</pdfaid:part>"), (UNCLAIMED,)),
    "words without a claim": (claim(b"<pdfuaid:part>1</pdfuaid:part>"), (UNCLAIMED,)),
    "words that are no stream": (
        (WRITE, b"/Font<</F 5 0 R>>", FONT, b"/Metadata 6 0 R"),
        (UNCLAIMED,),
    ),
    "words that can't be read": (
        (
            WRITE,
            b"/Font<</F 5 0 R>>",
            {**FONT, 9: data(b"pdfaid:part='2'", b"/Filter/FlateDecode")},
            b"/Metadata 9 0 R",
        ),
        (UNCLAIMED,),
    ),
    "a claim with a font from elsewhere": (
        claim(b"pdfaid:part='2'", {5: UNEMBEDDED}),
        (ARIAL,),
    ),
    "a font of fonts from elsewhere": (
        (WRITE, b"/Font<</F<</Subtype/Type0/DescendantFonts[5 0 R]>>>>", {5: UNEMBEDDED}),
        (ARIAL,),
    ),
    "a font whose letters are written with another": (
        (
            WRITE,
            b"/Font<</F 6 0 R>>",
            {
                5: UNEMBEDDED,
                6: b"<</Subtype/Type3/CharProcs<</a 7 0 R>>/Resources<</Font<</F 5 0 R>>>>>>",
                7: data(b"BT /F 1 Tf (b) Tj ET"),
            },
        ),
        (ARIAL, UNCLAIMED),
    ),
    "a form that writes with the page's font": (
        (b"/X Do", b"/Font<</F 5 0 R>>/XObject<</X 6 0 R>>", {5: UNEMBEDDED, 6: data(WRITE, FORM)}),
        (ARIAL,),
    ),
    "a font drawn with the page's font": (
        (
            b"BT /T 1 Tf (b) Tj ET",
            b"/Font<</F 5 0 R/T 6 0 R>>",
            {
                5: UNEMBEDDED,
                6: b"<</Type/Font/Subtype/Type3/CharProcs<</b 7 0 R>>>>",
                7: data(WRITE),
            },
        ),
        (ARIAL, UNCLAIMED),
    ),
    "a state with a font": ((b"", STATE % b"/Font[5 0 R 9]", {5: UNEMBEDDED}), (ARIAL,)),
    "a state": (
        (
            b"",
            STATE
            % b"/CA 1.0/ca 1/BM[/Normal/Compatible]/SMask/None/TR2/Default/SA true/RI/Perceptual",
        ),
        (),
    ),
    "a curve that changes nothing": ((b"", STATE % b"/TR/Identity"), (BENT,)),
    "a newer curve that changes nothing": ((b"", STATE % b"/TR2/Identity"), (BENT,)),
    "a state with an intent": ((b"", STATE % b"/RI/Vivid"), (INTENT,)),
    "a state with an intent that is no name": ((b"", STATE % b"/RI(Vivid)"), ()),
    "an intent": ((b"/Vivid ri",), (INTENT,)),
    "a known intent": ((b"/Saturation ri ri",), ()),
    "a curve": (
        (b"", STATE % b"/TR[5 0 R/Identity]", {5: data(b"{}", b"/FunctionType 4")}),
        ("it bends colors for a printing machine (a transfer function)",),
    ),
    "an unknown way of blending": (
        (b"", STATE % b"/BM/Secret"),
        ("it blends colors in a way that the format doesn't know",),
    ),
    "an unknown instruction": (
        (b"1 2 dance",),
        ("it has a drawing instruction that the format doesn't know, dance",),
    ),
    "a picture to be smoothed": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"a", IMAGE + b"/Interpolate true/Decode[1 0]")}),
        ("it has a picture that viewers are asked to smooth",),
    ),
    "a picture among instructions to be smoothed": (
        (b"BI/W 1/H 1/BPC 8/CS/G/I true ID a EI",),
        (SMOOTHED,),
    ),
    "a picture among instructions with an intent": (
        (b"BI/W 1/H 1/BPC 8/CS/G/Interpolate false/Intent/Vivid ID a EI",),
        (INTENT,),
    ),
    "a picture among instructions, packed": (
        (b"BI/W 1/H 1/BPC 8/CS/G/F[/AHx/LZW] ID 80> EI",),
        (LZW,),
    ),
    "a picture with an intent": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"a", IMAGE + b"/Intent/Vivid")}),
        (INTENT,),
    ),
    "a picture of few bits": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"a", IMAGE.replace(b"8", b"3"))}),
        (DEPTH,),
    ),
    "many states": ((b"q " * 28 + b"Q " * 28 + b"q",), ()),
    "too many states": ((b"q " * 29,), ("its drawing keeps more than 28 states at once",)),
    "large numbers": ((b"999999999 0.1234567890123 m",), ()),
    "too large a number": ((b"0 -9999999999 m",), (HUGE,)),
    "a picture's data": ((b"BI/W 1/H 1/BPC 8/CS/G/F/AHx ID 9999999999> EI",), ()),
    "a picture of the year 2000": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"a", IMAGE + b"/Filter[/JPXDecode]")}),
        ("it has a JPEG 2000 picture, which can't be checked",),
    ),
    "a picture with a mask by colors": (
        (b"", b"/XObject<</X 5 0 R>>", {5: data(b"a", IMAGE + b"/Mask[0 0]/ImageMask false")}),
        (),
    ),
    "an unclear drawing": ((b"( ",), (UNCHECKED,)),
}


@pytest.mark.parametrize("given_,reasons", FIT.values(), ids=FIT)
def test_reasons_why_it_isnt_fit_for_archives(given_, reasons):
    """
    In plain words, as far as they are looked for.
    """
    pages, _ = read(*given_)

    assert reasons == pages.reasons


def test_small_pages():
    """
    Archives want 3 points at least.
    """
    small = b"/CropBox[0 0 9 2.5]"

    assert () == read(b"", page=b"/CropBox[0 0 9 3]")[0].reasons
    assert ("it has a page of less than 3 points",) == read(b"", page=small)[0].reasons


@pytest.mark.parametrize("color,reasons", [(b"0 0 1", ()), (b"0 0 0 1", (CMYK,))])
def test_frames_of_links_in_inks(color, reasons):
    """
    They are colors as any other, where they are seen.
    """
    link = b"/Annots[<</Subtype/Link/F %d/Rect[0 0 9 9]/C[%s]/A<</S/URI/URI(https://a.org)>>>>]"

    assert reasons == read(b"", page=link % (4, color))[0].reasons
    assert () == read(b"", page=link % (0, color))[0].reasons


def test_layers_that_a_list_lacks():
    """
    All are in the list for viewers, each once, or there is no list.
    """
    root = b"/OCProperties<</OCGs[5 0 R 6 0 R]/D<<%s>>>>"
    layers = {5: b"<</Type/OCG/Name(a)>>", 6: b"<</Type/OCG/Name(b)>>"}
    resources = b"/Properties<</A 5 0 R/B 6 0 R>>"

    def order(said: bytes) -> list[bytes]:
        written = read(b"", resources, layers, root % said)[0].layers
        return written.partition(b"/Order")[2].partition(b">>")[0].split()

    both = read(b"", resources, layers, root % b"")[0].layers.partition(b"]")[0].split(b"[")[1]
    a, b = both.split(b" 0 R")[:2]
    assert [] == order(b"")
    assert [b"[" + a, b"0", b"R", b.strip(), b"0", b"R]"] == order(b"/Order[5 0 R 6 0 R]")
    assert [b"[" + b.strip(), b"0", b"R", a, b"0", b"R]"] == order(b"/Order[6 0 R]")
    assert [b"[<78>", b"[" + a, b"0", b"R]", b.strip(), b"0", b"R]"] == order(b"/Order[(x)[5 0 R]]")


def test_lists_of_what_is_in_a_font():
    """
    They go: nobody needs them, and they may be wrong.
    """
    lists = {6: b"<</FontName/A/FontFile2 7 0 R/CharSet(/a/b)/CIDSet 8 0 R>>", 8: data(b"set")}

    _, objects = read(WRITE, b"/Font<</F 5 0 R>>", FONT | lists)

    assert any(b"/FontFile2" in body for body in objects.values())
    assert not any(b"/CharSet" in body or b"/CIDSet" in body for body in objects.values())


def test_hindrances_are_sentences():
    """
    They say of what they speak.
    """
    pages, _ = read(WRITE + b" 0 0 0 1 k", b"/Font<</F 5 0 R>>", {5: UNEMBEDDED})
    fit, _ = read(b"")

    assert (
        f"the template: {ARIAL}",
        f"the template: {CMYK}",
        f"the image seal.jpg: {CMYK}",
    ) == hindrances(pages, ink_images=["seal.jpg"])
    assert () == hindrances(fit)


TRANSPARENT = {
    "opaque": (STATE % b"/ca 1", False),
    "half": (STATE % b"/ca 0.5", True),
    "blended": (STATE % b"/BM/Multiply", True),
    "masked": (STATE % b"/SMask<</S/Luminosity/G 5 0 R/BC[0]/TR/Identity>>", True),
    "a picture's mask": (b"/XObject<</X 6 0 R>>", True),
}


@pytest.mark.parametrize("resources,expected", TRANSPARENT.values(), ids=TRANSPARENT)
def test_what_shows_through(resources, expected):
    """
    It is told.
    """
    group = b"/Subtype/Form/BBox[0 0 9 9]/Resources<<>>/Group<</S/Transparency/CS/DeviceGray>>"
    others = {
        5: data(b"0 0 9 9 re f", group),
        6: data(b"a", IMAGE + b"/SMask 7 0 R"),
        7: data(b"a", IMAGE + b"/ColorSpace/DeviceGray"),
    }

    pages, _ = read(b"", resources, others)

    assert expected == pages.transparent
    assert not pages.output_intent


def test_what_colors_are_meant_for():
    """
    It is told whether the template says so.
    """
    assert read(b"", root=b"/OutputIntents[<</S/GTS_PDFA1>>]")[0].output_intent


def test_a_bilevel_picture_keeps_what_it_shares():
    """
    Parameters with streams of their own.
    """
    picture = IMAGE + b"/Filter[/JBIG2Decode]/DecodeParms[<</JBIG2Globals 6 0 R>>]"
    hexed = IMAGE + b"/Filter[/AHx/CCF]/DecodeParms[null<</K -1/Columns 8/Secret 6 0 R>>]"
    others = {5: data(b"a", picture), 6: data(b"shared"), 7: data(b"41>", hexed)}

    _, objects = read(b"", b"/XObject<</X 5 0 R/Y 7 0 R>>", others)

    (bilevel,) = [body for body in objects.values() if b"JBIG2Decode" in body]
    (fax,) = [body for body in objects.values() if b"CCITT" in body]
    number = int(bilevel.partition(b"/JBIG2Globals ")[2].split()[0])
    assert data(b"shared") == objects[number]
    assert b"/Filter[/CCITTFaxDecode]/DecodeParms[<</K -1/Columns 8>>]" in fax
    assert fax.endswith(b"/Length 1>>\nstream\nA\nendstream")


def test_good_packing_is_passed_on():
    """
    Whatever is shared is written once.
    """
    flate = zlib.compress(b"0 0 5 5 re f " * 50, 1)
    form = data(flate, b"/Subtype/Form/BBox[0 0 9 9]/Resources<<>>/Filter/FlateDecode")

    _, objects = read(b"", b"/XObject<</X 5 0 R/Y 5 0 R>>", {5: form})

    assert 1 == sum(flate in body for body in objects.values())


def test_odd_values():
    """
    They are written as they are, or left out.
    """
    _, objects = read(
        b"",
        STATE
        % b"/LW 0.123456/D[[1 -0.00000000001]0]/SA true/AIS false/Type(\\\\\\xff)/RI null/OP 6 0 R"
        b"/SMask[1]/LC <<>>",
        {6: b"true"},
    )

    (state,) = [body for body in objects.values() if b"0.123456" in body]
    assert b"/D [[1 0] 0]" in state
    assert b"/SA true" in state
    assert b"/AIS false" in state
    assert b"/OP true" in state
    for left_out in (b"/RI", b"/SMask", b"/LC"):
        assert left_out not in state


def test_a_stream_where_none_can_be():
    """
    It becomes an object, as it should have been.
    """
    form = data(b"0 0 5 5 re f", b"/Subtype/Form/BBox[0 0 9 9]/Resources<<>>")

    _, objects = read(b"", b"/XObject<</X %s>>" % form)

    assert any(b"/XObject <</X " in body for body in objects.values())
    assert any(b"/Subtype /Form/BBox [0 0 9 9]" in body for body in objects.values())
