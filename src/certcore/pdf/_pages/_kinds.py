"""
What is taken over of which object: by its kind, the entries that matter to what one sees.

Anything else (scripts, metadata, thumbnails, private data of programs, structure) isn't even read.
The tables follow ISO 32000-1; numbers are those of its tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Kind:
    """
    Which entries of a dictionary, and which items of an array, are taken over.
    """

    entries: Mapping[str, str] = {}
    """The kind of each entry by its key."""
    named: str = ""
    """The kind of all entries of a dictionary whose keys are names of things."""
    items: str = ""
    """The kind of an array's items; empty if no array is taken over."""

    @property
    def takes_dictionaries(self) -> bool:
        """
        Whether dictionaries and streams are taken over, be it without their entries.
        """
        return bool(self.entries or self.named) or not self.items


def _plain(keys: str) -> dict[str, str]:
    return {f"/{key}": "plain" for key in keys.split()}


def _kinds(**kinds: str) -> dict[str, str]:
    return {f"/{key}": kind for key, kind in kinds.items()}


_FUNCTION = _plain(
    "FunctionType Domain Range Size BitsPerSample Order Encode Decode C0 C1 N Bounds"
)

KINDS: dict[str, Kind] = {
    # numbers, names, texts, and arrays of them
    "plain": Kind(items="plain"),
    # a stream of which the data alone matter
    "data": Kind(),
    # properties of marks that were taken out
    "nothing": Kind(),
    # 33; /ProcSet says nothing any more
    "resources": Kind(
        _kinds(
            ExtGState="states",
            ColorSpace="colors",
            Pattern="patterns",
            Shading="shadings",
            XObject="xobjects",
            Font="fonts",
            Properties="properties",
        )
    ),
    "states": Kind(named="state"),
    "colors": Kind(named="color"),
    "patterns": Kind(named="pattern"),
    "shadings": Kind(named="shading"),
    "xobjects": Kind(named="xobject"),
    "fonts": Kind(named="font"),
    "properties": Kind(named="property"),
    # 58; halftones are a printing machine's own affair
    "state": Kind(
        _plain("Type LW LC LJ ML D RI OP op OPM FL SM SA BM CA ca AIS TK")
        | _kinds(
            Font="state font",
            SMask="soft mask",
            BG="function",
            BG2="function",
            UCR="function",
            UCR2="function",
            TR="function",
            TR2="function",
        )
    ),
    "state font": Kind(items="font"),
    # 144
    "soft mask": Kind(_plain("Type S BC") | _kinds(G="xobject", TR="function")),
    # 62 to 73, of dictionaries and streams in the arrays that name a color space; an ICC profile's
    # /Alternate is for readers of the last century
    "color": Kind(
        _FUNCTION
        | _plain("WhitePoint BlackPoint Gamma Matrix Subtype Components")
        | _kinds(Functions="function", Colorants="colors", Process="color", ColorSpace="color"),
        items="color",
    ),
    # 38 to 41
    "function": Kind(_FUNCTION | _kinds(Functions="function"), items="function"),
    # 75, 76
    "pattern": Kind(
        _plain("Type PatternType PaintType TilingType BBox XStep YStep Matrix")
        | _kinds(Resources="resources", Shading="shading", ExtGState="state")
    ),
    # 78 to 84
    "shading": Kind(
        _plain("ShadingType Background BBox AntiAlias Domain Matrix Coords Extend")
        | _plain("BitsPerCoordinate BitsPerComponent BitsPerFlag Decode VerticesPerRow")
        | _kinds(ColorSpace="color", Function="function")
    ),
    # 95, without references to other files
    "form": Kind(
        _plain("Type Subtype FormType BBox Matrix")
        | _kinds(Resources="resources", Group="group", OC="layer")
    ),
    # 89, without alternate pictures
    "image": Kind(
        _plain("Type Subtype Width Height BitsPerComponent Intent ImageMask Decode Interpolate")
        | _plain("SMaskInData Matte")
        | _kinds(ColorSpace="color", Mask="image", SMask="image", OC="layer")
    ),
    # 96, 147
    "group": Kind(_plain("Type S I K") | _kinds(CS="color")),
    # 111 to 121
    "font": Kind(
        _plain("Type Subtype Name BaseFont FirstChar LastChar Widths FontBBox FontMatrix")
        | _plain("DW W DW2 W2")
        | _kinds(
            FontDescriptor="font descriptor",
            Encoding="encoding",
            ToUnicode="encoding",
            DescendantFonts="font",
            CIDSystemInfo="collection",
            CIDToGIDMap="data",
            CharProcs="glyphs",
            Resources="resources",
        ),
        items="font",
    ),
    "glyphs": Kind(named="glyph"),
    "glyph": Kind(),
    # 122, 124, without the lists of what is in the font: programs don't need them, and archives
    # want them to be right (ISO 19005-2, 6.2.11.4.2)
    "font descriptor": Kind(
        _plain("Type FontName FontFamily FontStretch FontWeight Flags FontBBox ItalicAngle Ascent")
        | _plain("Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth")
        | _plain("Lang")
        | _kinds(FontFile="font file", FontFile2="font file", FontFile3="font file")
    ),
    # 127
    "font file": Kind(_plain("Length1 Length2 Length3 Subtype")),
    # 114, 120
    "encoding": Kind(
        _plain("Type BaseEncoding Differences CMapName WMode")
        | _kinds(CIDSystemInfo="collection", UseCMap="encoding")
    ),
    # 116
    "collection": Kind(_plain("Registry Ordering Supplement")),
    # 8, 11, 12, 13
    "parameters": Kind(
        _plain("Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine EncodedByteAlign")
        | _plain("Rows EndOfBlock BlackIs1 DamagedRowsBeforeError ColorTransform")
        | _kinds(JBIG2Globals="data")
    ),
    # 98, 99, 102
    "layer": Kind(
        _plain("Type Name Intent P") | _kinds(OCGs="layer", VE="layer", Usage="layer usage"),
        items="layer",
    ),
    "layer usage": Kind(named="layer use"),
    "layer use": Kind(
        _plain("Lang Preferred ExportState min max Subtype PrintState ViewState Type Name")
    ),
    # 103; its arrays of layers are rewritten one by one
    "layer settings": Kind(_plain("Name Creator BaseState Intent ListMode")),
    "layer event": Kind(_plain("Event Category")),
    # 166
    "border": Kind(_plain("Type W S D")),
}
