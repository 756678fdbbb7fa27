"""
The elements of a design, made ready to be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Protocol

import segno

from attrs import field, frozen
from PIL import Image as PillowImage
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from certcore.domain import Asset, Certificate
from certcore.exceptions import LayoutError
from certcore.pdf._fonts import Face
from certcore.pdf._layout import Box, Fitted, fit
from certcore.pdf._options import Image, QrCode, Text
from certcore.pdf._text import Run, capitals, clean, runs
from certcore.placeholders import TextTemplate


MM = 72 / 25.4
"""Points in a millimetre."""


class Drawing(Protocol):
    """
    Something of one certificate, laid out.
    """

    def __call__(self, canvas: Canvas) -> None:
        """
        Draw it.
        """
        ...


class Drawable(Protocol):
    """
    An element that is ready for certificates.
    """

    @property
    def names(self) -> frozenset[str]:
        """
        The placeholders that it prints.
        """
        ...

    def lay_out(self, certificate: Certificate, language: str) -> Drawing:
        """
        Find out what is to be drawn where; nothing is drawn yet.
        """
        ...


@frozen(kw_only=True)
class TextDrawable:
    """
    A text, with its fonts at hand.
    """

    name: str
    option: Text
    lines: tuple[TextTemplate, ...]
    faces: Sequence[Face] = field(repr=False)
    box: Box
    x: float
    """Of the anchor: the left edge, center or right edge of the box. In points."""
    y: float
    """Of the first line's baseline, from the lower edge of the page."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(line.names for line in self.lines))

    def check(self, language: str) -> None:
        """
        Make sure that what every certificate says can be drawn.
        """
        for line in self.lines:
            self._runs(self._cleaned(line.literal, language))

    def lay_out(self, certificate: Certificate, language: str) -> Drawing:
        written = (line.render(certificate, language=language) for line in self.lines)
        lines = [self._cleaned(line, language) for line in written]
        for line in lines:
            self._runs(line)
        fitted = fit(self.name, lines, self.box, self._width)
        lowest = self.y - (len(fitted.lines) - 1) * fitted.size * self.option.line_height
        if lowest < 0:
            raise LayoutError(
                f"element {self.name!r}: its {len(fitted.lines)} lines reach over the lower edge "
                "of the page; place it higher, or allow fewer fit.lines"
            )
        return lambda canvas: self._draw(canvas, fitted)

    def _cleaned(self, text: str, language: str) -> str:
        return clean(capitals(text, language) if self.option.upper_case else text)

    def _runs(self, line: str) -> tuple[Run, ...]:
        return runs(self.name, line, self.faces)

    def _width(self, line: str) -> float:
        set_ = self._runs(line)
        spaces = max(sum(len(run.letters) for run in set_) - 1, 0)
        letters = sum(run.face.width("".join(run.letters)) for run in set_)
        return letters + spaces * self.option.letter_spacing / self.option.size

    def _draw(self, canvas: Canvas, fitted: Fitted) -> None:
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[self.option.align]
        canvas.setFillColor(HexColor(self.option.color))
        y = self.y
        for line in fitted.lines:
            x = self.x - share * self._width(line) * fitted.size
            text = canvas.beginText(x, y)
            for run in self._runs(line):
                text.setFont(run.face.name, fitted.size)
                spacing = self.option.letter_spacing * fitted.size / self.option.size
                for part, space in _parts(run.letters, spacing):
                    text.setCharSpace(space)
                    text.textOut(part)
            canvas.drawText(text)
            y -= fitted.size * self.option.line_height


def _parts(letters: Sequence[str], spacing: float) -> Iterator[tuple[str, float]]:
    """
    Cut letters where a combining mark follows: no space may come between it and its letter.
    """
    if not spacing:
        yield "".join(letters), 0.0
        return
    plain = ""
    for letter in letters:
        if len(letter) == 1:
            plain += letter
            continue
        if plain:
            yield plain, spacing
            plain = ""
        yield letter[:-1], 0.0
        yield letter[-1], spacing
    if plain:
        yield plain, spacing


@frozen(kw_only=True)
class QrDrawable:
    """
    A QR code that is ready for certificates.
    """

    name: str
    option: QrCode
    text: TextTemplate
    x: float
    """Of the left edge. In points."""
    y: float
    """Of the upper edge, from the lower edge of the page."""

    @property
    def names(self) -> frozenset[str]:
        return self.text.names

    def lay_out(self, certificate: Certificate, language: str) -> Drawing:
        said = self.text.render(certificate, language=language)
        levels = {"low": "l", "medium": "m", "quartile": "q", "high": "h"}
        try:
            code: Any = segno.make_qr(
                said, error=levels[self.option.error_correction], boost_error=False
            )
        except segno.DataOverflowError as exc:
            raise LayoutError(
                f"element {self.name!r}: {len(said)} characters are too many for a QR code"
            ) from exc
        rows = [bytes(row) for row in code.matrix_iter(border=self.option.quiet_zone)]
        return lambda canvas: self._draw(canvas, rows)

    def _draw(self, canvas: Canvas, rows: Sequence[bytes]) -> None:
        size = self.option.size * MM
        square = size / len(rows)
        if self.option.background:
            canvas.setFillColor(HexColor(self.option.background))
            canvas.rect(self.x, self.y - size, size, size, stroke=0, fill=1)
        canvas.setFillColor(HexColor(self.option.color))
        # one path: between shapes that are filled one by one, viewers show hairlines
        path: Any = canvas.beginPath()
        for place, row in enumerate(rows):
            for start, end in _stretches(row):
                path.rect(
                    self.x + start * square,
                    self.y - (place + 1) * square,
                    (end - start) * square,
                    square,
                )
        _untyped(canvas).drawPath(path, stroke=0, fill=1)


def _untyped(canvas: Canvas) -> Any:
    # reportlab's stubs leave some of its parameters open, which strict checkers don't let pass
    return canvas


def _stretches(row: bytes) -> Iterator[tuple[int, int]]:
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end
        start = row.find(1, end)


@frozen(kw_only=True)
class ImageDrawable:
    """
    An image, the same on every certificate.
    """

    content: bytes = field(repr=False)
    x: float
    """Of the lower left corner. In points."""
    y: float
    width: float
    height: float

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    def lay_out(self, certificate: Certificate, language: str) -> Drawing:
        del certificate, language
        return self._draw

    def _draw(self, canvas: Canvas) -> None:
        reader = ImageReader(BytesIO(self.content))
        _untyped(canvas).drawImage(reader, self.x, self.y, self.width, self.height, mask="auto")


def image_size(name: str, asset: Asset) -> tuple[int, int]:
    """
    Give width and height of an image, in pixels.

    Raises:
        certcore.exceptions.LayoutError:
            If it isn't a PNG or JPEG image that can be read to its end.
    """
    wrong = f"element {name!r}: {asset.slug} isn't a PNG or JPEG image that can be read"
    try:
        with PillowImage.open(BytesIO(asset.content), formats=("PNG", "JPEG")) as image:
            image.load()
            return image.size
    except (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError) as exc:
        raise LayoutError(f"{wrong}: upload it again as PNG") from exc


def image_box(option: Image, pixels: tuple[int, int]) -> tuple[float, float, float, float]:
    """
    Give left, top, width and height of an image as it will be drawn, in millimetres.
    """
    ratio = pixels[0] / pixels[1]
    widths = [width for width in (option.width, option.height and option.height * ratio) if width]
    width = min(widths)
    height = width / ratio
    left = option.at[0] + ((option.width or width) - width) / 2
    top = option.at[1] + ((option.height or height) - height) / 2
    return left, top, width, height
