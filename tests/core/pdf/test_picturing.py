"""
Pages as pictures, and several files as one.
"""

from __future__ import annotations

import io
import math
import os
import signal
import sys
import threading

import pypdf
import pytest

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from certcore.exceptions import GenerationError, MissingExtraError
from certcore.pdf import bind, contact_sheet, picture


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
        ({"scale": 0}, "a scale is a number above 0, not 0: 1 is 72 dpi"),
        ({"scale": -1}, "a scale is a number above 0, not -1"),
        ({"scale": math.nan}, "a scale is a number above 0, not nan"),
        ({"scale": math.inf}, "a scale is a number above 0, not inf"),
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


def colored(color, size=(40, 20)):
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=size)
    canvas.setFillColor(color)
    canvas.rect(0, 0, *size, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def test_a_sheet_shows_first_pages_side_by_side():
    """
    Row by row, each with its title below it; the largest says how much room each has.
    """
    files = [
        ("Red", colored("red")),
        ("Lime", colored("lime", (60, 30))),
        ("Blue", colored("blue")),
    ]

    with Image.open(io.BytesIO(contact_sheet(files, columns=2, scale=2))) as seen:
        assert (12 + 2 * (120 + 12), 12 + 2 * (60 + 20 + 12)) == seen.size
        at = [seen.getpixel(place) for place in ((12, 12), (144, 12), (12, 104), (144, 104))]
        below = seen.crop((12, 12 + 40, 12 + 80, 12 + 60))
    assert [(255, 0, 0), (0, 255, 0), (0, 0, 255), (216, 216, 216)] == at
    assert (32, 32, 32) == min(below.get_flattened_data())


def test_a_sheet_of_less_than_a_row():
    """
    It is as wide as its pages are; one of nothing is empty.
    """
    with Image.open(io.BytesIO(contact_sheet([("Red", colored("red"))], scale=1))) as seen:
        assert (12 + 40 + 12, 12 + 20 + 20 + 12) == seen.size
    with Image.open(io.BytesIO(contact_sheet([]))) as seen:
        assert (12, 12) == seen.size


def test_a_sheet_that_would_be_too_large(pages):
    """
    It is told, though each of its pages isn't.
    """
    with pytest.raises(GenerationError, match=r"too large: choose a smaller scale"):
        contact_sheet([("Page", pages)] * 12, columns=1, scale=30)


def test_a_sheet_without_columns(pages):
    """
    There is no such sheet.
    """
    with pytest.raises(GenerationError, match="a sheet has one column at least, not 0"):
        contact_sheet([("Page", pages)], columns=0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes can't be forked here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_process_that_is_forked_while_pages_are_drawn(pages):
    """
    It can draw pages, too, as can its parent.
    """
    ended = threading.Event()

    def draw():
        while not ended.is_set():
            picture(pages, scale=8)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if not child:
                signal.alarm(20)
                picture(pages, scale=0.5)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            assert 0 == os.waitstatus_to_exitcode(status)
    finally:
        ended.set()
        thread.join()
    assert picture(pages).startswith(b"\x89PNG")


def test_files_are_bound_into_one(pages):
    """
    All pages of all, and the titles for readers to go to; what they share is there once.
    """
    bound = bind([("First", pages), ("Ελένη", pages), ("Third", colored("red"))])

    read = pypdf.PdfReader(io.BytesIO(bound))
    assert [(200, 100), (30, 60)] * 2 + [(40, 20)] == [
        (page.mediabox.width, page.mediabox.height) for page in read.pages
    ]
    places = [(each.title, read.get_destination_page_number(each)) for each in read.outline]
    assert [("First", 0), ("Ελένη", 2), ("Third", 4)] == places


def test_what_can_not_be_bound(pages):
    """
    The error names it.
    """
    with pytest.raises(GenerationError, match="'Bad one' can't be bound: it isn't a readable PDF"):
        bind([("Page", pages), ("Bad one", b"x")])


def test_what_bound_files_share_is_there_once():
    """
    Twenty copies take little more than one.
    """
    output = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(output, "PNG")
    noise = io.BytesIO()
    canvas = Canvas(noise, pagesize=(200, 200))
    canvas.drawImage(ImageReader(io.BytesIO(output.getvalue())), 0, 0)
    canvas.save()

    bound = bind([(str(number), noise.getvalue()) for number in range(20)])

    assert len(noise.getvalue()) > 30_000
    assert len(bound) < 2 * len(noise.getvalue())
