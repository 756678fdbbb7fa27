"""
A design made ready, and the files it makes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import zlib

from collections.abc import Sequence
from typing import Any, cast

import babel
import pypdf
import segno
import uharfbuzz

from attrs import field, frozen

from certcore.config import dump
from certcore.domain import Artifact, Asset, Certificate
from certcore.pdf._compiled import Compiled, OwnFont
from certcore.pdf._compiling import compile_design
from certcore.pdf._conditions import holds
from certcore.pdf._describing import Description, DescriptionTemplate
from certcore.pdf._design import read_design
from certcore.pdf._drawables import NOTHING, Drawable
from certcore.pdf._options import Pdf
from certcore.pdf._own_fonts import own_fonts
from certcore.pdf._typesetting import clean
from certcore.placeholders import Said, TextTemplate, compile_text
from certcore.ports import AssetStore


_VERSION = 3
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
    compiled = compile_design(
        read.draft, read.elements, language=design.language, shown=design.template_alt
    )
    title = compile_text(design.title)
    asked = [each.when.names for each in read.elements if each.when]
    names = title.names.union(*(each.names for each in read.elements), *asked)
    return PreparedPdf(
        digest=_digest(design, read.assets),
        compiled=compiled,
        elements=read.elements,
        title=title,
        placeholders=names,
        addressed=_ADDRESS.names <= names,
        language=design.language,
        description=DescriptionTemplate.compile(
            producer=f"certcore {importlib.metadata.version('certcore')}",
            pdfa=not compiled.hindrances,
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
    addressed: bool
    """Whether files say where they can be verified: an issuer needn't have pages for that."""

    def generate(self, certificate: Certificate) -> Artifact:
        """
        Make the PDF of one certificate.

        Raises:
            certcore.exceptions.GenerationError:
                If it can't be made; nobody else's is affected.
        """
        statement = certificate.statement
        language = self.language or statement.recipient.language or statement.issuer.language
        said = Said(certificate=certificate, language=language)
        compiled = self.compiled
        drawings = [
            NOTHING if element.when and not holds(element.when, said) else element.lay_out(said)
            for element in self.elements
        ]
        drawn = [drawing.draw(compiled.fonts) for drawing in drawings]
        own: Sequence[OwnFont] = ()
        if None in drawn:
            # what shared fonts suffice for is drawn with these, and so only once if it is kept
            lacking = [
                drawing for drawing, done in zip(drawings, drawn, strict=True) if done is None
            ]
            own, fonts = own_fonts(compiled, lacking)
            drawn = [
                drawing.draw(fonts) if done is None else done
                for drawing, done in zip(drawings, drawn, strict=True)
            ]
        address = _ADDRESS.write(said) if self.addressed else ""
        described = self.description.render(
            Description(
                title=clean(self.title.write(said)),
                author=clean(statement.issuer.name),
                language=language,
                created=statement.awarded_at,
                identifier=address,
            )
        )
        end = compiled.end(
            cast("Sequence[bytes]", drawn),
            own,
            described,
            language=language,
            address=address,
            frames=[drawings[place].frame for place, _ in compiled.links],
        )
        return Artifact(
            content=(compiled.beginning.content, end.objects, end.closing), begun=end.begun
        )


def _digest(design: Pdf, assets: Sequence[Asset]) -> str:
    # numbers as they are meant, not as they were written: 34 and 34.0 make the same file
    options = json.loads(dump(design), parse_int=float)
    used = {asset.slug: asset.sha256 for asset in assets}
    document = json.dumps([options, used], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()
