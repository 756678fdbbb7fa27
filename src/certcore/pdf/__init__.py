"""
The PDF engine: draws a certificate on a PDF template.
"""

from certcore.pdf._generator import PdfGenerator
from certcore.pdf._options import (
    STANDARD_FONTS,
    Align,
    Element,
    ErrorCorrection,
    Fit,
    Image,
    Pdf,
    QrCode,
    Text,
)
from certcore.pdf._picturing import picture


__all__ = [
    "STANDARD_FONTS",
    "Align",
    "Element",
    "ErrorCorrection",
    "Fit",
    "Image",
    "Pdf",
    "PdfGenerator",
    "QrCode",
    "Text",
    "picture",
]
