"""
What the options of elements do to certificates: where, over what, for whom, and what is read aloud.
"""

from __future__ import annotations

import hashlib

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import fontpkg_noto_sans
import pikepdf
import pypdfium2
import pytest

from attrs import evolve
from PIL import Image as Picture
from reportlab.pdfgen.canvas import Canvas

from certcore.domain import Asset, Certificate
from certcore.exceptions import ConfigurationError, GenerationError
from certcore.pdf import Element, Fit, Image, Line, Pdf, PdfGenerator, QrCode, Rectangle, Text
from certcore.pdf._conditions import holds
from certcore.placeholders import Said, compile_text, sample_certificate


MM = 72 / 25.4
SCALE = 4
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
ADDRESS = "https://certificates.example.org/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE"


class Shelf:
    """
    Assets by name.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def read(self, slug: str) -> Asset:
        content = self.files[slug]
        return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())


def blank(*sizes: tuple[float, float]) -> bytes:
    """
    Make an empty template, its pages as large as these. In millimetres.
    """
    output = BytesIO()
    canvas = Canvas(output, invariant=1)
    for width, height in sizes:
        canvas.setPageSize((width * MM, height * MM))
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def square(color: tuple[int, int, int]) -> bytes:
    output = BytesIO()
    Picture.new("RGB", (8, 8), color).save(output, "PNG")
    return output.getvalue()


FILES = {
    "two.pdf": blank((100, 80), (60, 120)),
    "one.pdf": blank((100, 80)),
    "noto.ttf": (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes(),
    "green.png": square(GREEN),
}


def made(
    certificate: Certificate | None = None,
    /,
    *,
    design: Mapping[str, Any] = {},
    **elements: Element,
) -> bytes:
    said = Pdf(**{"template": "two.pdf", "fonts": ("noto.ttf",), "elements": elements, **design})
    prepared = PdfGenerator().prepare(said, Shelf(FILES))
    return prepared.generate(certificate or sample_certificate()).content


def problems(template: str = "two.pdf", **elements: Element) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        PdfGenerator().prepare(Pdf(template=template, elements=elements), Shelf(FILES))
    return [str(each) for each in caught.value.problems]


def seen(content: bytes, page: int = 0) -> Picture.Image:
    with pypdfium2.PdfDocument(content) as document:
        rendered = document[page].render(scale=SCALE, may_draw_forms=False)
        return rendered.to_pil().convert("RGB")


def box(content: bytes, page: int = 0) -> tuple[float, ...] | None:
    """
    Give left, top, right and bottom of all that isn't white, in millimetres.
    """
    grey = seen(content, page).convert("L").point(lambda value: 255 if value < 250 else 0)
    found = grey.getbbox()
    return found and tuple(edge / SCALE / MM for edge in found)


def at(picture: Picture.Image, x: float, y: float) -> Any:
    return picture.getpixel((round(x * MM * SCALE), round(y * MM * SCALE)))


def text(content: bytes, page: int = 0) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return document[page].get_textpage().get_text_range()


# where


def test_an_element_is_on_its_page():
    """
    Each page has its own; they may have what they share.
    """
    content = made(
        first=Text(text="One for {recipient.name}", at=(10, 20)),
        second=Text(text="Two for {recipient.name}", at=(10, 100), page=2),
        seal=Image(image="green.png", at=(5, 110), width=8, page=2),
        other=Image(image="green.png", at=(80, 70), width=8),
    )

    assert ("One for Ada López", "Two for Ada López") == (text(content), text(content, 1))
    assert (GREEN, WHITE) == (at(seen(content), 84, 74), at(seen(content), 9, 70))
    assert (GREEN, WHITE) == (at(seen(content, 1), 9, 114), at(seen(content, 1), 50, 74))


@pytest.mark.parametrize(
    "element",
    [
        QrCode(qr="x", at=(0, 100), size=20, quiet_zone=0, page=2),
        Image(image="green.png", at=(0, 100), width=20, page=2),
        Rectangle(rectangle=(20, 20), at=(0, 100), fill="#ff0000", page=2),
    ],
    ids=lambda element: type(element).__name__,
)
def test_a_place_is_measured_on_the_page_that_is_drawn_on(element: Element):
    """
    From the upper edge of that page, which may be larger than the first one.
    """
    content = made(element=element)

    assert None is box(content)
    assert pytest.approx((0, 100, 20, 120), abs=0.2) == box(content, 1)


@pytest.mark.parametrize(
    "element,said",
    [
        (
            Text(text="x", at=(80, 20), page=2),
            "at: is outside of the page, which is 60.0 mm wide and 120.0 mm high",
        ),
        (
            Text(text="x", at=(10, 20), width=70, page=2),
            "width: a box of 70 mm leaves the page, which is 60.0 mm wide and 120.0 mm high.",
        ),
        (
            QrCode(qr="x", at=(50, 20), size=20, page=2),
            "at: is outside of the page, which is 60.0 mm wide and 120.0 mm high. It reaches",
        ),
        (Image(image="green.png", at=(50, 20), width=20, page=2), "at: is outside of the page"),
        (
            Line(line=(-20, 0), at=(15, 20)),
            "at: is outside of the page, which is 100.0 mm wide and 80.0 mm high. It reaches",
        ),
        (Line(line=(0, 30), at=(15, 60)), "at: is outside of the page"),
        (Rectangle(rectangle=(20, 20), at=(85, 10), fill="#ff0000"), "at: is outside of the page"),
    ],
)
def test_what_leaves_its_page_is_told(element: Element, said: str):
    """
    With the size of that page, at the option that has to be changed.
    """
    (problem,) = problems(thing=element)

    assert problem.startswith(f"elements.thing.{said}")


@pytest.mark.parametrize(
    "element,reach",
    [
        (Line(line=(-20, 10), at=(15, 20)), "It reaches from -5, 20 to 15, 30."),
        (Line(line=(20, -30), at=(15, 20)), "It reaches from 15, -10 to 35, 20."),
        (
            Rectangle(rectangle=(20, 30), at=(90, 10), fill="#ff0000"),
            "It reaches from 90, 10 to 110, 40.",
        ),
    ],
)
def test_how_far_a_shape_reaches_is_told(element: Element, reach: str):
    """
    From its left upper corner to its right lower one, whichever way a line goes.
    """
    (problem,) = problems(thing=element)

    assert problem.endswith(reach)


def test_a_rectangle_that_nobody_would_see_is_told():
    """
    With all else that is wrong with it.
    """
    assert [
        "elements.thing: its fill or its stroke is wanted. Else nothing of it is seen.",
        "elements.thing.page: 3: the template has 2 pages. Write a number from 1 to 2.",
    ] == problems(thing=Rectangle(rectangle=(20, 20), at=(5, 5), page=3))


def test_what_fills_its_page_is_on_it():
    """
    A frame may run along the edges, and a line from corner to corner.
    """
    content = made(
        frame=Rectangle(rectangle=(60, 120), at=(0, 0), stroke="#ff0000", page=2),
        across=Line(line=(-60, -120), at=(60, 120), page=2),
    )

    assert pytest.approx((0, 0, 60, 120), abs=0.2) == box(content, 1)


@pytest.mark.parametrize(
    "element",
    [
        Text(text="x", at=(500, 20), page=3),
        QrCode(qr="x", at=(500, 20), size=20, page=3),
        Image(image="green.png", at=(500, 20), width=20, page=3),
        Line(line=(10, 0), at=(500, 20), page=3),
        Rectangle(rectangle=(10, 10), at=(500, 20), fill="#ff0000", page=3),
    ],
    ids=lambda element: type(element).__name__,
)
def test_a_page_that_the_template_hasnt_is_told(element: Element):
    """
    How many there are, and what can be written; nothing is measured on a page that isn't there.
    """
    assert [
        "elements.thing.page: 3: the template has 2 pages. Write a number from 1 to 2."
    ] == problems(thing=element)
    (problem,) = problems("one.pdf", thing=element)
    assert problem.startswith("elements.thing.page: 3: the template has one page. Leave it out")


# over what


def overlapping(**layers: int) -> Mapping[str, Element]:
    """
    Give elements that are all over the same place, the first by name drawn last but for the rules.
    """
    elements: dict[str, Element] = {
        "e_rectangle": Rectangle(rectangle=(20, 20), at=(10, 10), fill="#ff0000"),
        "d_line": Line(line=(20, 0), at=(10, 20), color="#0000ff", stroke_width=20 * MM),
        "c_image": Image(image="green.png", at=(10, 10), width=20),
        "b_code": QrCode(qr="x", at=(10, 10), size=20, color="#ffff00", background="#ffff00"),
        "a_text": Text(text="—", at=(5, 28), size=80, color="#00ffff"),
    }
    return {name: evolve(element, layer=layers.get(name, 0)) for name, element in elements.items()}


@pytest.mark.parametrize(
    "names,color",
    [
        (("e_rectangle", "d_line"), BLUE),
        (("e_rectangle", "d_line", "c_image"), GREEN),
        (("e_rectangle", "d_line", "c_image", "b_code"), (255, 255, 0)),
        (("e_rectangle", "d_line", "c_image", "b_code", "a_text"), (0, 255, 255)),
    ],
)
def test_within_a_layer_what_says_more_covers_what_says_less(names: tuple[str, ...], color: Any):
    """
    Rectangles, lines, images, QR codes, texts, whatever they are called.
    """
    elements = {name: each for name, each in overlapping().items() if name in names}

    assert color == at(seen(made(**elements)), 20, 20)


def test_within_a_layer_elements_of_a_kind_are_drawn_by_their_names():
    """
    The order in a file doesn't matter.
    """
    content = made(
        b=Rectangle(rectangle=(20, 20), at=(10, 10), fill="#0000ff"),
        a=Rectangle(rectangle=(20, 20), at=(10, 10), fill="#ff0000"),
    )

    assert BLUE == at(seen(content), 20, 20)


@pytest.mark.parametrize(
    "layers,color",
    [
        ({"e_rectangle": 1}, RED),
        ({"e_rectangle": 1, "d_line": 2}, BLUE),
        ({"a_text": -1, "b_code": -1}, GREEN),
        ({"a_text": -3, "b_code": -2, "c_image": -1}, BLUE),
        ({"a_text": 10, "c_image": 20}, GREEN),
    ],
)
def test_a_higher_layer_covers_a_lower_one(layers: Mapping[str, int], color: Any):
    """
    Whatever kinds of elements they have.
    """
    assert color == at(seen(made(**overlapping(**layers))), 20, 20)


# for whom


def unending(certificate: Certificate) -> Certificate:
    return evolve(certificate, statement=evolve(certificate.statement, expires_at=None))


@pytest.mark.parametrize(
    "element",
    [
        Text(text="valid until {expires}", at=(10, 20), when="{expires}"),
        QrCode(qr="x", at=(10, 20), size=20, when="{expires}"),
        Image(image="green.png", at=(10, 20), width=20, when="{expires}"),
        Line(line=(20, 0), at=(10, 20), when="{expires}"),
        Rectangle(rectangle=(20, 20), at=(10, 20), fill="#ff0000", when="{expires:short}"),
    ],
    ids=lambda element: type(element).__name__,
)
def test_an_element_is_drawn_where_there_is_something_to_say(element: Element):
    """
    A certificate that never expires has no line that says when.
    """
    certificate = sample_certificate()

    assert None is not box(made(certificate, thing=element))
    assert None is box(made(unending(certificate), thing=element))


def said(certificate: Certificate) -> Said:
    return Said(certificate=certificate, language="en")


@pytest.mark.parametrize(
    "when",
    [
        "{grades.Essay}",
        "{facts.credits}",
        "{completion}",
        "{expires}",
        "{context.end:short}",
        "{earned}",
        "{cycle}",
        "{recipient.email}",
        "{verification.address}",
    ],
)
def test_what_a_certificate_lacks_isnt_asked_for_in_vain(when: str):
    """
    What isn't known and what is empty are alike: there is nothing to say.
    """
    full = sample_certificate(grades={"Essay": 0.5}, facts={"credits": 3})
    statement = full.statement
    bare = evolve(
        full,
        statement=evolve(
            statement,
            context=evolve(statement.context, end=None),
            issuer=evolve(statement.issuer, verification=""),
            recipient=evolve(statement.recipient, email=" "),
            evidence=evolve(statement.evidence, completion=None, grades={}, facts={}),
            earned_at=None,
            expires_at=None,
            cycle="",
        ),
    )

    assert holds(compile_text(when), said(full))
    assert not holds(compile_text(when), said(bare))


def test_what_nobody_can_tell_isnt_taken_for_missing():
    """
    A time zone that isn't known is a mistake, and no reason to leave a date out.
    """
    sample = sample_certificate()
    issuer = evolve(sample.statement.issuer, time_zone="Atlantis/Capital")
    lost = evolve(sample, statement=evolve(sample.statement, issuer=issuer))

    assert holds(compile_text("{cycle}"), said(lost))
    with pytest.raises(GenerationError, match="time zone 'Atlantis/Capital' isn't known"):
        holds(compile_text("{expires}"), said(lost))


# lines and rectangles


@pytest.mark.parametrize(
    "line,start,expected",
    [
        ((40, 0), (10, 20), (10, 19, 50, 21)),
        ((-40, 0), (50, 20), (10, 19, 50, 21)),
        ((0, 30), (20, 10), (19, 10, 21, 40)),
        ((0, -30), (20, 40), (19, 10, 21, 40)),
    ],
)
def test_a_line_goes_as_far_as_it_says(line: Any, start: Any, expected: Any):
    """
    To the right and downwards, or back and upwards; its pen is measured in points.
    """
    content = made(line=Line(line=line, at=start, stroke_width=2 * MM))

    assert pytest.approx(expected, abs=0.2) == box(content)


def test_a_line_has_its_color_and_its_gaps():
    """
    Dashes begin where the line begins.
    """
    picture = seen(
        made(
            line=Line(
                line=(40, 0),
                at=(10, 20),
                color="#ff0000",
                stroke_width=5,
                dashes=(10 * MM, 5 * MM),
            )
        )
    )

    assert [RED, WHITE, RED, WHITE] == [at(picture, x, 20) for x in (15, 22, 30, 37)]


def test_a_rectangle_is_filled_and_outlined():
    """
    The outline is a part of its size.
    """
    content = made(
        box=Rectangle(
            rectangle=(30, 20),
            at=(10, 10),
            fill="#00ff00",
            stroke="#ff0000",
            stroke_width=2 * MM,
        )
    )
    picture = seen(content)

    assert pytest.approx((10, 10, 40, 30), abs=0.2) == box(content)
    assert [RED, GREEN, RED] == [at(picture, x, 20) for x in (11, 25, 39)]


def test_a_rectangle_may_be_an_outline_alone():
    """
    Its inside shows what is under it, and its outline may have gaps.
    """
    picture = seen(
        made(
            box=Rectangle(
                rectangle=(30, 20),
                at=(10, 10),
                stroke="#0000ff",
                stroke_width=2 * MM,
                dashes=(40 * MM, 1000),
            )
        )
    )

    assert (WHITE, BLUE, WHITE) == (at(picture, 25, 20), at(picture, 25, 29), at(picture, 11, 20))


def test_a_rectangle_may_have_round_corners():
    """
    It has none where a corner would be, and reaches its sides all the same.
    """
    content = made(box=Rectangle(rectangle=(30, 20), at=(10, 10), fill="#ff0000", radius=8))
    picture = seen(content)

    assert pytest.approx((10, 10, 40, 30), abs=0.2) == box(content)
    assert (WHITE, RED) == (at(picture, 11, 11), at(picture, 14, 14))


# long texts


def test_a_text_may_be_cut_off():
    """
    Where the design says so, it ends with an ellipsis and is certified all the same.
    """
    long = "Introduction to the Theory and Practice of Certification in Higher Education"
    certificate = sample_certificate(context=long)

    content = made(
        certificate,
        course=Text(
            text="{context.name}",
            at=(10, 20),
            width=40,
            size=12,
            fit=Fit(min_size=10, overflow="truncate"),
        ),
    )

    assert text(content).endswith("…")
    assert long.startswith(text(content).removesuffix("…"))
    with pytest.raises(GenerationError, match="element 'course': the text would have to be"):
        made(
            certificate,
            course=Text(
                text="{context.name}", at=(10, 20), width=40, size=12, fit=Fit(min_size=10)
            ),
        )


# what is read aloud


def parts(content: bytes) -> list[dict[str, str]]:
    """
    Give kind, alternative text and language of each part, in the order in which they are read.
    """
    with pikepdf.open(BytesIO(content)) as document:
        found = []
        for part in _below(document.Root.StructTreeRoot.K):
            said = {"kind": str(part.S).removeprefix("/")}
            said |= {key: str(part[f"/{key}"]) for key in ("Alt", "Lang") if f"/{key}" in part}
            found.append(said)
        return found


def _below(part: Any) -> Iterator[Any]:
    kids = part.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _below(kid)


@pytest.mark.parametrize(
    "heading,kind", [(0, "P"), (1, "H1"), (2, "H2"), (3, "H3"), (4, "H4"), (5, "H5"), (6, "H6")]
)
def test_a_text_may_be_a_heading(heading: int, kind: str):
    """
    So that a screen reader finds it.
    """
    content = made(title=Text(text="{type.title}", at=(10, 20), heading=heading))

    assert [{"kind": kind}] == parts(content)


def test_an_image_says_what_it_shows():
    """
    One that says nothing is decoration, as are lines and rectangles.
    """
    content = made(
        seal=Image(image="green.png", at=(10, 10), width=20, alt="Seal of the university"),
        flourish=Image(image="green.png", at=(40, 10), width=20),
        line=Line(line=(20, 0), at=(10, 50)),
        box=Rectangle(rectangle=(20, 20), at=(10, 50), fill="#ff0000"),
    )

    assert [{"kind": "Figure", "Alt": "Seal of the university"}] == parts(content)


@pytest.mark.parametrize(
    "element,said",
    [
        (
            QrCode(qr="{verification.address}", at=(10, 10), size=20),
            {
                "Alt": "QR code with the address at which this certificate can be verified",
                "Lang": "en",
            },
        ),
        (
            QrCode(qr="https://example.org", at=(10, 10), size=20),
            {"Alt": "QR code", "Lang": "en"},
        ),
        (
            QrCode(qr="{verification.address}", at=(10, 10), size=20, alt="Código QR"),
            {"Alt": "Código QR"},
        ),
    ],
)
def test_a_qr_code_says_what_it_is(element: QrCode, said: Mapping[str, str]):
    """
    In words of one's own, in the document's language, or in English, which is told.
    """
    content = made(design={"language": "es"}, code=element)

    assert [{"kind": "Figure", **said}] == [each for each in parts(content) if "Alt" in each]


def test_figures_say_where_they_are():
    """
    In points, from the lower left corner of their page.
    """
    content = made(
        code=QrCode(qr="x", at=(10, 20), size=20, page=2),
        seal=Image(image="green.png", at=(30, 50), width=10, height=20, alt="Seal"),
    )

    with pikepdf.open(BytesIO(content)) as document:
        found = [
            [round(float(edge) / MM, 1) for edge in part.A.BBox]
            for part in _below(document.Root.StructTreeRoot.K)
        ]
    assert [[30, 15, 40, 25], [10, 80, 30, 100]] == found


def test_a_template_says_what_it_shows():
    """
    Its words are in a picture to those who read the file aloud.
    """
    content = made(
        design={"template": "one.pdf", "template_alt": "Certificate, Example University"},
        name=Text(text="{recipient.name}", at=(10, 20)),
    )

    assert [
        {"kind": "Figure", "Alt": "Certificate, Example University"},
        {"kind": "P"},
    ] == parts(content)


@pytest.mark.parametrize(
    "element,links",
    [
        (Text(text="See {verification.address}", at=(10, 20)), [ADDRESS]),
        (Text(text="Code:\n{verification.address}", at=(10, 20)), [ADDRESS]),
        (Text(text="{verification.code}", at=(10, 20)), []),
        (QrCode(qr="{verification.address}", at=(10, 20), size=20), [ADDRESS]),
        (QrCode(qr="https://example.org", at=(10, 20), size=20), []),
    ],
)
def test_what_prints_the_address_leads_to_it(element: Element, links: list[str]):
    """
    One can click on it.
    """
    with pikepdf.open(BytesIO(made(thing=element))) as document:
        annotations = document.pages[0].get("/Annots", [])
        assert links == [str(each.A.URI) for each in annotations]


# what is left out, and in which order the rest is read


def structure(content: bytes) -> list[tuple[str, str | None]]:
    """
    Give the kinds of all tags in the order in which they are read, with their alternative texts.
    """
    found: list[tuple[str, str | None]] = []

    def walk(element: Any) -> None:
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            return  # content, or an annotation
        found.append((str(element.S), str(element.Alt) if "/Alt" in element else None))
        kids = element.get("/K")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid)

    with pikepdf.open(BytesIO(content)) as file:
        assert [] == file.check_pdf_syntax()
        walk(file.Root.StructTreeRoot.K)
    return found


def test_what_isnt_drawn_isnt_read_aloud():
    """
    Neither its text nor what stands for it; a certificate that has it says it.
    """
    elements = {
        "hours": Text(text="{facts.hours} hours", at=(10, 20), when="{facts.hours}", heading=2),
        "seal": Image(image="green.png", at=(10, 30), width=9, alt="Gold", when="{facts.hours}"),
        "code": QrCode(qr="{verification.address}", at=(10, 45), size=20, when="{facts.hours}"),
    }
    full = sample_certificate()
    evidence = evolve(full.statement.evidence, facts={})
    bare = evolve(full, statement=evolve(full.statement, evidence=evidence))

    with_all, without = made(full, **elements), made(bare, **elements)

    assert ("/H2", None) in structure(with_all)
    assert ("/Figure", "Gold") in structure(with_all)
    assert "24 hours" in text(with_all)
    assert {"/Document", "/NonStruct", "/Link", "/P"} == {kind for kind, _ in structure(without)}
    assert all(alt is None for _, alt in structure(without))
    assert "" == text(without)
    assert box(without) is None


def test_a_page_is_read_from_its_top():
    """
    Whatever is drawn first, and from the left to the right where places are as high.
    """
    content = made(
        a=Text(text="c", at=(10, 70)),
        b=QrCode(qr="x", at=(10, 5), size=10, alt="first"),
        c=Image(image="green.png", at=(60, 40), width=5, alt="third"),
        d=Text(text="b", at=(10, 30), heading=1),
        e=Image(image="green.png", at=(20, 40.5), width=5, alt="second"),
    )

    assert [
        ("/Document", None),
        ("/Figure", "first"),
        ("/H1", None),
        ("/Figure", "second"),
        ("/Figure", "third"),
        ("/P", None),
    ] == structure(content)


def test_a_file_may_have_no_letters_but_its_own():
    """
    It is smaller, and says the same; what every certificate says is still there once.
    """
    elements = {
        "title": Text(text="Certificate", at=(10, 20)),
        "name": Text(text="{recipient.name}", at=(10, 40)),
    }
    learner = sample_certificate(name="Łukasz Ångström")

    usual = made(learner, **elements)
    small = made(learner, design={"compact": True}, **elements)

    assert text(usual) == text(small)
    assert seen(usual).tobytes() == seen(small).tobytes()
    assert len(small) < len(usual) - 8000
    with pikepdf.open(BytesIO(small)) as file:
        assert {"/F0", "/C0"} == set(file.pages[0].Resources.Font.keys())


def test_an_address_that_nothing_drawn_prints_needn_t_be_there():
    """
    An issuer without pages for verification has certificates without a code; one with them, with.
    """
    code = QrCode(qr="{verification.address}", at=(10, 45), size=20, when="{verification.address}")
    usual = sample_certificate()
    issuer = evolve(usual.statement.issuer, verification="")
    without = evolve(usual, statement=evolve(usual.statement, issuer=issuer))

    assert box(made(without, code=code)) is None
    assert box(made(usual, code=code)) is not None
    prepared = PdfGenerator().prepare(Pdf(template="two.pdf", elements={"c": code}), Shelf(FILES))
    assert "verification.address" not in prepared.placeholders


def test_what_isnt_drawn_leads_nowhere():
    """
    A link over it would be found by a keyboard.
    """
    code = QrCode(qr="{verification.address}", at=(10, 45), size=20, when="{expires}")
    usual = sample_certificate()
    lasting = evolve(usual, statement=evolve(usual.statement, expires_at=None))

    with pikepdf.open(BytesIO(made(lasting, code=code))) as file:
        (link,) = file.pages[0].Annots
        assert "/A" not in link
        assert "/Contents" not in link


def test_a_language_that_is_none():
    """
    It comes from the source, and is nothing that dates or letters could be written in.
    """
    usual = sample_certificate(name="Ada")
    recipient = evolve(usual.statement.recipient, language="é\ud800")
    said = evolve(usual, statement=evolve(usual.statement, recipient=recipient))

    assert "Ada" in text(made(said, name=Text(text="{recipient.name} {date}", at=(10, 20))))
