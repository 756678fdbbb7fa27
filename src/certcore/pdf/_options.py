"""
What a design made of a PDF template says.

Lengths are millimetres, measured from the top left corner of the page as one sees it; type is in
points. Images are drawn first, then QR codes, then texts, each in the order of their names.
"""

from __future__ import annotations

import math
import re

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, cast

from attrs import Attribute, field, frozen

from certcore.config import option
from certcore.domain import AssetRef
from certcore.placeholders import compile_text


STANDARD_FONTS = (
    "Courier",
    "Courier-Bold",
    "Courier-BoldOblique",
    "Courier-Oblique",
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-BoldOblique",
    "Helvetica-Oblique",
    "Symbol",
    "Times-Bold",
    "Times-BoldItalic",
    "Times-Italic",
    "Times-Roman",
    "ZapfDingbats",
)
"""Fonts that every PDF reader has; where a font is wanted, these names mean them, not assets."""

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")

Align: TypeAlias = Literal["left", "center", "right"]
ErrorCorrection: TypeAlias = Literal["low", "medium", "quartile", "high"]


def _ref(value: AssetRef | str) -> AssetRef:
    return value if isinstance(value, AssetRef) else AssetRef(value)


def _optional_ref(value: AssetRef | str | None) -> AssetRef | None:
    return None if value is None else _ref(value)


def _refs(values: Iterable[AssetRef | str] | str) -> tuple[AssetRef, ...]:
    return (_ref(values),) if isinstance(values, str) else tuple(_ref(value) for value in values)


def _finite(instance: object, attribute: Attribute[Any], value: Any) -> None:
    del instance, attribute
    numbers = cast("tuple[float | None, ...]", value if isinstance(value, tuple) else (value,))
    if any(number is not None and not math.isfinite(number) for number in numbers):
        raise ValueError("a finite number is wanted")


def _placeholders(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    compile_text(value)


def _filled(instance: object, attribute: Attribute[Any], value: str) -> None:
    _placeholders(instance, attribute, value)
    if not value.strip():
        raise ValueError("a text is wanted, and there is none")


def _color(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    if value and not _COLOR.fullmatch(value):
        raise ValueError(f"{value!r}: a color such as '#1f4e79' is wanted")


@frozen(kw_only=True)
class Fit:
    """
    What is done about a text that is too long for its box.
    """

    min_size: float = option(
        "Smallest size that a long text is shrunk to, first on one line, then on more.",
        unit="pt",
        minimum=1,
        maximum=1000,
        validator=_finite,
    )
    lines: int = option(
        "How many lines it may take if it doesn't fit on one.", default=1, minimum=1, maximum=50
    )


@frozen(kw_only=True)
class Text:
    """
    A text with placeholders. A newline in it begins a new line.
    """

    text: str = option("What is printed, with placeholders: '{recipient.name}'.", validator=_filled)
    at: tuple[float, float] = option(
        "Where the box meets the baseline of the first line, [x, y]: x is the box's left edge, "
        "center or right edge, as `align` says.",
        unit="mm",
        validator=_finite,
    )
    width: float | None = option(
        "Width of the box, which no line leaves; else it reaches nearly to the edge of the page.",
        default=None,
        unit="mm",
        minimum=1,
        validator=_finite,
    )
    align: Align = option("How lines stand in the box.", default="left")
    font: AssetRef | None = field(
        default=None,
        converter=_optional_ref,
        metadata={
            "help": "A font among the assets, or one of the 14 standard names such as "
            "'Times-Bold', for which a free font like it is drawn; letters that it hasn't come "
            "from the design's fonts."
        },
    )
    size: float = option(
        "Size of the type.", default=12.0, unit="pt", minimum=1, maximum=1000, validator=_finite
    )
    color: str = option("Color of the type.", default="#000000", validator=_color)
    letter_spacing: float = option(
        "Space added between letters; it shrinks with the text.",
        default=0.0,
        unit="pt",
        minimum=-100,
        maximum=100,
        validator=_finite,
    )
    line_height: float = option(
        "Distance of the lines, as a multiple of the size.",
        default=1.2,
        minimum=0.5,
        maximum=5,
        validator=_finite,
    )
    upper_case: bool = option("Whether it is set in capitals.", default=False)
    fit: Fit | None = option(
        "What is done about a long text; else it is shrunk on its line, down to 6 pt at most.",
        default=None,
    )


@frozen(kw_only=True)
class QrCode:
    """
    A QR code, drawn as a vector shape.
    """

    qr: str = option(
        "What it says, with placeholders: '{verification.address}'.", validator=_filled
    )
    at: tuple[float, float] = option(
        "Where its top left corner is, [x, y].", unit="mm", validator=_finite
    )
    size: float = option(
        "Length of a side, the quiet zone included.",
        unit="mm",
        minimum=8,
        maximum=1000,
        validator=_finite,
    )
    color: str = option("Color of the dark squares.", default="#000000", validator=_color)
    background: str = option(
        "Color of what is behind it, for dark templates; nothing is painted if it is empty.",
        default="",
        validator=_color,
    )
    error_correction: ErrorCorrection = option(
        "How much damage it bears: low 7, medium 15, quartile 25, high 30 per cent.",
        default="medium",
    )
    quiet_zone: int = option(
        "Width of the empty margin that readers need, in squares; less than 4 only on white paper.",
        default=4,
        minimum=0,
        maximum=20,
    )


@frozen(kw_only=True)
class Image:
    """
    A PNG or JPEG image, whose proportions stay: with width and height, it is centered in that box.
    """

    image: AssetRef = field(
        converter=_ref, metadata={"help": "An image among the assets: 'signature.png'."}
    )
    at: tuple[float, float] = option(
        "Where its top left corner is, [x, y].", unit="mm", validator=_finite
    )
    width: float | None = option(
        "Width; this or the height has to be given.",
        default=None,
        unit="mm",
        minimum=0.1,
        validator=_finite,
    )
    height: float | None = option(
        "Height; this or the width has to be given.",
        default=None,
        unit="mm",
        minimum=0.1,
        validator=_finite,
    )


Element: TypeAlias = Text | QrCode | Image


@frozen(kw_only=True)
class Pdf:
    """
    A design: texts, QR codes and images on the first page of a PDF template.
    """

    template: AssetRef = field(
        converter=_ref,
        metadata={"help": "A PDF among the assets; its other pages are kept as they are."},
    )
    template_alt: str = option(
        "What the template shows, for those who don't see it; if it is empty, it is decoration.",
        default="",
    )
    fonts: tuple[AssetRef, ...] = field(
        default=(),
        converter=_refs,
        metadata={
            "help": "Fonts among the assets (.ttf, .otf), tried in this order, letter by letter; "
            "Helvetica if there is none."
        },
    )
    fallback: bool = option(
        "Whether letters that none of these fonts has are taken from those that come with the "
        "extra `fonts`, for many scripts. A name that no font has is refused.",
        default=True,
    )
    elements: Mapping[str, Element] = option(
        "What is drawn on the template, by names of your own.", factory=dict[str, Element]
    )
    title: str = option(
        "The document's title, with placeholders.",
        default="{context.name} – {recipient.name}",  # noqa: RUF001  # a dash, as it is printed
        validator=_placeholders,
    )
    language: str = option(
        "Language of the texts, such as 'es': dates are written in it; else in the recipient's.",
        default="",
    )
