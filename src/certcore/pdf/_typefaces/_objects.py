"""
The objects of a PDF file that make a font of a subset (ISO 32000-1, 9.7 to 9.10).

It is a composite font: two bytes of a string name a glyph by its new number. `/ToUnicode` says
which text a glyph stands for, so that it can be found and copied.
"""

from __future__ import annotations

import functools
import hashlib

from collections.abc import Callable, Mapping

from attrs import frozen

from certcore.pdf._syntax import name, number, numbers, reference, stream
from certcore.pdf._typefaces._subset import Subset


OBJECTS_OF_A_FONT = 6
"""How many objects a font takes, which is less by one without a CIDSet."""

# U+FB00 to U+FB06 are there for old encodings: people search for the letters.
# The others are no text (ISO 14289-1, 7.21.7).
_LETTERS = {
    **{0xFB00 + n: text for n, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))},
    0x0000: None,
    0xFEFF: None,
    0xFFFE: None,
}
_PER_BLOCK = 100
"""As many entries may stand in a block of a CMap (ISO 32000-1, 9.10.3)."""

_CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def
/CMapName/Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><FFFF>
endcodespacerange
%sendcmap
CMapName currentdict /CMap defineresource pop
end
end"""


@frozen
class FontObjects:
    """
    A font as objects of a PDF file.
    """

    number: int
    """The one that a page's resources name."""
    objects: tuple[tuple[int, bytes], ...]
    """All of them with their numbers, in the order of these."""


def font_objects(
    subset: Subset,
    texts: Mapping[int, str],
    *,
    reserve: Callable[[], int],
    compress: bool = True,
    cid_set: bool = True,
) -> FontObjects:
    """
    Write a subset as a font of a PDF file.

    Args:
        subset: What is embedded.

        texts: What glyphs stand for, by their number in the face; several letters for a ligature,
            nothing for a glyph that only goes with another. Glyphs that aren't in the subset
            don't matter.

        reserve: Gives the number of the next object, such as `Objects.reserve`.

        compress: Whether streams are deflated. Zlib's output differs between its builds, so where
            the same bytes are wanted on any machine, they aren't.

        cid_set: Whether the glyphs in the file are listed, as PDF/A-1 wants it.
    """
    font, descendant, descriptor, file, unicodes = (reserve() for _ in range(5))
    tagged = f"{_tag(subset)}+{subset.face.name}"
    written = [
        (font, _composite(subset, tagged, descendant, unicodes)),
        (descendant, _descendant(subset, tagged, descriptor)),
    ]
    cids = reserve() if cid_set else None
    written += [
        (descriptor, _descriptor(subset, tagged, file, cids)),
        (file, _file(subset, compress=compress)),
        (unicodes, stream(b"", _CMAP % _bfchars(subset, texts), compress=compress)),
    ]
    if cids is not None:
        written.append((cids, stream(b"", _bits(len(subset.ids)), compress=compress)))
    return FontObjects(font, tuple(written))


def _composite(subset: Subset, tagged: str, descendant: int, unicodes: int) -> bytes:
    # a Type 0 font is named after its CMap, too, if the descendant is CFF: table 121
    full = f"{tagged}-Identity-H" if subset.cff else tagged
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H"
        b"/DescendantFonts[%s]/ToUnicode %s>>"
    ) % (name(full), reference(descendant), reference(unicodes))


def _descendant(subset: Subset, tagged: str, descriptor: int) -> bytes:
    return (
        b"<</Type/Font/Subtype%s/BaseFont%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/FontDescriptor %s/W[0[%s]]%s>>"
    ) % (
        b"/CIDFontType0" if subset.cff else b"/CIDFontType2",
        name(tagged),
        reference(descriptor),
        b" ".join([b"%d" % width for width in subset.widths.values()]),
        b"" if subset.cff else b"/CIDToGIDMap/Identity",
    )


def _descriptor(subset: Subset, tagged: str, file: int, cids: int | None) -> bytes:
    metrics = subset.face.metrics
    return (
        b"<</Type/FontDescriptor/FontName%s/Flags %d/FontBBox[%s]/ItalicAngle %s/Ascent %d"
        b"/Descent %d/CapHeight %d/StemV %d%s %s%s>>"
    ) % (
        name(tagged),
        metrics.flags,
        numbers(*metrics.box),
        number(metrics.italic_angle),
        metrics.ascent,
        metrics.descent,
        metrics.cap_height,
        metrics.stem,
        b"/FontFile3" if subset.cff else b"/FontFile2",
        reference(file),
        b"" if cids is None else b"/CIDSet " + reference(cids),
    )


def _file(subset: Subset, *, compress: bool) -> bytes:
    entries = b"/Subtype/CIDFontType0C" if subset.cff else b"/Length1 %d" % len(subset.data)
    return stream(entries, subset.data, compress=compress)


def _bfchars(subset: Subset, texts: Mapping[int, str]) -> bytes:
    lines: list[bytes] = []
    for glyph, new in subset.ids.items():
        said = _in_unicode(texts.get(glyph, ""))
        if said:
            lines.append(b"<%04X><%s>\n" % (new, said))
    blocks: list[bytes] = []
    for start in range(0, len(lines), _PER_BLOCK):
        block = lines[start : start + _PER_BLOCK]
        blocks.append(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)))
    return b"".join(blocks)


@functools.lru_cache(4096)
def _in_unicode(text: str) -> bytes:
    return text.translate(_LETTERS).encode("utf-16-be").hex().upper().encode("ascii")


def _bits(count: int) -> bytes:
    """
    Say that there are glyphs from 0 on: a bit for each, the highest of a byte first.
    """
    whole, rest = divmod(count, 8)
    return b"\xff" * whole + (bytes([0xFF00 >> rest & 0xFF]) if rest else b"")


def _tag(subset: Subset) -> str:
    """
    Make the six letters that tell subsets of a font apart (ISO 32000-1, 9.6.4).
    """
    rest = int.from_bytes(hashlib.sha256(subset.data).digest()[:8], "big")
    letters = ""
    for _ in range(6):
        rest, letter = divmod(rest, 26)
        letters += chr(ord("A") + letter)
    return letters
