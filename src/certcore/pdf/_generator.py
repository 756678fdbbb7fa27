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
        from certcore.pdf._prepared import prepare  # noqa: PLC0415  # loads pypdf and HarfBuzz

        return prepare(design, assets)

    def restore(self, design: Pdf, assets: AssetStore, compiled: bytes) -> PreparedDesign:
        """
        Do as `prepare`, from what it compiled then: certificates have the same bytes as those.

        Args:
            compiled: What `PreparedPdf.compiled` gave. If this version of certcore doesn't know
                its form any more, the design is compiled anew.

        Raises:
            certcore.exceptions.GenerationError:
                If it is damaged, or a font that it was compiled with isn't there; besides what
                `prepare` raises.
        """
        from certcore.pdf._prepared import prepare  # noqa: PLC0415  # as above

        return prepare(design, assets, compiled)
