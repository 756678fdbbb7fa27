"""
Compiled designs as bytes: what was compiled once is the same on any machine, and in years to come.

A design that is compiled anew by other versions of the libraries, or another build of zlib, looks
the same, and has other bytes.
"""

from __future__ import annotations

import io
import json
import zipfile

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, frozen

from certcore.domain import Asset
from certcore.exceptions import GenerationError
from certcore.pdf._compiled import Compiled
from certcore.pdf._drawables import Drawable, TextDrawable
from certcore.pdf._embedding import EmbeddedFont
from certcore.pdf._figures import EmbeddedImage
from certcore.pdf._syntax import Beginning
from certcore.pdf._typesetting import Typeface


_FORM = 1
"""Raised when what is written has another form."""
_SAID = "compiled.json"
_BEGINNING = "beginning.pdf"


def write_compiled(compiled: Compiled, elements: Sequence[Drawable]) -> bytes:
    """
    Write a compiled design down, with the elements that it was compiled for.
    """
    beginning = compiled.beginning
    known = _faces(elements, lambda found: set(found) >= compiled.fonts.keys())
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
                "face": known.index(face),
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

    @property
    def made_with(self) -> str:
        """
        Names and versions of what it was compiled with.
        """
        made_with: str = self.said["made_with"]
        return made_with

    @property
    def sizes(self) -> Sequence[tuple[float, float]]:
        return [(width, height) for width, height in self.said["sizes"]]

    def image(self, element: str, asset: Asset) -> EmbeddedImage:
        del element
        return _image(self.said["images"][asset.slug])

    def design(self, elements: Sequence[Drawable]) -> Compiled:
        """
        Give it with its fonts, which are those of its elements.

        Raises:
            certcore.exceptions.GenerationError:
                If these aren't the fonts that it was compiled with.
        """
        said = self.said
        return Compiled(
            beginning=Beginning(
                self.beginning,
                range(*said["left"]),
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
            images={slug: _image(image) for slug, image in said["images"].items()},
            hindrances=tuple(said["hindrances"]),
            made_with=said["made_with"],
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
    except (zipfile.BadZipFile, LookupError, TypeError, ValueError) as exc:
        raise GenerationError("a compiled design is damaged; bring it back from a backup") from exc
    return StoredDesign(said, beginning) if form == _FORM else None


def _faces(
    elements: Sequence[Drawable], enough: Callable[[Sequence[Typeface]], bool]
) -> Sequence[Typeface]:
    """
    List the fonts of texts; and those to fall back on, unless it is enough.
    """
    texts = [each for each in elements if isinstance(each, TextDrawable)]
    found = list(dict.fromkeys(face for text in texts for face in text.faces))
    return found if enough(found) else [*found, *texts[0].more()]


def _fonts(
    fonts: Sequence[Mapping[str, Any]], elements: Sequence[Drawable]
) -> Iterator[tuple[Typeface, EmbeddedFont]]:
    last = max((each["face"] for each in fonts), default=-1)
    known = _faces(elements, lambda found: last < len(found))
    for each in fonts:
        face = known[each["face"]] if each["face"] < len(known) else None
        if face is None or face.label != each["label"]:
            raise GenerationError(
                f"the font {each['label']} isn't there, with which a design was compiled"
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
