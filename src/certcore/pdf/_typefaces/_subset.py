"""
Parts of fonts: files with the glyphs that are used, and no others.

hb-subset makes them. For each face, what is needed of it is taken once: outlines and widths,
without the tables that shape text, at the chosen place on its axes. HarfBuzz then prepares that
face, so that a subset takes 15 to 40 µs instead of 100 and more. Preparing takes a millisecond or
two, but a CJK font of 20 MB takes 0.4 s and 130 MB of memory: it is prepared only when so many
subsets were made that this pays (0.3 ms each until then). The bytes are the same either way.
"""

from __future__ import annotations

import weakref

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from certcore.exceptions import FontError
from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces._face import Face


_OUTLINES = ("CFF ", "glyf", "loca", "head", "hhea", "hmtx", "maxp")
_VARIABLE = ("CFF2", "HVAR", "MVAR", "avar", "fvar", "gvar")

# hints are for screens of few dots; texts are shaped already; a CID is the new number
_FLAGS = (
    hb.SubsetFlags.NO_HINTING
    | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    | hb.SubsetFlags.CFF_IDENTITY_CHARSET
)

_HEAVY = 4 * 2**20
"""Outlines of this many bytes take long to prepare."""
_PATIENCE = 1000
"""How many subsets of heavy outlines are made before these are prepared."""


@frozen(eq=False)
class Subset:
    """
    Some glyphs of a face, as a file to embed. Glyphs have new numbers in it, from 0 on.
    """

    face: Face
    data: bytes = field(repr=False)
    """A TrueType font, or the bare table CFF."""
    cff: bool
    """Whether it is the latter."""
    ids: Mapping[int, int] = field(repr=False)
    """
    The new number of each glyph by its number in the face, in the order of both.

    Besides those asked for there are `.notdef` and the parts of composed glyphs.
    """
    widths: Mapping[int, int] = field(repr=False)
    """
    How far readers of the file go ahead after a glyph, by its number in the face.

    In thousandths of the size of the type, rounded, as it is written into the PDF file. A shaped
    glyph goes ahead by `advance * 1000 / units_per_em`: whatever is more or less, by kerning or by
    the half of a thousandth that rounding may take, has to be moved by hand.
    """


def subset(face: Face, glyphs: Iterable[int]) -> Subset:
    """
    Make a file of some of a face's glyphs: the same bytes for the same glyphs.

    Args:
        face: One with outlines: not `color_only`.

        glyphs: Their numbers, in any order.

    Raises:
        certcore.exceptions.FontError:
            If it has no outlines that can be embedded, or they are damaged.
    """
    source = _source(face)
    wanted = sorted({0, *glyphs})
    request = _request(wanted)
    try:
        plan = hb.SubsetPlan(source.take(), request)
        made = plan.execute()
        ids = dict(sorted(plan.old_to_new_glyph_mapping.items()))
    except (RuntimeError, hb.HarfBuzzError) as exc:
        raise _damaged(face) from exc
    if not ids.keys() >= set(wanted):
        raise _damaged(face)
    advance, scale = face.hb_font().get_glyph_h_advance, 1000 / face.units_per_em
    return Subset(
        face=face,
        data=made.reference_table("CFF ").data if source.cff else made.blob.data,
        cff=source.cff,
        ids=ids,
        widths={glyph: round(advance(glyph) * scale) for glyph in ids},
    )


class _Source:
    """
    What subsets of a face are made from.
    """

    def __init__(self, face: Face) -> None:
        if face.color_only:
            raise FontError(
                f"{face.label} has pictures in color instead of outlines, which can't be "
                "embedded; choose another font"
            )
        if face.axes or "CFF2" in face.tables:
            plain = _settled(face)
        else:
            plain = hb.Face(hb.Blob(face.parts(_OUTLINES)))
        self._plain = plain
        self._prepared: Any = None
        self._patience = _PATIENCE if len(plain.blob) > _HEAVY else 1
        self.cff: bool = "CFF " in plain.table_tags

    def take(self) -> Any:
        if self._prepared is not None:
            return self._prepared
        self._patience -= 1
        if self._patience > 0:
            return self._plain
        prepared = hb.subset_preprocess(self._plain)
        self._prepared = prepared  # beside the plain one, whose memory it uses
        return prepared


_SOURCES: weakref.WeakKeyDictionary[Face, _Source] = weakref.WeakKeyDictionary()


def _source(face: Face) -> _Source:
    found = _SOURCES.get(face)
    return found or _SOURCES.setdefault(face, _Source(face))


def _settled(face: Face) -> Any:
    """
    Give the outlines of a variable font where it was chosen to be on its axes.
    """
    varying = hb.Face(hb.Blob(face.parts((*_OUTLINES, *_VARIABLE))))
    request = _request(range(face.glyphs))
    request.flags |= hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.DOWNGRADE_CFF2
    request.pin_all_axes_to_default(varying)
    for axis, value in face.instance:
        request.pin_axis_location(varying, axis, value)
    try:
        settled = request.subset(varying)
    except (RuntimeError, hb.HarfBuzzError) as exc:
        raise _damaged(face) from exc
    if "CFF2" in settled.table_tags:
        raise FontError(
            f"{face.label} has outlines of a kind that PDF files can't have (CFF2): "
            "upload the family's .ttf file"
        )
    return settled


def _request(glyphs: Iterable[int]) -> Any:
    request = hb.SubsetInput()
    request.glyph_set.update(glyphs)
    request.flags = _FLAGS
    return request


def _damaged(face: Face) -> FontError:
    return FontError(f"{face.label} is damaged, its outlines can't be read: upload it again")
