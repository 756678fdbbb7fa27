"""
What a file says of itself is said twice in the same words, whatever the words.
"""

from __future__ import annotations

import datetime as dt
import io
import zoneinfo

from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest

from hypothesis import given
from hypothesis import strategies as st
from pikepdf.models.metadata import decode_pdf_date

from certcore.exceptions import LayoutError
from certcore.pdf._describing import Description, DescriptionTemplate
from certcore.pdf._syntax import Objects


NOON = dt.datetime(2026, 5, 3, 12, 0, 59, 999999, tzinfo=dt.UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
TEMPLATE = DescriptionTemplate.compile(producer="certcore 1 <&>", pdfa=True, pdfua=True)

SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "x": "adobe:ns:meta/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}


def file_of(info: bytes, xmp: bytes) -> bytes:
    """
    Assemble a file without pages.
    """
    objects = Objects()
    described, packet = objects.add(info), objects.add(xmp)
    pages = objects.add(b"<</Type/Pages/Kids[]/Count 0>>")
    catalog = objects.add(b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R>>" % (pages, packet))
    content, places = b"%PDF-1.7\n", list[int]()
    for number, body in objects:
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (size, entries)
        + (
            b"<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (size, catalog, described, len(content))
        )
    )


def found(template: DescriptionTemplate, description: Description) -> tuple[Any, ET.Element]:
    """
    Give what another library finds in a file: its Info dictionary, and its packet.
    """
    with pikepdf.open(io.BytesIO(file_of(*template.render(description)))) as pdf:
        info = {str(key): str(value) for key, value in pdf.docinfo.items()}
        packet = pdf.Root.Metadata.read_raw_bytes()
        assert [] == pdf.check_pdf_syntax()
    return info, ET.fromstring(packet)  # noqa: S314  # we wrote it


def said(packet: ET.Element, name: str) -> str | None:
    return packet.findtext(f".//{name}//rdf:li", namespaces=SPACES) or packet.findtext(
        f".//{name}", namespaces=SPACES
    )


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text(title, author, subject, identifier):
    """
    It is well-formed, and the two agree.
    """
    description = Description(
        title=title, author=author, subject=subject, identifier=identifier, created=NOON
    )

    info, packet = found(TEMPLATE, description)

    assert info.get("/Title") == said(packet, "dc:title")
    assert info.get("/Author") == said(packet, "dc:creator")
    assert info.get("/Subject") == said(packet, "dc:description")
    assert info["/Producer"] == said(packet, "pdf:Producer") == "certcore 1 <&>"
    for text in (said(packet, "dc:title"), said(packet, "dc:identifier")):
        assert text is None or not any(ord(letter) < 32 for letter in text)


@pytest.mark.parametrize(
    "title,expected",
    [
        ("Łukasz <b>&amp; 'Ada'\"", "Łukasz <b>&amp; 'Ada'\""),
        ("]]> --> <?xml", "]]> --> <?xml"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("\0a\x07b\x85c\x9f\ufffe ", "ab c"),
        ("नाम \U0001f393", "नाम \U0001f393"),
        ("فاطمة", "فاطمة"),
        (" (a\\b) ", "(a\\b)"),
        ("a\xa0b", "a\xa0b"),
        ("\x1ben\x1bx", "enx"),
    ],
)
def test_hostile_titles(title, expected):
    """
    They stay what they are, but for what nobody sees.
    """
    info, packet = found(TEMPLATE, Description(title=title, created=NOON))

    assert (expected, expected) == (info["/Title"], said(packet, "dc:title"))


@given(
    st.datetimes(
        dt.datetime(1000, 1, 2),  # noqa: DTZ001  # zones are added
        dt.datetime(9999, 12, 30),  # noqa: DTZ001  # as above
        timezones=st.timezones() | st.just(dt.UTC),
    )
)
def test_dates(moment):
    """
    They agree to the second, in UTC.
    """
    info, packet = found(TEMPLATE, Description(title="x", created=moment))

    second = moment.astimezone(dt.UTC).replace(microsecond=0)
    for key in ("/CreationDate", "/ModDate"):
        assert second == decode_pdf_date(info[key])
    for key in ("CreateDate", "ModifyDate", "MetadataDate"):
        assert second == dt.datetime.fromisoformat(said(packet, f"xmp:{key}") or "")


def test_an_hour_that_comes_twice():
    """
    Both are told apart, though Python takes them for equal.
    """
    zone = zoneinfo.ZoneInfo("Europe/Madrid")
    first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=zone)

    dates = [
        found(TEMPLATE, Description(title="x", created=each))[0]["/CreationDate"]
        for each in (first, first.replace(fold=1))
    ]

    assert ["D:20261025003000Z", "D:20261025013000Z"] == dates


def test_all_that_can_be_said():
    """
    And who reads it finds it.
    """
    description = Description(
        title="Biología – Ada",
        author="Example University",
        subject="A certificate",
        language="es-MX",
        created=NOON,
        identifier="https://example.org/v/6R2K?a=1&b=2",
    )

    info, packet = found(TEMPLATE, description)

    assert {
        "/Title": "Biología – Ada",
        "/Author": "Example University",
        "/Subject": "A certificate",
        "/Producer": "certcore 1 <&>",
        "/CreationDate": "D:20260503120059Z",
        "/ModDate": "D:20260503120059Z",
    } == info
    assert "es-MX" == said(packet, "dc:language")
    assert "https://example.org/v/6R2K?a=1&b=2" == said(packet, "dc:identifier")
    assert "application/pdf" == said(packet, "dc:format")


def test_nothing_is_said_of_what_is_empty():
    """
    An empty author is no author.
    """
    info, packet = found(
        DescriptionTemplate.compile(producer=""), Description(title=" \n", created=NOON)
    )

    assert {"/CreationDate", "/ModDate"} == set(info)
    for name in ("dc:title", "dc:creator", "dc:language", "dc:identifier", "pdf:Producer"):
        assert packet.find(f".//{name}", SPACES) is None


@pytest.mark.parametrize("pdfa", [True, False])
@pytest.mark.parametrize("pdfua", [True, False])
def test_claims(pdfa, pdfua):
    """
    Made where they are asked for; the extension is explained where both are.
    """
    template = DescriptionTemplate.compile(producer="p", pdfa=pdfa, pdfua=pdfua)
    description = Description(title="x", created=NOON)

    _, packet = found(template, description)
    _, xmp = template.render(description)

    assert ("2" if pdfa else None) == said(packet, "pdfaid:part")
    assert ("B" if pdfa else None) == said(packet, "pdfaid:conformance")
    assert ("1" if pdfua else None) == said(packet, "pdfuaid:part")
    assert (pdfa and pdfua) == (b"pdfaExtension:schemas" in xmp)
    assert pdfa == (b"pdfaid" in xmp)
    with pikepdf.open(io.BytesIO(file_of(*template.render(description)))) as pdf:
        read = pdf.open_metadata()
        assert ("2B" if pdfa else "") == read.pdfa_status
        assert "x" == read["dc:title"]


def test_the_packet_can_be_found_in_the_file():
    """
    It isn't compressed, and has the marks that programs look for.
    """
    _, xmp = TEMPLATE.render(Description(title="x", created=NOON))

    assert xmp.startswith(b"<</Type/Metadata/Subtype/XML/Length ")
    assert b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>' in xmp
    assert b'<?xpacket end="r"?>' in xmp


@pytest.mark.parametrize("what", ["title", "author", "identifier"])
def test_half_a_character(what):
    """
    It is refused, with what it is in.
    """
    texts = {"title": "x", what: "a\ud83c"}

    with pytest.raises(LayoutError, match=rf"document's {what} has half a character \(U\+D83C\)"):
        TEMPLATE.render(Description(created=NOON, **texts))


def test_a_moment_without_a_time_zone():
    """
    Nobody knows when it was.
    """
    with pytest.raises(ValueError, match="time zone"):
        TEMPLATE.render(Description(title="x", created=NOON.replace(tzinfo=None)))
