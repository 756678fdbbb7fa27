"""
What all certificates of a design begin with, and how each of them ends.
"""

from __future__ import annotations

import functools

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from attrs import field, frozen

from certcore.pdf._describing import END
from certcore.pdf._drawables import Frame
from certcore.pdf._embedding import EmbeddedFont
from certcore.pdf._figures import EmbeddedImage
from certcore.pdf._syntax import Beginning, End, numbers, stream, string
from certcore.pdf._typesetting import Typeface


INFORMATION, METADATA, CATALOG, RESOURCES, CONTENTS = range(5)
"""Objects that each file writes for itself, in their order; the contents of more pages follow,
then annotations, then tags."""

_ASCII = "".join(map(chr, range(0x21, 0x7F)))


@frozen(kw_only=True)
class OwnFont:
    """
    A font that one certificate has for itself, with its objects in the order of their numbers.
    """

    font: EmbeddedFont
    bodies: Sequence[bytes] = field(repr=False)


@frozen(kw_only=True)
class Compiled:
    """
    What all certificates of a design have in common, and where the rest goes.
    """

    beginning: Beginning = field(repr=False)
    catalog: bytes = field(repr=False)
    """Entries of the catalog, all but the language."""
    marks: Sequence[bytes] = field(repr=False)
    """What begins the content of each element, for programs that read it aloud."""
    pages: Sequence[Sequence[int]]
    """Of each page that is drawn on, the places of its elements."""
    links: Sequence[tuple[int, bytes]] = field(repr=False)
    """The places of elements that are links, and entries of their annotations."""
    optional: Sequence[tuple[int, bytes, bytes]] = field(repr=False)
    """The places of elements that not every certificate has, and the objects of their tags: where
    they are drawn, and where not."""
    fonts: Mapping[Typeface, EmbeddedFont] = field(repr=False)
    """Those that all certificates share."""
    resources: bytes = field(repr=False)
    """The resources of pages, open where fonts of one certificate follow."""
    sizes: Sequence[tuple[float, float]]
    """Widths and heights of the pages, in points."""
    images: Mapping[str, EmbeddedImage] = field(repr=False)
    """By slug."""
    hindrances: Sequence[str]
    """Why files aren't PDF/A-2b; none if they are."""
    made_with: str
    """Names and versions of what it was compiled with."""

    @property
    def first_font(self) -> int:
        """
        The number of the first object of fonts that aren't shared.
        """
        return self.beginning.count + 1

    def end(
        self,
        drawn: Sequence[bytes],
        own: Sequence[OwnFont],
        description: tuple[bytes, bytes],
        *,
        language: str,
        address: str = "",
        frames: Sequence[Frame] = (),
    ) -> End:
        """
        Write what is one certificate's own.

        Args:
            drawn: The operators of each element, in their order.

            own: Fonts that aren't shared, in the order of their objects' numbers, which begin with
                `first_font`.

            description: The information dictionary and the metadata.

            language: Of the texts, a BCP 47 tag.

            address: Where links lead to.

            frames: What elements that are links take of their pages, in their order.
        """
        marked = [begun + said + END for begun, said in zip(self.marks, drawn, strict=True)]
        contents = [
            stream(b"", b"".join([marked[place] for place in places]), compress=False)
            for places in self.pages
        ]
        named = b"".join([b"/%b %d 0 R" % (each.font.resource, each.font.number) for each in own])
        target = _target(address) if self.links and address else b""
        links = [
            # what isn't drawn leads nowhere
            b"<<%b/Rect[%b]%b>>" % (entries, _box(frame), target if drawn[place] else b"")
            for (place, entries), frame in zip(self.links, frames, strict=True)
        ]
        left = self.beginning.left.start
        return self.beginning.end(
            [
                *description,
                b"<<%b/Lang%b>>" % (self.catalog, string(language)),
                b"%b%b>>>>" % (self.resources, named),
                *contents,
                *links,
                *[
                    there if drawn[place] else not_there
                    for place, there, not_there in self.optional
                ],
            ],
            [body for each in own for body in each.bodies],
            root=left + CATALOG,
            info=left + INFORMATION,
        )


@functools.lru_cache(256)
def _box(frame: Frame) -> bytes:
    return numbers(*frame)


def _target(address: str) -> bytes:
    uri = address if address.isascii() else quote(address, safe=_ASCII)
    return b"/A<</S/URI/URI%b>>/Contents%b" % (string(uri), string(address))
