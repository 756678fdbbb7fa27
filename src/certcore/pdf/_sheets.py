"""
Pages with all that is drawn on them, and what they are to those who don't see them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, field, frozen

from certcore.pdf._describing import ARTIFACT, END, Mark, Structure, Tag
from certcore.pdf._drawables import Drawable
from certcore.pdf._pages import Link, Page
from certcore.pdf._syntax import Objects, reference, stream, string


_LINE = 6.0
"""Points. What begins less apart in height than that is read from the left to the right."""


@frozen
class Piece:
    """
    An element among all those of a design.
    """

    place: int
    """In the order in which they are drawn."""
    element: Drawable
    annotation: int | None = field(kw_only=True)
    """The object that makes a link of it."""
    tag: int | None = field(kw_only=True)
    """The object of its tag, if it isn't drawn on every certificate."""


@frozen
class Sheet:
    """
    A page, with all that is drawn on it.
    """

    page: Page
    shown: str = field(kw_only=True)
    """What the template shows to those who don't see it; if nothing is said, it is decoration."""
    pieces: Sequence[Piece] = field(kw_only=True)
    """As they are drawn."""
    links: Sequence[tuple[Link, int]] = field(kw_only=True)
    """Those of the template, and their annotations."""

    @property
    def read(self) -> Sequence[Piece]:
        """
        Give what is no decoration, as it is read aloud: from the top, and from the left.
        """
        found = [piece for piece in self.pieces if piece.element.tag]
        return sorted(found, key=_reading)

    @property
    def tags(self) -> Sequence[Tag]:
        """
        Give the parts of the page, as they are read aloud.
        """
        return [
            *([Tag(kind="Figure", alt=self.shown)] if self.shown else []),
            *(
                evolve(piece.element.tag, link=piece.annotation, number=piece.tag)
                for piece in self.read
                if piece.element.tag
            ),
            *(Tag(kind="Link", alt=link.text, link=number) for link, number in self.links),
        ]

    @property
    def annotations(self) -> bytes:
        """
        The entry of the page's dictionary.
        """
        of_elements = (piece.annotation for piece in self.read if piece.annotation)
        numbers = [*of_elements, *(number for _, number in self.links)]
        return b"/Annots[%b]" % b" ".join(map(reference, numbers)) if numbers else b""

    def template(self, name: bytes, marks: Iterator[Mark]) -> bytes:
        """
        Draw the template: a stream of operators. Takes its mark, if it has one.
        """
        begun = next(marks).begin if self.shown else ARTIFACT
        return stream(b"", b"%bq %b Do Q\n%b" % (begun, name, END), compress=False)

    def write_links(self, structure: Structure, objects: Objects) -> None:
        """
        Write the annotations of the template's links.
        """
        for link, number in self.links:
            said = b"/Contents" + string(link.text) if link.text else b""
            own = structure.annotations[number]
            objects.put(number, b"<<%b%b%b>>" % (link.entries, said, own))


def _reading(piece: Piece) -> tuple[int, float]:
    left, top = piece.element.corner
    return -round(top / _LINE), left
