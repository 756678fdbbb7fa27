"""
Fonts: reading them, what letters they have, how wide these are.
"""

from __future__ import annotations

import threading

from collections.abc import Mapping
from io import BytesIO
from typing import Any, cast

from attrs import field, frozen
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from certcore.domain import Asset
from certcore.exceptions import FontError


DRAWING = threading.Lock()
"""Held while reportlab draws: its fonts belong to the whole process, and aren't thread-safe."""

_OTHER_FORMATS: Mapping[bytes, str] = {
    b"OTTO": "has PostScript outlines",
    b"wOFF": "is packed for the web",
    b"wOF2": "is packed for the web",
}

# fsType of the OpenType specification
_USAGE = 0x000F
_RESTRICTED = 0x0002
_NO_SUBSET = 0x0300  # as a whole only, or bitmaps only


@frozen(eq=False)
class Face:
    """
    A font that can be drawn with.
    """

    name: str
    """By which reportlab knows it."""
    label: str
    """What people call it: an asset's slug, or the name of a standard font."""
    _font: Any = field(repr=False)
    _glyphs: Mapping[int, int] | None = field(default=None, repr=False)
    """Of a TrueType font, by code point."""

    def has(self, character: str) -> bool:
        """
        Whether it can draw a character.
        """
        if self._glyphs is not None:
            return bool(self._glyphs.get(ord(character)))
        try:
            character.encode(self._font.encName)
        except UnicodeEncodeError:
            return False
        return True

    def width(self, text: str) -> float:
        """
        Give the width of a text at 1 pt, in points.
        """
        return cast("float", self._font.stringWidth(text, 1000)) / 1000


def standard_face(name: str) -> Face:
    """
    Give one of the 14 fonts that every reader of PDF has.
    """
    with DRAWING:
        return Face(name, name, pdfmetrics.getFont(name))


def read_face(asset: Asset) -> Face:
    """
    Read a TrueType font. Of a variable font, the default instance is taken.

    It is registered under its content: another version of an asset is another font.

    Raises:
        certcore.exceptions.FontError:
            If it isn't a font that can be drawn with, saying what to do.
    """
    name = f"certcore-{asset.sha256}"
    with DRAWING:
        if name not in pdfmetrics.getRegisteredFontNames():
            cast("Any", pdfmetrics).registerFont(_read(asset, name))
        font: Any = pdfmetrics.getFont(name)
    return Face(name, asset.slug, font, font.face.charToGlyph)


def _read(asset: Asset, name: str) -> TTFont:
    other = _OTHER_FORMATS.get(asset.content[:4])
    if other:
        raise FontError(
            f"{asset.slug} {other}; a TrueType font is wanted: upload the family's .ttf file"
        )
    try:
        font = TTFont(name, BytesIO(asset.content))
    except Exception as exc:  # damaged tables make it stumble in any way
        raise FontError(
            f"{asset.slug} isn't a font that can be read: upload a TrueType font (.ttf)"
        ) from exc
    tables = cast("Mapping[str, Mapping[str, int]]", font.face.table)
    if any(table["offset"] + table["length"] > len(asset.content) for table in tables.values()):
        raise FontError(f"{asset.slug} is cut off: upload it again")
    if "OS/2" in tables and _forbidden(asset.content[tables["OS/2"]["offset"] :]):
        raise FontError(
            f"{asset.slug}: its maker doesn't allow it to be embedded in documents; "
            "choose another font"
        )
    return font


def _forbidden(table: bytes) -> bool:
    """
    Tell from an OS/2 table whether a subset of the font may not be embedded.
    """
    rights = int.from_bytes(table[8:10], "big")
    return rights & _USAGE == _RESTRICTED or bool(rights & _NO_SUBSET)
