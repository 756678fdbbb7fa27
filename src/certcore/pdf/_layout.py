"""
Setting a text into its box: shrinking, and breaking it into lines of like length.
"""

from __future__ import annotations

import math

from collections.abc import Callable, Sequence

from attrs import frozen

from certcore.exceptions import LayoutError


_STEPS = 40  # halves the doubt about the best width until it is far below a thousandth of a point


@frozen
class Fitted:
    """
    How a text is set: the size in points, and its lines.
    """

    size: float
    lines: tuple[str, ...]


@frozen(kw_only=True)
class Box:
    """
    Where a text must fit into. All in points.
    """

    width: float
    size: float
    """Of the type, if there is room for it."""
    min_size: float
    lines: int


def fit(
    element: str,
    lines: Sequence[str],
    box: Box,
    width_of: Callable[[str], float],
) -> Fitted:
    """
    Find the size and the lines for a text.

    It is shrunk on its own lines first. Where that would take it below the smallest size, it is
    broken into as few lines as it takes, no more than allowed, so that the longest of them is as
    short as can be, and shrunk again if need be.

    Args:
        element: Whose text it is, for the error.

        lines: The text, broken where its author broke it.

        box: What it has to fit into.

        width_of: Gives the width of a text at 1 pt.

    Raises:
        certcore.exceptions.LayoutError:
            If it doesn't fit even at the smallest size, saying which size it would need.
    """
    needed = 0.0
    for count in range(len(lines), max(len(lines), box.lines) + 1):
        broken = lines if count == len(lines) else _balanced(lines, count, width_of)
        widest = max(map(width_of, broken))
        # rounded down, so that what is written with two decimals is never wider than the box
        needed = math.floor(box.width / widest * 100) / 100 if widest else box.size
        if needed >= box.min_size:
            return Fitted(min(box.size, needed), tuple(broken))
    raise LayoutError(
        f"element {element!r}: the text would have to be {needed:.1f} pt small to fit into "
        f"{box.width * 25.4 / 72:.0f} mm; {box.min_size:g} pt is the smallest size allowed. Give "
        "it more width, more fit.lines or a smaller fit.min_size"
    )


def _balanced(lines: Sequence[str], count: int, width_of: Callable[[str], float]) -> list[str]:
    """
    Break lines at blanks, into so many at most, with the longest as short as can be.
    """
    words = [line.split(" ") for line in lines]
    # what a blank adds between two words: its own width, and letter spacing on both of its sides
    blank = 2 * width_of("  ") - 3 * width_of(" ")
    widths = [[width_of(word) for word in line] for line in words]
    low = max(width for line in widths for width in line)
    high = max(map(width_of, lines))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if sum(len(_breaks(line, middle, blank)) for line in widths) <= count:
            high = middle
        else:
            low = middle
    return [
        " ".join(line[start:end])
        for line, measured in zip(words, widths, strict=True)
        for start, end in _breaks(measured, high, blank)
    ]


def _breaks(widths: Sequence[float], limit: float, blank: float) -> list[tuple[int, int]]:
    """
    Fill lines up to a limit: where each starts, and where it ends.
    """
    starts = [0]
    used = widths[0]
    for place, width in enumerate(widths[1:], 1):
        used += blank + width
        if used > limit:
            starts.append(place)
            used = width
    return list(zip(starts, [*starts[1:], len(widths)], strict=True))
