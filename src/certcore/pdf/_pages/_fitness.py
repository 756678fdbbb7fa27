"""
Whether a template is fit for being archived, as PDF/A-2b, as far as that can be seen from here.

ISO 19005-2 wants a file to look the same everywhere and for ever: fonts within it, colors that
don't depend on a machine, nothing beyond the format.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from certcore.pdf._figures._profiles import is_sound
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
_EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")
# ISO 32000-1, table 70
_INTENTS = frozenset({"AbsoluteColorimetric", "RelativeColorimetric", "Saturation", "Perceptual"})
_DEPTHS = (1, 2, 4, 8, 16)
_COMPONENTS = (1, 3, 4)
_STATES = 28
"""How many graphics states may be kept at once: ISO 32000-1, Annex C.2."""
_INKS = 4
_SMALLEST = 3
"""ISO 19005-2, 6.1.13: points."""


_SMOOTHED = "it has a picture that viewers are asked to smooth"


@define
class Fitness:
    """
    What was found while a template was taken over.
    """

    _reasons: dict[str, None] = field(factory=dict[str, None])
    transparent: bool = False
    """Something in it lets show through what is under it; PDF/A-2b allows that."""
    _written: bool = False
    """Something is written with a font that is within the file."""
    _inks: bool = False
    """Some colors are inks that a profile explains."""
    _overprinting: bool = False
    _mixed: dict[bytes, Sequence[bytes]] = field(factory=dict[bytes, Sequence[bytes]])
    """How each spot color is mixed, by its name."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """
        Why it isn't fit, in plain words, in the order in which it was found.
        """
        if self._inks and self._overprinting:
            # ISO 19005-2, 6.2.4.2: what shows depends on the machine
            return (*self._reasons, "it prints inks over one another (overprint mode)")
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
            self.see_fonts(raw(found, "/Resources"), source)
        elif kind == "state":
            for each in source.items(raw(found, "/Font"))[:1]:
                self._see_font(source.get(each), source)
            self._see_state(found, source)
        elif kind == "image":
            self._see_image(found, source)
        elif kind == "group":
            self.transparent = True
        elif kind == "color" and isinstance(found, StreamObject):
            self._see_profile(found, source)

    def see_fonts(self, resources: object, source: Source) -> None:
        """
        Look at the fonts that the letters of another font are drawn with.

        Who draws these isn't looked at: they may use all that there is.
        """
        self._see_fonts(source.dictionary(source.get(resources), "/Font"), source)

    def see_claim(self, claimed: bool) -> None:  # noqa: FBT001  # what the file says
        """
        Hear at the end whether the template says of itself that it is PDF/A.

        What is within fonts isn't looked at: whoever made a PDF/A file has done that.
        """
        if self._written and not claimed:
            self.add("it doesn't say that it is PDF/A, and its fonts can't be checked here")

    def see_size(self, width: float, height: float) -> None:
        """
        Look at the size of a page.
        """
        if min(width, height) < _SMALLEST:
            self.add("it has a page of less than 3 points")

    def see_space(self, written: Sequence[bytes]) -> None:
        """
        Look at what a color space is made of, as it is written.
        """
        if written[:1] == [b"/DeviceN"]:
            self.add("it mixes several inks in one color (DeviceN), which can't be checked")
        elif written[:1] == [b"/Separation"]:
            spot, mixed = written[1], written[2:]
            if self._mixed.setdefault(spot, mixed) != mixed:
                said = spot[1:].decode("ascii", "replace")
                self.add(f"it mixes its spot color {said} in more than one way")

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
        self._see_intents(drawing.intents)
        if drawing.smoothed:
            self.add(_SMOOTHED)
        if drawing.lzw:
            self.add("it has a picture that is packed in a way that isn't allowed (LZW)")
        if drawing.states > _STATES:
            self.add(f"its drawing keeps more than {_STATES} states at once")
        if drawing.huge:
            self.add("it has numbers that are too large")
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
        if kind == "/Type0":
            return
        descriptor = source.entry(font, "/FontDescriptor")
        if kind == "/Type3" or any(source.entry(descriptor, key) for key in _EMBEDDED):
            self._written = True
        else:
            name = source.name(font, "/BaseFont")[1:] or "without a name"
            self.add(f"its font {name} isn't embedded")

    def _see_state(self, state: DictionaryObject, source: Source) -> None:
        bent = source.entry(state, "/TR2") not in (None, "/Default")
        if bent or source.entry(state, "/TR") is not None:
            self.add("it bends colors for a printing machine (a transfer function)")
        self._see_intents([source.name(state, "/RI")[1:]])
        self._overprinting = self._overprinting or source.entry(state, "/OPM") == 1
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
            self.add(_SMOOTHED)
        self._see_intents([source.name(image, "/Intent")[1:]])
        if source.entry(image, "/BitsPerComponent") not in (None, *_DEPTHS):
            self.add("it has a picture with an odd number of bits for a color")
        if "/JPXDecode" in source.names(raw(image, "/Filter")):
            self.add("it has a JPEG 2000 picture, which can't be checked")

    def _see_profile(self, found: StreamObject, source: Source) -> None:
        components = source.entry(found, "/N")
        if components is None or source.entry(found, "/FunctionType") is not None:
            return
        if components not in _COMPONENTS or not is_sound(source.data(found), components):
            self.add("it has a color profile that readers can't use")
        self._inks = self._inks or components == _INKS

    def _see_intents(self, intents: Sequence[str]) -> None:
        for each in intents:
            if each and each not in _INTENTS:
                self.add(f"it has colors converted in a way that the format doesn't know, {each}")
