"""
From a design to the bytes that all of its certificates begin with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import define, evolve, field, frozen

from certcore.domain import Asset
from certcore.pdf._compiled import CONTENTS, METADATA, RESOURCES, Compiled
from certcore.pdf._describing import ARTIFACT, END, Mark, Tag, output_intent, write_structure
from certcore.pdf._drawables import Drawable, TextDrawable
from certcore.pdf._embedding import EmbeddedFont, core_of, embed, texts_of
from certcore.pdf._figures import EmbeddedImage, embed_image
from certcore.pdf._pages import Link, Page, Pages, read_pages
from certcore.pdf._syntax import Objects, begin, name, numbers, reference, stream, string
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Run, Typeface


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


def compile_design(
    draft: Draft, elements: Sequence[Drawable], *, language: str, shown: str
) -> Compiled:
    """
    Write what all certificates of a design have in common.

    Args:
        elements: What is drawn, in order.

        language: Of the texts, if the design says.

        shown: What the template shows, for those who don't see it.

    Raises:
        certcore.exceptions.GenerationError:
            If a text can't be drawn on any certificate, or a font can't be embedded.
    """
    objects, pages = draft.objects, draft.pages.pages
    drawn = sorted({element.page for element in elements})
    linked = [place for place, element in enumerate(elements) if element.link and element.tag]
    left = objects.leave(CONTENTS + len(drawn) + len(linked))
    at = dict(zip(linked, left[CONTENTS + len(drawn) :], strict=True))
    fonts = _shared_fonts(elements, language, objects)
    parts = [
        _Part(
            page,
            shown=shown if not place else "",
            elements=[
                (each, element, at.get(each))
                for each, element in enumerate(elements)
                if element.page == place
            ],
            links=[(link, objects.reserve()) for link in page.links],
        )
        for place, page in enumerate(pages)
    ]
    structure = write_structure([(part.page.number, part.tags) for part in parts], objects)
    for part in parts:
        for link, number in part.links:
            said = b"/Contents" + string(link.text) if link.text else b""
            own = structure.annotations[number]
            objects.put(number, b"<<%b%b%b>>" % (link.entries, said, own))
    marks: dict[int, bytes] = {}
    forms = b""
    for place, part in enumerate(parts):
        found = iter(structure.marks[place])
        template = name(f"{_TEMPLATE}{place or ''}")
        shown = b"%b %b" % (template, reference(part.page.form))
        contents = [objects.add(stream(b"", part.template(template, found), compress=False))]
        marks |= {each: _begin(found, element) for each, element, _ in part.elements}
        resources = b"<</XObject<<%b>>>>" % shown
        if place in drawn:
            contents.append(left[CONTENTS + drawn.index(place)])
            resources = reference(left[RESOURCES])
            forms += shown
        objects.put(
            part.page.number,
            b"<</Type/Page/Parent %b/MediaBox[0 0 %b]/Contents[%b]/Resources %b%b%b%b>>"
            % (
                reference(draft.tree),
                numbers(part.page.width, part.page.height),
                b" ".join(map(reference, contents)),
                resources,
                part.page.entries,
                structure.pages[place],
                part.annotations,
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
            b"/Type/Catalog/Pages %b/Metadata %b"
            % (reference(draft.tree), reference(left[METADATA])),
            b"/ViewerPreferences<</DisplayDocTitle true>>",
            structure.catalog,
            output_intent(objects),
            b"/OCProperties " + draft.pages.layers if draft.pages.layers else b"",
        ]
    )
    return Compiled(
        beginning=begin(objects),
        catalog=catalog,
        marks=[marks[place] for place in range(len(elements))],
        pages=[[each for each, _, _ in parts[place].elements] for place in drawn],
        links=[
            (
                place,
                b"/Type/Annot/Subtype/Link/Border[0 0 0]/F 4/P %b%b"
                % (
                    reference(pages[elements[place].page].number),
                    structure.annotations[number],
                ),
            )
            for place, number in at.items()
        ],
        fonts=fonts,
        resources=b"<</XObject<<%b%b>>/Font<<%b" % (forms, images, named),
        hindrances=draft.pages.reasons,
    )


@frozen
class _Part:
    """
    A page, with all that is drawn on it.
    """

    page: Page
    shown: str = field(kw_only=True)
    """What the template shows to those who don't see it; if nothing is said, it is decoration."""
    elements: Sequence[tuple[int, Drawable, int | None]] = field(kw_only=True)
    """Their places, and the annotations of those that are links."""
    links: Sequence[tuple[Link, int]] = field(kw_only=True)
    """Those of the template, and their annotations."""

    @property
    def tags(self) -> Sequence[Tag]:
        return [
            *([Tag(kind="Figure", alt=self.shown)] if self.shown else []),
            *(
                evolve(element.tag, link=annotation)
                for _, element, annotation in self.elements
                if element.tag
            ),
            *(Tag(kind="Link", alt=link.text, link=number) for link, number in self.links),
        ]

    @property
    def annotations(self) -> bytes:
        """
        The entry of the page's dictionary.
        """
        of_elements = (number for *_, number in self.elements if number)
        numbers = [*of_elements, *(number for _, number in self.links)]
        return b"/Annots[%b]" % b" ".join(map(reference, numbers)) if numbers else b""

    def template(self, name: bytes, marks: Iterator[Mark]) -> bytes:
        """
        Draw the template.
        """
        begun = next(marks).begin if self.shown else ARTIFACT
        return b"%bq %b Do Q\n%b" % (begun, name, END)


def _begin(marks: Iterator[Mark], element: Drawable) -> bytes:
    return next(marks).begin if element.tag else ARTIFACT


def _shared_fonts(
    elements: Sequence[Drawable], language: str, objects: Objects
) -> Mapping[Typeface, EmbeddedFont]:
    """
    Embed the core of each text's first font, and what every certificate says.
    """
    texts = [each for each in elements if isinstance(each, TextDrawable)]
    literal: list[Run] = []
    first: dict[Typeface, None] = {}
    for text in texts:
        literal += [run for line in text.literal(language) for run in line.runs]
        if text.names:
            first[text.faces[0]] = None
    fonts: dict[Typeface, EmbeddedFont] = {}
    for face in dict.fromkeys([*first, *(run.face for run in literal)]):
        assert isinstance(face, Face)  # noqa: S101  # texts are made of faces
        own = [run for run in literal if run.face is face]
        shared = core_of(face, language, own) if face in first else _said(face, own)
        font, written = embed(
            face, shared, f"F{len(fonts)}", reserve=objects.reserve, compress=True
        )
        for number, body in written:
            objects.put(number, body)
        fonts[face] = font
    return fonts


def _said(face: Face, runs: Sequence[Run]) -> Mapping[int, str]:
    return texts_of(runs)[face]
