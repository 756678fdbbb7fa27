"""
Designs that can't be drawn: what is refused, and what is said about it.
"""

import hashlib
import io
import re
import struct
import subprocess
import sys

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import fontpkg_noto_sans
import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject
from reportlab.pdfgen.canvas import Canvas

from certcore.config import asset_slugs, structure
from certcore.domain import Asset, AssetRef
from certcore.exceptions import (
    AssetNotFoundError,
    ConfigurationError,
    FontError,
    LayoutError,
    MissingGlyphsError,
    TemplateError,
)
from certcore.generators import Fit, Image, Pdf, QrCode, Text
from certcore.pdf import STANDARD_FONTS, Element, PdfGenerator
from certcore.pdf._versions import versions
from certcore.placeholders import sample_certificate
from certcore.plugins import NoOptions, PluginRegistry, Services
from certcore.ports import PreparedDesign


class Shelf:
    """
    Assets by name.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def read(self, slug: str) -> Asset:
        if slug not in self.files:
            raise AssetNotFoundError(f"there is no asset {slug!r}")
        content = self.files[slug]
        return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())


def pdf() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(842, 595), invariant=1)
    canvas.drawString(100, 100, "CERTIFICATE")
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def noto() -> bytes:
    return (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()


def prepare(
    files: Mapping[str, bytes], *, fonts: tuple[str, ...] = (), **elements: Element
) -> PreparedDesign:
    design = Pdf(template="diploma.pdf", fonts=fonts, elements=elements)
    return PdfGenerator().prepare(design, Shelf({"diploma.pdf": pdf(), **files}))


def altered(change: Any) -> bytes:
    writer = PdfWriter()
    writer.add_page(PdfReader(io.BytesIO(pdf())).pages[0])
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def without_size(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/MediaBox")] = ArrayObject(map(FloatObject, (0, 0, 0, 595)))
    writer.pages[0].pop(NameObject("/CropBox"), None)


def without_pages(writer: PdfWriter) -> None:
    writer.remove_page(0)


def without_content(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/Contents")] = ArrayObject([NullObject()])


TEMPLATES = {
    "empty": (b"", "isn't a PDF file: upload the template as PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n" * 300, "isn't a PDF file"),
    "cut": (pdf()[:900], "is cut off: upload it again"),
    "encrypted": (altered(lambda writer: writer.encrypt("secret", "owner")), "is encrypted: save"),
    "no page": (altered(without_pages), "has no page: upload a PDF with one"),
    "no size": (altered(without_size), "has a page without a size: set the page's size"),
    "no content": (altered(without_content), "is damaged: open it in a PDF reader"),
    "rubbish": (b"%PDF-1.7\n" + b"rubbish\n" * 30 + b"%%EOF", "is damaged"),
    "broken stream": (
        re.sub(
            rb"stream\r?\n.{20}", b"stream\nbroken~~broken~~brok", pdf(), count=1, flags=re.DOTALL
        ),
        "is damaged",
    ),
}


@pytest.mark.parametrize("content,message", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_cant_be_drawn_on_is_refused(content: bytes, message: str):
    """
    The error names the file and what to do.
    """
    with pytest.raises(TemplateError, match=f"^diploma.pdf:? {message}") as caught:
        prepare({"diploma.pdf": content})

    assert not caught.value.retryable


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, len(pdf()) - 10))
def test_a_template_that_is_cut_off_anywhere_is_noticed(length: int):
    """
    An upload that broke off never becomes a certificate.
    """
    with pytest.raises(TemplateError):
        prepare({"diploma.pdf": pdf()[:length]})


def protected(rights: bytes) -> bytes:
    """
    Say in a font what its maker allows.
    """
    content = bytearray(noto())
    place = content.index(b"OS/2")
    (offset,) = struct.unpack(">L", content[place + 8 : place + 12])
    content[offset + 8 : offset + 10] = rights
    return bytes(content)


FONTS = {
    "empty": (b"", "isn't a font that can be read: upload a TrueType font"),
    "text": (b"Hello, world! " * 100, "isn't a font that can be read"),
    "PostScript outlines": (b"OTTO" + bytes(200), "isn't a font that can be read"),
    "bitmaps only": (protected(b"\x02\x00"), "its maker doesn't allow it to be embedded"),
    "packed": (b"wOF2" + bytes(200), "is packed for the web; a TrueType font is wanted"),
    "head alone": (noto()[:300], "isn't a font that can be read"),
    "cut": (noto()[:-5000], "is cut off: upload it again"),
    "protected": (protected(b"\x00\x02"), "its maker doesn't allow it to be embedded"),
    "zeros": (b"\x00\x01\x00\x00" + bytes(200), "isn't a font that can be read"),
}


@pytest.mark.parametrize("content,message", FONTS.values(), ids=FONTS)
def test_what_isnt_a_font_is_refused(content: bytes, message: str):
    """
    The error names the file and what to do.
    """
    with pytest.raises(FontError, match=f"^brand.ttf:? {message}"):
        prepare({"brand.ttf": content}, fonts=("brand.ttf",))


def picture(kind: str) -> bytes:
    output = io.BytesIO()
    Picture.new("RGB", (40, 30), "#204080").save(output, kind)
    return output.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", picture("GIF"), picture("PNG")[:-30], picture("JPEG")[:300]],
    ids=["empty", "SVG", "GIF", "cut PNG", "cut JPEG"],
)
def test_what_isnt_an_image_is_refused(content: bytes):
    """
    The error names element, file and what to do.
    """
    with pytest.raises(LayoutError, match=r"'logo': logo.png isn't a PNG or JPEG .* upload it"):
        prepare({"logo.png": content}, logo=Image(image="logo.png", at=(10, 10), width=20))


def test_all_assets_that_arent_there_are_told_at_once():
    """
    Each with the place that names it.
    """
    design = Pdf(
        template="none.pdf",
        fonts=("none.ttf", "Helvetica", "none.ttf"),
        elements={
            "name": Text(text="x", at=(10, 10), font="other.ttf"),
            "my logo": Image(image="logo.png", at=(10, 10), width=20),
        },
    )

    with pytest.raises(ConfigurationError) as caught:
        PdfGenerator().prepare(design, Shelf({}))

    assert [
        "template: there is no asset 'none.pdf'",
        "fonts[0]: there is no asset 'none.ttf'",
        "fonts[2]: there is no asset 'none.ttf'",
        "elements.name.font: there is no asset 'other.ttf'",
        "elements.\"my logo\".image: there is no asset 'logo.png'",
    ] == [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "element,path,message",
    [
        (Text(text="x", at=(300, 50)), "at", "is outside of the page"),
        (Text(text="x", at=(-1, 50)), "at", "is outside of the page, which is 297.0 mm wide"),
        (Text(text="x", at=(50, 211)), "at", "is outside of the page"),
        (Text(text="x", at=(0, 50), align="right"), "at", "is outside of the page"),
        (Text(text="x", at=(297.04, 50), align="left"), "at", "is outside of the page"),
        (
            Text(text="x", at=(100, 50), width=200),
            "width",
            "At this place there is room for 197.0 mm.",
        ),
        (Text(text="x", at=(50, 50), width=110, align="center"), "width", "room for 100.0 mm."),
        (Text(text="x", at=(50, 50), width=60, align="right"), "width", "room for 50.0 mm."),
        (
            Text(text="x", at=(50, 50), size=10, fit=Fit(min_size=11)),
            "fit.min_size",
            "11: more than the size of the text, 10 pt.",
        ),
        (QrCode(qr="x", at=(280, 50), size=20), "at", "It reaches from 280, 50 to 300, 70."),
        (QrCode(qr="x", at=(50, -0.5), size=20), "at", "It reaches from 50, -0.5 to 70, 19.5."),
        (Image(image="logo.png", at=(20, 190), height=30), "at", "from 20, 190 to 60, 220."),
        (Image(image="logo.png", at=(20, 20)), "", "its width or its height is wanted."),
    ],
)
def test_what_leaves_the_page_is_told_with_its_place(element: Element, path: str, message: str):
    """
    The problem stands at the option that has to be changed.
    """
    with pytest.raises(ConfigurationError) as caught:
        prepare({"logo.png": picture("PNG")}, thing=element)

    (problem,) = caught.value.problems
    assert f"elements.thing.{path}".rstrip(".") == problem.path
    assert message in str(problem)


def test_all_elements_that_leave_the_page_are_told_at_once():
    """
    Nobody has to mend a layout piece by piece.
    """
    with pytest.raises(ConfigurationError) as caught:
        prepare(
            {},
            name=Text(text="x", at=(300, 50), size=10, fit=Fit(min_size=20)),
            code=QrCode(qr="x", at=(280, 50), size=20),
        )

    assert ["elements.code.at", "elements.name.at", "elements.name.fit.min_size"] == [
        problem.path for problem in caught.value.problems
    ]


def test_what_fills_the_page_is_on_it():
    """
    An edge may be the page's own, though it is counted in inches.
    """
    assert prepare(
        {"logo.png": picture("PNG")},
        text=Text(text="x", at=(148.5, 50), width=297, align="center"),
        code=QrCode(qr="x", at=(297.04 - 20, 0), size=20),
        logo=Image(image="logo.png", at=(0, 0), width=297.04, height=209.9),
    ).digest


def test_words_that_no_certificate_could_show_are_refused_at_once():
    """
    What the layout itself says is checked before anybody is awarded anything.
    """
    with pytest.raises(MissingGlyphsError, match=r"element 'name': .*Helvetica.* '𒀀' .*, '𒀁'"):
        prepare({}, name=Text(text="𒀀𒀁: {recipient.name}", at=(20, 20)))


def test_an_element_may_have_a_font_of_its_own():
    """
    A standard font is named like any other; the design's fonts help out.
    """
    prepared = prepare(
        {"noto.ttf": noto()},
        fonts=("noto.ttf",),
        name=Text(text="{recipient.name}", at=(20, 20), font="Times-Bold"),
        other=Text(text="{recipient.name}", at=(20, 40), font="noto.ttf"),
    )

    content = prepared.generate(sample_certificate(name="Zoł")).content

    assert b"+EBGaramond-Regular_700wght" in content
    assert b"+NotoSans-Regular" in content


TOML = {
    "template": "diploma.es.pdf",
    "fonts": ["Lato-Regular.ttf", "Noto.ttf"],
    "elements": {
        "name": {
            "text": "{recipient.name}",
            "at": [148.5, 98],
            "width": 230,
            "align": "center",
            "size": 34,
            "fit": {"min_size": 16, "lines": 2},
        },
        "code": {"qr": "{verification.address}", "at": [262, 172], "size": 22},
        "logo": {"image": "logo.png", "at": [20, 20], "height": 22},
    },
}


def test_a_design_reads_like_the_configuration():
    """
    A table with the key `text`, `qr` or `image` is one; names of files are assets.
    """
    written = Pdf(
        template="diploma.es.pdf",
        fonts=["Lato-Regular.ttf", AssetRef("Noto.ttf")],
        elements={
            "name": Text(
                text="{recipient.name}",
                at=(148.5, 98),
                width=230,
                align="center",
                size=34,
                fit=Fit(min_size=16, lines=2),
            ),
            "code": QrCode(qr="{verification.address}", at=(262, 172), size=22),
            "logo": Image(image="logo.png", at=(20, 20), height=22),
        },
    )

    assert written == structure(TOML, Pdf)
    assert ["diploma.es.pdf", "Lato-Regular.ttf", "Noto.ttf", "logo.png"] == list(
        asset_slugs(written)
    )


def test_one_font_may_be_named_alone():
    """
    A list of one needs no brackets in Python.
    """
    assert (AssetRef("a.ttf"),) == Pdf(template="d.pdf", fonts="a.ttf").fonts


@pytest.mark.parametrize(
    "element,problem",
    [
        ({"text": "{date:lnog}"}, "text: {date:lnog}: no such form. One of: short, medium,"),
        ({"text": " "}, "text: a text is wanted, and there is none."),
        ({"text": "x", "at": [1]}, "at: 1 values: 2 are wanted"),
        ({"text": "x", "at": [float("nan"), 2]}, "at[0]: nan: a number is wanted"),
        ({"text": "x", "size": float("inf")}, "size: inf: a number is wanted"),
        ({"text": "x", "size": 0}, "size: 0: a number from 1 to 1000 is wanted"),
        ({"text": "x", "color": "red"}, "color: 'red': a color such as '#1f4e79' is wanted"),
        ({"text": "x", "align": "centre"}, "align: 'centre': one of left, center, right"),
        ({"text": "x", "font": 3}, "font: 3: the name of a file among the assets is wanted"),
        ({"text": "x", "fit": {}}, "fit.min_size: is missing"),
        ({"text": "x", "widht": 3}, "widht: unknown key. Did you mean 'width'?"),
        ({"qr": "{nmae}", "size": 20}, "qr: {nmae}: no such placeholder."),
        ({"qr": "x"}, "size: is missing"),
        ({"qr": "x", "size": 4}, "size: 4: a number from 8 to 1000 is wanted"),
        ({"image": ""}, "image: '': the name of a file among the assets is wanted"),
        ({"txt": "x"}, "one of text, qr, image, line, rectangle is wanted, none is"),
    ],
)
def test_a_wrong_option_is_told_with_its_path(element: Mapping[str, Any], problem: str):
    """
    The path is the one the author wrote.
    """
    document = {"template": "d.pdf", "elements": {"name": {"at": [20, 20], **element}}}

    with pytest.raises(ConfigurationError) as caught:
        structure(document, Pdf)

    said = [str(each) for each in caught.value.problems]
    assert any(
        line.startswith((f"elements.name.{problem}", f"elements.name: {problem}")) for line in said
    ), said


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_are_numbers_in_python_too(number: float):
    """
    A layout written in Python is checked like one from a file.
    """
    with pytest.raises(ValueError, match="a finite number is wanted"):
        Text(text="x", at=(number, 20))

    with pytest.raises(ValueError, match="a finite number is wanted"):
        QrCode(qr="x", at=(20, 20), size=number)


def test_an_old_font_needs_no_table_of_rights():
    """
    A font without the table that would say so may be embedded.
    """
    content = noto().replace(b"OS/2", b"XX/2", 1)

    assert prepare({"old.ttf": content}, fonts=("old.ttf",)).digest


def test_a_wrong_title_is_told():
    """
    The document's title has placeholders like any text.
    """
    with pytest.raises(ConfigurationError, match="no such placeholder"):
        Pdf(template="d.pdf", title="{nmae}")


def test_the_digest_is_that_of_what_goes_into_a_file():
    """
    Options and assets count; how a number is written and in which order elements stand doesn't.
    """

    def digest(files: Mapping[str, bytes] | None = None, **said: Any) -> str:
        text = Text(**{"text": "x", "at": (20, 20), "size": 12, **said})
        other = Text(text="y", at=(20, 60))
        return prepare(files or {}, name=text, other=other).digest

    same = {digest(), digest(size=12.0), digest(at=(20.0, 20))}
    different = [digest(size=13), digest(at=(20, 21)), digest({"diploma.pdf": pdf() + b"\n"})]

    assert 1 == len(same)
    assert 4 == len({*same, *different})
    assert 64 == len(digest())


def test_the_engine_says_what_it_is_made_of():
    """
    Libraries whose versions show in a file are named.
    """
    engine = prepare({}).engine

    assert re.fullmatch(
        r"certcore-pdf \d+ \(babel \S+, harfbuzz \S+, segno \S+, fonts [0-9a-f]{12}; "
        r"design: harfbuzz \S+, pillow \S+, pypdf \S+, zlib \S+\)",
        engine,
    )
    assert len(engine) <= 255


def test_a_package_that_is_missing_is_not_named():
    """
    The extra fonts needn't be there.
    """
    assert [f"attrs {version('attrs')}"] == list(versions(["no-such-package", "attrs"]))


def test_the_generator_is_offered_as_a_plugin():
    """
    It is found by its name and by the class of its designs, and made without options.
    """
    provider = PluginRegistry().of_options("generator", Pdf(template="d.pdf"))

    class Never:
        def now(self) -> Any:
            raise AssertionError("a generator doesn't ask for the time")

    with provider.build(NoOptions(), Services(clock=Never())) as generator:
        prepared = generator.prepare(Pdf(template="diploma.pdf"), Shelf({"diploma.pdf": pdf()}))

    assert "pdf" == provider.name
    assert prepared.generate(sample_certificate()).content.startswith(b"%PDF-1.7")


def test_describing_a_layout_loads_no_pdf_library():
    """
    Importing the options is cheap; drawing isn't paid for before something is drawn.
    """
    program = (
        "import sys; import certcore.generators;"
        "print({'pypdf', 'reportlab', 'segno', 'babel', 'PIL'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert "set()" == done.stdout.strip()


def test_the_standard_fonts_are_fourteen():
    """
    Their names mean them wherever a font is named.
    """
    assert 14 == len(set(STANDARD_FONTS))
    texts = {
        name: Text(text="{cycle}", at=(20, 20 + 10 * place), font=name)
        for place, name in enumerate(STANDARD_FONTS)
    }
    assert prepare({}, **texts).digest
