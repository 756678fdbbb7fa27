"""
Pages of a template, turned into forms that are drawn on pages of ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen
from pypdf import apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NullObject,
    StreamObject,
)

from certcore.domain import Asset
from certcore.exceptions import TemplateError
from certcore.pdf._pages._appearances import Appearance, read_appearance
from certcore.pdf._pages._claims import says_archival
from certcore.pdf._pages._copy import Copier
from certcore.pdf._pages._fitness import Fitness
from certcore.pdf._pages._layers import write_layers
from certcore.pdf._pages._limits import Budget, DamagedError, Limits, RefusalError, too_large
from certcore.pdf._pages._links import Link, Targets, read_link
from certcore.pdf._pages._source import Source, raw
from certcore.pdf._pages._tree import Leaf, Sheet, leaves, read_sheet, reference_of
from certcore.pdf._syntax import Objects, reference


@frozen
class Page:
    """
    A page of the template as one sees it: what is rotated is upright, what is cropped is gone.
    """

    number: int
    """Kept free for the page's object, which whoever writes the file puts there: links lead to
    it."""
    width: float
    """In points."""
    height: float
    """In points."""
    form: int
    """The number of the form that draws the template: drawn at the origin of a page of this size,
    it shows what the template shows."""
    entries: bytes = field(repr=False)
    """What the page's dictionary says for the drawing's sake: how its colors are blended."""
    links: tuple[Link, ...]


@frozen
class Pages:
    """
    What is taken over of a template.
    """

    pages: tuple[Page, ...]
    layers: bytes = field(repr=False)
    """What the catalog's /OCProperties says, empty if there are no layers."""
    reasons: tuple[str, ...]
    """Why the template isn't fit for PDF/A-2b, in plain words: each goes on after "the template: ".
    What is within fonts isn't checked: for that, a template has to say itself that it is PDF/A."""
    transparent: bool
    """Something in it lets show through what is under it."""
    output_intent: bool
    """It says itself for what its colors are meant; that isn't taken over."""

    def __len__(self) -> int:
        return len(self.pages)


def hindrances(pages: Pages, *, ink_images: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Say why files with these pages can't claim to be PDF/A-2b; if nothing is said, they can.

    Args:
        pages: A template's.

        ink_images: The names of images that are drawn on them and have colors for printing inks
            without a profile that explains them.

    Returns:
        For people, in sentences without full stops.
    """
    return (
        *(f"the template: {reason}" for reason in pages.reasons),
        *(f"the image {image}: it has colors for printing inks (CMYK)" for image in ink_images),
    )


def read_pages(asset: Asset, objects: Objects, *, limits: Limits | None = None) -> Pages:
    """
    Read a PDF template, and write what is drawn on its pages, nothing else, as new objects.

    Scripts, actions, form fields (what is filled in stays as a drawing), comments, embedded files,
    outlines, metadata and the template's own structure aren't taken over. The same template gives
    the same bytes.

    Args:
        asset: A PDF file.

        objects: Where the objects go. After an error they aren't complete.

        limits: What the template may ask for.

    Raises:
        certcore.exceptions.TemplateError:
            If it can't be used, naming the asset and what to do.
    """
    budget = Budget(limits or Limits())
    try:
        # for what the library unpacks of itself, tables and streams of objects
        with apply_configuration(zlib_maximum_output_length=budget.limits.decoded // 4):
            return _read(asset.content, objects, budget)
    except RefusalError as exc:
        raise TemplateError(f"{asset.slug} {exc}") from exc
    except LimitReachedError as exc:  # the library's own limits
        raise TemplateError(f"{asset.slug} {too_large('it has huge parts')}") from exc
    except Exception as exc:  # a damaged file makes the library that reads it stumble in any way
        raise TemplateError(
            f"{asset.slug} is damaged: open it in a PDF reader, print it to a new PDF, upload that"
        ) from exc


def _read(content: bytes, objects: Objects, budget: Budget) -> Pages:
    source = Source(content, budget)
    _refuse_forms_alone(source)
    fitness = Fitness()
    copier = Copier(source, objects, fitness)
    found = [_Place(leaf, read_sheet(leaf, source), objects.reserve()) for leaf in leaves(source)]
    targets = Targets([(place.number, place.sheet.matrix) for place in found])
    for order, place in enumerate(found):
        key = reference_of(place.leaf)
        if key is not None:
            targets.numbers.setdefault(key, order)
    pages = tuple(_page(place, targets, copier) for place in found)
    layers = write_layers(copier)
    fitness.see_claim(says_archival(source))
    return Pages(
        pages=pages,
        layers=layers,
        reasons=fitness.reasons,
        transparent=fitness.transparent,
        output_intent=bool(source.items(raw(source.root, "/OutputIntents"))),
    )


def _refuse_forms_alone(source: Source) -> None:
    form = source.dictionary(source.root, "/AcroForm")
    dynamic = source.true(source.root, "/NeedsRendering")
    alone = source.entry(form, "/XFA") is not None and not source.items(raw(form, "/Fields"))
    if dynamic or alone:
        raise RefusalError(
            "is an XFA form, which most readers can't show: open it in Adobe Reader, print it to a "
            "new PDF, upload that"
        )


@frozen
class _Place:
    leaf: Leaf
    sheet: Sheet
    number: int


def _page(place: _Place, targets: Targets, copier: Copier) -> Page:
    source, leaf, sheet = copier.source, place.leaf, place.sheet
    copier.fitness.see_size(sheet.width, sheet.height)
    annotations = [
        found
        for each in source.items(raw(leaf.page, "/Annots"))
        if isinstance(found := source.get(each), DictionaryObject)
    ]
    own = leaf.inherited.get("/Resources", DictionaryObject())
    resources = copier.begin(own)
    seen = [each for one in annotations if (each := read_appearance(one, source))]
    box, matrix = b"/BBox[%s]" % sheet.visible.write(), b"/Matrix[%s]" % sheet.matrix.write()
    content = _content(leaf.page, source)
    if seen:
        inner = copier.drawing(content, box, own, resources)
        form = _with_appearances(inner, seen, box + matrix, copier)
    else:
        form = copier.drawing(content, box + matrix, own, resources)
    group = copier.value(raw(leaf.page, "/Group"), "group")
    links = [read_link(one, sheet.matrix, targets, copier) for one in annotations]
    copier.finish()
    return Page(
        number=place.number,
        width=sheet.width,
        height=sheet.height,
        form=form,
        entries=b"" if group == b"null" else b"/Group " + group,
        links=tuple(each for each in links if each),
    )


def _content(page: DictionaryObject, source: Source) -> bytes:
    at = raw(page, "/Contents")
    if at is None or isinstance(at, NullObject):
        return b""
    found = source.get(at)
    parts = map(source.get, found) if isinstance(found, ArrayObject) else [found]
    # words end where a stream ends (ISO 32000-1, 7.8.2)
    return b"\n".join(_instructions(part, source) for part in parts)


def _instructions(part: object, source: Source) -> bytes:
    if not isinstance(part, StreamObject):
        raise DamagedError("a page's drawing isn't there")
    return source.data(part)


def _with_appearances(drawn: int, seen: list[Appearance], header: bytes, copier: Copier) -> int:
    """
    Write a form that draws the page and, above it, what annotations show.
    """
    content, forms, layers = b"/Page Do", b"/Page " + reference(drawn), b""
    for place, each in enumerate(seen):
        forms += b"/A%d %s" % (place, reference(copier.add(each.form, "form")))
        shown = b"q %s cm /A%d Do Q" % (each.matrix.write(), place)
        layer = copier.value(each.layer, "layer")
        if layer != b"null":
            layers += b"/L%d %s" % (place, layer)
            shown = b"/OC /L%d BDC %s EMC" % (place, shown)
        content += b"\n" + shown
    resources = copier.put(b"<</XObject<<%s>>/Properties<<%s>>>>" % (forms, layers))
    return copier.drawing(content, header, None, resources)
