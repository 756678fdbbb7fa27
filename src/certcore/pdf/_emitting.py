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

    def shown(self, run: Run) -> Run:
        """
        Give what is shown of a run in this font.
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

    Raises:
        KeyError:
            If a font is missing, or one of the glyphs in it.
    """
    out = [b"q %b BT\n" % fill(color)]
    apart = 0.0
    for line, x, y in lines:
        out.append(b"1 0 0 1 %b Tm\n" % numbers(x, y))
        for each in line.runs:
            font = fonts[each.face]
            run = font.shown(each)
            shown = _shown(run, font, size).encode("ascii")
            if apart != (moved := run.spacing * size / run.face.units_per_em):
                apart = moved
                # not as moves: readers take gaps for blanks
                shown = b"%b Tc\n%b" % (number(apart), shown)
            shown = b"/%b %b Tf\n%b" % (font.resource, number(size), shown)
            # a reader would turn round what is read from right to left, and does so by itself
            # and takes letters that are far apart for words
            if not (run.right_to_left or (not run.spacing and _spelt(run, font.texts))):
                replaced = run.text.encode("utf-16-be").hex().upper().encode("ascii")
                shown = b"/Span<</ActualText<FEFF%b>>>BDC\n%bEMC\n" % (replaced, shown)
            out.append(shown)
    out.append(b"ET Q\n")
    return b"".join(out)


def _spelt(run: Run, texts: Mapping[int, str]) -> bool:
    """
    Whether a reader gets the text from the glyphs alone.

    PDFium takes a glyph that stands for nothing for its code.
    """
    said = [texts.get(glyph, "") for glyph in run.ids]
    return "".join(said) == run.text and all(said)


def _shown(run: Run, font: FontInFile, size: float) -> str:
    """
    Write the glyphs of a run: strings, with moves between them, to the left and in thousandths.
    """
    unit = 1000 / run.face.units_per_em
    if run.offsets or run.spacing:
        return _moved(run, font, size, unit)
    codes, widths = font.codes, font.widths
    out = ""
    for glyph, advance in zip(run.ids, run.advances, strict=True):
        move = widths[glyph] - advance * unit
        if -_UNSEEN < move < _UNSEEN:
            out += codes[glyph]
        else:
            out += f"{codes[glyph]}> {move:.1f} <"
    return f"[<{out}>]TJ\n".replace("<>", "")


def _moved(run: Run, font: FontInFile, size: float, unit: float) -> str:
    codes, widths = font.codes, font.widths
    out: list[str] = ["["]
    string = ""
    rise = 0
    for glyph, _, dx, dy, advance in run.glyphs:
        if dy != rise:
            rise = dy
            # an empty string among others makes PDFium misplace what follows
            out.append(f"<{string}>]TJ\n" if string else "]TJ\n")
            out.append(f"{rise * size * unit / 1000:.3f} Ts\n[")
            string = ""
        if dx:
            out.append(f"<{string}> {-dx * unit:.1f} " if string else f"{-dx * unit:.1f} ")
            string = ""
        string += codes[glyph]
        move = widths[glyph] + (run.spacing + dx - advance) * unit
        if not -_UNSEEN < move < _UNSEEN:
            out.append(f"<{string}> {move:.1f} ")
            string = ""
    out.append(f"<{string}>]TJ\n" if string else "]TJ\n")
    if rise:
        out.append("0 Ts\n")
    return "".join(out)
