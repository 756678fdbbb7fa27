"""
The elements of a design, made ready to be laid out for one certificate after the other.
"""

from __future__ import annotations

import contextlib
import functools

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias, TypeVar

from attrs import Factory, define, field, frozen

from certcore.exceptions import MissingGlyphsError
from certcore.pdf._describing import Tag
from certcore.pdf._edges import DEPTH, HEIGHT, check_edges
from certcore.pdf._emitting import FontInFile, emit
from certcore.pdf._figures import QrMaker, QrPlace
from certcore.pdf._options import Align
from certcore.pdf._typesetting import (
    Box,
    Line,
    Run,
    Typeface,
    bound_length,
    bound_marks,
    capitals,
    clean,
    decided_direction,
    fit,
    set_line,
)
from certcore.placeholders import Said, TextTemplate


_T = TypeVar("_T")

MM = 72 / 25.4
"""Points in a millimetre."""

_PERSONAL = ("recipient.", "verification.")
"""Placeholders that say something else on each certificate."""
_KEPT = 256

_SHARES: Mapping[Align, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a line is to the left of its anchor."""


Frame: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""


class Drawing(Protocol):
    """
    Something of one certificate, laid out.
    """

    @property
    def frame(self) -> Frame:
        """
        What it takes of the page.
        """
        ...

    @property
    def runs(self) -> Sequence[Run]:
        """
        The glyphs that it needs.
        """
        ...

    def draw(self, fonts: Mapping[Typeface, FontInFile]) -> bytes | None:
        """
        Write its operators; they leave the graphics state as it was.

        None if these fonts don't have all of its glyphs.
        """
        ...


class Drawable(Protocol):
    """
    An element that is ready for certificates.
    """

    @property
    def name(self) -> str:
        """
        What its design calls it.
        """
        ...

    @property
    def page(self) -> int:
        """
        The place of its page, from 0 on.
        """
        ...

    @property
    def corner(self) -> tuple[float, float]:
        """
        About where it begins: how far from the left, and how far from below, in points.
        """
        ...

    @property
    def tag(self) -> Tag | None:
        """
        What it is to those who don't see the page; None: decoration.
        """
        ...

    @property
    def link(self) -> bool:
        """
        Whether it leads to the address at which the certificate can be verified.
        """
        ...

    @property
    def when(self) -> TextTemplate | None:
        """
        What has to say something for it to be drawn.
        """
        ...

    @property
    def names(self) -> frozenset[str]:
        """
        The placeholders that it prints.
        """
        ...

    def lay_out(self, said: Said) -> Drawing:
        """
        Find out what is to be drawn where; nothing is drawn yet.
        """
        ...


@frozen
class Figure:
    """
    A drawing without letters.
    """

    operators: bytes = field(repr=False)
    frame: Frame = (0.0, 0.0, 0.0, 0.0)
    runs: Sequence[Run] = ()

    def draw(self, fonts: Mapping[Typeface, FontInFile]) -> bytes:
        del fonts
        return self.operators


NOTHING = Figure(b"")
"""What is drawn where an element isn't wanted."""


@define(eq=False)
class SetText:
    """
    A text whose glyphs have their places.
    """

    lines: Sequence[tuple[Line, float, float]] = field(repr=False)
    """Each with the point where its baseline begins."""
    size: float
    color: str
    _drawn: tuple[Mapping[Typeface, FontInFile] | None, bytes | None] = field(
        init=False, repr=False, default=(None, None)
    )
    """For which fonts it was drawn last, and the operators."""

    @property
    def frame(self) -> Frame:
        size = self.size
        return (
            min(x for _, x, _ in self.lines),
            min(y for *_, y in self.lines) - DEPTH * size,
            max(x + line.width * size for line, x, _ in self.lines),
            max(y for *_, y in self.lines) + HEIGHT * size,
        )

    @property
    def runs(self) -> Sequence[Run]:
        return [run for line, _, _ in self.lines for run in line.runs]

    def draw(self, fonts: Mapping[Typeface, FontInFile]) -> bytes | None:
        known, operators = self._drawn
        if known is not fonts:
            try:
                operators = emit(self.lines, self.size, self.color, fonts)
            except KeyError:
                operators = None
            self._drawn = fonts, operators
        return operators


@frozen(kw_only=True)
class TextDrawable:
    """
    A text, with its fonts at hand.
    """

    name: str
    lines: tuple[TextTemplate, ...]
    faces: Sequence[Typeface] = field(repr=False)
    """Those of the design."""
    more: Callable[[], Sequence[Typeface]] = field(repr=False)
    """Gives others, for letters that these haven't."""
    box: Box
    x: float
    """Of the anchor: the left edge, center or right edge of the box. In points."""
    y: float
    """Of the first line's baseline, from the lower edge of the page."""
    align: Align
    color: str
    spacing: float
    """Between letters, in em."""
    line_height: float
    """A multiple of the size."""
    upper_case: bool
    height: float
    """Of the page, in points."""
    page: int = 0
    when: TextTemplate | None = None
    tag: Tag | None = field(factory=lambda: Tag(kind="P"))
    link: bool = False
    _covered: frozenset[int] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(
            lambda self: frozenset[int]().union(*(face.covers for face in self.faces)),
            takes_self=True,
        ),
    )
    """The code points that these typefaces have."""
    _base: int | None = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(
            lambda self: decided_direction("".join(line.literal for line in self.lines)),
            takes_self=True,
        ),
    )
    """The direction that the design's own words give, whatever a name is written in."""
    _set: Callable[[tuple[str, ...], str], SetText] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: self.setter(), takes_self=True),
    )

    @property
    def corner(self) -> tuple[float, float]:
        return self.x - _SHARES[self.align] * self.box.width, self.y + self.box.size

    @property
    def names(self) -> frozenset[str]:
        return frozenset[str]().union(*(line.names for line in self.lines))

    def setter(self) -> Callable[[tuple[str, ...], str], SetText]:
        """
        Give what lays out lines in a language, once for what many certificates say alike.
        """
        personal = any(name.startswith(_PERSONAL) for name in self.names)
        return self._laid_out if personal else functools.lru_cache(_KEPT)(self._laid_out)

    def literal(self, language: str) -> Sequence[Line]:
        """
        Set what every certificate says, on lines of any length.

        Raises:
            certcore.exceptions.MissingGlyphsError:
                If it can't be drawn: no certificate could.

            certcore.exceptions.LayoutError:
                As above.
        """
        said = self._cleaned([line.literal for line in self.lines], language)
        return self._with_faces(
            said,
            lambda faces: [
                set_line(self.name, each, faces, language, base=self._base) for each in said
            ],
        )

    def lay_out(self, said: Said) -> SetText:
        return self._set(tuple([line.write(said) for line in self.lines]), said.language)

    def _laid_out(self, lines: tuple[str, ...], language: str) -> SetText:
        said = self._cleaned(lines, language)
        fitted = self._with_faces(
            said,
            lambda faces: fit(
                self.name,
                said,
                self.box,
                faces,
                language,
                base=self._base,
                spacing=self.spacing,
            ),
        )
        share, step = _SHARES[self.align] * fitted.size, fitted.size * self.line_height
        placed = [
            (line, self.x - share * line.width, self.y - number * step)
            for number, line in enumerate(fitted.lines)
        ]
        check_edges(self.name, placed, fitted.size, self.height)
        return SetText(placed, fitted.size, self.color)

    def _with_faces(self, lines: Sequence[str], set_: Callable[[Sequence[Typeface]], _T]) -> _T:
        """
        Set a text in the design's typefaces or, if they lack a letter, in others besides.
        """
        if all(self._covered.issuperset(map(ord, line)) for line in lines):
            # it isn't enough that one has a letter, and another one its mark
            with contextlib.suppress(MissingGlyphsError):
                return set_(self.faces)
        try:
            return set_([*self.faces, *self.more()])
        except MissingGlyphsError as exc:
            fonts = [face.label for face in self.faces]
            raise MissingGlyphsError(self.name, exc.characters, fonts) from None

    def _cleaned(self, lines: Sequence[str], language: str) -> list[str]:
        bound_length(self.name, lines)
        written = [capitals(each, language) for each in lines] if self.upper_case else lines
        cleaned = [clean(each) for each in written]
        bound_marks(self.name, cleaned)
        return cleaned


@frozen(kw_only=True)
class QrDrawable:
    """
    A QR code that is ready for certificates.
    """

    name: str
    text: TextTemplate
    maker: QrMaker
    place: QrPlace
    page: int = 0
    when: TextTemplate | None = None
    tag: Tag | None = None
    link: bool = False

    @property
    def corner(self) -> tuple[float, float]:
        left, _, _, top = self.place.frame
        return left, top

    @property
    def names(self) -> frozenset[str]:
        return self.text.names

    def lay_out(self, said: Said) -> Figure:
        modules = self.maker(self.text.write(said), code=said.certificate.code)
        self.place.check(self.name, modules.size)
        drawn = self.place.draw(modules)
        return Figure(drawn, self.place.frame)


@frozen(kw_only=True)
class FixedDrawable:
    """
    What is the same on every certificate: an image, a line, a rectangle.
    """

    name: str
    figure: Figure
    page: int = 0
    when: TextTemplate | None = None
    tag: Tag | None = None
    link: bool = False

    @property
    def corner(self) -> tuple[float, float]:
        left, _, _, top = self.figure.frame
        return left, top

    @property
    def names(self) -> frozenset[str]:
        return frozenset()

    def lay_out(self, said: Said) -> Figure:
        del said
        return self.figure
