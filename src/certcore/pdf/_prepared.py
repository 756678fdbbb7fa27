"""
A design made ready, and the files it makes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import zlib

from collections.abc import Sequence
from io import BytesIO

import babel
import pypdf
import reportlab
import segno

from attrs import field, frozen
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from certcore.config import dump
from certcore.domain import Artifact, Asset, Certificate
from certcore.pdf._design import read_design
from certcore.pdf._elements import Drawable
from certcore.pdf._fonts import DRAWING
from certcore.pdf._options import Pdf
from certcore.pdf._template import Template, added
from certcore.pdf._text import clean
from certcore.placeholders import TextTemplate, compile_text
from certcore.ports import AssetStore


_VERSION = 1
"""Raised with every change that shows in a file."""

_ENGINE = (
    f"certcore-pdf {_VERSION} (pypdf {pypdf.__version__}, reportlab {reportlab.__version__}, "
    f"segno {segno.__version__}, babel {babel.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION})"
)


def prepare(design: Pdf, assets: AssetStore) -> PreparedPdf:
    """
    Do what `PdfGenerator.prepare` promises.
    """
    read = read_design(design, assets)
    title = compile_text(design.title)
    return PreparedPdf(
        digest=_digest(design, read.assets),
        template=read.template,
        elements=read.elements,
        title=title,
        placeholders=title.names.union(*(element.names for element in read.elements)),
        language=design.language,
        producer=f"certcore {importlib.metadata.version('certcore')}",
    )


@frozen(kw_only=True)
class PreparedPdf:
    """
    A design made ready. Thread-safe.
    """

    digest: str
    engine: str = _ENGINE
    template: Template
    elements: Sequence[Drawable] = field(repr=False)
    title: TextTemplate
    language: str
    producer: str
    placeholders: frozenset[str]

    def generate(self, certificate: Certificate) -> Artifact:
        """
        Make the PDF of one certificate.

        Raises:
            certcore.exceptions.GenerationError:
                If it can't be made; nobody else's is affected.
        """
        statement = certificate.statement
        language = self.language or statement.recipient.language or statement.issuer.language
        drawn = self._draw(certificate, language)
        # the template is read anew each time: the library's objects can't be shared by threads
        writer = PdfWriter(clone_from=PdfReader(BytesIO(self.template.content)))
        self._add(writer, PdfReader(BytesIO(drawn)))
        self._describe(writer, certificate, language)
        output = BytesIO()
        writer.write(output)
        return Artifact(content=output.getvalue())

    def _draw(self, certificate: Certificate, language: str) -> bytes:
        drawings = [element.lay_out(certificate, language) for element in self.elements]
        output = BytesIO()
        size = (self.template.width, self.template.height)
        with DRAWING:
            canvas = Canvas(output, pagesize=size, pageCompression=1, invariant=1)
            for draw in drawings:
                canvas.saveState()
                draw(canvas)
                canvas.restoreState()
            canvas.showPage()
            canvas.save()
        return output.getvalue()

    def _add(self, writer: PdfWriter, drawn: PdfReader) -> None:
        page, drawing = writer.pages[0], drawn.pages[0]
        stream = drawing["/Contents"].get_object()
        assert isinstance(stream, StreamObject)  # noqa: S101  # reportlab writes one stream a page
        numbers = " ".join(f"{number:.6f}" for number in self.template.matrix)
        content = DecodedStreamObject()
        content.set_data(f"q {numbers} cm\n".encode() + stream.get_data() + b"\nQ\n")
        resources = drawing["/Resources"].clone(writer)
        assert isinstance(resources, DictionaryObject)  # noqa: S101  # as above
        template = page["/Resources"]["/XObject"]  # type: ignore[index]  # a dictionary: we made it
        images = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        images.update(template)
        page[NameObject("/Resources")] = resources
        page[NameObject("/Contents")] = ArrayObject(
            [
                *page.raw_get("/Contents").get_object(),
                added(content.flate_encode(), writer),
            ]
        )

    def _describe(self, writer: PdfWriter, certificate: Certificate, language: str) -> None:
        title = clean(self.title.render(certificate, language=language))
        awarded = certificate.statement.awarded_at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")
        writer.metadata = {
            "/Title": title,
            "/Author": clean(certificate.statement.issuer.name),
            "/Producer": self.producer,
            "/CreationDate": awarded,
            "/ModDate": awarded,
        }
        root = writer.root_object
        root[NameObject("/Lang")] = TextStringObject(language)
        root[NameObject("/ViewerPreferences")] = DictionaryObject(
            {NameObject("/DisplayDocTitle"): BooleanObject(True)}  # noqa: FBT003  # the library's
        )
        writer.pdf_header = "%PDF-1.7"


def _digest(design: Pdf, assets: Sequence[Asset]) -> str:
    # numbers as they are meant, not as they were written: 34 and 34.0 make the same file
    options = json.loads(dump(design), parse_int=float)
    used = {asset.slug: asset.sha256 for asset in assets}
    document = json.dumps([_ENGINE, options, used], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()
