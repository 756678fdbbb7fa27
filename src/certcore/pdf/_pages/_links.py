"""
Links: what can be clicked on a page, and where it leads.
"""

from __future__ import annotations

import re

from collections.abc import Sequence
from urllib.parse import quote, urljoin

from attrs import field, frozen
from pypdf.generic import (
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    TextStringObject,
)

from certcore.pdf._pages._appearances import HIDDEN, flags, rectangle
from certcore.pdf._pages._copy import Copier
from certcore.pdf._pages._geometry import Matrix, box_of, fine
from certcore.pdf._pages._names import named_destination
from certcore.pdf._pages._source import raw
from certcore.pdf._syntax import reference, string


_PRINTED = 4
_LOOKS = {"/Border": "plain", "/BS": "border", "/C": "plain"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp"})
_POINTS = 8
_INKS = 4
_SAFE = "".join(map(chr, range(33, 127)))


@frozen
class Link:
    """
    A link annotation on a page.
    """

    entries: bytes = field(repr=False)
    """Its dictionary without the angle brackets, so that a structure's entries can be added."""
    text: str
    """Where it leads or what it says of itself, for those who don't see the page."""


@frozen
class Targets:
    """
    The pages that links within the template lead to.
    """

    order: Sequence[tuple[int, Matrix]]
    """New number and matrix of each page."""
    numbers: dict[tuple[int, int], int] = field(factory=dict[tuple[int, int], int])
    """The place of each page in the order, by number and generation in the template."""

    def find(self, target: object) -> tuple[int, Matrix] | None:
        """
        Give new number and matrix of a page that is named by reference or by its place.
        """
        if isinstance(target, IndirectObject):
            target = self.numbers.get((target.idnum, target.generation))
        if isinstance(target, int) and 0 <= target < len(self.order):
            return self.order[target]
        return None


def read_link(
    annotation: DictionaryObject, matrix: Matrix, pages: Targets, copier: Copier
) -> Link | None:
    """
    Rewrite a link for the page as one sees it; None for what is no link, or leads nowhere good.

    A frame that shows where to click is kept if it would be printed.
    """
    source = copier.source
    place = rectangle(annotation, source)
    flagged = flags(annotation, source)
    if source.name(annotation, "/Subtype") != "/Link" or flagged & HIDDEN or place is None:
        return None
    action = source.dictionary(annotation, "/A")
    kind = source.name(action, "/S")
    text = ""
    if kind == "/URI":
        text = _address(copier, action)
        leads = b"/A<</S/URI/URI %s>>" % string(text) if text else b""
    else:
        wanted = raw(action, "/D") if kind == "/GoTo" else raw(annotation, "/Dest")
        leads = _destination(copier, wanted, pages)
    if not leads:
        return None
    said = source.entry(annotation, "/Contents")
    text = str(said) if isinstance(said, TextStringObject) and said else text
    entries = b"/Type/Annot/Subtype/Link/F 4/Rect[%s]" % matrix.box(place).write()
    entries += _quads(copier, annotation, matrix) + _look(copier, annotation, flagged) + leads
    return Link(entries, text)


def _look(copier: Copier, annotation: DictionaryObject, flagged: int) -> bytes:
    if not flagged & _PRINTED:
        return b"/Border[0 0 0]"
    if len(copier.source.items(raw(annotation, "/C"))) == _INKS:
        copier.fitness.see_color("/DeviceCMYK")
    said = [(key, copier.value(raw(annotation, key), kind)) for key, kind in _LOOKS.items()]
    return b"".join(b"%s %s" % (key.encode("ascii"), each) for key, each in said if each != b"null")


def _quads(copier: Copier, annotation: DictionaryObject, matrix: Matrix) -> bytes:
    points = copier.source.numbers(raw(annotation, "/QuadPoints"))
    if not points or len(points) % _POINTS:
        return b""
    turned = [
        each for x, y in zip(points[::2], points[1::2], strict=True) for each in matrix.point(x, y)
    ]
    return b"/QuadPoints[%s]" % b" ".join(map(fine, turned))


def _address(copier: Copier, action: DictionaryObject) -> str:
    found = copier.source.entry(action, "/URI")
    base = copier.source.entry(copier.source.dictionary(copier.source.root, "/URI"), "/Base")
    address = "".join(_text(found).split())
    # control characters are left out as browsers do: they hide a script's scheme
    address = "".join(each for each in address if each.isprintable())
    if base is not None:
        address = urljoin(_text(base), address)
    scheme = _SCHEME.match(address)
    if scheme is not None and scheme[1].lower() not in _SCHEMES:
        return ""
    return quote(address, safe=_SAFE)


def _text(found: object) -> str:
    if isinstance(found, TextStringObject):
        return str(found)
    return found.decode("latin-1") if isinstance(found, ByteStringObject) else ""


def _destination(copier: Copier, wanted: object, pages: Targets) -> bytes:
    source = copier.source
    found = source.get(wanted)
    if isinstance(found, (TextStringObject, ByteStringObject, NameObject)):
        found = named_destination(source, found)
    if isinstance(found, DictionaryObject):
        found = source.entry(found, "/D")
    page, view, *rest = [*source.items(found), None, None]
    target = pages.find(source.get(page) if not isinstance(page, IndirectObject) else page)
    if target is None:
        return b""
    number, matrix = target
    numbers = [_number(source.get(each)) for each in rest]
    seen = _view(str(source.get(view)), [*numbers, None, None, None, None], matrix)
    return b"/Dest[%s%s]" % (reference(number), seen)


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, (int, float)) else None


def _view(kind: str, at: list[float | None], matrix: Matrix) -> bytes:
    """
    Write what of a page a destination shows (ISO 32000-1, table 151), on the page as one sees it.
    """
    x, y, right, top = at[:4]
    if kind == "/XYZ":
        return b"/XYZ %s %s null" % _place(x, y, matrix)
    if kind in {"/FitH", "/FitBH"}:
        return _edge(_place(None, x, matrix))
    if kind in {"/FitV", "/FitBV"}:
        return _edge(_place(x, None, matrix))
    if kind == "/FitR" and not (x is None or y is None or right is None or top is None):
        return b"/FitR " + matrix.box(box_of((x, y, right, top))).write()
    return b"/Fit"


def _place(x: float | None, y: float | None, matrix: Matrix) -> tuple[bytes, bytes]:
    """
    Map a point of which one coordinate, or both, may be left to the viewer.
    """
    across, up = matrix.point(x or 0, y or 0)
    if not matrix.a:  # turned by a quarter
        x, y = y, x
    return (b"null" if x is None else fine(across)), (b"null" if y is None else fine(up))


def _edge(place: tuple[bytes, bytes]) -> bytes:
    # on a page that is turned, what was the top is a side
    return b"/FitH " + place[1] if place[0] == b"null" else b"/FitV " + place[0]
