"""
QR codes that differ in one part, made by adding up: fast.

With version, level and mask fixed, everything that turns a message into a picture (error
correction, interleaving, placement, mask) is linear over two elements: flipping a bit of the
message always flips the same modules. So a code is a constant, and one number from a table for each
character that varies, all joined by exclusive or. It is module by module what segno makes.
"""

from __future__ import annotations

import functools

from collections.abc import Sequence
from operator import getitem
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.pdf._figures._qr_layout import Level, codewords, places, side, times


Mode: TypeAlias = Literal["alphanumeric", "byte"]

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""What two characters of take 11 bits instead of 16 (ISO/IEC 18004:2015, table 5)."""

_PAIR = 2
_SINGLE = 6
_WIDTHS: dict[Mode, int] = {"alphanumeric": 11, "byte": 8}
"""The bits of a pair of characters, or of one: 7.4.4, 7.4.5; of the last one without a pair, 6."""

_HEADS: dict[Mode, tuple[int, int, int]] = {"alphanumeric": (13, 15, 17), "byte": (12, 20, 20)}
"""The bits before a message, which say its mode and length, by how large the code is: table 3."""
_SHORT = 9
_MIDDLING = 26


@frozen
class Shape:
    """
    Messages of one length that differ in neighbouring characters alone; their mask is fixed.
    """

    _mode: Mode
    _part: slice
    _tables: Sequence[_Table] = field(repr=False)
    _constant: int = field(repr=False)
    """The modules, if everything in the varying part counted as 0."""

    def modules(self, message: str) -> int:
        """
        Give the modules of another message of the shape, as `pack` does.

        Nobody checks that it is one: what lies outside of the varying part isn't looked at.
        """
        units = _units(self._mode, message[self._part])
        return functools.reduce(int.__xor__, map(getitem, self._tables, units), self._constant)


def learn_shape(
    message: str, modules: int, *, version: int, level: Level, mode: Mode, part: slice
) -> Shape:
    """
    Learn a shape from one message of it.

    Args:
        message: ASCII, or of the characters of the alphanumeric mode.

        modules: Its code, as `pack` gives it.

        version: Of the code.

        level: Of error correction.

        mode: In which the message is encoded, all of it.

        part: What varies.
    """
    step = _PAIR if mode == "alphanumeric" else 1
    start = part.start - part.start % step
    stop = min(part.stop + part.stop % step, len(message))
    part = slice(start, stop)
    tables = _tables(version, level, mode, start, stop)
    # added twice is taken away
    return Shape(mode, part, tables, Shape(mode, part, tables, modules).modules(message))


def stride(size: int) -> int:
    """
    Give the bytes that a row of so many modules takes.
    """
    return (size + 7) // 8


def pack(rows: Sequence[Sequence[int]]) -> int:
    """
    Read modules, 1 being dark, as one number; each row is filled up to whole bytes.
    """
    width = stride(len(rows)) * 8
    bits = "".join("".join(map(str, row)).ljust(width, "0") for row in rows)
    return int(bits, 2)


class _Table(dict[str, int]):
    """
    What each character, or pair of them, in one place of a message does to the modules.

    Filled as characters are met: of a code's alphabet, that is, and no others.
    """

    def __init__(self, mode: Mode, bits: Sequence[int]) -> None:
        super().__init__()
        self._mode: Mode = mode
        self._bits = bits

    def __missing__(self, unit: str) -> int:
        value = _value(self._mode, unit)
        set_ = (bits for place, bits in enumerate(reversed(self._bits)) if value >> place & 1)
        self[unit] = found = functools.reduce(int.__xor__, set_, 0)
        return found


def _units(mode: Mode, text: str) -> Sequence[str]:
    """
    Cut a text into what is encoded together.
    """
    if mode == "byte":
        return text
    return [text[place : place + _PAIR] for place in range(0, len(text), _PAIR)]


def _value(mode: Mode, unit: str) -> int:
    if mode == "byte":
        return ord(unit)
    first, *second = map(ALPHANUMERIC.index, unit)
    return first * len(ALPHANUMERIC) + second[0] if second else first


@functools.lru_cache(maxsize=16)
def _tables(version: int, level: Level, mode: Mode, start: int, stop: int) -> Sequence[_Table]:
    """
    Make the tables of a part of messages, whatever is said before and after it.
    """
    at, width = _HEADS[mode][(version > _SHORT) + (version > _MIDDLING)], _WIDTHS[mode]
    if mode == "byte":
        spans = [(at + width * place, width) for place in range(start, stop)]
    else:
        spans = [
            (at + width * (place // _PAIR), width if place + 1 < stop else _SINGLE)
            for place in range(start, stop, _PAIR)
        ]
    return [
        _Table(mode, [_flipped(version, level, bit) for bit in range(first, first + count)])
        for first, count in spans
    ]


def _flipped(version: int, level: Level, bit: int) -> int:
    """
    Say which modules change with a bit of the message.
    """
    modules = _modules(version)
    byte, place = divmod(bit, 8)
    found = 0
    for codeword, factor in codewords(version, level)[byte]:
        changed = times(0x80 >> place, factor)
        for module in modules[codeword * 8 : codeword * 8 + 8]:
            found ^= module * (changed >> 7)
            changed = changed << 1 & 0xFF
    return found


@functools.lru_cache(maxsize=8)
def _modules(version: int) -> Sequence[int]:
    """
    Give each bit of the message the module in which it stands, as `pack` would.
    """
    size = side(version)
    width = stride(size) * 8
    highest = size * width - 1
    return [1 << highest - (place // size * width + place % size) for place in places(version)]
