"""
Shaping: from characters to glyphs and where they stand, by HarfBuzz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from attrs import field, frozen

from certcore.exceptions import MissingGlyphsError
from certcore.pdf._harfbuzz import hb
from certcore.pdf._typesetting._bidi import visual
from certcore.pdf._typesetting._characters import CURSIVE
from certcore.pdf._typesetting._itemising import Item, Itemised, itemise
from certcore.pdf._typesetting._protocol import Typeface


_FEATURES = None  # kerning and ligatures are the default
# CSS Text 3, section 8.2: letters that are spaced apart aren't drawn as one
_SPACED_FEATURES: Mapping[str, bool] = {"kern": True, "liga": False, "clig": False}
# joined by their strokes, and hung from one line
_JOINED = CURSIVE | {"Beng", "Deva", "Guru"}
_END = -1  # the cluster after the last one of a run
_FLAGS = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
_BY_CHARACTER = hb.BufferClusterLevel.MONOTONE_CHARACTERS


class Glyph(NamedTuple):
    """
    A glyph where it stands, in the font's units.
    """

    id: int
    cluster: int
    """The place of the first of its characters in the text of its run."""
    dx: int
    """How far it is moved to the right, without moving what follows."""
    dy: int
    """How far it is moved up."""
    advance: int
    """How far the next one is to the right."""


@frozen
class Run:
    """
    Glyphs of one typeface that stand beside each other.

    What is known of each of them is listed apart: there are many, and most stand on the line.
    """

    face: Typeface = field(eq=id)
    text: str
    """What they are drawn for, in the order in which it is read."""
    start: int
    """Where this text is in the text of its line."""
    end: int
    right_to_left: bool
    script: str
    """ISO 15924."""
    ids: Sequence[int]
    """From the left to the right."""
    clusters: Sequence[int]
    advances: Sequence[int]
    offsets: Sequence[tuple[int, int]]
    """How far each is moved to the right and up; none if all stand where they would."""
    advance: int
    """The width of all of them, in the font's units."""
    spacing: int = 0
    """What of a glyph's advance is there to keep letters apart, in the font's units."""

    @property
    def glyphs(self) -> Sequence[Glyph]:
        """
        Give them one by one, from the left to the right.
        """
        offsets = self.offsets or [(0, 0)] * len(self.ids)
        return [
            Glyph(id_, cluster, dx, dy, advance)
            for id_, cluster, (dx, dy), advance in zip(
                self.ids, self.clusters, offsets, self.advances, strict=True
            )
        ]


@frozen
class Line:
    """
    A text that is set on one line.
    """

    text: str
    runs: tuple[Run, ...]
    """From the left to the right."""
    width: float
    """In em: points at a size of 1 pt."""
    right_to_left: bool
    """Whether the line as a whole is read so."""

    @property
    def moved(self) -> tuple[float, float]:
        """
        How far glyphs are moved down and up at most, in em: marks under others, or over them.
        """
        heights = [up / run.face.units_per_em for run in self.runs for _, up in run.offsets]
        return -min(heights, default=0.0), max(heights, default=0.0)


def set_line(
    element: str,
    text: str,
    faces: Sequence[Typeface],
    language: str,
    *,
    base: int | None = None,
    spacing: float = 0.0,
) -> Line:
    """
    Set a cleaned text on one line.

    Args:
        element: Whose text it is, for the error.

        text: Without line breaks.

        faces: The typefaces by preference; those in color only are passed over.

        language: A BCP 47 tag, for the letters that languages draw their own way.

        base: 0 from left to right, 1 from right to left; None lets the first letter decide.

        spacing: Added between letters, in em. Letters of scripts that join them, such as Arabic,
            get none: it would tear words apart.

    Raises:
        certcore.exceptions.MissingGlyphsError:
            If no typeface has some of the characters; all of them are named.
    """
    itemised = itemise(element, text, faces, base=base)
    return shape(element, itemised, 0, len(text), language=language, spacing=spacing)


def shape(
    element: str, itemised: Itemised, start: int, end: int, *, language: str, spacing: float = 0.0
) -> Line:
    """
    Set a part of an itemised text on one line.

    The levels are those of the whole (UAX #9, section 3.4), so the part must not end with blanks.

    Raises:
        certcore.exceptions.MissingGlyphsError:
            If a typeface lacks a glyph that it pretended to have.
    """
    items = itemised.items
    if start or end < len(itemised.text):
        items = tuple(
            Item(max(each.start, start), min(each.end, end), each.level, each.script, each.face)
            for each in items
            if each.start < end and each.end > start
        )
    if len(items) > 1:
        items = tuple(items[place] for place in visual([each.level for each in items]))
    runs: list[Run] = []
    width = 0.0
    for place, item in enumerate(items, 1):
        apart = _spacing(item, spacing)
        run = _run(
            element,
            itemised,
            item,
            within=(start, end),
            language=language,
            spacing=apart,
            last=place == len(items),
        )
        runs.append(run)
        width += run.advance / item.face.units_per_em
    return Line(itemised.text[start:end], tuple(runs), width, bool(itemised.base))


def _spacing(item: Item, spacing: float) -> int:
    joined = not spacing or item.script in _JOINED
    return 0 if joined else round(spacing * item.face.units_per_em)


def _run(
    element: str,
    itemised: Itemised,
    item: Item,
    *,
    within: tuple[int, int],
    language: str,
    spacing: int,
    last: bool,
) -> Run:
    start, end = within
    buffer = hb.Buffer()
    # with the rest of the line beside it: letters join across a change of the typeface
    buffer.add_str(itemised.drawn[start:end], item.start - start, item.end - item.start)
    buffer.direction = "rtl" if item.level % 2 else "ltr"
    buffer.script = item.script
    buffer.language = language
    buffer.flags = _FLAGS
    if item.level % 2 and not spacing:
        # readers turn round what a glyph stands for, so marks stand for themselves
        buffer.cluster_level = _BY_CHARACTER
    hb.shape(item.face.hb_font(), buffer, _SPACED_FEATURES if spacing else _FEATURES)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    ids: list[int] = [info.codepoint for info in infos]
    clusters: list[int] = [info.cluster for info in infos]
    advances: list[int] = [at.x_advance for at in positions]
    right: list[int] = [at.x_offset for at in positions]
    up: list[int] = [at.y_offset for at in positions]
    text = itemised.text[item.start : item.end]
    if shift := item.start - start:
        clusters = [cluster - shift for cluster in clusters]
    if not all(ids):
        absent = [text[cluster] for id_, cluster in zip(ids, clusters, strict=True) if not id_]
        raise MissingGlyphsError(element, absent, [item.face.label])
    if spacing:
        advances = _spaced(clusters, advances, spacing, last=last)
    return Run(
        item.face,
        text,
        shift,
        item.end - start,
        bool(item.level % 2),
        item.script,
        ids,
        clusters,
        advances,
        list(zip(right, up, strict=True)) if any(right) or any(up) else (),
        sum(advances),
        spacing,
    )


def _spaced(
    clusters: Sequence[int], advances: Sequence[int], spacing: int, *, last: bool
) -> list[int]:
    """
    Move clusters apart; nothing is added after the last one of a line.
    """
    following = [*clusters[1:], _END]
    return [
        advance + spacing if cluster != after and not (last and after == _END) else advance
        for advance, cluster, after in zip(advances, clusters, following, strict=False)
    ]
