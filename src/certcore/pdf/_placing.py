"""
Elements against the pages that they are drawn on.
"""

from __future__ import annotations

import math

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from attrs import frozen

from certcore.config import join
from certcore.domain import Asset
from certcore.exceptions import Problem
from certcore.pdf import _figures as figures
from certcore.pdf._describing import Kind, Tag
from certcore.pdf._drawables import (
    MM,
    Drawable,
    Figure,
    FixedDrawable,
    QrDrawable,
    TextDrawable,
)
from certcore.pdf._edges import DEPTH, HEIGHT
from certcore.pdf._elements import Image, Line, QrCode, Rectangle
from certcore.pdf._figures import EmbeddedImage
from certcore.pdf._options import Element, Fit, Text
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Box
from certcore.placeholders import TextTemplate, compile_text


_TOLERANCE = 0.01  # mm: what comes of counting in inches isn't an error
_MARGIN = 10  # mm: what a text without a box leaves free towards the edge
_FINE = 3  # pt: a pen that may run along the edge
_NARROWEST = -0.3  # of the type's size: what letters may be brought together
_LEGIBLE = 6  # pt: how far a text is shrunk whose layout doesn't say
_VERIFICATION = "verification.address"
_QR_ALT = "QR code with the address at which this certificate can be verified"
_ANY_QR_ALT = "QR code"

_Lengths = tuple[float, float, float, float]


@frozen
class _Sheet:
    """
    The size of a page, in millimetres.
    """

    width: float
    height: float

    def __str__(self) -> str:
        return f"{self.width:.1f} mm wide and {self.height:.1f} mm high"

    def y(self, y: float) -> float:
        """
        Give a height from the upper edge in points from the lower one.
        """
        return (self.height - y) * MM

    def frame(self, box: _Lengths) -> _Lengths:
        """
        Give left, bottom, right and top of a box, in points, by its left, top, width and height.
        """
        left, top, width, height = box
        return left * MM, self.y(top + height), (left + width) * MM, self.y(top)


class Sheets(Protocol):
    """
    What elements are placed on.
    """

    @property
    def sizes(self) -> Sequence[tuple[float, float]]:
        """
        Widths and heights of the pages, in points.
        """
        ...

    def image(self, element: str, asset: Asset) -> EmbeddedImage:
        """
        Give an image as it is embedded.
        """
        ...


class Placing:
    """
    Puts elements on their pages, and collects what is wrong with where they are.
    """

    def __init__(self, sheets: Sheets, more: Callable[[], Sequence[Face]]) -> None:
        self._images = sheets.image
        self._more = more
        self._sheets = [_Sheet(width / MM, height / MM) for width, height in sheets.sizes]
        self.drawables: list[Drawable] = []
        self.problems: list[Problem] = []

    def text(self, path: str, name: str, element: Text, faces: Sequence[Face]) -> None:
        sheet = self._sheet(path, element)
        if sheet is None:
            return
        x, y = element.at
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[element.align]
        room = min(
            (sheet.width - x) / (1 - share) if share < 1 else sheet.width,
            x / share if share > 0 else sheet.width,
        )
        free = room - min(_MARGIN, room / 4)
        width = free if element.width is None else element.width
        if not (0 <= y <= sheet.height and 0 <= x <= sheet.width and room > 0):
            self._outside(join(path, "at"), sheet)
        elif width > room + _TOLERANCE:
            self.problems.append(
                Problem(
                    join(path, "width"),
                    f"a box of {width:g} mm leaves the page, which is {sheet}.",
                    f"At this place there is room for {room:.1f} mm.",
                )
            )
        fit = element.fit or Fit(min_size=min(element.size, _LEGIBLE))
        if fit.min_size > element.size:
            self.problems.append(
                Problem(
                    join(join(path, "fit"), "min_size"),
                    f"{fit.min_size:g}: more than the size of the text, {element.size:g} pt.",
                )
            )
        self._check_letters(path, element, sheet, min(fit.min_size, element.size))
        lines = tuple(map(compile_text, element.text.splitlines()))
        self.drawables.append(
            TextDrawable(
                name=name,
                lines=lines,
                faces=faces,
                more=self._more,
                box=Box(
                    width=min(width, room) * MM,
                    size=element.size,
                    min_size=fit.min_size,
                    lines=fit.lines,
                    overflow=fit.overflow,
                ),
                x=x * MM,
                y=sheet.y(y),
                align=element.align,
                color=element.color,
                spacing=element.letter_spacing / element.size,
                line_height=element.line_height,
                upper_case=element.upper_case,
                height=sheet.height * MM,
                page=element.page - 1,
                when=_when(element),
                tag=Tag(kind=_kind(element)),
                link=any(_VERIFICATION in line.names for line in lines),
            )
        )

    def _check_letters(self, path: str, element: Text, sheet: _Sheet, size: float) -> None:
        """
        Say so if letters wouldn't be on the page at a text's smallest size, or be one another.
        """
        above, below = HEIGHT * size / MM, DEPTH * size / MM
        y = element.at[1]
        on_page = above - _TOLERANCE <= y <= sheet.height - below + _TOLERANCE
        if not on_page and 0 <= y <= sheet.height:
            edge = "upper" if y < above else "lower"
            self.problems.append(
                Problem(
                    join(path, "at"),
                    f"letters of {size:g} pt, its smallest size, reach over the {edge} edge of the "
                    "page.",
                    f"Place its baseline from {above:.1f} mm to {sheet.height - below:.1f} mm.",
                )
            )
        least = _NARROWEST * element.size
        if element.letter_spacing < least:
            self.problems.append(
                Problem(
                    join(path, "letter_spacing"),
                    f"{element.letter_spacing:g}: letters of {element.size:g} pt would stand over "
                    "each other.",
                    f"Write {least:g} or more.",
                )
            )

    def qr(self, path: str, name: str, element: QrCode) -> None:
        box = (*element.at, element.size, element.size)
        sheet = self._sheet_around(path, element, box)
        if sheet is None:
            return
        text = compile_text(element.qr)
        link = _VERIFICATION in text.names
        left, bottom, *_ = frame = sheet.frame(box)
        self.drawables.append(
            QrDrawable(
                name=name,
                text=text,
                maker=figures.QrMaker(element=name, level=element.error_correction),
                place=figures.QrPlace(
                    left=left,
                    bottom=bottom,
                    size=element.size * MM,
                    color=element.color,
                    background=element.background,
                    quiet_zone=element.quiet_zone,
                ),
                page=element.page - 1,
                when=_when(element),
                tag=Tag(
                    kind="Figure",
                    alt=element.alt or (_QR_ALT if link else _ANY_QR_ALT),
                    language="" if element.alt else "en",
                    box=frame,
                ),
                link=link,
            )
        )

    def image(self, path: str, name: str, element: Image, asset: Asset) -> None:
        if element.width is None and element.height is None:
            self.problems.append(Problem(path, "its width or its height is wanted."))
            return
        image = self._images(name, asset)
        pixels = (image.width, image.height)
        box = figures.image_box(element.at, element.width, element.height, pixels)
        sheet = self._sheet_around(path, element, box)
        if sheet is None:
            return
        left, bottom, *_ = frame = sheet.frame(box)
        drawn = image.draw(f"Image{image.number}", (left, bottom, box[2] * MM, box[3] * MM))
        tag = Tag(kind="Figure", alt=element.alt, box=frame) if element.alt else None
        self._fixed(name, element, Figure(drawn, frame), tag)

    def line(self, path: str, name: str, element: Line) -> None:
        (x, y), (across, down) = element.at, element.line
        pen = element.stroke_width / MM if element.stroke_width > _FINE else 0.0
        length = math.hypot(across, down)
        wide, high = pen * abs(down) / length, pen * abs(across) / length
        left, top = min(x, x + across) - wide / 2, min(y, y + down) - high / 2
        box = (left, top, abs(across) + wide, abs(down) + high)
        sheet = self._sheet_around(path, element, box)
        if sheet is None:
            return
        line = figures.Line(
            start=(x * MM, sheet.y(y)),
            end=((x + across) * MM, sheet.y(y + down)),
            stroke=figures.Stroke(
                width=element.stroke_width, color=element.color, dashes=element.dashes
            ),
        )
        self._fixed(name, element, Figure(line.draw()))

    def rectangle(self, path: str, name: str, element: Rectangle) -> None:
        if not (element.fill or element.stroke):
            self.problems.append(
                Problem(path, "its fill or its stroke is wanted.", "Else nothing of it is seen.")
            )
        box = (*element.at, *element.rectangle)
        sheet = self._sheet_around(path, element, box)
        if sheet is None:
            return
        left, bottom, *_ = sheet.frame(box)
        outline = figures.Stroke(
            width=element.stroke_width, color=element.stroke, dashes=element.dashes
        )
        rectangle = figures.Rectangle(
            box=(left, bottom, box[2] * MM, box[3] * MM),
            outline=outline if element.stroke else None,
            fill=element.fill,
            radius=element.radius * MM,
        )
        self._fixed(name, element, Figure(rectangle.draw()))

    def _fixed(
        self, name: str, element: Image | Line | Rectangle, figure: Figure, tag: Tag | None = None
    ) -> None:
        self.drawables.append(
            FixedDrawable(
                name=name, figure=figure, page=element.page - 1, when=_when(element), tag=tag
            )
        )

    def _sheet(self, path: str, element: Element) -> _Sheet | None:
        """
        Give an element's page, if the template has it.
        """
        if element.page <= len(self._sheets):
            return self._sheets[element.page - 1]
        count = len(self._sheets)
        has, hint = f"{count} pages", f"Write a number from 1 to {count}."
        if count == 1:
            has, hint = "one page", "Leave it out, or take a template with more."
        self.problems.append(
            Problem(join(path, "page"), f"{element.page}: the template has {has}.", hint)
        )
        return None

    def _sheet_around(self, path: str, element: Element, box: _Lengths) -> _Sheet | None:
        """
        Give an element's page if the element is on it as a whole, and else say so.
        """
        sheet = self._sheet(path, element)
        if sheet is None:
            return None
        left, top, width, height = box
        right, bottom = left + width, top + height
        over = (-left, -top, right - sheet.width, bottom - sheet.height)
        if all(each <= _TOLERANCE for each in over):
            return sheet
        reach = f"It reaches from {left:g}, {top:g} to {right:g}, {bottom:g}."
        self._outside(join(path, "at"), sheet, reach)
        return None

    def _outside(self, path: str, sheet: _Sheet, hint: str = "") -> None:
        self.problems.append(Problem(path, f"is outside of the page, which is {sheet}.", hint))


def _when(element: Element) -> TextTemplate | None:
    return compile_text(element.when) if element.when else None


def _kind(element: Text) -> Kind:
    return cast("Kind", f"H{element.heading}") if element.heading else "P"
