"""
Pages as pictures.
"""

from __future__ import annotations

import io
import sys

import pytest

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from certcore.exceptions import GenerationError, MissingExtraError
from certcore.pdf import picture


@pytest.fixture
def pages():
    """
    A PDF with a red square on its first page, and a second one of another size.
    """
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(200, 100))
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 0, 50, 50, stroke=0, fill=1)
    canvas.showPage()
    canvas.setPageSize((30, 60))
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def test_a_page_is_drawn(pages):
    """
    In the size that was asked for.
    """
    with Image.open(io.BytesIO(picture(pages))) as seen:
        assert ("PNG", (400, 200)) == (seen.format, seen.size)
        assert (255, 0, 0) == seen.convert("RGB").getpixel((20, 180))
        assert (255, 255, 255) == seen.convert("RGB").getpixel((300, 20))
    with Image.open(io.BytesIO(picture(pages, page=2, scale=0.5))) as seen:
        assert (15, 30) == seen.size


@pytest.mark.parametrize(
    "said, wanted",
    [
        ({"page": 3}, "no page 3: it has 2"),
        ({"page": 0}, "no page 0: it has 2"),
        ({"scale": 100}, "a picture of 20,000 × 10,000 pixels is too large"),
    ],
)
def test_what_can_not_be_shown(pages, said, wanted):
    """
    It is told, before memory is taken.
    """
    with pytest.raises(GenerationError, match=wanted):
        picture(pages, **said)


def test_what_is_no_pdf():
    """
    It is told as well.
    """
    with pytest.raises(GenerationError, match="isn't a readable PDF"):
        picture(b"%PDF-1.7 but no more than that")


def test_without_the_renderer(pages, monkeypatch):
    """
    The extra that brings it is named.
    """
    monkeypatch.setitem(sys.modules, "pypdfium2", None)

    with pytest.raises(MissingExtraError, match=r"certcore\[preview\]"):
        picture(pages)
