"""
Reading a design: its assets, and its elements against the page.
"""

from __future__ import annotations

import functools
import hashlib
import json

from collections.abc import Callable, Mapping, Sequence

from attrs import Factory, field, frozen

from certcore.config import dump, join, near
from certcore.domain import Asset, AssetRef
from certcore.exceptions import AssetNotFoundError, ConfigurationError, Problem
from certcore.pdf._drawables import Drawable
from certcore.pdf._elements import Image, Line, QrCode, Rectangle
from certcore.pdf._options import STANDARD_FONTS, Element, Pdf, Text
from certcore.pdf._placing import Placing, Sheets
from certcore.pdf._typefaces import (
    Face,
    Fallback,
    fallback_faces,
    pick_face,
    read_face,
    standard_face,
)
from certcore.ports import AssetStore


_DEFAULT_FONT = AssetRef("Helvetica")
_OF_THIS_MACHINE = "fonts of this machine"
"""What stands for them among the assets that a design is made of."""
_WITHIN_A_LAYER = (Rectangle, Line, Image, QrCode, Text)
"""What is drawn first stands first."""


@frozen
class DesignFiles:
    """
    A design with its files, read and not yet looked at.
    """

    design: Pdf
    files: Mapping[str, Asset] = field(repr=False)
    """By slug."""
    fallback: Fallback = field(repr=False)
    """Fonts for letters that its own haven't."""
    more: Callable[[], Sequence[Face]] = field(
        init=False,
        repr=False,
        # they are listed now, and looked at when a letter needs it
        default=Factory(
            lambda self: functools.lru_cache(1)(lambda: tuple(self.fallback)), takes_self=True
        ),
    )

    @property
    def template(self) -> Asset:
        """
        What is drawn on.
        """
        return self.files[self.design.template.slug]

    @property
    def digest(self) -> str:
        """
        One of all that makes the look.
        """
        # numbers as they are meant, not as they were written: 34 and 34.0 make the same file
        options = json.loads(dump(self.design), parse_int=float)
        used = {asset.slug: asset.sha256 for asset in self.files.values()}
        document = json.dumps([options, used], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(document.encode(errors="surrogatepass")).hexdigest()


def read_files(design: Pdf, assets: AssetStore) -> DesignFiles:
    """
    Read a design's assets.

    Raises:
        certcore.exceptions.ConfigurationError:
            With every asset that is missing.

        certcore.exceptions.GenerationError:
            If fonts to fall back on aren't there.
    """
    found = _Assets(assets)
    found.collect(design)
    if found.problems:
        raise ConfigurationError(found.problems)
    return DesignFiles(design, found.files, _fallback(design, found))


def read_faces(read: DesignFiles) -> Mapping[AssetRef, Face]:
    """
    Read a design's fonts: those that no letter has needed yet have to be some, too.

    Raises:
        certcore.exceptions.FontError:
            If one can't be used.
    """
    design = read.design
    own = (each.font for each in design.elements.values() if isinstance(each, Text) and each.font)
    named = dict.fromkeys([*design.fonts, *map(AssetRef, design.typefaces), *own])
    if not design.fonts:
        named[_DEFAULT_FONT] = None
    return {ref: _face(ref, read) for ref in named}


def place_elements(
    read: DesignFiles, faces: Mapping[AssetRef, Face], sheets: Sheets
) -> Sequence[Drawable]:
    """
    Place a design's elements on the pages, in the order in which they are drawn.

    Raises:
        certcore.exceptions.ConfigurationError:
            With every element that leaves its page.

        certcore.exceptions.GenerationError:
            If an image can't be used.
    """
    design = read.design
    placing = Placing(sheets, read.more)
    fallback = design.fonts or (_DEFAULT_FONT,)
    for name, element in sorted(design.elements.items(), key=_order):
        path = join("elements", name)
        if isinstance(element, Text):
            refs = dict.fromkeys((*((element.font,) if element.font else ()), *fallback))
            placing.text(path, name, element, [faces[ref] for ref in refs])
        elif isinstance(element, QrCode):
            placing.qr(path, name, element)
        elif isinstance(element, Image):
            placing.image(path, name, element, read.files[element.image.slug])
        elif isinstance(element, Line):
            placing.line(path, name, element)
        else:
            placing.rectangle(path, name, element)
    if placing.problems:
        raise ConfigurationError(placing.problems)
    return placing.drawables


def _order(item: tuple[str, Element]) -> tuple[int, int, str]:
    name, element = item
    return element.layer, _WITHIN_A_LAYER.index(type(element)), name


class _Assets:
    """
    The files that a design names, read once each.
    """

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self._typefaces: frozenset[str] = frozenset()
        self.files: dict[str, Asset] = {}
        self.problems: list[Problem] = []

    def collect(self, design: Pdf) -> None:
        self._typefaces = frozenset(design.typefaces)
        self._read("template", design.template)
        for name, typeface in design.typefaces.items():
            self._read(join(join("typefaces", name), "font"), typeface.font)
        for place, ref in enumerate(design.fonts):
            self._font(join("fonts", place), ref)
        for name, element in design.elements.items():
            path = join("elements", name)
            if isinstance(element, Image):
                self._read(join(path, "image"), element.image)
            elif isinstance(element, Text) and element.font:
                self._font(join(path, "font"), element.font)

    def _font(self, path: str, ref: AssetRef) -> None:
        if ref.slug not in {*STANDARD_FONTS, *self._typefaces}:
            self._read(path, ref, near(ref.slug, self._typefaces))

    def _read(self, path: str, ref: AssetRef, hint: str = "") -> None:
        if ref.slug in self.files:
            return
        try:
            self.files[ref.slug] = self._store.read(ref.slug)
        except AssetNotFoundError as exc:
            self.problems.append(Problem(path, str(exc), hint))


def _face(ref: AssetRef, read: DesignFiles) -> Face:
    picked = read.design.typefaces.get(ref.slug)
    if picked is not None:
        return pick_face(
            read.files[picked.font.slug],
            index=picked.index,
            face=picked.face,
            instance=picked.instance,
            axes=picked.axes,
        )
    if ref.slug in STANDARD_FONTS:
        return standard_face(ref.slug)
    return read_face(read.files[ref.slug])


def _fallback(design: Pdf, found: _Assets) -> Fallback:
    """
    List the fonts to fall back on; those that aren't the same everywhere are recorded.
    """
    faces = fallback_faces(design.fallback, emoji=design.emoji == "monochrome")
    manifest = faces.manifest()
    if manifest:
        digest = hashlib.sha256(manifest).hexdigest()
        found.files[_OF_THIS_MACHINE] = Asset(
            slug=_OF_THIS_MACHINE, content=manifest, sha256=digest
        )
    return faces
