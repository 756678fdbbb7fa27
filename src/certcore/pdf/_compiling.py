"""
From a design to the bytes that all of its certificates begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field, frozen

from certcore.domain import Asset
from certcore.pdf._describing import ARTIFACT, END, Mark, Tag, write_structure
from certcore.pdf._drawables import Drawable, Drawing, QrDrawable, TextDrawable
from certcore.pdf._embedding import EmbeddedFont, core_of, embed, texts_of
from certcore.pdf._figures import EmbeddedImage, embed_image
from certcore.pdf._pages import Page, Pages, read_pages
from certcore.pdf._syntax import (
    Beginning,
    Objects,
    begin,
    name,
    numbers,
    reference,
    stream,
    string,
)
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Run, Typeface


_TEMPLATE = "Template"
"""What the template's drawing is called among the resources of each page."""

_QR_ALT = "QR code with the address at which this certificate can be verified"


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
    def page(self) -> Page:
        """
        The page that elements are drawn on.
        """
        return self.pages.pages[0]

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
    fonts: Mapping[Typeface, EmbeddedFont] = field(repr=False)
    """Those that all certificates share."""
    resources: bytes = field(repr=False)
    """Entries of the page's resources, all but the fonts."""

    @property
    def contents(self) -> int:
        """
        The number of the page's drawing, the first of what a certificate has of its own.

        Its resources, its information dictionary, its metadata and its catalog have the next ones.
        """
        return self.beginning.count + 1

    def shares(self, drawing: Drawing) -> bool:
        """
        Whether the fonts that all certificates share have all glyphs of a drawing.
        """
        for run in drawing.runs:
            font = self.fonts.get(run.face)
            if font is None or not all(glyph.id in font.codes for glyph in run.glyphs):
                return False
        return True

    def end(
        self,
        drawn: Iterable[bytes],
        own: Sequence[tuple[EmbeddedFont, Sequence[bytes]]],
        description: tuple[bytes, bytes],
        language: str,
    ) -> bytes:
        """
        Write what is one certificate's own.

        Args:
            drawn: The operators of each element, in their order.

            own: Fonts that aren't shared, with their objects, in the order of their numbers, which
                begin with `first_font`.

            description: The information dictionary and the metadata.

            language: Of the texts, a BCP 47 tag.
        """
        content = b"".join(
            [begun + operators + END for begun, operators in zip(self.marks, drawn, strict=True)]
        )
        fonts = [*self.fonts.values(), *(font for font, _ in own)]
        named = b"".join([b"/%s %s" % (font.resource, reference(font.number)) for font in fonts])
        return self.beginning.end(
            [
                stream(b"", content, compress=False),
                b"<<%s/Font<<%s>>>>" % (self.resources, named),
                *description,
                b"<<%s/Lang%s>>" % (self.catalog, string(language)),
                *(body for _, bodies in own for body in bodies),
            ],
            root=self.contents + 4,
            info=self.contents + 2,
        )

    @property
    def first_font(self) -> int:
        """
        The number of the first object of fonts that aren't shared.
        """
        return self.contents + 5


def compile_design(draft: Draft, elements: Sequence[Drawable], language: str) -> Compiled:
    """
    Write what all certificates of a design have in common.

    Args:
        elements: What is drawn on the first page, in order.

        language: Of the texts, if the design says.

    Raises:
        certcore.exceptions.GenerationError:
            If a text can't be drawn on any certificate, or a font can't be embedded.
    """
    objects, pages = draft.objects, draft.pages.pages
    fonts = _shared_fonts(elements, language, objects)
    links = [(page, link, objects.reserve()) for page in pages for link in page.links]
    tagged = [_tag(each) for each in elements]
    structure = write_structure(
        [
            (
                page.number,
                [
                    *(tag for tag in tagged if tag and place == 0),
                    *(
                        Tag(kind="Link", alt=link.text, link=at)
                        for on, link, at in links
                        if on is page
                    ),
                ],
            )
            for place, page in enumerate(pages)
        ],
        objects,
    )
    for _, link, number in links:
        said = b"/Contents" + string(link.text) if link.text else b""
        own = structure.annotations[number]
        objects.put(number, b"<<%s%s%s>>" % (link.entries, said, own))
    template = [objects.add(stream(b"", _template(), compress=False))]
    bare = b"/XObject<<%s %s>>"
    first = len(objects) + 1
    for place, page in enumerate(pages):
        annotations = b" ".join(reference(at) for on, _, at in links if on is page)
        shown = bare % (name(_TEMPLATE), reference(page.form))
        resources = reference(first + 1) if place == 0 else b"<<%s>>" % shown
        contents = [*template, *([first] if place == 0 else [])]
        objects.put(
            page.number,
            b"<</Type/Page/Parent %s/MediaBox[0 0 %s]/Contents[%s]/Resources %s%s%s%s>>"
            % (
                reference(draft.tree),
                numbers(page.width, page.height),
                b" ".join(map(reference, contents)),
                resources,
                page.entries,
                structure.pages[place],
                b"/Annots[%s]" % annotations if annotations else b"",
            ),
        )
    kids = b" ".join(reference(page.number) for page in pages)
    objects.put(draft.tree, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)))
    layers = b"/OCProperties " + draft.pages.layers if draft.pages.layers else b""
    catalog = (
        b"/Type/Catalog/Pages %s/Metadata %s/ViewerPreferences<</DisplayDocTitle true>>"
        % (reference(draft.tree), reference(first + 3))
        + structure.catalog
        + layers
    )
    marks = iter(structure.marks[0])
    images = b"".join(
        b"%s %s" % (name(f"Image{image.number}"), reference(image.number))
        for image in draft.images.values()
    )
    return Compiled(
        beginning=begin(objects),
        catalog=catalog,
        marks=[_begin(next(marks) if tag else None) for tag in tagged],
        fonts=fonts,
        resources=b"/XObject<<%s %s%s>>" % (name(_TEMPLATE), reference(pages[0].form), images),
    )


def _template() -> bytes:
    # decoration, as long as nobody says what it shows
    return b"%sq %s Do Q\n%s" % (ARTIFACT, name(_TEMPLATE), END)


def _begin(mark: Mark | None) -> bytes:
    return ARTIFACT if mark is None else mark.begin


def _tag(element: Drawable) -> Tag | None:
    """
    Say what an element is to those who don't see the page; None: decoration.
    """
    if isinstance(element, TextDrawable):
        return Tag(kind="P")
    return Tag(kind="Figure", alt=_QR_ALT) if isinstance(element, QrDrawable) else None


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
