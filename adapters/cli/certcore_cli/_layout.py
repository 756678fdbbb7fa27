"""
Rows in columns: as wide as they need to be, narrower where the terminal is.
"""

from __future__ import annotations

import re

from collections.abc import Sequence

import click


_GAP, _SMALL_GAP = 3, 2
_BREAK = re.compile(" (?!%)")
"""Where a line may end: between words, but not within `60 %`."""

_NARROWEST = 12
"""Columns that a cell is left with, so that words are still read as words."""


def lay_out(
    rows: Sequence[Sequence[str]],
    *,
    headers: Sequence[str],
    right: Sequence[int],
    whole: Sequence[int],
    width: int,
) -> str:
    """
    Give lines of at most `width` cells, if there is any way.

    The widest columns give way first, and their cells go on below; `right` and `whole` ones don't.
    """
    # wide and combining letters: a name's length says little about its width
    from rich.cells import cell_len  # noqa: PLC0415  # takes longer to load than --help takes

    table = [tuple(headers), *rows] if headers else list(rows)
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    flexible = [place for place in range(len(widths)) if place not in {*right, *whole}]
    gap = _GAP if sum(widths) + _GAP * (len(widths) - 1) <= width else _SMALL_GAP
    _narrow(widths, flexible, width - gap * (len(widths) - 1))
    lines: list[str] = []
    for number, row in enumerate(table):
        cells = [_wrapped(cell, limit) for cell, limit in zip(row, widths, strict=True)]
        for depth in range(max(map(len, cells))):
            parts: list[str] = []
            for place, cell in enumerate(cells):
                text = cell[depth] if depth < len(cell) else ""
                blank = " " * (widths[place] - cell_len(text))
                parts.append(blank + text if place in right else text + blank)
            line = (" " * gap).join(parts).rstrip()
            lines.append(click.style(line, bold=True) if headers and not number else line)
    return "\n".join(lines)


def _narrow(widths: list[int], flexible: Sequence[int], room: int) -> None:
    while sum(widths) > room:
        wide = [place for place in flexible if widths[place] > _NARROWEST]
        if not wide:
            return
        widths[max(wide, key=lambda place: widths[place])] -= 1


def _wrapped(cell: str, limit: int) -> list[str]:
    """
    Break a text into lines, between words where that is possible.
    """
    from rich.cells import cell_len, chop_cells  # noqa: PLC0415  # as above

    lines: list[str] = []
    line = ""
    for word in _BREAK.split(cell):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= limit:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, max(limit, 1)) or [""]
        lines += whole
    return [*lines, line]
