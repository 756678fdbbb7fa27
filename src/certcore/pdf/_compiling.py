"""
From a design to the bytes that all of its certificates begin with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from certcore.domain import Asset
from certcore.pdf._compiled import CONTENTS, METADATA, RESOURCES, Compiled
from certcore.pdf._describing import ARTIFACT, Mark, output_intent, write_structure
from certcore.pdf._drawables import Drawable, TextDrawable
from certcore.pdf._embedding import EmbeddedFont, core_of, embed, texts_of
from certcore.pdf._figures import EmbeddedImage, embed_image
from certcore.pdf._options import Pdf
from certcore.pdf._pages import Page, Pages, hindrances, read_pages
from certcore.pdf._sheets import Piece, Sheet
from certcore.pdf._syntax import Objects, begin, name, numbers, reference
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Run, Typeface
from certcore.pdf._versions import COMPILED_WITH


_TEMPLATE = "Template"
"""What the template's drawing is called among the resources of each page."""


@define
class Draft:
    """
    A file in the making: its pages are there, its elements aren't yet.
    """

    objects: Objects
    tree: int
    """The number of the page tree."""
    pages: Pages
    images: dict[str, EmbeddedImage] = field(factory=dict[str, EmbeddedImage])
    """By slug."""

    @property
    def sizes(self) -> Sequence[tuple[float, float]]:
        """
        Widths and heights of the pages, in points.
        """
        return [(page.width, page.height) for page in self.pages.pages]

    def image(self, element: str, asset: Asset) -> EmbeddedImage:
        """
        Embed an image, once.
        """
        if asset.slug not in self.images:
            self.images[asset.slug] = embed_image(element, asset, self.objects)
        return self.images[asset.slug]


def draft(template: Asset) -> Draft:
    """
    Take over the pages of a template.

    Raises:
        certcore.exceptions.TemplateError:
            If it can't be drawn on, naming the asset and what to do.
    """
    objects = Objects()
    tree = objects.reserve()
    return Draft(objects, tree, read_pages(template, objects))


def compile_design(draft: Draft, elements: Sequence[Drawable], design: Pdf) -> Compiled:
    """
    Write what all certificates of a design have in common.

    Args:
        elements: What is drawn, in order.

        design: Whose elements they are.

    Raises:
        certcore.exceptions.GenerationError:
            If a text can't be drawn on any certificate, or a font can't be embedded.
    """
    objects, pages = draft.objects, draft.pages.pages
    drawn = sorted({element.page for element in elements})
    pieces = _pieces(elements, len(drawn), objects)
    fonts = _shared_fonts(elements, design, objects)
    sheets = [
        Sheet(
            page,
            shown=design.template_alt if not place else "",
            pieces=[piece for piece in pieces if piece.element.page == place],
            links=[(link, objects.reserve()) for link in page.links],
        )
        for place, page in enumerate(pages)
    ]
    structure = write_structure([(each.page.number, each.tags) for each in sheets], objects)
    marks: dict[int, Mark] = {}
    forms = b""
    for place, sheet in enumerate(sheets):
        sheet.write_links(structure, objects)
        found = iter(structure.marks[place])
        form = b"%b %b" % (name(f"{_TEMPLATE}{place or ''}"), reference(sheet.page.form))
        contents = [objects.add(sheet.template(name(f"{_TEMPLATE}{place or ''}"), found))]
        marks |= {piece.place: mark for piece, mark in zip(sheet.read, found, strict=False)}
        resources = b"<</XObject<<%b>>>>" % form
        if place in drawn:
            contents.append(objects.left[CONTENTS + drawn.index(place)])
            resources = reference(objects.left[RESOURCES])
            forms += form
        entries = sheet.page.entries + structure.pages[place] + sheet.annotations
        objects.put(
            sheet.page.number,
            b"<</Type/Page/Parent %b/MediaBox[0 0 %b]/Contents[%b]/Resources %b%b>>"
            % (
                reference(draft.tree),
                numbers(sheet.page.width, sheet.page.height),
                b" ".join(map(reference, contents)),
                resources,
                entries,
            ),
        )
    kids = b" ".join(reference(page.number) for page in pages)
    objects.put(draft.tree, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(pages)))
    images = b"".join(
        b"%b %b" % (name(f"Image{image.number}"), reference(image.number))
        for image in draft.images.values()
    )
    named = b"".join(b"/%b %b" % (each.resource, reference(each.number)) for each in fonts.values())
    catalog = b"".join(
        [
            b"/Type/Catalog/Pages %b" % reference(draft.tree),
            b"/Metadata %b" % reference(objects.left[METADATA]),
            b"/ViewerPreferences<</DisplayDocTitle true>>",
            structure.catalog,
            output_intent(objects),
            b"/OCProperties " + draft.pages.layers if draft.pages.layers else b"",
        ]
    )
    ink = [slug for slug, image in draft.images.items() if image.colors == "DeviceCMYK"]
    return Compiled(
        beginning=begin(objects),
        catalog=catalog,
        marks=[marks[piece.place].begin if piece.place in marks else ARTIFACT for piece in pieces],
        pages=[[piece.place for piece in sheets[place].pieces] for place in drawn],
        links=[
            (piece.place, _link(pages[piece.element.page], structure.annotations[piece.annotation]))
            for piece in pieces
            if piece.annotation
        ],
        optional=[
            (piece.place, marks[piece.place].element(), marks[piece.place].absent)
            for piece in pieces
            if piece.tag
        ],
        fonts=fonts,
        resources=b"<</XObject<<%b%b>>/Font<<%b" % (forms, images, named),
        sizes=draft.sizes,
        images=draft.images,
        hindrances=hindrances(draft.pages, ink_images=ink),
        made_with=COMPILED_WITH,
    )


def _pieces(elements: Sequence[Drawable], drawn: int, objects: Objects) -> Sequence[Piece]:
    """
    Leave numbers for what each file writes for itself, and say which of them are an element's.
    """
    linked = [place for place, each in enumerate(elements) if each.link and each.tag]
    optional = [place for place, each in enumerate(elements) if each.when and each.tag]
    left = objects.leave(CONTENTS + drawn + len(linked) + len(optional))
    more = iter(left[CONTENTS + drawn :])
    annotations = {place: next(more) for place in linked}
    tags = {place: next(more) for place in optional}
    return [
        Piece(place, element, annotation=annotations.get(place), tag=tags.get(place))
        for place, element in enumerate(elements)
    ]


def _link(page: Page, entries: bytes) -> bytes:
    return b"/Type/Annot/Subtype/Link/Border[0 0 0]/F 4/P %b%b" % (reference(page.number), entries)


def _shared_fonts(
    elements: Sequence[Drawable], design: Pdf, objects: Objects
) -> Mapping[Typeface, EmbeddedFont]:
    """
    Embed what every certificate says and, unless files are to be small, the core of each text's
    first font.
    """
    texts = [each for each in elements if isinstance(each, TextDrawable)]
    literal: list[Run] = []
    first: dict[Typeface, None] = {}
    for text in texts:
        literal += [run for line in text.literal(design.language) for run in line.runs]
        if text.names and not design.compact:
            first[text.faces[0]] = None
    fonts: dict[Typeface, EmbeddedFont] = {}
    for face in dict.fromkeys([*first, *(run.face for run in literal)]):
        assert isinstance(face, Face)  # noqa: S101  # texts are made of faces
        own = [run for run in literal if run.face is face]
        shared = core_of(face, design.language, own) if face in first else _said(face, own)
        font, written = embed(
            face, shared, f"F{len(fonts)}", reserve=objects.reserve, compress=True
        )
        for number, body in written:
            objects.put(number, body)
        fonts[face] = font
    return fonts


def _said(face: Face, runs: Sequence[Run]) -> Mapping[int, str]:
    return texts_of(runs)[face]
