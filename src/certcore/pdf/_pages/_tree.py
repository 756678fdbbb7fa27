"""
The pages of a template, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen
from pypdf.generic import DictionaryObject, IndirectObject

from certcore.pdf._pages._geometry import Box, Matrix, box_of, upright
from certcore.pdf._pages._limits import DamagedError, RefusalError, too_large
from certcore.pdf._pages._source import Source, raw


_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_LARGEST = 14_400
"""ISO 32000-1, Annex C.2: points; five meters."""
_SMALLEST = 1
_CORNERS = 4
_NO_SIZE = "has a page without a size: set the page's size and save it anew"


@frozen
class Leaf:
    """
    A page as it is described.
    """

    at: object
    """As the template refers to it."""
    page: DictionaryObject
    inherited: Mapping[str, object]
    """What it says, or a node above it, of what may be inherited."""


@frozen
class Sheet:
    """
    A page's size in points, and the matrix from its own coordinates to the page as one sees it.
    """

    visible: Box
    matrix: Matrix
    width: float
    height: float


def leaves(source: Source) -> list[Leaf]:
    """
    Give the pages.

    Raises:
        certcore.pdf._pages._limits.RefusalError:
            If there are none, or too many.
    """
    found: list[Leaf] = []
    for leaf in _below(source, raw(source.root, "/Pages"), {}, ()):
        found.append(leaf)
        if len(found) > source.budget.limits.pages:
            raise too_large(f"it has more than {source.budget.limits.pages} pages")
    if not found:
        raise RefusalError("has no page: upload a PDF with one")
    return found


def _below(
    source: Source, at: object, inherited: Mapping[str, object], above: tuple[int, ...]
) -> Iterator[Leaf]:
    node = source.get(at)
    if not isinstance(node, DictionaryObject):
        return
    source.budget.check_depth(len(above))
    source.budget.take_object()
    if id(node) in above:
        raise DamagedError("pages lie within themselves")
    own = {key: raw(node, key) for key in _INHERITED if source.entry(node, key) is not None}
    inherited = {**inherited, **own}
    if source.entry(node, "/Kids") is None:
        if source.name(node, "/Type") != "/Pages":
            yield Leaf(at, node, inherited)
        return
    for kid in source.items(raw(node, "/Kids")):
        yield from _below(source, kid, inherited, (*above, id(node)))


def read_sheet(leaf: Leaf, source: Source) -> Sheet:
    """
    Measure a page.

    Raises:
        certcore.pdf._pages._limits.RefusalError:
            If it is too small or too large.
    """
    media = _box(leaf, "/MediaBox", source)
    if media is None:
        raise RefusalError(_NO_SIZE)
    crop = _box(leaf, "/CropBox", source)
    # viewers take no notice of a crop box with nothing in it
    visible = crop.within(media) if crop and crop.width and crop.height else media
    said = source.entry(leaf.page, "/UserUnit")
    unit = float(said) if isinstance(said, (int, float)) and said > 0 else 1.0
    turned = source.get(leaf.inherited.get("/Rotate"))
    rotation = int(turned) if isinstance(turned, (int, float)) else 0
    matrix = upright(visible, rotation, unit)
    width, height = visible.width * unit, visible.height * unit
    if not (width >= _SMALLEST and height >= _SMALLEST):
        raise RefusalError(_NO_SIZE)
    if max(width, height) > _LARGEST:
        raise RefusalError(
            "has a page of more than 5 meters: set the page's size to that of the paper"
        )
    return Sheet(visible, matrix, *((width, height) if matrix.a else (height, width)))


def _box(leaf: Leaf, key: str, source: Source) -> Box | None:
    corners = source.numbers(leaf.inherited.get(key))
    return box_of(corners) if len(corners) == _CORNERS else None


def reference_of(leaf: Leaf) -> tuple[int, int] | None:
    """
    Give number and generation under which the template refers to a page.
    """
    return (leaf.at.idnum, leaf.at.generation) if isinstance(leaf.at, IndirectObject) else None
