"""
A paragraph that can be broken into lines, and how wide its parts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from attrs import field, frozen

from certcore.pdf._typesetting._breaks import breaks
from certcore.pdf._typesetting._itemising import Itemised, itemise
from certcore.pdf._typesetting._protocol import Typeface
from certcore.pdf._typesetting._shaping import Line, set_line, shape


@frozen(kw_only=True)
class Setting:
    """
    How an element's text is set, whatever the text.
    """

    element: str
    faces: Sequence[Typeface]
    language: str
    base: int
    spacing: float

    def line(self, text: str) -> Line:
        """
        Set a text on one line.
        """
        return set_line(
            self.element, text, self.faces, self.language, base=self.base, spacing=self.spacing
        )

    def itemised(self, text: str) -> Itemised:
        """
        Cut a text into items.
        """
        return itemise(self.element, text, self.faces, base=self.base)

    def part(self, itemised: Itemised, start: int, end: int) -> Line:
        """
        Set a part of an itemised text on one line.
        """
        return shape(
            self.element, itemised, start, end, language=self.language, spacing=self.spacing
        )


@frozen
class Paragraph:
    """
    A text that is measured once, as one line, and then broken.

    What a part of it measures is nearly its width as a line of its own: kerning with what isn't
    on that line is all that differs.
    """

    whole: Line
    pieces: tuple[tuple[int, int], ...]
    """Where each piece starts and ends that can't be broken."""
    _setting: Setting = field(repr=False)
    _itemised: Itemised = field(repr=False)
    _places: Sequence[float] = field(repr=False)

    def width(self, start: int, end: int) -> float:
        """
        Measure a part of the text, in em.
        """
        return self._places[end] - self._places[start]

    @property
    def widest(self) -> float:
        """
        The width of the widest piece, in em.
        """
        return max(self.width(start, end) for start, end in self.pieces)

    def line(self, start: int, end: int) -> Line:
        """
        Set a part of the text on a line of its own.
        """
        return self._setting.part(self._itemised, start, end)

    def filled(self, limit: float) -> list[tuple[int, int]]:
        """
        Fill lines up to a limit in em: where each starts, and where it ends.

        A piece that is wider has a line of its own.
        """
        first, last = self.pieces[0]
        lines: list[tuple[int, int]] = []
        for start, end in self.pieces[1:]:
            if self.width(first, end) > limit:
                lines.append((first, last))
                first = start
            last = end
        return [*lines, (first, last)]


def paragraph(setting: Setting, itemised: Itemised, whole: Line) -> Paragraph:
    """
    Measure a text that has been set on one line, and find where it may be broken.
    """
    text = itemised.text
    advances = [0.0] * len(text)
    for run in whole.runs:
        for cluster, advance in zip(run.clusters, run.advances, strict=True):
            advances[run.start + cluster] += advance / run.face.units_per_em
    found = list(breaks(text))
    starts = [0, *(start for _, start in found)]
    ends = [*(end for end, _ in found), len(text)]
    places = list(accumulate(advances, initial=0.0))
    pieces = tuple(zip(starts, ends, strict=True))
    return Paragraph(whole, pieces, setting, itemised, places)
