"""
What becomes of names, whatever is in them: each is drawn within its box, or refused.
"""

from __future__ import annotations

import io
import tomllib

from pathlib import Path

import pypdfium2
import pytest

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageChops
from reportlab.pdfgen.canvas import Canvas

from certcore.exceptions import GenerationError, MissingGlyphsError
from certcore.pdf import Fit, Image, Pdf, PdfGenerator, Text
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets


MM = 72 / 25.4
WIDTH, HEIGHT = 200 * MM, 60 * MM
SCALE = 3

# for these, the extra `fonts` has no font
WITHOUT = {"Han", "Japanese", "Korean", "Mixed", "Tibetan"}
NAMES = {
    script: next(iter(languages.values()))[0]
    for script, languages in tomllib.loads(
        Path(__file__).with_name("names.toml").read_text("utf-8")
    ).items()
    if script not in WITHOUT
}


def template() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(WIDTH, HEIGHT))
    canvas.showPage()
    canvas.save()
    return output.getvalue()


ASSETS = {"blank.pdf": template()}


def prepare(**said):
    element = Text(
        **{"text": "{recipient.name}", "at": (100, 30), "width": 150, "align": "center"}
        | {"size": 40.0, "fit": Fit(min_size=4, lines=3)}
        | said
    )
    design = Pdf(template="blank.pdf", emoji="monochrome", elements={"name": element})
    return PdfGenerator().prepare(design, MemoryAssets(ASSETS))


PREPARED = prepare()


def seen(content: bytes) -> tuple[Picture.Image, str]:
    """
    Give what one sees of a certificate, and what one can copy of it.
    """
    with pypdfium2.PdfDocument(content) as document:
        page = document[0]
        text = page.get_textpage().get_text_bounded()
        return page.render(scale=SCALE).to_pil().convert("L"), text


def ink(picture: Picture.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.invert(picture).point(lambda value: 255 * (value > 60)).getbbox()


def test_scripts_differ_from_a_box():
    """
    What is drawn for a letter isn't what a font draws for those that it doesn't have.
    """
    drawn = {
        script: seen(PREPARED.generate(sample_certificate(name=name)).content)[0].tobytes()
        for script, name in NAMES.items()
    }

    assert len(NAMES) == len(set(drawn.values()))


def test_a_letter_that_no_font_has():
    """
    It is refused, naming the design's own fonts; without the others, so are many.
    """
    with pytest.raises(MissingGlyphsError, match=r"fonts \(Helvetica\) has '\U00012000'"):
        PREPARED.generate(sample_certificate(name="Ada \U00012000"))

    own = Pdf(
        template="blank.pdf",
        fallback=(),
        elements={"name": Text(text="{recipient.name}", at=(20, 20))},
    )
    prepared = PdfGenerator().prepare(own, MemoryAssets(ASSETS))
    with pytest.raises(MissingGlyphsError, match="Helvetica"):
        prepared.generate(sample_certificate(name=NAMES["Thai"]))
    assert prepared.generate(sample_certificate(name=NAMES["Cyrillic"])).content


letters = st.sampled_from(sorted({letter for name in NAMES.values() for letter in name}))


@given(st.text(letters | st.characters(max_codepoint=0x17F), max_size=60))
def test_nothing_leaves_the_box(name):
    """
    Whatever the name: it is drawn inside, or refused.
    """
    try:
        made = PREPARED.generate(sample_certificate(name=name))
    except GenerationError:
        return
    box = ink(seen(made.content)[0])
    if box is not None:
        # letters may lean over their own width a little
        assert 22 * MM * SCALE <= box[0]
        assert box[2] <= 178 * MM * SCALE


def test_spaced_letters_are_read_as_words():
    """
    And joined ones aren't torn apart.
    """
    prepared = prepare(letter_spacing=8.0, size=30.0)

    _, latin = seen(prepared.generate(sample_certificate(name="Ada Lovelace")).content)
    arabic = prepared.generate(sample_certificate(name=NAMES["Arabic"])).content
    plain = prepare(size=30.0).generate(sample_certificate(name=NAMES["Arabic"])).content

    assert "Ada Lovelace" == latin.strip()
    assert ink(seen(plain)[0]) == ink(seen(arabic)[0])


@pytest.mark.parametrize("course", ["Welding", NAMES["Thai"]])
def test_what_many_say_alike_is_the_same_file(course):
    """
    Whatever was made before; also where each has the font of its own.
    """
    prepared = prepare(text="{context.name}")
    made = [
        prepare(text="{context.name}").generate(sample_certificate(context=course, name=name))
        for name in ("Ada", "Eva")
    ]

    again = [
        prepared.generate(sample_certificate(context=course, name=name))
        for name in ("Ada", "Eva", "Ada")
    ]

    assert [*made, made[0]] == again
    assert made[0] != made[1]


def test_an_image_is_embedded_once():
    """
    However often it is drawn.
    """
    output = io.BytesIO()
    Picture.new("RGB", (40, 30), "#204080").save(output, "PNG")
    design = Pdf(
        template="blank.pdf",
        elements={
            "left": Image(image="logo.png", at=(10, 10), width=20),
            "right": Image(image="logo.png", at=(100, 10), width=20),
        },
    )

    made = (
        PdfGenerator()
        .prepare(design, MemoryAssets({**ASSETS, "logo.png": output.getvalue()}))
        .generate(sample_certificate())
    )

    assert 1 == made.content.count(b"/Subtype/Image")
    left, _, right, _ = ink(seen(made.content)[0])
    assert (10, 120) == (round(left / SCALE / MM), round(right / SCALE / MM))
