"""
From lines of glyphs to the operators that draw them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from certcore.pdf._figures import fill
from certcore.pdf._syntax import number, numbers
from certcore.pdf._typesetting import Line, Run, Typeface


_UNSEEN = 0.05
"""Thousandths of the size: less than that is not corrected."""


class FontInFile(Protocol):
    """
    A typeface as it is embedded in a file.
    """

    @property
    def resource(self) -> bytes:
        """
        Its name among the resources of pages, without the slash.
        """
        ...

    @property
    def codes(self) -> Mapping[int, str]:
        """
        How each glyph is written: four hexadecimal digits.
        """
        ...

    @property
    def widths(self) -> Mapping[int, float]:
        """
        How far a reader moves on after each glyph, in thousandths of the size.
        """
        ...

    @property
    def texts(self) -> Mapping[int, str]:
        """
        What a reader takes each glyph for.
        """
        ...


def emit(
    lines: Iterable[tuple[Line, float, float]],
    size: float,
    color: str,
    fonts: Mapping[Typeface, FontInFile],
) -> bytes:
    """
    Write the operators that draw lines of text: ISO 32000-1, 9.4.

    Args:
        lines: Each with the place where its baseline begins, in points.

        size: In points.

        color: `#rrggbb`.

        fonts: What each of the lines' typefaces is in the file.
    """
    out = [b"q %s BT\n" % fill(color)]
    apart = 0.0
    for line, x, y in lines:
        out.append(b"1 0 0 1 %s Tm\n" % numbers(x, y))
        for run in line.runs:
            font = fonts[run.face]
            # a reader would turn round what is read from right to left, and does so by itself
            # and takes letters that are far apart for words
            spelt = run.right_to_left or (not run.spacing and _spelt(run, font.texts))
            if not spelt:
                replaced = run.text.encode("utf-16-be").hex().upper().encode("ascii")
                out.append(b"/Span<</ActualText<FEFF%s>>>BDC\n" % replaced)
            out.append(b"/%s %s Tf\n" % (font.resource, number(size)))
            if apart != (apart := run.spacing * size / run.face.units_per_em):
                # not as moves: readers take gaps for blanks
                out.append(b"%s Tc\n" % number(apart))
            out.append(_shown(run, font, size).encode("ascii"))
            if not spelt:
                out.append(b"EMC\n")
    out.append(b"ET Q\n")
    return b"".join(out)


def _spelt(run: Run, texts: Mapping[int, str]) -> bool:
    """
    Whether a reader gets the text from the glyphs alone.

    PDFium takes a glyph that stands for nothing for its code.
    """
    said = [texts.get(glyph.id, "") for glyph in run.glyphs]
    return all(said) and "".join(said) == run.text


class _Strings:
    """
    Glyphs of a run, as they are shown: strings, with moves between them.
    """

    def __init__(self) -> None:
        self.operators: list[str] = []
        self._parts: list[str] = []
        self._codes: list[str] = []

    def show(self, code: str) -> None:
        self._codes.append(code)

    def move(self, thousandths: float) -> None:
        """
        Go to the left.
        """
        if not -_UNSEEN < thousandths < _UNSEEN:
            self._close()
            self._parts.append(f"{thousandths:.1f}")

    def rise(self, points: float) -> None:
        """
        Draw what follows so far above the baseline.
        """
        self.end()
        self.operators.append(f"{points:.3f} Ts\n")

    def end(self) -> None:
        self._close()
        if self._parts:
            self.operators.append(f"[{' '.join(self._parts)}]TJ\n")
            self._parts.clear()

    def _close(self) -> None:
        # an empty string among others makes PDFium misplace what follows
        if self._codes:
            self._parts.append(f"<{''.join(self._codes)}>")
            self._codes.clear()


def _shown(run: Run, font: FontInFile, size: float) -> str:
    codes, widths, unit = font.codes, font.widths, 1 / run.face.units_per_em
    strings = _Strings()
    rise = 0
    for glyph in run.glyphs:
        if glyph.dy != rise:
            rise = glyph.dy
            strings.rise(rise * size * unit)
        strings.move(-1000 * glyph.dx * unit)
        strings.show(codes[glyph.id])
        apart = run.spacing + glyph.dx - glyph.advance
        strings.move(widths[glyph.id] + 1000 * apart * unit)
    strings.end()
    if rise:
        strings.rise(0)
    return "".join(strings.operators)
