"""
Whatever a template is like, its pages drawn as forms look as they looked before.
"""

from __future__ import annotations

import base64
import io
import random
import re
import signal
import zlib

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pikepdf
import pypdfium2
import pytest

from PIL import Image as Picture
from PIL import ImageChops
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import ArrayObject, FloatObject, NameObject
from pypdf.generic import NumberObject as Int
from reportlab.lib.colors import CMYKColor, Color
from reportlab.pdfgen.canvas import Canvas

from certcore.domain import Asset
from certcore.exceptions import TemplateError
from certcore.pdf._pages import Pages, read_pages
from certcore.pdf._syntax import Objects, number, reference


SCALE = 1.5
NEAR = 20
"""How much a color may differ, of 255: edges are smoothed at other places."""
FEW = 0.002
"""How many pixels of all may differ more: a line's end that fell on the other side."""

DRAWING = b"""0.9 0.9 0.7 rg 0 0 300 200 re f
0.8 0.1 0.1 rg 10 10 60 30 re f
0.1 0.2 0.8 RG 4 w 20 180 m 150 60 l 290 190 l S
0 0.6 0.2 rg 220 20 m 280 20 l 250 70 l f
BT /F1 18 Tf 0 g 90 100 Td (Certificate) Tj ET
"""
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def file_of(
    objects: Mapping[int, bytes], *, head: bytes = b"%PDF-1.7\n", more: bytes = b""
) -> bytes:
    """
    Write a file whose catalog is object 1.
    """
    output = bytearray(head)
    places = {}
    for key, body in objects.items():
        places[key] = len(output)
        output += b"%d 0 obj\n%s\nendobj\n" % (key, body)
    start = len(output)
    output += b"xref\n0 1\n0000000000 65535 f \n"
    for key, place in places.items():
        output += b"%d 1\n%010d 00000 n \n" % (key, place)
    output += b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(objects) + 1,
        more,
        start,
    )
    return bytes(output)


def data(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def one(
    page: bytes = b"/MediaBox[0 0 300 200]",
    content: bytes = DRAWING,
    *,
    resources: bytes = b"/Font<</F1 5 0 R>>",
    others: Mapping[int, bytes] | None = None,
    node: bytes = b"",
    root: bytes = b"",
) -> bytes:
    """
    Write a file of one page: catalog, pages, page, content and font have the numbers 1 to 5.
    """
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1%s>>" % node,
        3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<%s>>%s>>" % (resources, page),
        4: data(content),
        5: FONT,
    }
    return file_of(objects | dict(others or {}))


def asset(content: bytes) -> Asset:
    return Asset(slug="diploma.pdf", content=content, sha256="")


def read(content: bytes) -> tuple[Pages, bytes]:
    """
    Read a template, and write a file that has its pages and nothing else.
    """
    objects = Objects()
    pages = read_pages(asset(content), objects)
    root, tree = objects.reserve(), objects.reserve()
    for page in pages.pages:
        drawn = objects.add(data(b"/T Do"))
        links = b" ".join(reference(objects.add(b"<<%s>>" % link.entries)) for link in page.links)
        objects.put(
            page.number,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R"
            b"/Resources<</XObject<</T %d 0 R>>>>/Annots[%s]%s>>"
            % (
                tree,
                number(page.width),
                number(page.height),
                drawn,
                page.form,
                links,
                page.entries,
            ),
        )
    kids = b" ".join(reference(page.number) for page in pages.pages)
    objects.put(tree, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)))
    layers = b"/OCProperties " + pages.layers if pages.layers else b""
    objects.put(root, b"<</Type/Catalog/Pages %d 0 R%s>>" % (tree, layers))
    numbered = dict(objects)
    written = file_of({1: b"null"} | {key + 1: _moved(body) for key, body in numbered.items()})
    return pages, written.replace(b"/Root 1 0 R", b"/Root %d 0 R" % (root + 1))


def _moved(body: bytes) -> bytes:
    # number 1 is kept for what file_of takes for the catalog
    head, mark, rest = body.partition(b"\nstream\n")
    return re.sub(rb"\b(\d+) 0 R", lambda m: b"%d 0 R" % (int(m[1]) + 1), head) + mark + rest


def picture(content: bytes, page: int = 0, width: float | None = None) -> Picture.Image:
    """
    Draw a page, in a size for a page so wide in points.
    """
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    drawn = document[page]
    scale = SCALE * (width / drawn.get_width() if width else 1)
    return drawn.render(scale=scale, draw_annots=True, may_draw_forms=True).to_pil().convert("RGB")


def assert_same(before: Picture.Image, after: Picture.Image, few: float = FEW) -> None:
    assert before.size == after.size
    bands = ImageChops.difference(before, after).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    many = sum(worst.histogram()[NEAR + 1 :])
    assert many <= few * before.width * before.height
    assert len(after.getcolors(1 << 24)) > 1, "an empty page proves nothing"


def reportlab(draw: Callable[[Canvas], None], size: tuple[float, float] = (300, 200)) -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=size, invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def painted(canvas: Canvas) -> None:
    canvas.setFillColor(Color(0.9, 0.5, 0.1, alpha=0.5))
    canvas.rect(20, 20, 100, 60, fill=1)
    canvas.circle(90, 90, 40, fill=1)
    canvas.setFillColor(CMYKColor(0.8, 0.1, 0, 0.2))
    canvas.rect(200, 100, 60, 60, fill=1)
    canvas.linearGradient(150, 10, 280, 80, [Color(1, 0, 0), Color(0, 0, 1)], extend=False)
    canvas.setFont("Times-Italic", 20)
    canvas.drawString(100, 150, "Diploma")


def photo(canvas: Canvas) -> None:
    from reportlab.lib.utils import ImageReader

    image = Picture.linear_gradient("L").resize((64, 64)).convert("RGBA")
    image.putalpha(Picture.radial_gradient("L").resize((64, 64)))
    canvas.drawImage(ImageReader(image), 20, 20, 150, 150, mask="auto")
    canvas.rect(180, 20, 80, 90, fill=1)


def with_pypdf(content: bytes, change: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(content)))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def with_pikepdf(content: bytes, **options: object) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(output, **options)
    return output.getvalue()


def moved(writer: PdfWriter) -> None:
    page = writer.pages[0]
    page.add_transformation(Transformation().translate(-500, 700))
    page[NameObject("/MediaBox")] = ArrayObject(map(FloatObject, (-500, 700, -200, 900)))
    page[NameObject("/CropBox")] = page["/MediaBox"]
    page[NameObject("/Rotate")] = Int(270)


def hexed(content: bytes) -> bytes:
    return content.hex().encode() + b">"


def split(*parts: bytes, page: bytes = b"/MediaBox[0 0 300 200]") -> bytes:
    numbers = b" ".join(b"%d 0 R" % (10 + place) for place in range(len(parts)))
    return file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/Contents[%s]/Resources<</Font<</F1 5 0 R>>>>%s>>"
            % (numbers, page),
            5: FONT,
        }
        | {10 + place: data(part) for place, part in enumerate(parts)}
    )


def run_length(content: bytes) -> bytes:
    pieces = [content[at : at + 100] for at in range(0, len(content), 100)]
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces) + b"\xf6 \x80"


def lzw(content: bytes) -> bytes:
    from pypdf._codecs._codecs import LzwCodec

    return LzwCodec().encode(content)


def lzw_late(content: bytes) -> bytes:
    """
    Pack each byte for itself, with codes that grow as late as can be (ISO 32000-1, table 8).
    """
    bits = f"{256:09b}"
    for place, code in enumerate((*content, 257)):
        bits += f"{code:0{9 if 258 + max(0, place - 1) < 512 else 10}b}"
    length = -(-len(bits) // 8)
    return int(bits.ljust(8 * length, "0"), 2).to_bytes(length, "big")


def form(content: bytes, entries: bytes = b"") -> bytes:
    return data(content, b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]" + entries)


INLINE = DRAWING + (
    b"q 100 0 0 60 150 120 cm BI /W 4/H 2/CS/RGB/BPC 8/F/AHx ID "
    b"ff0000 00ff00 0000ff ffff00 00ffff ff00ff 101010 808080> EI Q\n"
    b"q 40 0 0 40 20 60 cm BI /W 2/H 2/CS/G/BPC 8 ID \x00\xc0\x40\xff EI Q\n"
)
MARKED = (
    b"/Document <</MCID 0>> BDC " + DRAWING + b"EMC\n/Span /P1 BDC 0 0 1 rg 5 5 20 20 re f EMC "
    b"EMC /P MP /Artifact BMC 1 0 0 rg 100 30 40 40 re f /Open BMC\n"
)
LAYERED = DRAWING + (
    b"/OC /On BDC /P BMC 1 0 0 rg 100 20 40 40 re f EMC EMC "
    b"/OC /Off BDC 0 g 0 0 300 200 re f EMC /OC /On BDC 0 0 1 rg 150 20 30 30 re f"
)
LAYERS = {
    "resources": b"/Font<</F1 5 0 R>>/Properties<</On 6 0 R/Off 7 0 R/P 8 0 R>>",
    "root": b"/OCProperties<</OCGs[6 0 R 7 0 R]/D<</ON[6 0 R]/OFF[7 0 R]"
    b"/Order[(A)[6 0 R]7 0 R 5]>>>>",
    "others": {
        6: b"<</Type/OCG/Name(shown)/Usage<</Print<</PrintState/ON>>/PageElement<</Subtype/BG>>>>"
        b">>",
        7: b"<</Type/OCG/Name(hidden)>>",
        8: b"<</MCID 5>>",
    },
}
STAMP = form(b"0.5 0 0.5 rg 0 0 300 200 re f 1 g 20 20 100 100 re f", b"/Matrix[0 1 -1 0 0 0]")


def annotated(*annotations: bytes, page: bytes = b"/MediaBox[0 0 300 200]") -> bytes:
    return one(
        page + b"/Annots[%s]" % b"".join(annotations),
        others={6: STAMP, 7: form(b"0 0.5 0.5 rg 0 0 300 200 re f"), 8: b"<</Type/OCG/Name(x)>>"},
        root=b"/OCProperties<</OCGs[8 0 R]/D<</OFF[8 0 R]>>>>",
    )


NESTED = {
    "resources": b"/Font<</F1 5 0 R>>/XObject<</Form 6 0 R/No 7 0 R/Ps 9 0 R/Gone 99 0 R>>",
    "others": {
        6: form(
            b"/P <</MCID 3>> BDC 0.5 g 40 40 100 50 re f EMC /Me Do",
            b"/Resources<</XObject<</Me 6 0 R>>>>",
        ),
        # without resources of its own: those of the page
        7: form(b"BT /F1 30 Tf 1 0 0 rg 30 130 Td (Inherited) Tj ET"),
        9: data(b"showpage", b"/Type/XObject/Subtype/PS"),
    },
}

ODD: dict[str, bytes] = {
    "plain": one(),
    "origin elsewhere": one(b"/MediaBox[1000 -700 1300 -500]", b"1 0 0 1 1000 -700 cm\n" + DRAWING),
    "cropped": one(b"/MediaBox[0 0 300 200]/CropBox[50 20 250 150]"),
    "crop box over the media box": one(b"/MediaBox[0 0 300 200]/CropBox[-100 -50 200 1000]"),
    "crop box with nothing in it": one(b"/MediaBox[0 0 300 200]/CropBox[0 0 0 0]"),
    "swapped corners": one(b"/MediaBox[300 200 0 0]/CropBox[280 10 30 190]"),
    "turned": one(b"/MediaBox[0 0 300 200]/Rotate 90"),
    "turned and cropped": one(b"/MediaBox[0 0 300 200]/CropBox[50 20 250 150]/Rotate 270"),
    "on its head": one(b"/MediaBox[0 0 300 200]/CropBox[50 20 250 150]/Rotate 180"),
    "turned back": one(b"/MediaBox[0 0 300 200]/Rotate -90"),
    "turned round and round": one(b"/MediaBox[0 0 300 200]/Rotate 810"),
    "turned a little": one(b"/MediaBox[0 0 300 200]/Rotate 45"),
    "turned a little more": one(b"/MediaBox[0 0 300 200]/Rotate 135"),
    "units of its own": one(b"/MediaBox[0 0 300 200]/UserUnit 2.5/Rotate 90"),
    "a unit of nothing": one(b"/MediaBox[0 0 300 200]/UserUnit 0"),
    "inherited": one(b"", node=b"/MediaBox[0 0 300 200]/CropBox[10 10 290 190]/Rotate 90"),
    "inherited resources": one()
    .replace(b"/Resources<</Font<</F1 5 0 R>>>>", b"/Resourcez<</Font<</F1 5 0 R>>>>")
    .replace(b"/Count 1", b"/Count 1/Resources<</Font<</F1 5 0 R>>>>"),
    "references everywhere": one(
        b"/MediaBox 6 0 R/Rotate 8 0 R",
        others={6: b"[0 0 9 0 R 200]", 8: b"180", 9: b"300"},
    ),
    "unbalanced": one(content=b"q q 0.5 0 0 0.5 40 20 cm\n" + DRAWING + b"q q Q Q Q Q Q Q\n"),
    "split between operators": split(DRAWING[:40], DRAWING[40:]),
    "split between operands": split(DRAWING[:5], DRAWING[5:17], DRAWING[17:]),
    "split with nothing between": split(b"", DRAWING, b""),
    "object streams": with_pikepdf(one(), object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearized": with_pikepdf(one(), linearize=True),
    "empty password": with_pikepdf(
        one(), encryption=pikepdf.Encryption(owner="owner", user="", R=6)
    ),
    "empty password, old": with_pikepdf(
        one(), encryption=pikepdf.Encryption(owner="owner", user="", R=3, aes=False, metadata=False)
    ),
    "junk before": b"HTTP/1.1 200 OK\r\n\r\n" + one(),
    "junk before and behind": b"\xef\xbb\xbf\n" + one() + b"\0" * 5000,
    "junk before, and counted": file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>",
            4: data(DRAWING),
        },
        head=b"junk\n%PDF-1.7\n",
    ),
    "junk before streams of objects": b"junk\n"
    + with_pikepdf(one(), object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "a page within the tree": one(
        others={
            2: b"<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 300 200]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>]>>"
        }
    ),
    "wrong place of the table": re.sub(rb"startxref\n\d+", b"startxref\n17", one()),
    "no mark at the end": one().replace(b"%%EOF\n", b""),
    "line ends of another kind": one().replace(b"%%EOF\n", b"%%EOF\r\n\r\n"),
    "huge numbers": one(others={8_000_000: b"null"}),
    "many resources that aren't there": one(
        resources=b"/Font<</F1 5 0 R/F2 77 0 R>>/XObject 88 0 R/ExtGState null"
    ),
    "drawn in itself": one(content=DRAWING + b"/Form Do /No Do /Ps Do /Gone Do", **NESTED),
    "pictures among the instructions": one(content=INLINE),
    "marked": one(content=MARKED, resources=b"/Font<</F1 5 0 R>>/Properties<</P1<</MCID 1>>>>"),
    "layers": one(content=LAYERED, **LAYERS),
    "hex": one(others={4: data(hexed(DRAWING), b"/Filter/AHx")}),
    "base 85 and flate": one(
        others={
            4: data(
                base64.a85encode(zlib.compress(DRAWING)) + b"~>",
                b"/Filter[/ASCII85Decode/FlateDecode]/DecodeParms[null<</Predictor 1>>]",
            )
        }
    ),
    "run lengths": one(others={4: data(run_length(DRAWING), b"/Filter/RunLengthDecode")}),
    "lzw": one(others={4: data(lzw(DRAWING), b"/Filter[/LZWDecode]")}),
    "lzw that grows late": one(
        others={4: data(lzw_late(DRAWING * 2), b"/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>")}
    ),
    "wrong length": one().replace(b"/Length %d" % len(DRAWING), b"/Length %d" % (len(DRAWING) - 9)),
    "no checksum": one(others={4: data(zlib.compress(DRAWING)[:-4], b"/Filter/FlateDecode")}),
    "transparency": reportlab(painted),
    "a picture with a mask": reportlab(photo),
    "a page group": one(
        b"/MediaBox[0 0 300 200]/Group 6 0 R",
        content=DRAWING + b"/G gs 1 0 0 rg 0 0 200 150 re f",
        resources=b"/Font<</F1 5 0 R>>/ExtGState<</G<</BM/Multiply/ca 0.5>>>>",
        others={6: b"<</S/Transparency/CS/DeviceRGB/I true/K false>>"},
    ),
    "moved and turned by pypdf": with_pypdf(reportlab(painted), moved),
    "a pattern": one(
        content=DRAWING + b"/Pattern cs /P1 scn 20 20 200 100 re f",
        resources=b"/Font<</F1 5 0 R>>/Pattern<</P1 6 0 R>>",
        others={
            6: data(
                b"/M BMC 1 0 0 rg 0 0 5 5 re f EMC",
                b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 10/YStep 10"
                b"/Resources<<>>/Matrix[1 0.3 0 1 0 0]",
            )
        },
    ),
    "letters that are drawings": one(
        content=b"BT /F1 40 Tf 1 0 0 rg 50 80 Td (aba) Tj ET 10 10 20 20 re f",
        others={
            5: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97"
            b"/LastChar 98/Widths[1 1]/CharProcs<</a 6 0 R/b 7 0 R>>/Resources<<>>"
            b"/Encoding<</Type/Encoding/Differences[97/a/b]>>>>",
            6: data(b"1 0 0 0 1 1 d1 0 0 .8 .8 re f"),
            7: data(b"1 0 d0 0 0 1 rg 0 0 m .8 0 l .4 .8 l f"),
        },
    ),
    "a stamp": annotated(
        b"<</Subtype/Stamp/F 4/Rect[40 30 200 90]/AP<</N 6 0 R>>>>",
        b"<</Subtype/Stamp/F 6/Rect[0 0 200 90]/AP<</N 6 0 R>>>>",
        b"<</Subtype/Square/Rect[150 150 280 180]/AP<</N 7 0 R>>>>",
        b"<</Subtype/Square/Rect[10 10 10 90]/AP<</N 7 0 R>>>>",
        page=b"/MediaBox[0 0 300 200]/CropBox[10 10 290 190]/Rotate 90",
    ),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_what_one_sees_stays(content):
    """
    Of each page, in its size.
    """
    pages, written = read(content)

    assert len(pypdfium2.PdfDocument(content)) == len(pages)
    for place, page in enumerate(pages.pages):
        assert_same(picture(content, place, page.width), picture(written, place))


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_what_is_written_is_sound(content):
    """
    Another library finds nothing to complain about, and the same comes out each time.
    """
    _, written = read(content)

    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert [] == pdf.check_pdf_syntax()
    assert written == read(content)[1]


def test_pages_of_one_file():
    """
    Each as it is, whatever they share; a page that is there twice is there twice.
    """
    content = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R 7 0 R 3 0 R null 98 0 R]/Count 3>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources 6 0 R>>",
            4: data(DRAWING),
            5: FONT,
            6: b"<</Font<</F1 5 0 R>>>>",
            7: b"<</Type/Pages/Parent 2 0 R/Kids[8 0 R 9 0 R]/Rotate 90/MediaBox[0 0 100 400]>>",
            8: b"<</Type/Page/Parent 7 0 R/Contents 4 0 R/Resources 6 0 R>>",
            9: b"<</Type/Pages/Kids[]>>",
        }
    )

    pages, written = read(content)

    assert [(300, 200), (400, 100), (300, 200)] == [(p.width, p.height) for p in pages.pages]
    for place, at in enumerate((0, 1, 0)):
        assert_same(picture(content, at), picture(written, place))
    assert 1 == written.count(b"/BaseFont /Helvetica")


@pytest.mark.parametrize("contents", [b"", b"/Contents null", b"/Contents[]", b"/Contents 6 0 R"])
def test_a_page_without_a_drawing(contents):
    """
    It is paper.
    """
    page = one(others={6: data(b"")}).replace(b"/Contents 4 0 R", contents)

    _, written = read(page)

    assert [(90000 * 3 // 2 * 3 // 2 * 2 // 3, (255, 255, 255))] == picture(written).getcolors()


def test_layers_stay_hidden():
    """
    Layers and what the viewer does with them stay; other marks and their names go.
    """
    content = one(content=LAYERED, **LAYERS)

    pages, written = read(content)

    assert b"/OFF[" in pages.layers
    assert b"/Order[<41> [" in pages.layers
    with pikepdf.open(io.BytesIO(written)) as pdf:
        drawn = pdf.pages[0].Resources.XObject.T
        assert 3 == drawn.read_bytes().count(b"BDC") == drawn.read_bytes().count(b"EMC")
        assert b"BMC" not in drawn.read_bytes()
        assert {} == dict(drawn.Resources.Properties["/P"])
        off = pdf.Root.OCProperties.D.OFF[0]
        assert off.objgen == drawn.Resources.Properties.Off.objgen
        assert "/ON" == drawn.Resources.Properties.On.Usage.Print.PrintState


def test_layers_that_know_a_screen_from_a_printer():
    """
    They go on knowing.
    """
    events = (
        b"/AS[<</Event/Print/Category[/Print]/OCGs[6 0 R]>><</Event/View/OCGs[]>>null]"
        b"/Name(mine)/BaseState/ON/JS(app.alert)"
    )
    root = LAYERS["root"].replace(b"/D<<", b"/D<<" + events)

    pages, _ = read(one(content=LAYERED, **LAYERS | {"root": root}))

    assert b"/AS[<</Event /Print/Category [/Print]/OCGs[" in pages.layers
    assert b"/View" not in pages.layers
    assert b"/Name()" not in pages.layers
    assert b"JS" not in pages.layers
    assert "its layers look different on screen and in print" in pages.reasons


def test_a_stamp_on_a_layer():
    """
    It is hidden with the layer.
    """
    square = b"<</Subtype/Square/Rect[0 0 300 90]/AP<</N 7 0 R>>/OC 8 0 R>>"

    _, written = read(annotated(square))

    assert_same(picture(one()), picture(written))


def test_a_form_without_resources():
    """
    It has those of the page, which isn't there any more; not every reader would find them.
    """
    _, written = read(ODD["drawn in itself"])

    with pikepdf.open(io.BytesIO(written)) as pdf:
        form = pdf.pages[0].Resources.XObject.T.Resources.XObject.No
        assert "/Helvetica" == form.Resources.Font.F1.BaseFont


SQUARES = {
    size: data(
        b"0 0 %d 40 re f" % size, b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]/Resources<<>>"
    )
    for size in (40, 80)
}
BORROWERS = {
    "form": (
        b"/XObject<</F 20 0 R/Sq %d 0 R>>",
        b"/F Do",
        {20: form(b"/Sq Do")},
    ),
    "form within a form": (
        b"/XObject<</G 21 0 R/Sq %d 0 R>>",
        b"/G Do",
        {20: form(b"/Sq Do"), 21: form(b"/F Do", b"/Resources<</Font null/XObject<</F 20 0 R>>>>")},
    ),
    "form within itself": (
        b"/XObject<</G 21 0 R/H 22 0 R/Sq %d 0 R>>",
        b"/G Do /H Do",
        {
            20: form(b"/Sq Do"),
            21: form(b"/F Do", b"/Resources<</XObject<</F 20 0 R/G 21 0 R/H 22 0 R>>>>"),
            22: form(b"", b"/Resources<</XObject<</G 21 0 R>>>>"),
        },
    ),
    "pattern": (
        b"/XObject<</Sq %d 0 R>>/Pattern<</P 20 0 R>>",
        b"/Pattern cs /P scn 0 0 300 200 re f",
        {
            20: data(
                b"/Sq Do",
                b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 300 200]"
                b"/XStep 300/YStep 200",
            )
        },
    ),
    "font": (
        b"/XObject<</Sq %d 0 R>>/Font<</T3 20 0 R>>",
        b"BT /T3 1 Tf (a) Tj ET",
        {
            20: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 300 200]/FontMatrix[1 0 0 1 0 0]"
            b"/CharProcs<</a 21 0 R>>/Encoding<</Type/Encoding/Differences[97/a]>>"
            b"/FirstChar 97/LastChar 97/Widths[100]>>",
            21: data(b"100 0 d0 /Sq Do"),
        },
    ),
}


@pytest.mark.parametrize("resources,content,others", BORROWERS.values(), ids=BORROWERS)
def test_what_draws_with_the_resources_of_each_page(resources, content, others):
    """
    On a page that has others it looks different, though it is one object.
    """
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<<%s>>>>"
    before = file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R 5 0 R 6 0 R]/Count 3>>",
            3: page % (resources % 10),
            4: data(content),
            5: page % (resources % 11),
            6: page % (resources % 11),
            10: SQUARES[40],
            11: SQUARES[80],
            **others,
        }
    )

    _, after = read(before)

    # not with the template's own picture: not every viewer finds them there
    for place, size in enumerate((40, 80, 80)):
        expected = one(
            content=b"/Sq Do", resources=b"/XObject<</Sq 10 0 R>>", others={10: SQUARES[size]}
        )
        assert_same(picture(expected), picture(after, place))
    with pikepdf.open(io.BytesIO(after)) as pdf:
        for page_ in pdf.pages:
            of_page = page_.Resources.XObject.T.Resources
            for font in of_page.get("/Font", {}).values():
                # some viewers look nowhere else
                assert of_page.objgen == font.Resources.objgen


def test_pages_with_the_same_resources_share_what_draws_with_them():
    """
    And all pages share what has its own, or needs none.
    """
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources %s>>"
    own = b"<</XObject<</F 20 0 R/G 21 0 R>>>>"

    _, after = read(
        file_of(
            {
                1: b"<</Type/Catalog/Pages 2 0 R>>",
                2: b"<</Type/Pages/Kids[3 0 R 5 0 R 6 0 R]/Count 3>>",
                3: page % b"7 0 R",
                4: data(b"/F Do /G Do"),
                5: page % b"7 0 R",
                6: page % own,
                7: own,
                20: form(b"/Sq Do"),
                21: form(b"0 0 5 5 re f", b"/Resources<<>>"),
            }
        )
    )

    with pikepdf.open(io.BytesIO(after)) as pdf:
        drawn = [each.Resources.XObject.T.Resources.XObject for each in pdf.pages]
        assert drawn[0].F.objgen == drawn[1].F.objgen != drawn[2].F.objgen
        assert drawn[0].G.objgen == drawn[1].G.objgen == drawn[2].G.objgen


def filled_in() -> bytes:
    def fields(canvas: Canvas) -> None:
        canvas.drawString(20, 180, "A form")
        form = canvas.acroForm
        form.textfield(name="who", value="Jane", x=20, y=120, width=150, height=30, fontSize=18)
        form.checkbox(name="yes", checked=True, x=20, y=60, size=30)
        form.checkbox(name="no", checked=False, x=80, y=60, size=30)

    return reportlab(fields)


@pytest.mark.parametrize("rotation", [0, 90])
def test_what_is_filled_in_stays_seen(rotation):
    """
    As a drawing; there are no fields any more.
    """
    turned, flat = io.BytesIO(), io.BytesIO()
    with pikepdf.open(io.BytesIO(filled_in())) as pdf:
        pdf.pages[0].Rotate = rotation
        pdf.save(turned)
        pdf.flatten_annotations("screen")
        pdf.save(flat)

    _, written = read(turned.getvalue())

    assert_same(picture(flat.getvalue()), picture(written))
    assert_same(picture(turned.getvalue()), picture(written), few=2 * FEW)
    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert [] == list(pdf.pages[0].Annots)


EVIL = {
    "others": {
        6: b"<</S/JavaScript/JS(app.alert)>>",
        7: data(b"MZ", b"/Type/EmbeddedFile"),
        8: data(b"<x/>", b"/Type/Metadata/Subtype/XML"),
        9: form(
            b"0 0 9 9 re f",
            b"/Resources<<>>/PieceInfo<</X 7 0 R>>/StructParents 3/AA<</O 6 0 R>>/Metadata 8 0 R"
            b"/OPI<</JS 6 0 R>>/Ref<</F(x.pdf)>>",
        ),
    },
    "root": b"/OpenAction 6 0 R/AA<</WC 6 0 R>>/Names<</JavaScript<</Names[(a)6 0 R]>>"
    b"/EmbeddedFiles<</Names[(a)<</EF<</F 7 0 R>>>>]>>>>/Metadata 8 0 R/Outlines 6 0 R"
    b"/AcroForm<</Fields[]>>/StructTreeRoot 6 0 R/AF[7 0 R]",
    "resources": b"/Font<</F1 5 0 R>>/XObject<</X 9 0 R>>/JS 6 0 R",
}


def test_what_isnt_drawn_goes():
    """
    Scripts, files, metadata and structure, wherever they hide; what is only reached through them
    isn't even written.
    """
    page = (
        b"/MediaBox[0 0 300 200]/AA<</O 6 0 R>>/Metadata 8 0 R/Thumb 7 0 R/StructParents 0"
        b"/PieceInfo 6 0 R"
        b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(x.exe)>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(java\\nscript:app.alert)>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(FILE:///etc/passwd)>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI 5>>>>"
        b"<</Subtype/Link/A<</S/URI/URI(https://example.org)>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/F 2/A<</S/URI/URI(https://example.org)>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoTo/D[44 0 R/Fit]>>>>"
        b"<</Subtype/Link/Rect[0 0 9 9]>>"
        b"<</Subtype/Link/Rect[0 0 9 9]/Dest(nowhere)>>"
        b"<</Subtype/Text/Rect[0 0 9 9]/Contents(note)/AP<</N 9 0 R>>>>"
        b"<</Subtype/Stamp/Rect[0 0 9 9]/Contents(note)>>"
        b"<</Subtype/Stamp/AP<</N 9 0 R>>>>"
        b"<</Subtype/FileAttachment/FS<</EF<</F 7 0 R>>>>>>null 5]"
    )

    pages, written = read(one(page, **EVIL))

    assert () == pages.pages[0].links
    assert_same(picture(one()), picture(written))
    for word in (b"alert", b"JS", b"MZ", b"<x/>", b"/AA", b"Struct", b"note", b"Piece", b"/Ref"):
        assert word not in written
    assert {b"Form", b"Type1"} == set(re.findall(rb"/Subtype ?/(\w+)", written))


def linked(page: bytes, links: bytes, *, root: bytes = b"") -> bytes:
    return file_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
            2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
            3: b"<</Type/Page/Contents 4 0 R/Resources 7 0 R%s/Annots[%s]>>" % (page, links),
            4: data(DRAWING),
            5: FONT,
            6: b"<</Type/Page/MediaBox[100 100 300 400]/Contents 4 0 R/Resources 7 0 R>>",
            7: b"<</Font<</F1 5 0 R>>>>",
            8: b"<</D[6 0 R/XYZ 150 null 2]>>",
        }
    )


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_links_stay_at_their_place(rotation):
    """
    Where one sees them, whatever the page's origin, rotation and unit.
    """
    # the triangle's box
    link = (
        b"<</Subtype/Link/Rect[280 70 220 20]/QuadPoints[220 70 280 70 220 20 280 20]"
        b"/A<</S/URI/URI(https://example.org/\xe9)/Next<</S/JavaScript/JS(x)>>>>>>"
    )
    page = b"/MediaBox[0 0 300 200]/CropBox[40 10 300 180]/UserUnit 2/Rotate %d" % rotation

    pages, written = read(linked(page, link))

    (found,) = pages.pages[0].links
    assert "https://example.org/%C3%A9" == found.text
    with pikepdf.open(io.BytesIO(written)) as pdf:
        annotation = pdf.pages[0].Annots[0]
        left, bottom, right, top = map(float, annotation.Rect)
        corners = [float(each) for each in annotation.QuadPoints]
        assert "https://example.org/%C3%A9" == str(annotation.A.URI)
        assert {"/S", "/URI"} == set(annotation.A.keys())
        assert [0, 0, 0] == list(annotation.Border)
        assert 4 == annotation.F
    assert [left, right] == sorted({*corners[::2]})
    assert [bottom, top] == sorted({*corners[1::2]})
    drawn = picture(written)
    box = drawn.crop(
        (
            round(left * SCALE),
            round(drawn.height - top * SCALE),
            round(right * SCALE),
            round(drawn.height - bottom * SCALE),
        )
    )
    green = [color for color in box.getcolors(1 << 24) if color[1] == (0, 153, 51)]
    assert green[0][0] > 0.45 * box.width * box.height
    assert green[0][0] > 0.95 * dict(map(reversed, drawn.getcolors(1 << 24)))[0, 153, 51]


def test_frames_of_links():
    """
    They stay if they would be printed.
    """
    looks = b"/Border[0 0 3]/BS<</W 3/S/D/D[2 1]/X 5>>/C[1 0 0]/A<</S/URI/URI(https://a.org)>>"
    link = b"<</Subtype/Link/Rect[0 0 9 9]%s%s>>"

    pages, _ = read(linked(b"/MediaBox[0 0 9 9]", link % (b"/F 4", looks) + link % (b"", looks)))

    shown, hidden = pages.pages[0].links
    assert b"/Border [0 0 3]/BS <</W 3/S /D/D [2 1]>>/C [1 0 0]" in shown.entries
    assert b"/Border[0 0 0]" in hidden.entries


def test_links_without_the_start_of_an_address():
    """
    They go on from the one that the file names; one's own words are for those who don't see.
    """
    link = b"<</Subtype/Link/Rect[0 0 9 9]/Contents(Verify)/A<</S/URI/URI<76>>>/QuadPoints[1 2]>>"

    pages, _ = read(
        linked(b"/MediaBox[0 0 9 9]", link, root=b"/URI<</Base(https://example.org/a/b)>>")
    )

    (found,) = pages.pages[0].links
    assert "Verify" == found.text
    assert b"(https://example.org/a/v)" in found.entries
    assert b"Quad" not in found.entries


DESTINATIONS = {
    "a point": (b"/Dest[6 0 R/XYZ 150 250 null]", "/XYZ", [50, 150, None]),
    "a point's height": (b"/A<</S/GoTo/D[6 0 R/XYZ null 250 1]>>", "/XYZ", [None, 150, None]),
    "a page by its place": (b"/Dest[1/FitH 300]", "/FitH", [200]),
    "a box's height": (b"/Dest[6 0 R/FitBH 300]", "/FitH", [200]),
    "a side": (b"/Dest[6 0 R/FitV 120]", "/FitV", [20]),
    "a part": (b"/Dest[6 0 R/FitR 120 140 150 200]", "/FitR", [20, 40, 50, 100]),
    "half a part": (b"/Dest[6 0 R/FitR 120]", "/Fit", []),
    "a page": (b"/Dest[6 0 R]", "/Fit", []),
    "a name": (b"/Dest(b)", "/XYZ", [50, None, None]),
    "a name in another place": (b"/Dest(z)", "/Fit", []),
    "an old name": (b"/Dest/Old", "/Fit", []),
}


@pytest.mark.parametrize("leads,view,at", DESTINATIONS.values(), ids=DESTINATIONS)
def test_links_to_another_page(leads, view, at):
    """
    They lead to the page as it is now.
    """
    root = (
        b"/Dests<</Old[6 0 R/Fit]>>/Names<</Dests<</Kids[<</Limits[(c)(d)]/Names[(c)8 0 R]>>"
        b"<</Limits[(a)(b)]/Names[(a)null(b)8 0 R]>><</Limits[(x)(y)]>>99 0 R"
        b"<</Names[(y)8 0 R]>><</Names[(z)[6 0 R/Fit]5 6]>>]>>>>"
    )
    link = b"<</Subtype/Link/Rect[0 0 9 9]%s>>" % leads

    pages, written = read(linked(b"/MediaBox[0 0 300 200]", link, root=root))

    assert [""] == [link.text for link in pages.pages[0].links]
    with pikepdf.open(io.BytesIO(written)) as pdf:
        target, found, *numbers = pdf.pages[0].Annots[0].Dest
        assert pdf.pages[1].objgen == target.objgen
        assert view == found
        assert at == [None if each is None else float(each) for each in numbers]


@pytest.mark.parametrize("view,expected", [(b"/FitH 50", "/FitV"), (b"/FitV 50", "/FitH")])
def test_what_was_the_top_is_a_side(view, expected):
    """
    On a page that is turned.
    """
    link = b"<</Subtype/Link/Rect[0 0 9 9]/Dest[3 0 R%s]>>" % view

    _, written = read(linked(b"/MediaBox[0 0 300 200]/Rotate 90", link))

    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert [expected, 50 if expected == "/FitV" else 250] == list(pdf.pages[0].Annots[0].Dest)[
            1:
        ]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "latin-1"])
def test_names_beyond_ascii(encoding):
    """
    Whatever they are written in, the drawing finds what it names.
    """
    name = b"/" + b"".join(b"#%02X" % byte for byte in "é".encode(encoding, "replace"))
    content = one(
        content=b"0.5 g 0 0 50 50 re f %s Do" % name,
        resources=b"/XObject<<%s 6 0 R>>" % name,
        others={6: form(b"1 0 0 rg 100 20 100 100 re f", b"/Resources<<>>")},
    )

    _, written = read(content)

    assert_same(picture(content), picture(written))


SOUND = ["cropped", "object streams", "drawn in itself", "layers", "a stamp", "empty password"]


def mutated(content: bytes, seed: int) -> bytes:
    """
    Change bytes here and there.
    """
    chance = random.Random(seed)  # noqa: S311  # the same each time
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 12))):
        at = chance.randrange(len(changed))
        length = chance.choice((1, 1, 2, 8, 60))
        what = chance.randrange(5)
        if what == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            del changed[at : at + length]
        elif what == 2:
            changed[at:at] = changed[at : at + length]
        elif what == 3:
            changed[at : at + 1] = chance.choice((b"9", b"0", b"-", b"<<", b"]", b"(", b" 3 0 R "))
        else:
            changed[at : at + length] = chance.randbytes(length)
    return bytes(changed)


class HangError(BaseException):
    """
    Nobody catches it by chance.
    """


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """
    Interrupt what takes longer.
    """

    def stop(*_: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no alarm clock")
def test_damaged_templates(name):
    """
    Each is refused or drawn, soon, and never anything else.
    """
    refused = drawn = 0
    for seed in range(35):
        with within(20):
            try:
                _, written = read(mutated(ODD[name], seed))
            except TemplateError:
                refused += 1
            else:
                picture(written)
                drawn += 1

    assert refused
    assert drawn
