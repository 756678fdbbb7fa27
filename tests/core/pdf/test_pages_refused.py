"""
Templates that can't be used: what is refused, and what is said about it.
"""

from __future__ import annotations

import io
import re
import time
import tracemalloc
import zlib

from collections.abc import Mapping

import pikepdf
import pytest

from pypdf.errors import DependencyError

from certcore.domain import Asset
from certcore.exceptions import TemplateError
from certcore.pdf._pages import Limits, Pages, _source, read_pages
from certcore.pdf._syntax import Objects


def file_of(objects: Mapping[int, bytes], *, more: bytes = b"") -> bytes:
    output = bytearray(b"%PDF-1.7\n")
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
    resources: bytes = b"",
    root: bytes = b"",
    others: Mapping[int, bytes] | None = None,
) -> bytes:
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<%s>>%s>>" % (resources, page),
        4: data(b"0 0 9 9 re f"),
    }
    return file_of(objects | dict(others or {}))


def read(content: bytes, **limits: int) -> Pages:
    asset = Asset(slug="diploma.pdf", content=content, sha256="")
    return read_pages(asset, Objects(), limits=Limits(**limits))


def saved(content: bytes, **options: object) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(output, **options)
    return output.getvalue()


NO_PDF = "isn't a PDF file: upload the template as PDF"
DAMAGED = "is damaged: open it in a PDF reader, print it to a new PDF, upload that"
NO_SIZE = "has a page without a size: set the page's size and save it anew"
XFA = "is an XFA form, which most readers can't show"
XOBJECT = b"/XObject<</X 5 0 R>>"

REFUSED = {
    "empty": (b"", NO_PDF),
    "a picture": (b"\x89PNG\r\n\x1a\n" * 300, NO_PDF),
    "a header far within": (b" " * 2000 + one(), NO_PDF),
    "cut off": (one()[:-60], "is cut off: upload it again"),
    "cut off behind the start of a table": (one()[:-9], "is cut off: upload it again"),
    "rubbish": (b"%PDF-1.7\n" + b"rubbish\n" * 30 + b"%%EOF", DAMAGED),
    "rubbish behind rubbish": (b"?%PDF-1.7\n" + b"rubbish\n" * 30 + b"%%EOF", DAMAGED),
    "password": (
        saved(one(), encryption=pikepdf.Encryption(owner="owner", user="secret")),
        "is encrypted: save it without password and restrictions",
    ),
    "password behind junk": (
        b"junk\n" + saved(one(), encryption=pikepdf.Encryption(owner="owner", user="secret")),
        "is encrypted: save it without password and restrictions",
    ),
    "no pages": (one(others={2: b"<</Type/Pages/Kids[]/Count 0>>"}), "has no page: upload a PDF"),
    "no word of pages": (b"junk\n" + one(others={1: b"<</Type/Catalog>>"}), "has no page: upload"),
    "no page tree": (one(others={2: b"[]"}), "has no page: upload a PDF with one"),
    "pages within themselves": (one(others={2: b"<</Type/Pages/Kids[2 0 R]>>"}), DAMAGED),
    "no box": (one(b""), NO_SIZE),
    "no width": (one(b"/MediaBox[0 0 0 200]"), NO_SIZE),
    "nothing to see": (one(b"/MediaBox[0 0 90 90]/CropBox[100 100 200 200]"), NO_SIZE),
    "tiny": (one(b"/MediaBox[0 0 90 90]/UserUnit 0.01"), NO_SIZE),
    "huge": (one(b"/MediaBox[0 0 300 20000]"), "has a page of more than 5 meters: set the page's"),
    "huge units": (one(b"/MediaBox[0 0 300 200]/UserUnit 900"), "has a page of more than 5 meters"),
    "a box of words": (one(b"/MediaBox[0 0 /A 200]"), DAMAGED),
    "a size without an end": (one(b"/MediaBox[0 0 1%s 200]" % (b"0" * 30)), "has a page of more"),
    "XFA alone": (one(root=b"/AcroForm<</XFA[(a)4 0 R]/Fields[]>>"), XFA),
    "XFA that is made up while it is shown": (one(root=b"/NeedsRendering true"), XFA),
    "no drawing": (one(others={4: b"null"}), DAMAGED),
    "a drawing that isn't there": (one(others={4: b"[99 0 R]"}), DAMAGED),
    "a broken drawing": (
        one(others={4: data(b"\xff\xff rubbish", b"/Filter/FlateDecode")}),
        DAMAGED,
    ),
    "a drawing that breaks off": (
        one(others={4: data(zlib.compress(bytes(range(256)) * 9)[:99], b"/Filter/FlateDecode")}),
        DAMAGED,
    ),
    "a drawing that is a picture": (one(others={4: data(b"", b"/Filter/DCTDecode")}), DAMAGED),
    "an unknown filter": (one(others={4: data(b"", b"/Filter/Secret")}), DAMAGED),
    "a filter that is a number": (one(others={4: data(b"", b"/Filter 5")}), DAMAGED),
    "broken hex": (one(others={4: data(b"xyz>", b"/Filter/AHx")}), DAMAGED),
    "broken base 85": (one(others={4: data(b"vw{}~>", b"/Filter/A85")}), DAMAGED),
    "broken LZW": (one(others={4: data(b"\xff\xff\xff", b"/Filter/LZW")}), DAMAGED),
    "resources that are a number": (
        one().replace(b"/Resources<<>>", b"/Resources 5"),
        DAMAGED,
    ),
    "a stamp without a box": (
        one(
            b"/MediaBox[0 0 9 9]/Annots[<</Subtype/Stamp/Rect[0 0 9 9]/AP<</N 5 0 R>>>>]",
            others={5: data(b"", b"/Subtype/Form")},
        ),
        DAMAGED,
    ),
}


@pytest.mark.parametrize("content,message", REFUSED.values(), ids=REFUSED)
def test_what_cant_be_used(content, message):
    """
    The error names the file and what to do.
    """
    with pytest.raises(TemplateError, match=f"^diploma.pdf {re.escape(message)}") as caught:
        read(content)

    assert not caught.value.retryable


def test_whatever_is_cut_off():
    """
    An upload that broke off never becomes a certificate.
    """
    content = one()

    for length in range(0, len(content) - 8, 7):
        with pytest.raises(TemplateError):
            read(content[:length])


def test_encryption_that_cant_be_undone_here(monkeypatch):
    """
    It is said what is missing.
    """

    def missing(*_: object) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(_source, "_Reader", missing)

    with pytest.raises(TemplateError, match=r"is encrypted: .* package cryptography installed"):
        read(one())


BOMB = zlib.compress(bytes(30_000_000), 9)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def objects_in_a_stream(count: int, size: int) -> bytes:
    """
    Write a file with streams of objects that are tiny packed and huge unpacked.
    """
    output = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].Resources = pikepdf.Dictionary(
        ExtGState=pikepdf.Dictionary(
            {
                f"/G{place}": pdf.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name("/ExtGState"), X=pikepdf.String("x" * size)
                    )
                )
                for place in range(count)
            }
        )
    )
    pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


TOO_MUCH = {
    "a picture": one(
        resources=XOBJECT,
        others={5: data(BOMB, b"/Subtype/Image/Width 9/Height 9/Filter/FlateDecode")},
    ),
    "a drawing": one(others={4: data(BOMB, b"/Filter/FlateDecode")}),
    "a bomb in a bomb": one(
        others={4: data(zlib.compress(BOMB), b"/Filter[/FlateDecode/FlateDecode]")}
    ),
    "words about it": one(root=b"/Metadata 5 0 R", others={5: data(BOMB, b"/Filter/FlateDecode")}),
    "run lengths": one(others={4: data(b"\x81 " * 50_000, b"/Filter/RL")}),
}


@pytest.mark.parametrize("content", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_unpacks_to_too_much(content):
    """
    It is refused before it fills the memory.
    """
    tracemalloc.start()
    try:
        with pytest.raises(TemplateError, match=r"is too large .*: unpacked, .* 5 MB"):
            read(content, decoded=5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_streams_of_objects():
    """
    What comes out of them is counted together, and each has its limit.
    """
    content = objects_in_a_stream(700, 1_000)

    assert 1 == len(read(content))
    with pytest.raises(TemplateError, match=r"is too large .*: unpacked, .* 0\.6 MB"):
        read(content, decoded=600_000)
    with pytest.raises(TemplateError, match=r"is too large .*: it has huge parts"):
        read(content, decoded=200_000)


def test_too_many_parts():
    """
    Objects, pages, and levels of each of them are counted.
    """
    shades = {place: b"<</LW %d>>" % place for place in range(10, 60)}
    named = b"".join(b"/G%d %d 0 R" % (place, place) for place in shades)
    content = one(resources=b"/ExtGState<<%s>>" % named, others=shades)

    assert 1 == len(read(content, objects=60))
    with pytest.raises(TemplateError, match="safely: it has more than 40 parts; simplify it"):
        read(content, objects=40)
    with pytest.raises(TemplateError, match="it has more than 20 pages"):
        read(one(others={2: b"<</Type/Pages/Kids[%s]>>" % (b"3 0 R " * 21)}), pages=20)
    with pytest.raises(TemplateError, match="its parts lie in each other too deep"):
        read(one(resources=b"/ExtGState<</G<</D %s>>>>" % nested(90)))
    with pytest.raises(TemplateError, match=r"^diploma.pdf "):
        read(one(resources=b"/ExtGState<</G<</D %s>>>>" % nested(20_000)))


def test_a_search_without_an_end():
    """
    A reader that looks for thousands of parts in a large file isn't let to.
    """
    missing = b"".join(b"/G%d %d 0 R" % (place, place) for place in range(1000, 9000))
    content = one(resources=b"/ExtGState<<%s>>" % missing, others={5: data(bytes(500_000))})
    started = time.process_time()

    with pytest.raises(TemplateError, match="its parts can't be found in reasonable time"):
        read(content)

    assert time.process_time() - started < 20


def test_too_much_to_look_at():
    """
    A drawing beyond all measure is taken over without a look at it.
    """
    content = one(others={4: data(b"/P BMC 0 0 9 9 re f EMC k k k")})

    assert ("it has colors for printing inks (CMYK)",) == read(content).reasons
    assert ("some of its drawing can't be checked",) == read(content, scanned=9).reasons
