"""
Cutting off the end of a text that doesn't fit.
"""

from __future__ import annotations

import math

from collections.abc import Sequence

from certcore.pdf._typesetting._clusters import clusters
from certcore.pdf._typesetting._paragraphs import Paragraph, Setting
from certcore.pdf._typesetting._shaping import Line


_ELLIPSIS = "\u2026"
_DOTS = "..."


def truncate(
    setting: Setting, paragraphs: Sequence[Paragraph], width: float, size: float, *, count: int
) -> tuple[Line, ...] | None:
    """
    Fill lines at a fixed size, and end each paragraph that doesn't fit with an ellipsis.

    None if there isn't even room for one letter and the ellipsis.

    Args:
        setting: How the text is set.

        paragraphs: Each gets a line at least.

        width: Of the lines, in points.

        size: Of the type, in points.

        count: How many lines there may be.
    """
    limit = width / (math.ceil(size * 100) / 100)  # it may be written rounded up
    known = any(ord(_ELLIPSIS) in face.covers for face in setting.faces if not face.color_only)
    ellipsis = _ELLIPSIS if known else _DOTS
    lines: list[Line] = []
    for number, each in enumerate(paragraphs, 1):
        room = count - len(lines) - (len(paragraphs) - number)
        found = _filled(setting, each, limit, ellipsis, room)
        if found is None:
            return None
        lines.extend(found)
    return tuple(lines)


def _filled(
    setting: Setting, paragraph: Paragraph, limit: float, ellipsis: str, room: int
) -> list[Line] | None:
    """
    Set a paragraph on so many lines at most, each within the limit.
    """
    lines: list[Line] = []
    for start, end in paragraph.filled(limit):
        line = paragraph.line(start, end)
        ended = end == len(paragraph.whole.text)
        if line.width <= limit and (ended or len(lines) + 1 < room):
            lines.append(line)
            continue
        cut = _cut(setting, paragraph, start, limit, ellipsis)
        return None if cut is None else [*lines, cut]
    return lines


def _cut(
    setting: Setting, paragraph: Paragraph, start: int, limit: float, ellipsis: str
) -> Line | None:
    """
    Set as much as there is room for, from a place on, with an ellipsis after it.
    """
    text = paragraph.whole.text
    room = limit - setting.line(ellipsis).width
    ends = [end for _, end in clusters(text) if end > start]
    likely = [end for end in ends if paragraph.width(start, end) <= room]
    for end in reversed(likely):
        line = setting.line(text[start:end].rstrip() + ellipsis)
        if line.width <= limit:
            return line
    return None
