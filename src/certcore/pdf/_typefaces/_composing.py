"""
Letters that a face draws with several glyphs, as one glyph each.

Readers of PDF tell text glyph by glyph: of a letter and a mark on it, each with a place of its own,
few of them make the text that was written. In the file of a certificate they are one glyph, made of
others as accented letters of a font are (OpenType, table `glyf`).
"""

from __future__ import annotations

import struct

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from certcore.pdf._typefaces._subset import Subset


class Letter(NamedTuple):
    """
    What is drawn for some text: glyphs of a face, in its units. A tuple, for there are many.
    """

    text: str
    parts: tuple[tuple[int, int, int], ...]
    """Each glyph, and where its origin is: to the right and up."""
    advance: int
    """How far what follows is to the right."""


_WORDS_ARE_PLACES, _MORE, _OVERLAP = 0x0003, 0x0020, 0x0400  # flags of a part
_ADJUSTMENT, _LOCATIONS = 8, 50  # in `head`
_METRICS = 34  # in `hhea`
_MOST_PARTS = 28  # in `maxp`, and the deepest nesting behind it
_VERSION = 0x00010000
_LONG = 0xFFFFFFFF
_FARTHEST = 0x7FFF
_WHOLE = 0xB1B0AFBA
"""What the sum of a font is to be."""


def compose(subset: Subset, letters: Mapping[int, Letter]) -> Subset:
    """
    Add a glyph for each of some letters.

    Args:
        subset: One with TrueType outlines, which has all of their parts.

        letters: By the numbers by which they are to be known, which no glyph of the face has; none
            so wide, or with parts so far away, that a table of the font couldn't say so.
    """
    outlines = _Outlines(subset.data)
    ids, widths = dict(subset.ids), dict(subset.widths)
    scale = 1000 / subset.face.units_per_em
    for number, letter in letters.items():
        advance = max(letter.advance, 0)
        parts = [(subset.ids[glyph], x, y) for glyph, x, y in letter.parts]
        ids[number] = outlines.add(parts, advance)
        widths[number] = round(advance * scale)
    return Subset(subset.face, outlines.file(), subset.cff, ids, widths)


class _Outlines:
    """
    The tables of a small font, which glyphs are added to.
    """

    def __init__(self, data: bytes) -> None:
        self._tables = dict(_tables(data))
        head, widest = self._tables[b"head"], self._tables[b"hhea"]
        (count,) = struct.unpack_from(">H", self._tables[b"maxp"], 4)
        (long,) = struct.unpack_from(">h", head, _LOCATIONS)
        form = f">{count + 1}{'I' if long else 'H'}"
        places = struct.unpack_from(form, self._tables[b"loca"])
        self._places = [place if long else 2 * place for place in places]
        self._glyphs = bytearray(self._tables[b"glyf"][: self._places[-1]])
        (full,) = struct.unpack_from(">H", widest, _METRICS)
        metrics = self._tables[b"hmtx"]
        bearings = metrics[4 * full : 4 * full + 2 * (count - full)]
        last = metrics[4 * full - 4 : 4 * full - 2]
        rest = b"".join([last + bearings[at : at + 2] for at in range(0, len(bearings), 2)])
        self._metrics = bytearray(metrics[: 4 * full] + rest)
        self._most = 0

    def add(self, parts: Sequence[tuple[int, int, int]], advance: int) -> int:
        """
        Add a glyph made of others; give its number.
        """
        drawn = [part for part in parts if self._places[part[0]] < self._places[part[0] + 1]]
        left = 0
        if drawn:
            lefts, lows, rights, highs = zip(*[self._box(*part) for part in drawn], strict=True)
            left = _short(min(lefts))
            self._glyphs += struct.pack(
                ">hhhhh", -1, left, *map(_short, (min(lows), max(rights), max(highs)))
            )
            flags = _WORDS_ARE_PLACES | _OVERLAP
            for place, part in enumerate(drawn, 1):
                more = _MORE if place < len(drawn) else 0
                self._glyphs += struct.pack(">HHhh", flags | more, *part)
                flags = _WORDS_ARE_PLACES
            self._most = max(self._most, len(drawn))
        self._metrics += struct.pack(">Hh", advance, left)
        number = len(self._places) - 1
        self._places.append(len(self._glyphs))
        return number

    def file(self) -> bytes:
        """
        Write the font.
        """
        tables, count = self._tables, len(self._places) - 1
        head, widest, most = (bytearray(tables[tag]) for tag in (b"head", b"hhea", b"maxp"))
        struct.pack_into(">I", head, _ADJUSTMENT, 0)  # the sum of the table is one without it
        struct.pack_into(">h", head, _LOCATIONS, 1)
        struct.pack_into(">H", widest, _METRICS, count)
        struct.pack_into(">H", most, 4, count)
        parts, depth = struct.unpack_from(">HH", most, _MOST_PARTS)
        struct.pack_into(">HH", most, _MOST_PARTS, max(parts, self._most), depth + 1)
        places = struct.pack(f">{count + 1}I", *self._places)
        changed = {b"head": bytes(head), b"hhea": bytes(widest), b"maxp": bytes(most)}
        changed |= {b"glyf": bytes(self._glyphs), b"hmtx": bytes(self._metrics)}
        return _file({**tables, **changed, b"loca": places})

    def _box(self, glyph: int, x: int, y: int) -> tuple[int, int, int, int]:
        left, low, right, high = struct.unpack_from(">hhhh", self._glyphs, self._places[glyph] + 2)
        return left + x, low + y, right + x, high + y


def _short(length: int) -> int:
    """
    Give the nearest length that there is room for: boxes are but told, not drawn.
    """
    return max(-_FARTHEST, min(length, _FARTHEST))


def _tables(data: bytes) -> list[tuple[bytes, bytes]]:
    (count,) = struct.unpack_from(">H", data, 4)
    found = (struct.unpack_from(">4sIII", data, 12 + 16 * each) for each in range(count))
    return [(tag, data[start : start + length]) for tag, _, start, length in found]


def _file(tables: Mapping[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    search = 16 << power
    listed = [struct.pack(">IHHHH", _VERSION, count, search, power, 16 * count - search)]
    bodies: list[bytes] = []
    head = end = 12 + 16 * count
    whole = 0
    for tag, table in sorted(tables.items()):
        body = table + bytes(-len(table) % 4)
        total = _sum(body)
        listed.append(struct.pack(">4sIII", tag, total, end, len(table)))
        bodies.append(body)
        if tag == b"head":
            head = end
        end += len(body)
        whole += total
    directory = b"".join(listed)
    file = bytearray(b"".join((directory, *bodies)))
    adjustment = _WHOLE - whole - _sum(directory)
    struct.pack_into(">I", file, head + _ADJUSTMENT, adjustment & _LONG)
    return bytes(file)


def _sum(data: bytes) -> int:
    numbers: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(numbers) & _LONG
