"""
A design made ready, and the files it makes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import itertools
import json
import zlib

from collections.abc import Iterable, Sequence
from typing import Any, cast

import babel
import pypdf
import segno
import uharfbuzz

from attrs import field, frozen

from certcore.config import dump
from certcore.domain import Artifact, Asset, Certificate
from certcore.pdf._compiling import Compiled, compile_design
from certcore.pdf._describing import Description, DescriptionTemplate
from certcore.pdf._design import read_design
from certcore.pdf._drawables import Drawable, Drawing
from certcore.pdf._embedding import EmbeddedFont, embed, texts_of
from certcore.pdf._options import Pdf
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Typeface, clean
from certcore.placeholders import TextTemplate, compile_text
from certcore.ports import AssetStore


_VERSION = 2
"""Raised with every change that shows in a file."""

_HARFBUZZ: Any = uharfbuzz  # it has no types
_ENGINE = (
    f"certcore-pdf {_VERSION} (harfbuzz {_HARFBUZZ.version_string()}, pypdf {pypdf.__version__}, "
    f"segno {segno.__version__}, babel {babel.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION})"
)

_ADDRESS = compile_text("{verification.address}")


def prepare(design: Pdf, assets: AssetStore) -> PreparedPdf:
    """
    Do what `PdfGenerator.prepare` promises.
    """
    read = read_design(design, assets)
    title = compile_text(design.title)
    return PreparedPdf(
        digest=_digest(design, read.assets),
        compiled=compile_design(read.draft, read.elements, design.language),
        elements=read.elements,
        title=title,
        placeholders=title.names.union(*(element.names for element in read.elements)),
        language=design.language,
        description=DescriptionTemplate.compile(
            producer=f"certcore {importlib.metadata.version('certcore')}"
        ),
    )


@frozen(kw_only=True)
class PreparedPdf:
    """
    A design made ready. Thread-safe.
    """

    digest: str
    engine: str = _ENGINE
    compiled: Compiled
    elements: Sequence[Drawable] = field(repr=False)
    title: TextTemplate
    description: DescriptionTemplate
    language: str
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
        drawings = [element.lay_out(certificate, language) for element in self.elements]
        lacking = [drawing for drawing in drawings if not self.compiled.shares(drawing)]
        own = self._own_fonts(lacking)
        fonts = {**self.compiled.fonts, **{face: font for face, (font, _) in own.items()}}
        described = self.description.render(
            Description(
                title=clean(self.title.render(certificate, language=language)),
                author=clean(statement.issuer.name),
                language=language,
                created=statement.awarded_at,
                identifier=self._address(certificate),
            )
        )
        drawn = [
            # what shared fonts suffice for is drawn with these, and so only once if it is kept
            drawing.draw(fonts if drawing in lacking else self.compiled.fonts)
            for drawing in drawings
        ]
        end = self.compiled.end(drawn, [*own.values()], described, language)
        beginning = self.compiled.beginning
        return Artifact(content=(beginning.content, end), begun=beginning.begun)

    def _address(self, certificate: Certificate) -> str:
        # an issuer needn't have pages where certificates are verified
        return _ADDRESS.render(certificate) if _ADDRESS.names <= self.placeholders else ""

    def _own_fonts(
        self, lacking: Iterable[Drawing]
    ) -> dict[Typeface, tuple[EmbeddedFont, Sequence[bytes]]]:
        """
        Embed what drawings need that shared fonts don't suffice for; give it with its objects.
        """
        own: dict[Typeface, tuple[EmbeddedFont, Sequence[bytes]]] = {}
        numbers = itertools.count(self.compiled.first_font)
        for face, texts in texts_of(run for each in lacking for run in each.runs).items():
            shared = self.compiled.fonts.get(face)
            if shared is not None and texts.keys() <= shared.codes.keys():
                continue
            font, objects = embed(
                cast("Face", face),
                texts,
                f"C{len(own)}",
                reserve=lambda: next(numbers),
                # what zlib makes of it differs between its builds, and this is little
                compress=False,
            )
            own[face] = font, [body for _, body in sorted(objects)]
        return own


def _digest(design: Pdf, assets: Sequence[Asset]) -> str:
    # numbers as they are meant, not as they were written: 34 and 34.0 make the same file
    options = json.loads(dump(design), parse_int=float)
    used = {asset.slug: asset.sha256 for asset in assets}
    document = json.dumps([options, used], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()
