"""
Setting a text into its box: shrinking, and breaking it into lines of like length.
"""

from __future__ import annotations

import math

from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from certcore.exceptions import LayoutError, MissingGlyphsError
from certcore.pdf._typesetting._bidi import direction
from certcore.pdf._typesetting._itemising import Itemised
from certcore.pdf._typesetting._paragraphs import Paragraph, Setting, paragraph
from certcore.pdf._typesetting._protocol import Typeface
from certcore.pdf._typesetting._shaping import Line
from certcore.pdf._typesetting._truncating import truncate


_STEPS = 40  # halves the doubt about the best width until it is far below a thousandth of a point


@frozen(kw_only=True)
class Box:
    """
    Where a text must fit into. All in points.
    """

    width: float
    size: float
    """Of the type, if there is room for it."""
    min_size: float
    lines: int = 1
    """How many the text may be broken into. What its author broke into more keeps them."""
    overflow: Literal["error", "truncate"] = "error"
    """What is done if the text doesn't fit even so."""


@frozen
class Fitted:
    """
    How a text is set: the size in points, and its lines.
    """

    size: float
    lines: tuple[Line, ...]
    truncated: bool = False
    """Whether its end is cut off."""


def fit(
    element: str,
    lines: Sequence[str],
    box: Box,
    faces: Sequence[Typeface],
    language: str,
    *,
    base: int | None = None,
    spacing: float = 0.0,
) -> Fitted:
    """
    Find the size and the lines for a text.

    It is shrunk on its own lines first. Where that would take it below the smallest size, it is
    broken into as few lines as it takes, no more than allowed, so that the longest of them is as
    short as can be, and shrunk again if need be. What doesn't fit even so is refused, or cut off
    with an ellipsis, as the box says.

    Args:
        element: Whose text it is, for the error.

        lines: The text, cleaned, and broken where its author broke it.

        box: What it has to fit into.

        faces: The typefaces by preference; those in color only are passed over.

        language: A BCP 47 tag, for the letters that languages draw their own way.

        base: 0 from left to right, 1 from right to left, for all lines; None lets the first
            letter of all the text decide.

        spacing: Added between letters, in em.

    Raises:
        certcore.exceptions.LayoutError:
            If it doesn't fit even at the smallest size, saying which size it would need; or if its
            letters take no room at all.

        certcore.exceptions.MissingGlyphsError:
            If no typeface has some of the characters; all of them are named.
    """
    base = direction("\n".join(lines)) if base is None else base
    setting = Setting(element=element, faces=faces, language=language, base=base, spacing=spacing)
    itemised = _itemised(setting, lines)
    whole = [setting.part(each, 0, len(each.text)) for each in itemised]
    needed = _needed(element, whole, box)
    if needed >= box.min_size:
        return Fitted(min(box.size, needed), tuple(whole))
    paragraphs = [
        paragraph(setting, each, line) for each, line in zip(itemised, whole, strict=True)
    ]
    for count in range(len(lines) + 1, box.lines + 1):
        broken = _balanced(paragraphs, count)
        needed = _needed(element, broken, box)
        if needed >= box.min_size:
            return Fitted(min(box.size, needed), tuple(broken))
    if box.overflow == "truncate":
        cut = truncate(
            setting, paragraphs, box.width, box.min_size, count=max(len(lines), box.lines)
        )
        if cut is not None:
            return Fitted(box.min_size, cut, truncated=True)
    raise LayoutError(
        f"element {element!r}: the text would have to be {needed:.1f} pt small to fit into "
        f"{box.width * 25.4 / 72:.0f} mm; {box.min_size:g} pt is the smallest size allowed. Give "
        "it more width, more fit.lines or a smaller fit.min_size"
    )


def _itemised(setting: Setting, lines: Sequence[str]) -> list[Itemised]:
    """
    Itemise all lines, naming all characters at once that no typeface has.
    """
    found: list[Itemised] = []
    missing: list[str] = []
    for line in lines:
        try:
            found.append(setting.itemised(line))
        except MissingGlyphsError as exc:
            missing.extend(exc.characters)
    if missing:
        raise MissingGlyphsError(setting.element, missing, [face.label for face in setting.faces])
    return found


def _needed(element: str, lines: Sequence[Line], box: Box) -> float:
    """
    Give the size at which lines are just as wide as the box.

    It is rounded down, so that what is written with two decimals is never wider than the box.
    """
    widest = max((line.width for line in lines), default=0.0)
    if widest <= 0:
        if any(line.runs for line in lines):
            raise LayoutError(
                f"element {element!r}: its letters stand over each other, and the whole takes no "
                "room; give it more letter_spacing, or correct what it says"
            )
        return box.size
    hundredths = math.floor(box.width / widest * 100)
    # the division itself may have rounded up
    return (hundredths - (hundredths / 100 * widest > box.width)) / 100


def _balanced(paragraphs: Sequence[Paragraph], count: int) -> list[Line]:
    """
    Break paragraphs into so many lines at most, with the longest as short as can be.
    """
    low = max(each.widest for each in paragraphs)
    high = max(each.width(0, len(each.whole.text)) for each in paragraphs)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if sum(len(each.filled(middle)) for each in paragraphs) <= count:
            high = middle
        else:
            low = middle
    return [each.line(start, end) for each in paragraphs for start, end in each.filled(high)]
