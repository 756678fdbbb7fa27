"""
Certificates drawn on PDF templates: what they look like, and what can be read out of them.
"""

import datetime as dt
import hashlib
import os
import subprocess
import sys
import threading

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import pypdfium2
import pytest
import zxingcpp

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageChops, ImageStat
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from certcore.domain import Asset, Certificate
from certcore.exceptions import LayoutError, MissingGlyphsError
from certcore.generators import Fit, Image, Pdf, QrCode, Text
from certcore.pdf import Element, PdfGenerator
from certcore.placeholders import sample_certificate, sample_for
from certcore.ports import PreparedDesign


APPROVED = Path(__file__).parent / "approved"
MM = 72 / 25.4
A4 = (297 * MM, 210 * MM)
LONG = "Wolfeschlegelsteinhausenbergerdorff Featherstonehaugh-Cholmondeley Papadiamantopoulos"


class Shelf:
    """
    Assets by name.
    """

    def __init__(self, **files: bytes) -> None:
        self.files = {name.replace("_", "."): content for name, content in files.items()}

    def read(self, slug: str) -> Asset:
        content = self.files[slug]
        return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())


def pdf(draw: Callable[[Canvas], object] = lambda _: None, size: tuple[float, float] = A4) -> bytes:
    output = BytesIO()
    canvas = Canvas(output, pagesize=size, invariant=1)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def diploma(canvas: Canvas) -> None:
    """
    A frame and a heading, and a state that is never cleaned up.
    """
    canvas.setStrokeColorRGB(0.1, 0.3, 0.5)
    canvas.setLineWidth(3)
    canvas.rect(10 * MM, 10 * MM, 277 * MM, 190 * MM)
    canvas.setFont("Times-Bold", 36)
    canvas.drawCentredString(A4[0] / 2, 150 * MM, "CERTIFICATE")
    canvas._code.append("q 3 0 0 3 50 50 cm 1 0 0 rg /Gone gs")


def noto() -> bytes:
    return (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()


def signature() -> bytes:
    picture = Picture.new("RGBA", (80, 40), (0, 0, 0, 0))
    picture.paste((20, 60, 200, 160), (10, 10, 70, 30))
    output = BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(diploma_pdf=pdf(diploma), noto_ttf=noto(), signature_png=signature())


def prepare(shelf: Shelf, *, template: str = "diploma.pdf", **elements: Element) -> PreparedDesign:
    design = Pdf(template=template, fonts=("noto.ttf",), elements=elements)
    return PdfGenerator().prepare(design, shelf)


def made(shelf: Shelf, element: Element, certificate: Certificate | None = None) -> bytes:
    """
    Draw one element on an empty page.
    """
    shelf.files["blank.pdf"] = pdf()
    prepared = prepare(shelf, template="blank.pdf", element=element)
    return prepared.generate(certificate or sample_certificate()).content


def everything() -> Mapping[str, Any]:
    """
    A layout that uses all there is.
    """
    return {
        "name": Text(
            text="{recipient.name}",
            at=(148.5, 98),
            width=230,
            align="center",
            size=34,
            fit=Fit(min_size=16, lines=2),
        ),
        "course": Text(
            text="has completed {context.name}\non {date:long} with {grades.Total}",
            at=(148.5, 128),
            width=230,
            align="center",
            size=14,
        ),
        "title": Text(
            text="{type.title}",
            at=(20, 30),
            size=13,
            font="Times-Roman",
            color="#aa2211",
            letter_spacing=2.5,
            upper_case=True,
        ),
        "check": Text(text="{verification.code}", at=(255, 190), align="right", size=9),
        "code": QrCode(qr="{verification.address}", at=(258, 172), size=22),
        "signature": Image(image="signature.png", at=(30, 165), width=40, height=30),
    }


def seen(content: bytes, *, page: int = 0, scale: float = 1.0) -> Picture.Image:
    with pypdfium2.PdfDocument(content) as document:
        return document[page].render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")


def ink(picture: Picture.Image) -> tuple[int, int, int, int] | None:
    """
    Give the box of all that isn't white.
    """
    grey = picture.convert("L").point(lambda value: 255 if value < 200 else 0)
    return grey.getbbox()


def millimetres(content: bytes) -> tuple[float, ...]:
    """
    Give the box of all that isn't white, in millimetres from the top left corner.
    """
    scale = 4.0
    box = ink(seen(content, scale=scale))
    assert box is not None
    return tuple(edge / scale / MM for edge in box)


def texts(content: bytes) -> tuple[list[str], list[str]]:
    """
    Read the text with two libraries.
    """
    with pypdfium2.PdfDocument(content) as document:
        one = document[0].get_textpage().get_text_range()
    two = PdfReader(BytesIO(content)).pages[0].extract_text()
    return sorted(one.splitlines()), sorted(two.splitlines())


def compare(picture: Picture.Image, name: str) -> None:
    """
    Compare with an approved picture, or approve it where CERTCORE_APPROVE is set.
    """
    path = APPROVED / f"{name}.png"
    if os.environ.get("CERTCORE_APPROVE"):
        picture.save(path, optimize=True)
    approved = Picture.open(path).convert("RGB")
    assert approved.size == picture.size
    difference = ImageChops.difference(approved, picture).convert("L")
    mean = ImageStat.Stat(difference).mean[0]
    differing = sum(difference.histogram()[64:]) / (picture.width * picture.height)
    assert (mean < 1, differing < 0.002) == (True, True), f"{name}: mean {mean}, {differing:.2%}"


@pytest.mark.parametrize(
    "picture,name",
    [
        ("diploma-plain", "Ada López"),
        ("diploma-accents", "Łukasz Żółć-Nguyễn Ñandú Şebnem"),
        ("diploma-long", LONG),
    ],
)
def test_a_certificate_looks_as_approved(shelf: Shelf, picture: str, name: str):
    """
    Text, QR code and image stand where they should, in their colors, whatever the template left.
    """
    prepared = prepare(shelf, **everything())

    content = prepared.generate(sample_for(prepared.placeholders, name=name)).content

    compare(seen(content), picture)


def test_the_comparison_notices_a_shift():
    """
    A picture that is moved by two points isn't taken for the approved one.
    """
    approved = Picture.open(APPROVED / "diploma-plain.png").convert("RGB")

    with pytest.raises(AssertionError, match="diploma-plain: mean"):
        compare(ImageChops.offset(approved, 2, 0), "diploma-plain")


def test_two_libraries_read_what_was_written(shelf: Shelf):
    """
    The text can be searched and copied.
    """
    content = (
        prepare(shelf, **everything()).generate(sample_certificate(name="Łukasz Żółć")).content
    )

    expected = [
        "CERTIFICATE",
        "CERTIFICATE OF COMPLETION",
        "has completed Introduction to Biology",
        "on June 26, 2026 with 87%",
        "Łukasz Żółć",
        "6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE",
    ]
    assert (sorted(expected), sorted(expected)) == texts(content)


def test_the_printed_code_can_be_scanned(shelf: Shelf):
    """
    The QR code leads to the address of this certificate.
    """
    content = prepare(shelf, **everything()).generate(sample_certificate()).content

    found = [each.text for each in zxingcpp.read_barcodes(seen(content, scale=3))]

    assert ["https://certificates.example.org/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE"] == found


@pytest.mark.parametrize("level", ["low", "medium", "quartile", "high"])
def test_a_code_on_dark_paper_can_be_scanned(shelf: Shelf, level: Any):
    """
    A background is painted below the code, its quiet zone included.
    """
    shelf.files["dark.pdf"] = pdf(lambda canvas: canvas.rect(0, 0, *A4, fill=1))
    code = QrCode(
        qr="Ñ {recipient.name}",
        at=(20, 20),
        size=40,
        color="#003300",
        background="#ffeedd",
        error_correction=level,
    )

    content = (
        prepare(shelf, template="dark.pdf", code=code)
        .generate(sample_certificate(name="Łukasz"))
        .content
    )

    assert ["Ñ Łukasz"] == [each.text for each in zxingcpp.read_barcodes(seen(content, scale=2))]


def test_a_code_stands_where_it_should(shelf: Shelf):
    """
    Without a quiet zone, the squares fill the place.
    """
    code = QrCode(qr="x", at=(50, 60), size=30, quiet_zone=0)

    assert (50, 60, 80, 90) == pytest.approx(millimetres(made(shelf, code)), abs=0.15)


@pytest.mark.parametrize(
    "align,left,right",
    [("left", 100, None), ("center", None, None), ("right", None, 100)],
)
def test_text_stands_at_its_edge_and_on_its_line(
    shelf: Shelf, align: Any, left: float | None, right: float | None
):
    """
    `at` is the left edge, center or right edge of the box, on the baseline.
    """
    text = Text(text="HHHHH", at=(100, 50), align=align, size=30, font="Helvetica")

    box = millimetres(made(shelf, text))

    assert box[3] == pytest.approx(50, abs=0.2)
    assert (box[0] if left else box[2] if right else (box[0] + box[2]) / 2) == pytest.approx(
        100, abs=1.1
    )


@pytest.mark.parametrize(
    "said,expected",
    [
        ({"width": 40}, (30, 20, 70, 40)),
        ({"height": 30}, (30, 20, 90, 50)),
        ({"width": 40, "height": 40}, (30, 30, 70, 50)),
        ({"width": 90, "height": 30}, (45, 20, 105, 50)),
    ],
)
def test_an_image_keeps_its_proportions(shelf: Shelf, said: Any, expected: tuple[float, ...]):
    """
    One length gives the other; in a box it is centered.
    """
    output = BytesIO()
    Picture.new("RGB", (200, 100), "#204080").save(output, "JPEG")
    shelf.files["block.jpg"] = output.getvalue()

    content = made(shelf, Image(image="block.jpg", at=(30, 20), **said))

    assert expected == pytest.approx(millimetres(content), abs=0.15)


def shifted(content: bytes) -> bytes:
    """
    Move a page's origin and crop it, leaving what one sees.
    """
    writer = PdfWriter()
    page = writer.add_page(PdfReader(BytesIO(content)).pages[0])
    page.add_transformation(Transformation().translate(-137, 211))
    width, height = A4
    page.mediabox = RectangleObject((-237, 111, width + 100, height + 311))
    page.cropbox = RectangleObject((-137, 211, width - 137, height + 211))
    return written(writer)


def rotated(content: bytes, angle: int) -> bytes:
    """
    Turn a page's content one way and the page the other, leaving what one sees.
    """
    writer = PdfWriter()
    page = writer.add_page(PdfReader(BytesIO(content)).pages[0])
    page.rotate(angle)
    page.transfer_rotation_to_content()
    page.rotate(360 - angle)
    return written(writer)


def magnified(content: bytes) -> bytes:
    """
    Count in units of a tenth of an inch.
    """
    writer = PdfWriter()
    page = writer.add_page(PdfReader(BytesIO(content)).pages[0])
    page.scale_by(1 / 7.2)
    page[NameObject("/UserUnit")] = FloatObject(7.2)
    return written(writer)


def reversed_box(content: bytes) -> bytes:
    """
    Name the two other corners of the page.
    """
    writer = PdfWriter()
    page = writer.add_page(PdfReader(BytesIO(content)).pages[0])
    page[NameObject("/MediaBox")] = ArrayObject(map(FloatObject, (A4[0], 0, 0, A4[1])))
    page.pop(NameObject("/CropBox"), None)
    return written(writer)


def in_pieces(content: bytes) -> bytes:
    """
    Cut the page's content in two streams, one in the middle of what the other began.
    """
    writer = PdfWriter()
    page = writer.add_page(PdfReader(BytesIO(content)).pages[0])
    data = page["/Contents"].get_data()
    place = data.index(b"\n", len(data) // 2)
    streams = []
    for part in (data[:place], data[place:]):
        stream = StreamObject()
        stream.set_data(part)
        streams.append(writer._add_object(stream))
    page[NameObject("/Contents")] = ArrayObject(streams)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        shifted,
        reversed_box,
        in_pieces,
        lambda content: rotated(content, 90),
        lambda content: rotated(content, 180),
        lambda content: rotated(content, 270),
    ],
    ids=["shifted", "reversed box", "in pieces", "90", "180", "270"],
)
def test_what_one_sees_is_what_counts(shelf: Shelf, change: Callable[[bytes], bytes]):
    """
    Where the page's own coordinates start and how it is turned moves nothing.
    """
    plain = pdf(lambda canvas: canvas.rect(10 * MM, 10 * MM, 277 * MM, 190 * MM))
    shelf.files |= {"plain.pdf": plain, "changed.pdf": change(plain)}
    certificate = sample_certificate()

    pictures = [
        seen(prepare(shelf, template=name, **everything()).generate(certificate).content)
        for name in ("plain.pdf", "changed.pdf")
    ]

    assert pictures[0].size == pictures[1].size
    difference = ImageStat.Stat(ImageChops.difference(*pictures).convert("L"))
    assert difference.mean[0] < 0.3


def test_a_page_in_other_units_is_as_large_as_it_says(shelf: Shelf):
    """
    A unit may be longer than a point: a tenth of an inch here.
    """
    shelf.files["magnified.pdf"] = magnified(pdf())
    code = QrCode(qr="x", at=(50, 60), size=30, quiet_zone=0)

    content = prepare(shelf, template="magnified.pdf", code=code).generate(sample_certificate())

    page = PdfReader(BytesIO(content.content)).pages[0]
    assert "/UserUnit" not in page
    assert A4 == pytest.approx((page.mediabox.width, page.mediabox.height), abs=0.01)
    box = ink(seen(content.content, scale=4))
    assert box is not None
    assert (50, 60, 80, 90) == pytest.approx([edge / 4 / MM for edge in box], abs=0.15)


def test_further_pages_are_kept(shelf: Shelf):
    """
    Elements are drawn on the first page; the second one is as it was.
    """
    writer = PdfWriter()
    for text in ("front", "back"):
        page = pdf(lambda canvas, text=text: canvas.drawString(100, 100, text), (300, 500))
        writer.add_page(PdfReader(BytesIO(page)).pages[0])
    shelf.files["two.pdf"] = written(writer)
    text = Text(text="{recipient.name}", at=(20, 20))

    content = prepare(shelf, template="two.pdf", name=text).generate(sample_certificate()).content

    pages = [page.extract_text().splitlines() for page in PdfReader(BytesIO(content)).pages]
    assert [["front", "Ada López"], ["back"]] == pages


def test_scripts_of_the_template_are_left_behind(shelf: Shelf):
    """
    A template's links stay; what else it does doesn't get into anybody's certificate.
    """
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('hello')"),
        }
    )
    writer.root_object[NameObject("/OpenAction")] = script
    page = writer.pages[0]
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    for action in (None, script):
        link = Link(rect=(10, 10, 90, 90), url="https://example.org/")
        annotation = writer.add_annotation(page, link)
        annotation[NameObject("/AA")] = DictionaryObject({NameObject("/E"): script})
        annotation["/A"][NameObject("/Next")] = script
        if action:
            annotation[NameObject("/A")] = action
    shelf.files["script.pdf"] = written(writer)

    content = prepare(shelf, template="script.pdf").generate(sample_certificate()).content

    assert b"JavaScript" in shelf.files["script.pdf"]
    assert b"JavaScript" not in content
    annotations = PdfReader(BytesIO(content)).pages[0]["/Annots"]
    (link,) = (annotation.get_object() for annotation in annotations)
    assert ("https://example.org/", False) == (link["/A"]["/URI"], "/Next" in link["/A"])


def test_a_template_without_any_drawing_will_do(shelf: Shelf):
    """
    A page needs neither content nor resources.
    """
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    shelf.files["empty.pdf"] = written(writer)
    text = Text(text="{recipient.name}", at=(20, 20))

    content = prepare(shelf, template="empty.pdf", name=text).generate(sample_certificate()).content

    assert (["Ada López"], ["Ada López"]) == texts(content)


def test_documents_say_what_they_are(shelf: Shelf):
    """
    Title, language and dates come from the statement, so that they are always the same.
    """
    awarded = dt.datetime(2026, 7, 1, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    sample = sample_certificate(language="es", name="Ada\x00\nLópez\u202e")
    certificate = evolve(sample, statement=evolve(sample.statement, awarded_at=awarded))

    artifact = prepare(shelf, **everything()).generate(certificate)

    reader = PdfReader(BytesIO(artifact.content))
    assert {
        "/Title": "Introduction to Biology \N{EN DASH} Ada López",
        "/Author": "Example University",
        "/Producer": "certcore 0.1.0",
        "/CreationDate": "D:20260630233000Z",
        "/ModDate": "D:20260630233000Z",
    } == reader.metadata
    assert ("es", True) == (
        reader.root_object["/Lang"],
        reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"],
    )
    assert ("application/pdf", "pdf", "%PDF-1.7") == (
        artifact.media_type,
        artifact.extension,
        reader.pdf_header,
    )


def test_a_design_may_have_a_language_of_its_own(shelf: Shelf):
    """
    A Spanish text has a Spanish date, whoever the learner is.
    """
    design = Pdf(
        template="diploma.pdf",
        title="{type.title}",
        language="es",
        elements={"date": Text(text="el {date}", at=(20, 40))},
    )
    prepared = PdfGenerator().prepare(design, shelf)

    content = prepared.generate(sample_certificate(language="de")).content

    assert "el 26 de junio de 2026" in texts(content)[0]
    reader = PdfReader(BytesIO(content))
    assert ("es", "Certificate of completion") == (
        reader.root_object["/Lang"],
        reader.metadata.title if reader.metadata else "",
    )
    assert {"date", "type.title"} == prepared.placeholders


def test_an_empty_text_draws_nothing(shelf: Shelf):
    """
    A certificate that never expires has no date for it, and that is no error.
    """
    sample = sample_certificate()
    forever = evolve(sample, statement=evolve(sample.statement, expires_at=None))

    assert ([], []) == texts(made(shelf, Text(text="{expires}", at=(20, 20)), forever))


def test_letter_spacing_keeps_marks_over_their_letters(shelf: Shelf):
    """
    Space comes between letters, not between a letter and its mark.
    """
    plain, inside, last = (
        millimetres(made(shelf, Text(text=text, at=(20, 50), size=40, letter_spacing=20)))
        for text in ("nnnn", "nn\u0329n\u0329n", "nnnn\u0329")
    )

    assert inside[0::2] == pytest.approx(plain[0::2], abs=0.2)
    assert last[0::2] == pytest.approx(plain[0::2], abs=2)
    assert inside[3] > plain[3] + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text("abcdefghiWMłé-", min_size=1, max_size=20), min_size=1, max_size=6),
    st.sampled_from(["left", "center", "right"]),
    st.floats(-1, 5),
)
def test_a_name_never_leaves_its_box(
    shelf: Shelf, words: list[str], align: Any, letter_spacing: float
):
    """
    Shrunk and broken as it may be, its ink is in the box, or there is no certificate.
    """
    at = {"left": (50, 40), "center": (100, 40), "right": (150, 40)}[align]
    text = Text(
        text="{recipient.name}",
        at=at,
        width=100,
        align=align,
        size=30,
        letter_spacing=letter_spacing,
        fit=Fit(min_size=8, lines=2),
    )
    name = " ".join(words)
    try:
        content = made(shelf, text, sample_certificate(name=name))
    except LayoutError:
        assert len(name) > 30
        return

    left, _, right, _ = millimetres(content)

    # a letter's ink may stand out of its own width by a hair
    assert left > 49
    assert right < 151


def test_a_name_without_a_box_stays_on_the_page(shelf: Shelf):
    """
    A layout that says no more than where and how large is good for long names too.
    """
    for align, at in (("left", (148.5, 50)), ("center", (60, 50)), ("right", (120, 50))):
        text = Text(text="{recipient.name}", at=at, size=34, align=align)
        left, _, right, _ = millimetres(made(shelf, text, sample_certificate(name=LONG)))

        assert left > 4
        assert right < 293


def test_lines_that_leave_the_page_below_are_refused(shelf: Shelf):
    """
    Whatever doesn't fit is an error of that certificate.
    """
    text = Text(text="{recipient.name}", at=(20, 205), size=34, fit=Fit(min_size=30, lines=3))

    with pytest.raises(LayoutError, match="lower edge of the page"):
        made(shelf, text, sample_certificate(name=LONG))


def test_too_much_for_a_code_is_refused(shelf: Shelf):
    """
    The error tells how long the text is.
    """
    code = QrCode(qr="{recipient.name}", at=(20, 20), size=40)

    with pytest.raises(LayoutError, match="5000 characters are too many"):
        made(shelf, code, sample_certificate(name="x" * 5000))


def test_one_learners_letters_are_that_learners_trouble(shelf: Shelf):
    """
    Nobody gets a black box; everybody else gets a certificate.
    """
    prepared = prepare(shelf, **everything())

    with pytest.raises(MissingGlyphsError, match=r"element 'name': .* '𒀀'"):
        prepared.generate(sample_certificate(name="Ada 𒀀"))

    assert prepared.generate(sample_certificate()).content


def test_images_lie_below_texts_whatever_their_names(shelf: Shelf):
    """
    The order in a file or a database doesn't count.
    """
    elements: dict[str, Element] = {
        "a": Text(text="HHHH", at=(30, 40), size=40),
        "z": Image(image="signature.png", at=(20, 20), width=60),
    }

    one, two = (
        PdfGenerator().prepare(Pdf(template="diploma.pdf", elements=dict(order)), shelf)
        for order in (elements.items(), reversed(elements.items()))
    )

    certificate = sample_certificate()
    assert one.digest == two.digest
    assert one.generate(certificate) == two.generate(certificate)
    # in the middle of the first stem of an H, which the image would cover
    picture = seen(one.generate(certificate).content, scale=8)
    place = (int(32.2 * 8 * MM), int(38 * 8 * MM))
    assert (0, 0, 0) == picture.getpixel(place)


_PROGRAM = """
import runpy, sys, hashlib
module = runpy.run_path(sys.argv[1])
shelf = module["Shelf"](
    diploma_pdf=module["pdf"](module["diploma"]), noto_ttf=module["noto"](),
    signature_png=module["signature"]())
prepared = module["prepare"](shelf, **module["everything"]())
for name in sys.argv[2:]:
    content = prepared.generate(module["sample_certificate"](name=name)).content
    print(name.encode(), prepared.digest, hashlib.sha256(content).hexdigest())
"""


def test_the_same_certificate_is_the_same_bytes_in_every_process():
    """
    Neither the hash seed nor what was drawn before, nor the time of day, shows in a file.
    """
    names = ["Ada López", "Łukasz Żółć"]
    said = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM, __file__, *order],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout.splitlines()
        for order, seed, zone in ((names, "1", "UTC"), (names[::-1], "2", "Asia/Tokyo"))
    ]

    assert sorted(said[0]) == sorted(said[1])
    assert 2 == len(set(said[0]))


def test_threads_may_share_a_design(shelf: Shelf):
    """
    What they make at once is what one after the other makes.
    """
    prepared = prepare(shelf, **everything())
    names = [f"{letter}da Żółć" for letter in "ABCDEFGH"]
    expected = [prepared.generate(sample_certificate(name=name)) for name in names]
    found: dict[str, object] = {}

    def work(name: str) -> None:
        for _ in range(3):
            found[name] = prepared.generate(sample_certificate(name=name))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert expected == [found.get(name) for name in names]


def test_a_new_version_of_a_font_is_seen_at_once(shelf: Shelf):
    """
    A font is known by its content, not by its name.
    """
    text = Text(text="{recipient.name}", at=(20, 40), size=20)
    before = prepare(shelf, name=text)
    old = before.generate(sample_certificate())
    italic = fontpkg_noto_sans.ROOT / "files" / "NotoSans-Italic[wdth,wght].ttf"
    shelf.files["noto.ttf"] = italic.read_bytes()

    after = prepare(shelf, name=text)

    assert before.digest != after.digest
    assert b"NotoSans-Italic" in after.generate(sample_certificate()).content
    assert old == before.generate(sample_certificate())
