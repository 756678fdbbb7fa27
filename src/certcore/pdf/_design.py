"""
Reading a design: its assets, and its elements against the page.
"""

from __future__ import annotations

import functools

from collections.abc import Callable, Sequence

from attrs import frozen

from certcore.config import join
from certcore.domain import Asset, AssetRef
from certcore.exceptions import AssetNotFoundError, ConfigurationError, Problem
from certcore.pdf._compiling import Draft, draft
from certcore.pdf._describing import Tag
from certcore.pdf._drawables import (
    MM,
    Drawable,
    Figure,
    FixedDrawable,
    QrDrawable,
    TextDrawable,
)
from certcore.pdf._figures import QrMaker, QrPlace, image_box
from certcore.pdf._options import STANDARD_FONTS, Fit, Image, Pdf, QrCode, Text
from certcore.pdf._typefaces import Face, fallback_faces, read_face, standard_face
from certcore.pdf._typesetting import Box
from certcore.placeholders import compile_text
from certcore.ports import AssetStore


_TOLERANCE = 0.01  # mm: what comes of counting in inches isn't an error
_MARGIN = 10  # mm: what a text without a box leaves free towards the edge
_LEGIBLE = 6  # pt: how far a text is shrunk whose layout doesn't say
_DEFAULT_FONT = AssetRef("Helvetica")
_VERIFICATION = "verification.address"
_QR_ALT = "QR code with the address at which this certificate can be verified"


@frozen
class ReadDesign:
    """
    A design whose assets are read and whose elements are ready.
    """

    draft: Draft
    elements: Sequence[Drawable]
    assets: Sequence[Asset]


def read_design(design: Pdf, assets: AssetStore) -> ReadDesign:
    """
    Read a design's assets, and place its elements on the page.

    Raises:
        certcore.exceptions.ConfigurationError:
            With every asset that is missing or, if they are all there, every element that leaves
            the page.

        certcore.exceptions.GenerationError:
            If an asset can't be used, or a text can't be drawn on any certificate.
    """
    found = _Assets(assets)
    found.collect(design)
    if found.problems:
        raise ConfigurationError(found.problems)
    for ref in design.fonts:
        _face(ref, found)  # a font that no letter has needed yet has to be one, too
    begun = draft(found.files[design.template.slug])
    placed = _Placed(begun, _bundled if design.fallback else tuple)
    fallback = design.fonts or (_DEFAULT_FONT,)
    for name, element in sorted(design.elements.items(), key=_order):
        path = join("elements", name)
        if isinstance(element, Text):
            refs = dict.fromkeys((*((element.font,) if element.font else ()), *fallback))
            placed.text(path, name, element, [_face(ref, found) for ref in refs])
        elif isinstance(element, QrCode):
            placed.qr(path, name, element)
        else:
            placed.image(path, name, element, found.files[element.image.slug])
    if placed.problems:
        raise ConfigurationError(placed.problems)
    return ReadDesign(begun, tuple(placed.drawables), tuple(found.files.values()))


def _order(item: tuple[str, Text | QrCode | Image]) -> tuple[int, str]:
    return (Image, QrCode, Text).index(type(item[1])), item[0]


class _Assets:
    """
    The files that a design names, read once each.
    """

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self.files: dict[str, Asset] = {}
        self.problems: list[Problem] = []

    def collect(self, design: Pdf) -> None:
        self._read("template", design.template)
        for place, ref in enumerate(design.fonts):
            self._font(join("fonts", place), ref)
        for name, element in design.elements.items():
            path = join("elements", name)
            if isinstance(element, Image):
                self._read(join(path, "image"), element.image)
            elif isinstance(element, Text) and element.font:
                self._font(join(path, "font"), element.font)

    def _font(self, path: str, ref: AssetRef) -> None:
        if ref.slug not in STANDARD_FONTS:
            self._read(path, ref)

    def _read(self, path: str, ref: AssetRef) -> None:
        if ref.slug in self.files:
            return
        try:
            self.files[ref.slug] = self._store.read(ref.slug)
        except AssetNotFoundError as exc:
            self.problems.append(Problem(path, str(exc)))


def _face(ref: AssetRef, found: _Assets) -> Face:
    if ref.slug in STANDARD_FONTS:
        return standard_face(ref.slug)
    return read_face(found.files[ref.slug])


@functools.lru_cache(1)
def _bundled() -> Sequence[Face]:
    """
    Give the fonts that come with the extra `fonts`.
    """
    return tuple(fallback_faces())


class _Placed:
    """
    Elements on a page, and what is wrong with where they are.
    """

    def __init__(self, draft: Draft, more: Callable[[], Sequence[Face]]) -> None:
        self._draft = draft
        self._more = more
        self._width = draft.pages.pages[0].width / MM
        self._height = draft.pages.pages[0].height / MM
        self.drawables: list[Drawable] = []
        self.problems: list[Problem] = []

    def text(self, path: str, name: str, element: Text, faces: Sequence[Face]) -> None:
        x, y = element.at
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[element.align]
        room = min(
            (self._width - x) / (1 - share) if share < 1 else self._width,
            x / share if share > 0 else self._width,
        )
        free = room - min(_MARGIN, room / 4)
        width = free if element.width is None else element.width
        if not (0 <= y <= self._height and 0 <= x <= self._width and room > 0):
            self._outside(join(path, "at"))
        elif width > room + _TOLERANCE:
            self.problems.append(
                Problem(
                    join(path, "width"),
                    f"a box of {width:g} mm leaves the page, which is {self._page()}.",
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
        lines = tuple(map(compile_text, element.text.splitlines()))
        self.drawables.append(
            TextDrawable(
                name=name,
                lines=lines,
                link=any(_VERIFICATION in line.names for line in lines),
                faces=faces,
                more=self._more,
                box=Box(
                    width=min(width, room) * MM,
                    size=element.size,
                    min_size=fit.min_size,
                    lines=fit.lines,
                ),
                x=x * MM,
                y=(self._height - y) * MM,
                align=element.align,
                color=element.color,
                spacing=element.letter_spacing / element.size,
                line_height=element.line_height,
                upper_case=element.upper_case,
            )
        )

    def qr(self, path: str, name: str, element: QrCode) -> None:
        x, y = element.at
        self._inside(path, (x, y, element.size, element.size))
        text = compile_text(element.qr)
        self.drawables.append(
            QrDrawable(
                name=name,
                text=text,
                tag=Tag(kind="Figure", alt=_QR_ALT),
                link=_VERIFICATION in text.names,
                maker=QrMaker(element=name, level=element.error_correction),
                place=QrPlace(
                    left=x * MM,
                    bottom=(self._height - y - element.size) * MM,
                    size=element.size * MM,
                    color=element.color,
                    background=element.background,
                    quiet_zone=element.quiet_zone,
                ),
            )
        )

    def image(self, path: str, name: str, element: Image, asset: Asset) -> None:
        if element.width is None and element.height is None:
            self.problems.append(Problem(path, "its width or its height is wanted."))
            return
        image = self._draft.image(name, asset)
        pixels = (image.width, image.height)
        left, top, width, height = image_box(element.at, element.width, element.height, pixels)
        self._inside(path, (left, top, width, height))
        box = (left * MM, (self._height - top - height) * MM, width * MM, height * MM)
        drawn = image.draw(f"Image{image.number}", box)
        self.drawables.append(FixedDrawable(name=name, figure=Figure(drawn)))

    def _inside(self, path: str, box: tuple[float, float, float, float]) -> None:
        left, top, width, height = box
        right, bottom = left + width, top + height
        over = max(-left, -top, right - self._width, bottom - self._height)
        if over > _TOLERANCE:
            self._outside(
                join(path, "at"), f"It reaches from {left:g}, {top:g} to {right:g}, {bottom:g}."
            )

    def _outside(self, path: str, hint: str = "") -> None:
        self.problems.append(
            Problem(path, f"is outside of the page, which is {self._page()}.", hint)
        )

    def _page(self) -> str:
        return f"{self._width:.1f} mm wide and {self._height:.1f} mm high"
