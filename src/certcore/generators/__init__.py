"""
Built-in generators: how a certificate's file is made.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from certcore.pdf import Fit, FontFace, Image, Line, Pdf, PdfGenerator, QrCode, Rectangle, Text
from certcore.plugins import NoOptions, Provider, Services, hookimpl, provider


__all__ = [
    "Fit",
    "FontFace",
    "Image",
    "Line",
    "Pdf",
    "QrCode",
    "Rectangle",
    "Text",
    "certcore_generators",
]


@contextmanager
def _pdf(options: NoOptions, services: Services) -> Generator[PdfGenerator]:
    del options, services  # a generator has nothing to be set: its designs say everything
    yield PdfGenerator()


@hookimpl
def certcore_generators() -> Iterable[Provider]:
    return [provider("pdf", Pdf, _pdf, summary="Draws on a PDF template")]
