"""
The template: checked, and turned into a page to which drawings can be added safely.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

from attrs import field, frozen
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    RectangleObject,
    StreamObject,
)

from certcore.domain import Asset
from certcore.exceptions import TemplateError


FORM = "/CertcoreTemplate"
"""Under this name the page as it came is part of the page as it becomes."""

_HARMLESS = frozenset({"/URI", "/GoTo"})
_TAIL = 2048
_HEAD = 1024


@frozen
class Template:
    """
    A page to draw on. Sizes in points, of the page as one sees it.
    """

    width: float
    height: float
    matrix: tuple[float, float, float, float, float, float]
    """From the lower left corner of the page as one sees it to the page's own coordinates."""
    content: bytes = field(repr=False)
    """A PDF file whose first page shows the template as a form: whatever its drawing leaves behind,
    moved origins or other colors, doesn't reach what is drawn after it."""


def read_template(asset: Asset) -> Template:
    """
    Read a PDF template; its scripts, forms and outlines aren't taken over.

    Raises:
        certcore.exceptions.TemplateError:
            If it can't be drawn on, naming the asset and what to do.
    """
    if b"%PDF-" not in asset.content[:_HEAD]:
        raise TemplateError(f"{asset.slug} isn't a PDF file: upload the template as PDF")
    if b"%%EOF" not in asset.content[-_TAIL:]:
        raise TemplateError(f"{asset.slug} is cut off: upload it again")
    try:
        return _prepared(asset.slug, PdfReader(BytesIO(asset.content)))
    except TemplateError:
        raise
    except Exception as exc:  # a damaged file makes the library stumble in any way
        raise TemplateError(
            f"{asset.slug} is damaged: open it in a PDF reader, print it to a new PDF, upload that"
        ) from exc


def _prepared(slug: str, reader: PdfReader) -> Template:
    if reader.is_encrypted:
        raise TemplateError(f"{slug} is encrypted: save it without password and restrictions")
    if not len(reader.pages):
        raise TemplateError(f"{slug} has no page: upload a PDF with one")
    writer = PdfWriter()
    for each in reader.pages:
        writer.add_page(each)
    for each in writer.pages:
        _disarm(each)
    page = writer.pages[0]
    left, bottom, right, top = _visible(page)
    if not (right > left and top > bottom):
        raise TemplateError(f"{slug}: its page has no size: set the page's size and save it anew")
    _wrap(page, writer)
    output = BytesIO()
    writer.write(output)
    # /UserUnit says how many points a unit of the page's own coordinates is long
    unit = 1 / float(page.get("/UserUnit", 1))
    rotation = page.rotation % 360
    size = ((right - left) / unit, (top - bottom) / unit)
    width, height = size if rotation in {0, 180} else size[::-1]
    matrix = {
        0: (unit, 0.0, 0.0, unit, left, bottom),
        90: (0.0, unit, -unit, 0.0, right, bottom),
        180: (-unit, 0.0, 0.0, -unit, right, top),
        270: (0.0, -unit, unit, 0.0, left, top),
    }[rotation]
    return Template(width, height, matrix, output.getvalue())


def _visible(page: PageObject) -> tuple[float, float, float, float]:
    media, crop = _edges(page.mediabox), _edges(page.cropbox)
    return (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )


def _edges(box: RectangleObject) -> tuple[float, float, float, float]:
    # any two opposite corners make a rectangle
    xs = sorted((float(box[0]), float(box[2])))
    ys = sorted((float(box[1]), float(box[3])))
    return xs[0], ys[0], xs[1], ys[1]


def _wrap(page: PageObject, writer: PdfWriter) -> None:
    form = DecodedStreamObject()
    form.set_data(_contents(page))
    form[NameObject("/Type")] = NameObject("/XObject")
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject(FloatObject(edge) for edge in _edges(page.mediabox))
    form[NameObject("/Resources")] = page.get("/Resources", DictionaryObject())
    drawing = DecodedStreamObject()
    drawing.set_data(f"q {FORM} Do Q\n".encode())
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): DictionaryObject(
                {NameObject(FORM): added(form.flate_encode(), writer)}
            )
        }
    )
    page[NameObject("/Contents")] = ArrayObject([added(drawing, writer)])
    for stale in ("/StructParents", "/Thumb"):
        page.pop(NameObject(stale), None)


def _disarm(page: PageObject) -> None:
    """
    Keep a page's links; whatever else happens when one opens it or clicks on it goes.
    """
    page.pop(NameObject("/AA"), None)
    annotations = page.get("/Annots", ArrayObject()).get_object()
    for each in cast("ArrayObject", annotations):
        annotation = cast("DictionaryObject", each.get_object())
        annotation.pop(NameObject("/AA"), None)
        action = annotation.get("/A", DictionaryObject()).get_object()
        action.pop(NameObject("/Next"), None)
        if action.get("/S") not in _HARMLESS:
            annotation.pop(NameObject("/A"), None)


def added(stream: StreamObject, writer: PdfWriter) -> PdfObject:
    """
    Add a stream to a file, and give the reference to it.
    """
    adder: Any = writer
    return cast("PdfObject", adder._add_object(stream))  # noqa: SLF001  # there is no public way


def _contents(page: PageObject) -> bytes:
    contents = page.get("/Contents", ArrayObject())
    parts = contents if isinstance(contents, ArrayObject) else [contents]
    return b"\n".join(map(_data, parts))


def _data(part: PdfObject) -> bytes:
    stream = part.get_object()
    if not isinstance(stream, StreamObject):
        raise TypeError("a page's content isn't there")
    return stream.get_data()
