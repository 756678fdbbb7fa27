"""
What the elements of a design have in common, and those that aren't texts.

Lengths are millimetres, measured from the top left corner of the page as one sees it; what is drawn
with a pen is as thick as it says in points.
"""

from __future__ import annotations

import math
import re

from typing import Any, Literal, TypeAlias, cast

from attrs import Attribute, field, frozen

from certcore.config import option
from certcore.domain import AssetRef
from certcore.placeholders import compile_text


ErrorCorrection: TypeAlias = Literal["low", "medium", "quartile", "high"]

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_MOST_DASHES = 10
_SHORTEST_DASHES = 0.1  # pt: finer ones would keep a reader of the file busy, and show nothing


def to_ref(value: AssetRef | str) -> AssetRef:
    """
    Take the name of an asset for the asset.
    """
    return value if isinstance(value, AssetRef) else AssetRef(value)


def finite(instance: object, attribute: Attribute[Any], value: Any) -> None:
    """
    Refuse what is no number that a page could have.
    """
    del instance, attribute
    numbers = cast("tuple[float | None, ...]", value if isinstance(value, tuple) else (value,))
    if any(number is not None and not math.isfinite(number) for number in numbers):
        raise ValueError("a finite number is wanted")


def known_placeholders(instance: object, attribute: Attribute[Any], value: str) -> None:
    """
    Refuse a text with placeholders that don't exist.
    """
    del instance, attribute
    compile_text(value)


def filled(instance: object, attribute: Attribute[Any], value: str) -> None:
    """
    Refuse a text with nothing in it, too.
    """
    known_placeholders(instance, attribute, value)
    if not value.strip():
        raise ValueError("a text is wanted, and there is none")


def plain(instance: object, attribute: Attribute[Any], value: str) -> None:
    """
    Refuse placeholders where nobody would fill them in, and what looks empty and isn't.
    """
    del instance, attribute
    if "{" in value or "}" in value:
        raise ValueError("there are no placeholders here: it is the same on every certificate")
    if value and not any(letter.isprintable() and not letter.isspace() for letter in value):
        raise ValueError("a text that can be read aloud is wanted, or an empty one")


def hex_color(instance: object, attribute: Attribute[Any], value: str) -> None:
    """
    Refuse what isn't a color.
    """
    del instance, attribute
    if not _COLOR.fullmatch(value):
        raise ValueError(f"{value!r}: a color such as '#1f4e79' is wanted")


def _color_or_none(instance: object, attribute: Attribute[Any], value: str) -> None:
    if value:
        hex_color(instance, attribute, value)


def _condition(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    condition = compile_text(value)
    if value and (len(condition.names) != 1 or condition.literal.strip()):
        raise ValueError(f"{value!r}: one placeholder and no more is wanted, such as '{{expires}}'")


def _goes_somewhere(instance: object, attribute: Attribute[Any], value: Any) -> None:
    finite(instance, attribute, value)
    if not any(value):
        raise ValueError("a line that goes somewhere is wanted, and this one has no length")


def _dashes(instance: object, attribute: Attribute[Any], value: tuple[float, ...]) -> None:
    finite(instance, attribute, value)
    if len(value) > _MOST_DASHES:
        raise ValueError(f"{len(value)} lengths: at most {_MOST_DASHES} are wanted")
    if value and sum(value) < _SHORTEST_DASHES:
        raise ValueError(f"dashes and gaps of {_SHORTEST_DASHES} pt in all are wanted, at least")


def page_option() -> Any:
    """
    Declare on which page an element is.
    """
    return option("Number of the template's page that it is drawn on.", default=1, minimum=1)


def layer_option() -> Any:
    """
    Declare what an element is drawn over.
    """
    return option(
        "What it is drawn over: a higher layer covers a lower one. Within a layer, rectangles and "
        "lines are drawn first, then images, QR codes and texts.",
        default=0,
        minimum=-1000,
        maximum=1000,
    )


def when_option() -> Any:
    """
    Declare which certificates an element is drawn on.
    """
    return option(
        "A placeholder: it is drawn only on certificates that have something to say there, "
        "'{expires}'; else on all of them.",
        default="",
        format="placeholders",
        validator=_condition,
    )


def corner_option() -> Any:
    """
    Declare where an element is that has a top left corner.
    """
    return option("Where its top left corner is, [x, y].", unit="mm", validator=finite)


@frozen(kw_only=True)
class QrCode:
    """
    A QR code, drawn as a vector shape.
    """

    qr: str = option(
        "What it says, with placeholders: '{verification.address}'.",
        format="placeholders",
        validator=filled,
    )
    at: tuple[float, float] = corner_option()
    size: float = option(
        "Length of a side, the quiet zone included.",
        unit="mm",
        minimum=8,
        maximum=1000,
        validator=finite,
    )
    color: str = option(
        "Color of the dark squares.", default="#000000", format="color", validator=hex_color
    )
    background: str = option(
        "Color of what is behind it, for dark templates; nothing is painted if it is empty.",
        default="",
        format="color",
        validator=_color_or_none,
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
    alt: str = option(
        "What is read aloud to those who don't see it; else, in English, that it is a QR code.",
        default="",
        validator=plain,
    )
    page: int = page_option()
    layer: int = layer_option()
    when: str = when_option()


@frozen(kw_only=True)
class Image:
    """
    A PNG or JPEG image, whose proportions stay: with width and height, it is centered in that box.
    """

    image: AssetRef = field(
        converter=to_ref,
        metadata={"help": "An image among the assets: 'signature.png'.", "format": "image"},
    )
    at: tuple[float, float] = corner_option()
    width: float | None = option(
        "Width; this or the height has to be given.",
        default=None,
        unit="mm",
        minimum=0.1,
        validator=finite,
    )
    height: float | None = option(
        "Height; this or the width has to be given.",
        default=None,
        unit="mm",
        minimum=0.1,
        validator=finite,
    )
    alt: str = option(
        "What it shows, for those who don't see it; if it is empty, it is decoration.",
        default="",
        validator=plain,
    )
    page: int = page_option()
    layer: int = layer_option()
    when: str = when_option()


@frozen(kw_only=True)
class Line:
    """
    A straight line.
    """

    line: tuple[float, float] = option(
        "How far it goes, [to the right, downwards]: [200, 0] is level, [0, -50] goes up.",
        unit="mm",
        validator=_goes_somewhere,
    )
    at: tuple[float, float] = option("Where it begins, [x, y].", unit="mm", validator=finite)
    color: str = option(
        "Color of the line.", default="#000000", format="color", validator=hex_color
    )
    stroke_width: float = option(
        "How thick it is.", default=1.0, unit="pt", minimum=0.05, maximum=1000, validator=finite
    )
    dashes: tuple[float, ...] = option(
        "Lengths of dashes and gaps in turn, [6, 3]; it has no gaps if there is none.",
        default=(),
        unit="pt",
        minimum=0,
        maximum=1000,
        validator=_dashes,
    )
    page: int = page_option()
    layer: int = layer_option()
    when: str = when_option()


@frozen(kw_only=True)
class Rectangle:
    """
    A rectangle, filled or outlined or both.
    """

    rectangle: tuple[float, float] = option(
        "Its size, [width, height], the outline included.",
        unit="mm",
        minimum=0.1,
        validator=finite,
    )
    at: tuple[float, float] = corner_option()
    fill: str = option(
        "Color of its inside; it isn't filled if that is empty.",
        default="",
        format="color",
        validator=_color_or_none,
    )
    stroke: str = option(
        "Color of its outline; it has none if that is empty.",
        default="",
        format="color",
        validator=_color_or_none,
    )
    stroke_width: float = option(
        "How thick its outline is.",
        default=1.0,
        unit="pt",
        minimum=0.05,
        maximum=1000,
        validator=finite,
    )
    dashes: tuple[float, ...] = option(
        "Lengths of dashes and gaps of the outline in turn, [6, 3]; it has no gaps if there is "
        "none.",
        default=(),
        unit="pt",
        minimum=0,
        maximum=1000,
        validator=_dashes,
    )
    radius: float = option(
        "Of round corners; half of the shorter side at most.",
        default=0.0,
        unit="mm",
        minimum=0,
        maximum=1000,
        validator=finite,
    )
    page: int = page_option()
    layer: int = layer_option()
    when: str = when_option()
