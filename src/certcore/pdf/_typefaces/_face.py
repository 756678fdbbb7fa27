"""
Fonts: reading them, what letters they have, how wide these are.
"""

from __future__ import annotations

import hashlib
import math
import re

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

from certcore.domain import Asset
from certcore.exceptions import FontError
from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces._container import (
    Contents,
    InMemory,
    OnDisk,
    Tables,
    pack,
    read_tables,
    unreadable,
)
from certcore.pdf._typefaces._kept import kept
from certcore.pdf._typefaces._metrics import Metrics, read_metrics
from certcore.pdf._typefaces._rights import check_rights


_NEEDED = {"cmap": 4, "head": 54, "hhea": 36, "hmtx": 4, "maxp": 6}
"""Tables that every font has, and how long they are at least."""
_OUTLINES = ("glyf", "CFF ", "CFF2")
_PICTURES = ("CBDT", "COLR", "SVG ", "sbix")
_MAGIC = 0x5F0F3CF5
_UNITS = range(16, 16385)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._+-]")
_LOOKED_AT = 64
"""How many characters tell whether a font with pictures has outlines for them, too."""


class Face:
    """
    A font that can be drawn with. Two are the same only if they are one object.

    What takes time is done when it is first asked for: a font in a list of fallbacks costs no more
    than a look at what characters it has. Threads may share it, and so may processes after a fork.
    """

    def __init__(
        self,
        label: str,
        contents: Contents,
        *,
        index: int = 0,
        instance: Mapping[str, float] | None = None,
    ) -> None:
        """
        Look at the outside of a font; `read_face` says more of the arguments and errors.
        """
        self.label = label
        """What people call it: an asset's slug, or a file's name, and what was chosen of it."""
        self.index = index
        """Which font it is of a collection."""
        self._contents = contents
        self.tables: Tables = read_tables(label, contents, index)
        """Its parts, as the file has them."""
        if any(self.tables.size(tag) < least for tag, least in _NEEDED.items()):
            raise unreadable(label)
        head, maxp = self.tables.read("head"), self.tables.read("maxp")
        self.units_per_em = int.from_bytes(head[18:20], "big")
        """How many of the font's units make the size of the type."""
        self.glyphs = int.from_bytes(maxp[4:6], "big")
        """How many glyphs it has."""
        marked = int.from_bytes(head[12:16], "big") == _MAGIC
        if not marked or self.units_per_em not in _UNITS or not self.glyphs:
            raise unreadable(label)
        if "glyf" in self.tables and "loca" not in self.tables:
            raise unreadable(label)
        if not any(tag in self.tables for tag in (*_OUTLINES, *_PICTURES)):
            raise FontError(f"{label} has no outlines, bitmaps at most; choose another font")
        check_rights(label, self.tables.read("OS/2"))
        self.instance: tuple[tuple[str, float], ...] = self._chosen(instance or {})
        """Where it is on its axes, where that isn't their default; nothing if it has none."""

    def __repr__(self) -> str:
        return f"Face({self.label!r}, index={self.index}, instance={dict(self.instance)})"

    @property
    def size(self) -> int:
        """
        How many bytes its file has, which it keeps in memory once it was drawn with.
        """
        return len(self._contents)

    def letters(self) -> Iterable[int]:
        """
        Read the code points that it has a glyph for, without keeping them.
        """
        found: Iterable[int] = hb.Face(hb.Blob(self.tables.alone(["cmap", "maxp"]))).unicodes
        return found

    @kept
    def axes(self) -> Mapping[str, tuple[float, float, float]]:
        """
        What can be chosen of a variable font: lowest, default and highest value by axis.
        """
        if "fvar" not in self.tables:
            return dict[str, tuple[float, float, float]]()
        try:
            infos: list[Any] = hb.Face(hb.Blob(self.tables.alone(["fvar"]))).axis_infos
        except UnicodeDecodeError as exc:  # the name of an axis is no text
            raise unreadable(self.label) from exc
        return {info.tag: (info.min_value, info.default_value, info.max_value) for info in infos}

    @kept
    def covers(self) -> frozenset[int]:
        """
        The code points that it has a glyph for.
        """
        return frozenset(self.letters())

    @kept
    def color_only(self) -> bool:
        """
        Whether its glyphs are pictures in color, without outlines that could be embedded.
        """
        if not any(tag in self.tables for tag in _PICTURES):
            return False
        if not any(tag in self.tables for tag in _OUTLINES):
            return True
        # fonts of emoji have figures and a few signs with outlines, too: those come first
        looked_at = sorted(self.covers, reverse=True)[:_LOOKED_AT]
        font = self.hb_font()
        drawn = 0
        for character in looked_at:
            strokes: list[Any] = []
            font.draw_glyph(font.get_nominal_glyph(character) or 0, _pen(), strokes)
            drawn += bool(strokes)
        return 2 * drawn < len(looked_at)

    @kept
    def metrics(self) -> Metrics:
        """
        What a PDF file says of it as a whole.
        """
        chosen = dict(self.instance)
        return read_metrics(self.tables, weight=chosen.get("wght"), slant=chosen.get("slnt"))

    @kept
    def name(self) -> str:
        """
        Its PostScript name, with what was chosen of a variable font: `NotoSans-Regular_700wght`.
        """
        # uharfbuzz finds names in the whole font only
        named = self.hb_font().face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME)
        chosen = "".join(f"_{value:g}{axis}" for axis, value in self.instance)
        return (_NOT_IN_NAMES.sub("", named or "") or "Font") + _NOT_IN_NAMES.sub("", chosen)[:40]

    @kept
    def digest(self) -> bytes:
        """
        What tells it from all others: of the file, the index and the place on the axes.
        """
        whole = hashlib.sha256(self._contents.digest())
        whole.update(f"{self.index} {self.instance}".encode())
        return whole.digest()

    @kept
    def _font(self) -> Any:
        face = hb.Face(self._contents.blob(), self.index)
        font = hb.Font(face)
        if self.instance:
            font.set_variations(dict(self.instance))
        return font

    def parts(self, tags: Iterable[str]) -> bytes:
        """
        Give a font file that has these tables only, of those that are there.

        They are those that text is shaped with, whatever became of the file meanwhile.
        """
        face = self._font.face
        return pack({tag: face.reference_table(tag).data for tag in tags if tag in self.tables})

    def hb_font(self) -> Any:
        """
        Give HarfBuzz's font, the same object each time, which threads may shape with at once.

        Its scale is the font's own: what it measures is in units of the font.
        """
        return self._font

    def _chosen(self, instance: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        axes = self.axes
        for axis, value in instance.items():
            if not axes:
                raise FontError(f"{self.label} isn't a variable font: it has no axis {axis!r}")
            ranges = ", ".join(f"{tag} from {a:g} to {b:g}" for tag, (a, _, b) in axes.items())
            if axis not in axes:
                raise FontError(f"{self.label} has no axis {axis!r}; it has {ranges}")
            lowest, _, highest = axes[axis]
            if math.isnan(value) or not lowest <= value <= highest:
                raise FontError(f"{self.label} can't have {axis} {value:g}; it has {ranges}")
        return tuple(
            (axis, float(value))
            for axis, value in sorted(instance.items())
            if value != axes[axis][1]
        )


def _pen() -> Any:
    functions = hb.DrawFuncs()

    def begin(_x: float, _y: float, strokes: list[Any]) -> None:
        strokes.append(True)

    functions.set_move_to_func(begin)
    return functions


_FACES: dict[Hashable, Face] = {}
_ROOM = 512 * 2**20
"""How many bytes of font files are kept; those that designs use stay with these anyway."""


def read_face(
    asset: Asset,
    *,
    label: str = "",
    index: int = 0,
    instance: Mapping[str, float] | None = None,
) -> Face:
    """
    Read a font: TrueType or OpenType, alone or in a collection, variable or not.

    The same content, uploaded under the same name, is the same Face in the whole process.

    Args:
        asset: The font's file.

        label: What people call it; else the asset's slug.

        index: Which one of a collection, from 0.

        instance: Of a variable font, a value by the tag of an axis: `{"wght": 700}`; the default
            for those that aren't named.

    Raises:
        certcore.exceptions.FontError:
            If it isn't a font that can be drawn with, saying what to do.
    """
    label = label or asset.slug
    key = (label, asset.sha256, index, tuple(sorted((instance or {}).items())))
    face = _FACES.get(key)
    if face is None:
        contents = InMemory(asset.content, asset.sha256)
        face = Face(label, contents, index=index, instance=instance)
        if not face.covers or not face.hb_font().face.glyph_count:
            raise unreadable(label)
        face = _keep(key, face)
    return face


def open_face(
    path: Path,
    *,
    label: str = "",
    index: int = 0,
    instance: Mapping[str, float] | None = None,
    sha256: str = "",
) -> Face:
    """
    Look at a font file on this machine, which is read only when it is drawn with.

    Args:
        path: Where it is. A file that was replaced is another font.

        label: What people call it; else the file's name.

        index: Which one of a collection, from 0.

        instance: As with `read_face`.

        sha256: Of its content; it isn't drawn with if it has another one then.

    Raises:
        certcore.exceptions.FontError:
            If it can't be read or drawn with.
    """
    label = label or path.name
    try:
        found = path.stat()
    except OSError as exc:
        raise FontError(f"{path}: this font can't be read ({exc.strerror})") from exc
    chosen = tuple(sorted((instance or {}).items()))
    key = (str(path), found.st_size, found.st_mtime_ns, sha256, label, index, chosen)
    face = _FACES.get(key)
    if face is None:
        face = _keep(key, Face(label, OnDisk(path, sha256), index=index, instance=instance))
    return face


def _keep(key: Hashable, face: Face) -> Face:
    # without a lock, which a fork could leave locked: each step is one of the interpreter's own
    face = _FACES.setdefault(key, face)
    known = list(_FACES.items())
    excess = sum(each.size for _, each in known) - _ROOM
    for oldest, each in known:
        if excess > 0:
            _FACES.pop(oldest, None)
            excess -= each.size
    return face
