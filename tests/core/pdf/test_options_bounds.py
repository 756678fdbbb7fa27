"""
What texts and shapes may not do: leave their page, stand over themselves, or take for ever.
"""

from __future__ import annotations

import io

from typing import Any

import fontpkg_noto_sans
import pypdfium2
import pytest

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image as Picture
from PIL import ImageChops
from reportlab.pdfgen.canvas import Canvas

from certcore.exceptions import ConfigurationError, LayoutError
from certcore.pdf import Element, Fit, Image, Line, Pdf, PdfGenerator, QrCode, Rectangle, Text
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets


MM = 72 / 25.4
SCALE = 4
NOTO = (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()


def blank() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(200 * MM, 60 * MM), invariant=1)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def square() -> bytes:
    output = io.BytesIO()
    Picture.new("RGB", (8, 8), "#00ff00").save(output, "PNG")
    return output.getvalue()


def made(element: Element, name: str = "Ada", *, font: bytes = NOTO) -> bytes:
    files = {"blank.pdf": blank(), "own.ttf": font, "green.png": square()}
    design = Pdf(template="blank.pdf", fonts="own.ttf", elements={"thing": element})
    prepared = PdfGenerator().prepare(design, MemoryAssets(files))
    return prepared.generate(sample_certificate(name=name)).content


def problems(element: Element) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        made(element)
    return [str(each) for each in caught.value.problems]


def seen(content: bytes) -> Picture.Image:
    with pypdfium2.PdfDocument(content) as document:
        return document[0].render(scale=SCALE).to_pil().convert("L")


def ink(picture: Picture.Image) -> tuple[int, int, int, int]:
    found = picture.point(lambda value: 255 if value < 250 else 0).getbbox()
    assert found
    return found


# which way


@pytest.mark.parametrize(
    "words,name,align",
    [
        ("{recipient.name} has passed.", "عائشة", "left"),
        ("{recipient.name} has passed.", "Ada", "left"),
        ("{recipient.name} اجتاز", "Ada", "right"),
        ("{recipient.name} اجتاز", "عائشة", "right"),
        ("{recipient.name} (1)", "Ada", "left"),
        ("{recipient.name} (1)", "عائشة", "right"),
    ],
)
def test_a_sentence_runs_as_its_own_words_do(words: str, name: str, align: Any):
    """
    A name that it begins with stands where it begins; without words, the name's letters decide.
    """
    place = (10 if align == "left" else 190, 30)
    alone = seen(made(Text(text="{recipient.name}", at=place, align=align), name))
    whole = seen(made(Text(text=words, at=place, align=align), name))

    left, top, right, bottom = ink(alone)
    assert ink(whole)[2] - ink(whole)[0] > right - left
    part = (left, top, right, bottom)
    difference = ImageChops.difference(alone.crop(part), whole.crop(part))
    assert difference.getextrema()[1] < 80


# marks


def scaled(units: int) -> bytes:
    """
    Make a font of a few letters, with so many units in the size of its type.
    """
    font = TTFont(io.BytesIO(NOTO))
    made = subset.Subsetter(subset.Options(layout_features=["*"]))
    made.populate(text="Aáa\u0301. ")
    made.subset(font)
    font = instantiateVariableFont(font, {"wght": 400, "wdth": 100})
    scale_upem(font, units)
    output = io.BytesIO()
    font.save(output)
    return output.getvalue()


def test_marks_that_are_far_from_their_letter_are_drawn():
    """
    In a font of many units too, in which no table could tell where they are.
    """
    text, name = Text(text="{recipient.name}", at=(20, 50), size=20), "Aa" + 9 * "\u0301" + "a"

    few, many = (made(text, name, font=scaled(units)) for units in (1000, 16_384))

    assert pytest.approx(ink(seen(few)), abs=3) == ink(seen(many))
    assert ink(seen(many))[1] < (50 * MM - 40) * SCALE
    difference = ImageChops.difference(seen(few), seen(many)).point(lambda value: value > 128)
    assert sum(difference.histogram()[1:]) < 40
    with pypdfium2.PdfDocument(many) as document:
        assert "a" in document[0].get_textpage().get_text_range()


def test_a_letter_has_thirty_marks_at_most():
    """
    More of them aren't of any language.
    """
    text = Text(text="{recipient.name}, who is not as short", at=(20, 50), size=6)

    assert ink(seen(made(text, "Axb" + 30 * "\u0301")))
    with pytest.raises(LayoutError, match=r"^element 'thing': its letter 3, 'b', has 31 marks"):
        made(text, "Axb" + 31 * "\u0301")
    assert ink(seen(made(text, 20 * "a\u0301\u0323\u0302")))


@pytest.mark.parametrize("words", ["{recipient.name}", "x" * 2000 + "{recipient.name}"])
def test_a_text_of_any_length_is_refused(words: str):
    """
    Whatever room there is, and whether it is cut off.
    """
    fit = Fit(min_size=1, lines=50, overflow="truncate")
    text = Text(text=words, at=(20, 20), size=10, fit=fit)

    with pytest.raises(LayoutError, match=r"^element 'thing': its text has \d{4} characters, and"):
        made(text, "x" * 2001)


def test_a_text_may_have_two_thousand_characters():
    """
    A page full of them.
    """
    text = Text(text="{recipient.name}", at=(5, 5), size=4, fit=Fit(min_size=2, lines=50))

    assert ink(seen(made(text, ("word " * 400).strip() + "!")))


# over the edges


@pytest.mark.parametrize("y,edge", [(0, "upper"), (1.7, "upper"), (59.5, "lower"), (59.9, "lower")])
def test_a_line_that_no_letter_fits_on_is_told(y: float, edge: str):
    """
    At the smallest size that the text may have.
    """
    text = Text(text="x", at=(20, y), size=20, fit=Fit(min_size=6))

    (problem,) = problems(text)

    assert problem == (
        f"elements.thing.at: letters of 6 pt, its smallest size, reach over the {edge} edge of the "
        "page. Place its baseline from 1.8 mm to 59.5 mm."
    )


@pytest.mark.parametrize(
    "element,name,said",
    [
        (Text(text="{recipient.name}", at=(20, 3), size=20, fit=Fit(min_size=6)), "Ada", "upper"),
        (Text(text="{recipient.name}", at=(20, 59), size=20, fit=Fit(min_size=6)), "Ada", "lower"),
        (Text(text="{recipient.name}", at=(20, 9), size=20), "b" + 9 * "\u0301", "upper"),
        (Text(text="{recipient.name}", at=(20, 56), size=20), "b" + 9 * "\u0323", "lower"),
    ],
)
def test_letters_that_would_leave_the_page_are_refused(element: Text, name: str, said: str):
    """
    With the marks on them, at the size that they are drawn in.
    """
    with pytest.raises(LayoutError, match=f"^element 'thing': its letters reach over the {said}"):
        made(element, name)


def test_letters_may_reach_to_the_edges():
    """
    They are as a whole on the page.
    """
    heights: list[int] = []
    for y in (20 * 0.85 / MM, 30, 60 - 20 * 0.25 / MM):
        text = Text(text="{recipient.name}", at=(20, y), size=20)
        top, bottom = ink(seen(made(text, "Agjy")))[1::2]
        heights.append(bottom - top)

    assert pytest.approx(heights[1], abs=1) == heights[0]
    assert pytest.approx(heights[1], abs=1) == heights[2]


def test_lines_that_leave_the_page_are_counted():
    """
    All that there are.
    """
    text = Text(text="{recipient.name}\nb\nc", at=(20, 55), size=10)

    with pytest.raises(LayoutError, match=r"its 3 lines reach over the lower .* fit\.lines$"):
        made(text)


def test_letters_arent_moved_into_one_another():
    """
    Three tenths of the size are enough, and a text takes some room even so.
    """
    wide = Text(text="{recipient.name}", at=(20, 20), size=10, letter_spacing=-3)

    assert ink(seen(made(wide, "MOMO")))
    with pytest.raises(LayoutError, match=r"^element 'thing': its letters stand over each other"):
        made(wide, "i" * 12)
    (problem,) = problems(Text(text="x", at=(20, 20), size=10, letter_spacing=-3.1))
    assert problem.startswith("elements.thing.letter_spacing: -3.1: letters of 10 pt would stand")
    assert problem.endswith("Write -3 or more.")


@pytest.mark.parametrize("far", [1e30, 1e300, 1e308, -1e308])
def test_a_number_with_too_many_zeros_is_told(far: float):
    """
    At the option that has it, in whatever element.
    """
    elements: list[tuple[Element, str]] = [
        (Text(text="x", at=(far, 20)), "at"),
        (Text(text="x", at=(20, far)), "at"),
        (QrCode(qr="x", at=(far, 20), size=20), "at"),
        (Image(image="green.png", at=(20, far), width=20), "at"),
        (Line(line=(far, 0), at=(20, 20)), "at"),
        (Line(line=(far, far), at=(far, far), stroke_width=1000), "at"),
        (Line(line=(10, 0), at=(20, far)), "at"),
        (Rectangle(rectangle=(20, 20), at=(far, 20), fill="#ff0000"), "at"),
    ]
    if far > 0:
        elements += [
            (Text(text="x", at=(20, 20), width=far), "width"),
            (Image(image="green.png", at=(20, 20), width=far), "at"),
            (Image(image="green.png", at=(20, 20), height=far, width=far), "at"),
            (Rectangle(rectangle=(20, far), at=(20, 20), fill="#ff0000"), "at"),
        ]

    for element, path in elements:
        (problem,) = problems(element)
        assert problem.startswith(f"elements.thing.{path}: ")


def test_a_thick_line_is_as_thick_as_its_pen():
    """
    A fine one may run along the edge, where half of it is seen.
    """
    assert ink(seen(made(Line(line=(200, 0), at=(0, 0), stroke_width=3))))
    assert ink(seen(made(Line(line=(100, 0), at=(50, 5), stroke_width=10 * MM))))
    (level,) = problems(Line(line=(100, 0), at=(50, 4), stroke_width=10 * MM))
    (upright,) = problems(Line(line=(0, 20), at=(196, 10), stroke_width=10 * MM))
    assert level.endswith("It reaches from 50, -1 to 150, 9.")
    assert upright.endswith("It reaches from 191, 10 to 201, 30.")


# codes


def test_squares_that_readers_cant_tell_apart_are_refused():
    """
    With what to do about it.
    """
    code = QrCode(qr="{recipient.name}", at=(20, 20), size=10)

    assert ink(seen(made(code, "a" * 60)))
    said = (
        r"^element 'thing': at a size of 10 mm, the squares of its QR code would be 0\.12 mm "
        r"small, and readers need 0\.15 mm; make it 13 mm large, shorten"
    )
    with pytest.raises(LayoutError, match=said):
        made(code, "a" * 400)
    assert ink(seen(made(QrCode(qr="{recipient.name}", at=(20, 20), size=13), "a" * 400)))
