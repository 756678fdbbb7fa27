"""
The way into the engine; the libraries that it draws with are loaded when a design is prepared.
"""

from __future__ import annotations

from certcore.pdf._options import Pdf
from certcore.ports import AssetStore, PreparedDesign


class PdfGenerator:
    """
    Draws certificates on PDF templates. Thread-safe.
    """

    def prepare(self, design: Pdf, assets: AssetStore) -> PreparedDesign:
        """
        Read the template, the fonts and the images once, and check that all of it can be drawn.

        Raises:
            certcore.exceptions.ConfigurationError:
                With everything in the layout that can't be, and every asset that isn't there.

            certcore.exceptions.GenerationError:
                If the template, a font or an image can't be used.
        """
        from certcore.pdf._prepared import prepare  # noqa: PLC0415  # loads pypdf and reportlab

        return prepare(design, assets)
