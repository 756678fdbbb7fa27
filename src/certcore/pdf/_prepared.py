"""
A design made ready, and the files it makes.
"""

from __future__ import annotations

import importlib.metadata

from collections.abc import Sequence
from typing import cast

from attrs import field, frozen

from certcore.domain import Artifact, Certificate
from certcore.pdf._compiled import Compiled, OwnFont
from certcore.pdf._compiling import compile_design, draft
from certcore.pdf._conditions import holds
from certcore.pdf._describing import Description, DescriptionTemplate
from certcore.pdf._design import place_elements, read_faces, read_files
from certcore.pdf._drawables import NOTHING, Drawable
from certcore.pdf._options import Pdf
from certcore.pdf._own_fonts import own_fonts
from certcore.pdf._storing import read_compiled, write_compiled
from certcore.pdf._typesetting import clean
from certcore.pdf._versions import engine
from certcore.placeholders import Said, TextTemplate, compile_text
from certcore.ports import AssetStore


_ADDRESS = compile_text("{verification.address}")
_MOST = 32
"""Prepared designs that a process remembers."""

# without a lock: one that another thread has would stay locked in a forked process. Two threads may
# prepare the same design, and either result serves.
_PREPARED: dict[tuple[object, ...], PreparedPdf] = {}


def prepare(design: Pdf, assets: AssetStore, compiled: bytes = b"") -> PreparedPdf:
    """
    Do what `PdfGenerator.prepare` and `PdfGenerator.restore` promise.
    """
    read = read_files(design, assets)
    stored = read_compiled(compiled) if compiled else None
    digest = read.digest
    # a process may live longer than the fonts that it has found
    key = (digest, stored and stored.made_with, *read.fallback.places())
    known = _PREPARED.pop(key, None)
    if known is None:
        faces = read_faces(read)
        if stored is None:
            begun = draft(read.template)
            elements = place_elements(read, faces, begun)
            made = compile_design(begun, elements, design)
        else:
            elements = place_elements(read, faces, stored)
            made = stored.design(elements)
        known = _prepared(design, digest, made, elements)
    _PREPARED[key] = known  # the last one to be forgotten
    for oldest in list(_PREPARED)[:-_MOST]:
        _PREPARED.pop(oldest, None)
    return known


def _prepared(
    design: Pdf, digest: str, compiled: Compiled, elements: Sequence[Drawable]
) -> PreparedPdf:
    title = compile_text(design.title)
    names = title.names.union(*map(_asked, elements))
    return PreparedPdf(
        digest=digest,
        engine=engine(compiled.made_with),
        design=compiled,
        elements=elements,
        title=title,
        placeholders=names,
        addressed=_ADDRESS.names <= title.names,
        addressing=[n for n, each in enumerate(elements) if _ADDRESS.names <= each.names],
        language=design.language,
        description=DescriptionTemplate.compile(
            producer=f"certcore {importlib.metadata.version('certcore')}",
            pdfa=not compiled.hindrances,
        ),
    )


def _asked(element: Drawable) -> frozenset[str]:
    """
    Give the placeholders of an element. An address that it is drawn for may be missing.
    """
    if element.when is None:
        return element.names
    asked = element.names | element.when.names
    return asked - _ADDRESS.names if element.when.names == _ADDRESS.names else asked


@frozen(kw_only=True)
class PreparedPdf:
    """
    A design made ready. Thread-safe.
    """

    digest: str
    engine: str
    design: Compiled = field(repr=False)
    elements: Sequence[Drawable] = field(repr=False)
    title: TextTemplate
    description: DescriptionTemplate
    language: str
    placeholders: frozenset[str]
    addressed: bool
    """Whether the title says where a file can be verified."""
    addressing: Sequence[int]
    """The places of elements that do: an issuer needn't have pages for that."""

    @property
    def remarks(self) -> Sequence[str]:
        """
        Whether files are PDF/A-2b; if they aren't, each reason.
        """
        reasons = self.design.hindrances
        return [f"PDF/A-2b: no: {reason}" for reason in reasons] or ["PDF/A-2b: yes"]

    def compiled(self) -> bytes:
        """
        Write the compiled design down: what is made from it has the same bytes anywhere.
        """
        return write_compiled(self.design)

    def generate(self, certificate: Certificate) -> Artifact:
        """
        Make the PDF of one certificate.

        Raises:
            certcore.exceptions.GenerationError:
                If it can't be made; nobody else's is affected.
        """
        statement = certificate.statement
        language = self.language or statement.recipient.language or statement.issuer.language
        if not (language.isascii() and language.isprintable()):
            language = ""  # no tag of a language
        said = Said(certificate=certificate, language=language)
        compiled = self.design
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
        addressed = self.addressed or any(drawings[n] is not NOTHING for n in self.addressing)
        address = _ADDRESS.write(said) if addressed else ""
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
