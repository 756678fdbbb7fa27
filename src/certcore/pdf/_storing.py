"""
Compiled designs as bytes: what was compiled once is the same on any machine, and in years to come.

A design that is compiled anew by other versions of the libraries, or another build of zlib, looks
the same, and has other bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast

from attrs import asdict, frozen

from certcore.domain import Asset
from certcore.exceptions import GenerationError
from certcore.pdf._compiled import Compiled
from certcore.pdf._drawables import Drawable, TextDrawable
from certcore.pdf._embedding import EmbeddedFont
from certcore.pdf._figures import EmbeddedImage
from certcore.pdf._syntax import Beginning
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Typeface


_FORM = 2
"""Raised when what is written has another form."""
_SAID = "compiled.json"
_BEGINNING = "beginning.pdf"
# what reading a broken archive raises, and looking for what isn't in it
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,  # of a way of packing that zipfile doesn't know
    RuntimeError,
    TypeError,
    ValueError,
)


def write_compiled(compiled: Compiled) -> bytes:
    """
    Write a compiled design down.
    """
    beginning = compiled.beginning
    said: dict[str, Any] = {
        "form": _FORM,
        "made_with": compiled.made_with,
        "left": [beginning.left.start, beginning.left.stop],
        "count": beginning.count,
        "before": _text(beginning.before),
        "after": _text(beginning.after),
        "catalog": _text(compiled.catalog),
        "marks": list(map(_text, compiled.marks)),
        "pages": compiled.pages,
        "links": [[place, _text(entries)] for place, entries in compiled.links],
        "optional": [[place, _text(one), _text(other)] for place, one, other in compiled.optional],
        "resources": _text(compiled.resources),
        "sizes": compiled.sizes,
        "images": {slug: asdict(image) for slug, image in compiled.images.items()},
        "hindrances": list(compiled.hindrances),
        "fonts": [
            {
                "face": _digest(face),
                "label": face.label,
                "resource": _text(font.resource),
                "number": font.number,
                "glyphs": [
                    [glyph, code, font.widths[glyph], font.texts.get(glyph)]
                    for glyph, code in font.codes.items()
                ],
            }
            for face, font in compiled.fonts.items()
        ],
    }
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        # an entry that isn't given a date has the same one always
        file.writestr(zipfile.ZipInfo(_SAID), json.dumps(said, ensure_ascii=False))
        file.writestr(zipfile.ZipInfo(_BEGINNING), beginning.content)
    return output.getvalue()


@frozen
class StoredDesign:
    """
    A compiled design that was written down, without its fonts.
    """

    said: Mapping[str, Any]
    beginning: bytes
    made_with: str
    """Names and versions of what it was compiled with."""
    sizes: Sequence[tuple[float, float]]
    """Widths and heights of the pages, in points."""
    images: Mapping[str, EmbeddedImage]
    """By slug."""

    def image(self, element: str, asset: Asset) -> EmbeddedImage:
        del element
        return self.images[asset.slug]

    def design(self, elements: Sequence[Drawable]) -> Compiled:
        """
        Give it with its fonts, which are those of its elements.

        Raises:
            certcore.exceptions.GenerationError:
                If these aren't the fonts that it was compiled with, or it is damaged.
        """
        try:
            return self._design(elements)
        except _DAMAGES as exc:
            raise _damaged() from exc

    def _design(self, elements: Sequence[Drawable]) -> Compiled:
        said = self.said
        start, stop = said["left"]
        return Compiled(
            beginning=Beginning(
                self.beginning,
                range(start, stop),
                said["count"],
                said["before"].encode("latin-1"),
                said["after"].encode("latin-1"),
            ),
            catalog=said["catalog"].encode("latin-1"),
            marks=[mark.encode("latin-1") for mark in said["marks"]],
            pages=said["pages"],
            links=[(place, entries.encode("latin-1")) for place, entries in said["links"]],
            optional=[
                (place, one.encode("latin-1"), other.encode("latin-1"))
                for place, one, other in said["optional"]
            ],
            fonts=dict(_fonts(said["fonts"], elements)),
            resources=said["resources"].encode("latin-1"),
            sizes=self.sizes,
            images=self.images,
            hindrances=tuple(said["hindrances"]),
            made_with=self.made_with,
        )


def read_compiled(content: bytes) -> StoredDesign | None:
    """
    Read what `write_compiled` wrote; None if that was done in another form than today's.

    Raises:
        certcore.exceptions.GenerationError:
            If it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            said: Mapping[str, Any] = json.loads(file.read(_SAID))
            beginning = file.read(_BEGINNING)
            form = said["form"]
            if form != _FORM:
                return None
            return StoredDesign(
                said,
                beginning,
                made_with=said["made_with"],
                sizes=[(width, height) for width, height in said["sizes"]],
                images={slug: _image(image) for slug, image in said["images"].items()},
            )
    except _DAMAGES as exc:
        raise _damaged() from exc


def _damaged() -> GenerationError:
    return GenerationError("a compiled design is damaged; bring it back from a backup")


def _digest(face: Typeface) -> str:
    # glyphs are numbered otherwise in another version of a font
    return cast("Face", face).digest.hex()


def _faces(elements: Sequence[Drawable], wanted: AbstractSet[str]) -> Mapping[str, Typeface]:
    """
    Find fonts by their digests: those of texts and, if some aren't there, those to fall back on.
    """
    texts = [each for each in elements if isinstance(each, TextDrawable)]
    found = {_digest(face): face for text in texts for face in text.faces}
    if texts and not wanted <= found.keys():
        found |= {_digest(face): face for face in texts[0].more()}
    return found


def _fonts(
    fonts: Sequence[Mapping[str, Any]], elements: Sequence[Drawable]
) -> Iterator[tuple[Typeface, EmbeddedFont]]:
    known = _faces(elements, {each["face"] for each in fonts})
    for each in fonts:
        face = known.get(each["face"])
        if face is None:
            raise GenerationError(
                f"the font {each['label']} with which a design was compiled isn't there, or is "
                "another version of it now; install that one, or reissue with --design current"
            )
        glyphs = each["glyphs"]
        yield (
            face,
            EmbeddedFont(
                resource=each["resource"].encode("latin-1"),
                number=each["number"],
                codes={glyph: code for glyph, code, _, _ in glyphs},
                widths={glyph: width for glyph, _, width, _ in glyphs},
                texts={glyph: text for glyph, _, _, text in glyphs if text is not None},
            ),
        )


def _image(said: Mapping[str, Any]) -> EmbeddedImage:
    return EmbeddedImage(**{key.removeprefix("_"): value for key, value in said.items()})


def _text(content: bytes) -> str:
    # bytes beyond ASCII are rare in objects, and this keeps them as they are
    return content.decode("latin-1")
