"""
The PDF engine: draws a certificate on a PDF template.
"""

from certcore.pdf._binding import bind
from certcore.pdf._elements import ErrorCorrection, Image, Line, QrCode, Rectangle
from certcore.pdf._generator import PdfGenerator
from certcore.pdf._options import (
    STANDARD_FONTS,
    Align,
    Element,
    Fit,
    FontFace,
    Overflow,
    Pdf,
    Text,
)
from certcore.pdf._picturing import contact_sheet, picture


__all__ = [
    "STANDARD_FONTS",
    "Align",
    "Element",
    "ErrorCorrection",
    "Fit",
    "FontFace",
    "Image",
    "Line",
    "Overflow",
    "Pdf",
    "PdfGenerator",
    "QrCode",
    "Rectangle",
    "Text",
    "bind",
    "contact_sheet",
    "picture",
]
