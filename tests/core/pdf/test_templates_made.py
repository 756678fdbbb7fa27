"""
Templates as LibreOffice, Cairo, Ghostscript and Chromium make them: what is drawn on stays.
"""

from __future__ import annotations

import io
import re

from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from PIL import Image as Picture
from PIL import ImageChops

from certcore.pdf import Pdf, PdfGenerator, Text
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets


FOLDER = Path(__file__).parent / "data" / "templates"
TEMPLATES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.pdf"))}
SCALE = 1.5
NEAR = 20
"""How much a color may differ, of 255: edges are smoothed at other places."""
FEW = 0.002
"""How many pixels of all may differ more: a line's end that fell on the other side."""
MM = 72 / 25.4
BOX = (20, 30, 60, 40)
"""Where the name is, in millimetres from the top left corner."""

ADDRESS = "https://example.org/verify"
LINKED = {
    "libreoffice": [ADDRESS],
    "chromium": [ADDRESS],
    "cairo-tagged": [ADDRESS],  # its link to a page that comes later leads nowhere
    "ghostscript-plain": [ADDRESS],
}
"""Where the links on each first page lead."""


def drawn_on(name: str) -> bytes:
    """
    Make a certificate with a name and nothing else on it.
    """
    text = Text(text="{recipient.name}", at=(20, 38), width=40, size=18)
    design = Pdf(template=f"{name}.pdf", elements={"name": text})
    assets = MemoryAssets({f"{name}.pdf": TEMPLATES[name]})
    certificate = sample_certificate(name="Ada")
    return PdfGenerator().prepare(design, assets).generate(certificate).content


def pictures(content: bytes, *, hidden: bool) -> list[Picture.Image]:
    """
    Draw the pages, with `hidden` the box of the name white.
    """
    found: list[Picture.Image] = []
    with pypdfium2.PdfDocument(content) as document:
        for place, page in enumerate(document):
            picture = page.render(scale=SCALE).to_pil().convert("RGB")
            if hidden and place == 0:
                picture.paste("white", tuple(round(each * MM * SCALE) for each in BOX))
            found.append(picture)
    return found


def leads(link: Any) -> str:
    """
    Say where a link leads; empty: nowhere.
    """
    assert "/Link" == link.Subtype
    if "/A" in link:
        assert "/URI" == link.A.S
        return str(link.A.URI)
    if "/Dest" in link:
        assert "/Page" == link.Dest[0].Type
        return "another page"
    return ""


def test_there_are_enough():
    """
    Of each program, in the ways in which people use it.
    """
    programs = [name.partition("-")[0] for name in TEMPLATES]

    assert {"cairo", "chromium", "ghostscript", "libreoffice"} == set(programs)
    assert len(TEMPLATES) >= 20
    assert min(map(programs.count, programs)) >= 4


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_drawn_on_stays(name):
    """
    To the pixel, on every page; the name is there as well.
    """
    content = drawn_on(name)

    before = pictures(TEMPLATES[name], hidden=True)
    after = pictures(content, hidden=True)
    assert [page.size for page in before] == [page.size for page in after]
    for old, new in zip(before, after, strict=True):
        bands = ImageChops.difference(old, new).split()
        worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
        assert sum(worst.histogram()[NEAR + 1 :]) <= FEW * old.width * old.height
        assert len(new.getcolors(1 << 24)) > 2, "an empty page proves nothing"
    assert pictures(content, hidden=False)[0].tobytes() != after[0].tobytes()
    with pypdfium2.PdfDocument(content) as document:
        assert "Ada" in document[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize("name", TEMPLATES)
def test_links_work(name):
    """
    Where they were, and they lead where they led.
    """
    expected = LINKED.get(name) or LINKED.get(name.partition("-")[0], [])

    with (
        pikepdf.open(io.BytesIO(TEMPLATES[name])) as old,
        pikepdf.open(io.BytesIO(drawn_on(name))) as new,
    ):
        assert expected == [leads(each) for each in new.pages[0].get("/Annots", [])]
        assert len(old.pages) == len(new.pages)
        for page, again in zip(old.pages, new.pages, strict=True):
            before = [each for each in page.get("/Annots", []) if leads(each)]
            after = list(again.get("/Annots", []))
            assert list(map(leads, before)) == list(map(leads, after))
            for link, moved in zip(before, after, strict=True):
                place = [float(each) for each in link.Rect]
                assert place == pytest.approx([float(each) for each in moved.Rect], abs=0.01)


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_the_drawing_is_taken_over(name):
    """
    No script, form, attachment, bookmark, restriction, or word of who made the template.
    """
    content = drawn_on(name)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not pdf.is_encrypted
        assert [] == pdf.check_pdf_syntax()
        assert not {"/AcroForm", "/Names", "/OpenAction", "/AA", "/Outlines"} & set(pdf.Root.keys())
    plain = re.sub(rb"stream\n.*?\nendstream", b"", content, flags=re.DOTALL)
    for word in (b"JavaScript", b"EmbeddedFile", b"LibreOffice", b"Skia", b"Ghostscript", b"cairo"):
        assert word not in plain
