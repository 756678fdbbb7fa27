"""
What a design made of a PDF template says.

Lengths are millimetres, measured from the top left corner of the page as one sees it; type is in
points. Layers are drawn from the lowest to the highest; within one, rectangles first, then lines,
images, QR codes and texts, each in the order of their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.config import option
from certcore.domain import AssetRef
from certcore.pdf._elements import (
    Image,
    Line,
    QrCode,
    Rectangle,
    filled,
    finite,
    hex_color,
    known_placeholders,
    layer_option,
    page_option,
    plain,
    to_ref,
    when_option,
)


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

Align: TypeAlias = Literal["left", "center", "right"]
Overflow: TypeAlias = Literal["error", "truncate"]
FontSource: TypeAlias = Literal["bundle", "folders", "system"]
Emoji: TypeAlias = Literal["refused", "monochrome"]


def _optional_ref(value: AssetRef | str | None) -> AssetRef | None:
    return None if value is None else to_ref(value)


def _refs(values: Iterable[AssetRef | str] | str) -> tuple[AssetRef, ...]:
    return (to_ref(values),) if isinstance(values, str) else tuple(map(to_ref, values))


@frozen(kw_only=True)
class FontFace:
    """
    One font out of a file with several: of a collection, or at an instance of a variable font.
    """

    font: AssetRef = field(
        converter=to_ref,
        metadata={"help": "A font among the assets: 'Inter.ttf'.", "format": "font"},
    )
    index: int | None = option(
        "Which font it is of a collection (.ttc, .otc), from 0; else the first.",
        default=None,
        minimum=0,
        maximum=1023,
    )
    face: str = option(
        "Or its name instead, in full or for PostScript: 'Noto Sans CJK KR'.", default=""
    )
    instance: str = option(
        "Which instance it is of a variable font, as its maker calls it: 'SemiBold'; else the "
        "default.",
        default="",
    )
    axes: Mapping[str, float] = option(
        "Where a variable font is on its axes, by their tags: { wght = 600 }; the others are where "
        "the instance has them.",
        factory=dict[str, float],
    )


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
        validator=finite,
    )
    lines: int = option(
        "How many lines it may take if it doesn't fit on one.", default=1, minimum=1, maximum=50
    )
    overflow: Overflow = option(
        "What is done if it doesn't fit even so: `error` refuses the certificate, `truncate` cuts "
        "the text off with an ellipsis.",
        default="error",
    )


@frozen(kw_only=True)
class Text:
    """
    A text with placeholders. A newline in it begins a new line.
    """

    text: str = option(
        "What is printed, with placeholders: '{recipient.name}'.",
        format="placeholders",
        validator=filled,
    )
    at: tuple[float, float] = option(
        "Where the box meets the baseline of the first line, [x, y]: x is the box's left edge, "
        "center or right edge, as `align` says.",
        unit="mm",
        validator=finite,
    )
    width: float | None = option(
        "Width of the box, which no line leaves; else it reaches nearly to the edge of the page.",
        default=None,
        unit="mm",
        minimum=1,
        validator=finite,
    )
    align: Align = option("How lines stand in the box.", default="left")
    font: AssetRef | None = field(
        default=None,
        converter=_optional_ref,
        metadata={
            "help": "A font among the assets or the design's typefaces, or one of the 14 standard "
            "names such as 'Times-Bold', for which a free font like it is drawn; letters that it "
            "hasn't come from the design's fonts.",
            "format": "font",
        },
    )
    size: float = option(
        "Size of the type.", default=12.0, unit="pt", minimum=1, maximum=1000, validator=finite
    )
    color: str = option(
        "Color of the type.", default="#000000", format="color", validator=hex_color
    )
    letter_spacing: float = option(
        "Space added between letters; it shrinks with the text.",
        default=0.0,
        unit="pt",
        minimum=-100,
        maximum=100,
        validator=finite,
    )
    line_height: float = option(
        "Distance of the lines, as a multiple of the size.",
        default=1.2,
        minimum=0.5,
        maximum=5,
        validator=finite,
    )
    upper_case: bool = option("Whether it is set in capitals.", default=False)
    fit: Fit | None = option(
        "What is done about a long text; else it is shrunk on its line, down to 6 pt at most.",
        default=None,
    )
    heading: int = option(
        "Which heading it is to those who don't see it, 1 for the title; 0 is no heading.",
        default=0,
        minimum=0,
        maximum=6,
    )
    page: int = page_option()
    layer: int = layer_option()
    when: str = when_option()


Element: TypeAlias = Text | QrCode | Image | Line | Rectangle


@frozen(kw_only=True)
class Pdf:
    """
    A design: texts, QR codes, images, lines and rectangles on the pages of a PDF template.
    """

    template: AssetRef = field(
        converter=to_ref,
        metadata={
            "help": "A PDF among the assets; pages with no element are kept as they are.",
            "format": "pdf",
        },
    )
    template_alt: str = option(
        "What the template shows, for those who don't see it; if it is empty, it is decoration.",
        default="",
        validator=plain,
    )
    fonts: tuple[AssetRef, ...] = field(
        default=(),
        converter=_refs,
        metadata={
            "help": "Fonts among the assets (.ttf, .otf, .ttc) or the typefaces, tried in this "
            "order, letter by letter; Helvetica if there is none.",
            "format": "font",
        },
    )
    typefaces: Mapping[str, FontFace] = option(
        "Fonts of collections and variable fonts, by names of your own, for `fonts` and `font`.",
        factory=dict[str, FontFace],
    )
    fallback: tuple[FontSource, ...] = option(
        "Where letters come from that none of these fonts has, in this order: `bundle` has those "
        "of the extra `fonts`, for many scripts, `folders` those in CERTCORE_FONT_FOLDERS, "
        "`system` the operating system's. A name that no font has is refused.",
        default=("bundle",),
    )
    emoji: Emoji = option(
        "Whether emoji that none of these fonts has are drawn in one color; else they're refused.",
        default="refused",
    )
    compact: bool = option(
        "Whether a file has no letters but those that it needs, else all of Latin alphabets in the "
        "fonts of its texts: some 10 kB smaller for each font, and made three times as slowly.",
        default=False,
    )
    elements: Mapping[str, Element] = option(
        "What is drawn on the template, by names of your own.", factory=dict[str, Element]
    )
    title: str = option(
        "The document's title, with placeholders.",
        default="{context.name} – {recipient.name}",  # noqa: RUF001  # a dash, as it is printed
        format="placeholders",
        validator=known_placeholders,
    )
    language: str = option(
        "Language of the texts, such as 'es': dates are written in it; else in the recipient's.",
        default="",
        format="language",
    )
