"""
Pages as pictures, by the renderer of a browser: what a certificate looks like, without a reader.
"""

from __future__ import annotations

import io
import threading

from typing import Any

from certcore.exceptions import GenerationError, MissingExtraError


_RENDERING = threading.Lock()
"""PDFium isn't thread-safe."""

_MOST_PIXELS = 100_000_000
"""Each takes 4 bytes of memory; an A4 page at 600 dpi has 35 million."""


def picture(content: bytes, *, page: int = 1, scale: float = 2.0) -> bytes:
    """
    Show a page of a PDF as a PNG picture.

    Args:
        page: Which, from 1 on.

        scale: Pixels for each point: 1 is 72 dpi.

    Raises:
        certcore.exceptions.MissingExtraError:
            If the extra `preview` isn't installed.

        certcore.exceptions.GenerationError:
            If it can't be read, has no such page, or would have more than 100 million pixels.
    """
    pdfium = _pdfium()
    with _RENDERING:
        try:
            document = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as exc:
            raise GenerationError("the file can't be shown: it isn't a readable PDF") from exc
        try:
            return _drawn(document, page, scale)
        finally:
            document.close()


def _pdfium() -> Any:
    try:
        import pypdfium2  # noqa: PLC0415  # an extra, and not needed for issuing
    except ImportError as exc:
        raise MissingExtraError("a preview as a picture", "preview") from exc
    return pypdfium2


def _drawn(document: Any, page: int, scale: float) -> bytes:
    if not 1 <= page <= len(document):
        raise GenerationError(f"the file has no page {page}: it has {len(document)}")
    shown = document[page - 1]
    width, height = shown.get_size()
    if width * height * scale * scale > _MOST_PIXELS:
        raise GenerationError(
            f"a picture of {width * scale:,.0f} × {height * scale:,.0f} pixels is too large: "  # noqa: RUF001  # the sign that people know
            "choose a smaller scale"
        )
    output = io.BytesIO()
    # little packing: a picture is looked at once, and packing takes longer than drawing
    shown.render(scale=scale).to_pil().save(output, "PNG", compress_level=1)
    return output.getvalue()
