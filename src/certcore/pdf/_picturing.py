"""
Pages as pictures, by the renderer of a browser: what a certificate looks like, without a reader.
"""

from __future__ import annotations

import math
import os
import struct
import threading
import zlib

from collections.abc import Iterable
from typing import Any

from certcore.exceptions import GenerationError, MissingExtraError


_RENDERING = threading.Lock()
"""PDFium isn't thread-safe."""
# forking waits for whoever draws: in the child, nobody would ever unlock it, nor finish the page
getattr(os, "register_at_fork", dict)(
    before=_RENDERING.acquire,
    after_in_parent=_RENDERING.release,
    after_in_child=_RENDERING.release,
)

_MOST_PIXELS = 100_000_000
"""Each takes 4 bytes of memory; an A4 page at 600 dpi has 35 million."""

_GAP = 12
"""Pixels between the pictures of a sheet."""
_CAPTION = 20
"""Pixels below each of them, for its title."""
_TITLE = 14
_TRUE_COLOR = (8, 2)
"""Bits of a channel, and the number that PNG has for red, green and blue."""
_DESK, _INK = "#d8d8d8", "#202020"


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
            If it can't be read, has no such page, or would have more than 100 million pixels, or
            none.
    """
    return _png(_shown(content, page, scale))


def contact_sheet(
    files: Iterable[tuple[str, bytes]], *, columns: int = 4, scale: float = 0.5
) -> bytes:
    """
    Show the first pages of several PDFs side by side, as one PNG picture.

    Args:
        files: Each with its title, which stands below its page, in Latin letters.

        columns: How many stand in a row.

        scale: Pixels for each point: 1 is 72 dpi.

    Raises:
        certcore.exceptions.MissingExtraError:
            If the extra `preview` isn't installed.

        certcore.exceptions.GenerationError:
            If one of them can't be read, or the sheet would have more than 100 million pixels, or
            no columns.
    """
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # only pictures need it

    if columns < 1:
        raise GenerationError(f"a sheet has one column at least, not {columns}")
    shown = [(title, _shown(content, 1, scale)) for title, content in files]
    width = max((page.width for _, page in shown), default=0) + _GAP
    height = max((page.height for _, page in shown), default=0) + _CAPTION + _GAP
    across = min(columns, len(shown))
    size = (across * width + _GAP, -(-len(shown) // columns) * height + _GAP)
    _check(*size)
    sheet = Image.new("RGB", size, _DESK)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_TITLE)
    for place, (title, page) in enumerate(shown):
        row, column = divmod(place, columns)
        x, y = _GAP + column * width, _GAP + row * height
        sheet.paste(page, (x, y))
        draw.text((x, y + page.height + 2), title, _INK, font)
    return _png(sheet)


def _shown(content: bytes, page: int, scale: float) -> Any:
    if not 0 < scale < math.inf:
        raise GenerationError(f"a scale is a number above 0, not {scale}: 1 is 72 dpi")
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


def _drawn(document: Any, page: int, scale: float) -> Any:
    if not 1 <= page <= len(document):
        raise GenerationError(f"the file has no page {page}: it has {len(document)}")
    shown = document[page - 1]
    width, height = shown.get_size()
    _check(width * scale, height * scale)
    return shown.render(scale=scale).to_pil()


def _check(width: float, height: float) -> None:
    if width * height > _MOST_PIXELS:
        raise GenerationError(
            f"a picture of {width:,.0f} × {height:,.0f} pixels is too large: "  # noqa: RUF001  # the sign that people know
            "choose a smaller scale"
        )


def _png(image: Any) -> bytes:
    """
    Write a picture as it is, with little packing: it is looked at once.

    Trying filters on its rows, as PIL does, takes as long as drawing a page and saves nothing here.
    """
    width, height = image.size
    pixels: bytes = image.convert("RGB").tobytes()
    row = 3 * width
    # each row begins with the number of its filter: none
    rows = b"".join([b"\0" + pixels[y * row : (y + 1) * row] for y in range(height)])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, *_TRUE_COLOR, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows, 1)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    # W3C PNG, section 5.3
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
