"""
Whether a template is fit for being archived, as PDF/A-2b, as far as that can be seen from here.

ISO 19005-2 wants a file to look the same everywhere and for ever: fonts within it, colors that
don't depend on a machine, nothing beyond the format.
"""

from __future__ import annotations

from attrs import define, field
from pypdf.generic import DictionaryObject, NameObject

from certcore.pdf._pages._marks import Drawing
from certcore.pdf._pages._source import Source, entries, raw


# ISO 32000-1, tables 136 and 137
_BLENDING = frozenset(
    [
        "/Normal",
        "/Compatible",
        "/Multiply",
        "/Screen",
        "/Overlay",
        "/Darken",
        "/Lighten",
        "/ColorDodge",
        "/ColorBurn",
        "/HardLight",
        "/SoftLight",
        "/Difference",
        "/Exclusion",
        "/Hue",
        "/Saturation",
        "/Color",
        "/Luminosity",
    ]
)
_OPAQUE = frozenset({"/Normal", "/Compatible"})
_AS_IT_IS = frozenset({"/Identity", "/Default"})
_EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")


@define
class Fitness:
    """
    What was found while a template was taken over.
    """

    _reasons: dict[str, None] = field(factory=dict[str, None])
    transparent: bool = False
    """Something in it lets show through what is under it; PDF/A-2b allows that."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """
        Why it isn't fit, in plain words, in the order in which it was found.
        """
        return tuple(self._reasons)

    def add(self, reason: str) -> None:
        """
        Note a reason, once.
        """
        self._reasons[reason] = None

    def see_object(self, kind: str, found: DictionaryObject, source: Source) -> None:
        """
        Look at a dictionary or stream that is taken over.
        """
        if kind == "font":
            # who draws the letters of such a font isn't looked at: it may use all that there is
            self._see_fonts(
                source.dictionary(source.dictionary(found, "/Resources"), "/Font"), source
            )
        elif kind == "state":
            for each in source.items(raw(found, "/Font"))[:1]:
                self._see_font(source.get(each), source)
            self._see_state(found, source)
        elif kind == "image":
            self._see_image(found, source)
        elif kind == "group":
            self.transparent = True

    def see_color(self, name: str) -> None:
        """
        Look at the name of a color space.
        """
        if name in {"/DeviceCMYK", "/CMYK"}:
            self.add("it has colors for printing inks (CMYK)")

    def see_drawing(self, drawing: Drawing, fonts: DictionaryObject, source: Source) -> None:
        """
        Look at drawing instructions, and at those of their fonts that are used.
        """
        used = [f"/{each}" for each in drawing.fonts]
        if drawing.clear and all(each in fonts for each in used):
            fonts = DictionaryObject({NameObject(each): fonts.raw_get(each) for each in used})
        self._see_fonts(fonts, source)
        if drawing.cmyk:
            self.see_color("/DeviceCMYK")
        for each in drawing.unknown:
            self.add(f"it has a drawing instruction that the format doesn't know, {each}")
        if not drawing.clear:
            self.add("some of its drawing can't be checked")

    def _see_fonts(self, fonts: DictionaryObject, source: Source) -> None:
        for _, each in entries(fonts):
            self._see_font(source.get(each), source)

    def _see_font(self, font: object, source: Source) -> None:
        kind = source.name(font, "/Subtype")
        if kind == "/Type0":
            for each in source.items(raw(font, "/DescendantFonts"))[:1]:
                self._see_font(source.get(each), source)
        if kind in {"/Type0", "/Type3"}:  # which draws its letters as a page is drawn
            return
        descriptor = source.entry(font, "/FontDescriptor")
        if not any(source.entry(descriptor, key) for key in _EMBEDDED):
            name = source.name(font, "/BaseFont")[1:] or "without a name"
            self.add(f"its font {name} isn't embedded")

    def _see_state(self, state: DictionaryObject, source: Source) -> None:
        for key in ("/TR", "/TR2"):
            if source.entry(state, key) and source.name(state, key) not in _AS_IT_IS:
                self.add("it bends colors for a printing machine (a transfer function)")
        modes = source.names(raw(state, "/BM"))
        if not _BLENDING.issuperset(modes):
            self.add("it blends colors in a way that the format doesn't know")
        opaque = all(source.entry(state, key) in (None, 1) for key in ("/CA", "/ca"))
        plain = _OPAQUE.issuperset(modes)
        masked = isinstance(source.entry(state, "/SMask"), DictionaryObject)
        self.transparent = self.transparent or masked or not (opaque and plain)

    def _see_image(self, image: DictionaryObject, source: Source) -> None:
        if source.entry(image, "/SMask") is not None:
            self.transparent = True
        if source.true(image, "/Interpolate"):
            self.add("it has a picture that viewers are asked to smooth")
        if "/JPXDecode" in source.names(raw(image, "/Filter")):
            self.add("it has a JPEG 2000 picture, which can't be checked")
