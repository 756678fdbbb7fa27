"""
QR codes: what they say turned into modules, and modules into one vector shape.
"""

from __future__ import annotations

import functools
import math
import re

from collections.abc import Sequence
from operator import getitem

import segno

from attrs import field, frozen

from certcore.domain import format_code
from certcore.domain.codes import ALPHABET
from certcore.exceptions import LayoutError
from certcore.pdf._figures._colors import fill
from certcore.pdf._figures._linear_qr import ALPHANUMERIC, Mode, Shape, learn_shape, pack, stride
from certcore.pdf._figures._qr_layout import Level
from certcore.pdf._syntax import numbers


_LEVELS: dict[Level, str] = {"low": "l", "medium": "m", "quartile": "q", "high": "h"}
_SAMPLE = "6R2K9WQX3MTB7C5D0FHENPVZ1AE"
"""Stands for any code where a mask is chosen, which is the same for all of them."""
_GROUPED = format_code(_SAMPLE)
_MM = 72 / 25.4
_SMALLEST = 0.15 * _MM
_TOLERANCE = 1e-6
_CODE = re.compile(f"[{ALPHABET}]{{{len(_SAMPLE)}}}")


@frozen
class Matrix:
    """
    The modules of a QR code, without a quiet zone.
    """

    size: int
    """Modules on a side."""
    bits: bytes = field(repr=False)
    """Row by row from the top, 1 being dark; each row is filled up to whole bytes."""


@frozen
class QrMaker:
    """
    Makes the codes of one element. Thread-safe.

    Messages that differ in a verification code alone share version and mask, and are made some
    hundred times as fast as others. All is encoded in the alphanumeric mode if that takes it, else
    as bytes; what isn't ASCII as UTF-8, which readers expect without being told.
    """

    element: str
    """Named in errors."""
    level: Level

    def __call__(self, message: str, *, code: str = "") -> Matrix:
        """
        Make the code of a message.

        Args:
            message: What it says.

            code: The certificate's verification code. If it is of certcore's own form and found in
                the message, bare or in groups, this is one of those that are made fast.

        Raises:
            certcore.exceptions.LayoutError:
                If the message is empty, too long, or can't be encoded.
        """
        if not message:
            raise LayoutError(f"element {self.element!r}: its QR code would say nothing")
        try:
            return self._made(message, code)
        except segno.DataOverflowError as exc:
            raise LayoutError(
                f"element {self.element!r}: {len(message)} characters are too many for a QR code"
            ) from exc
        except ValueError as exc:
            raise LayoutError(
                f"element {self.element!r}: a QR code can't say {message!r}: correct its text"
            ) from exc

    def _made(self, message: str, code: str) -> Matrix:
        if _CODE.fullmatch(code) and message.isascii():
            for form, sample in (str, _SAMPLE), (format_code, _GROUPED):
                before, said, after = message.partition(form(code))
                if said:
                    size, shape = _learned(before, sample, after, self.level)
                    return Matrix(size, shape.modules(message).to_bytes(size * stride(size)))
        return _plain(message, self.level)


@functools.lru_cache(maxsize=32)
def _learned(before: str, sample: str, after: str, level: Level) -> tuple[int, Shape]:
    message = before + sample + after
    mode: Mode = "alphanumeric" if set(message) <= set(ALPHANUMERIC) else "byte"
    made = segno.make_qr(message, error=_LEVELS[level], boost_error=False, mode=mode)
    shape = learn_shape(
        message,
        pack(made.matrix),
        version=int(made.version),
        level=level,
        mode=mode,
        part=slice(len(before), len(before) + len(sample)),
    )
    return len(made.matrix), shape


@functools.lru_cache(maxsize=32)
def _plain(message: str, level: Level) -> Matrix:
    # without being told, segno writes Cyrillic and Greek in Shift JIS, which few readers expect
    mode, encoding = (None, None) if message.isascii() else ("byte", "utf-8")
    made = segno.make_qr(
        message, error=_LEVELS[level], boost_error=False, mode=mode, encoding=encoding
    )
    size = len(made.matrix)
    return Matrix(size, pack(made.matrix).to_bytes(size * stride(size)))


@frozen(kw_only=True, cache_hash=True)
class QrPlace:
    """
    Where and how a code is drawn. Lengths in points.
    """

    left: float
    bottom: float
    size: float
    """Of a side, the quiet zone included."""
    color: str = "#000000"
    background: str = ""
    """Painted behind it, quiet zone included; nothing is if it is empty."""
    quiet_zone: int = 4
    """Its width in modules."""

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """
        Left, bottom, right and top.
        """
        return self.left, self.bottom, self.left + self.size, self.bottom + self.size

    def module(self, modules: int) -> float:
        """
        Give the side of a module of a code with so many on a side.
        """
        return self.size / (modules + 2 * self.quiet_zone)

    def check(self, element: str, modules: int) -> None:
        """
        Refuse a code with so many modules on a side that readers couldn't tell them apart.

        Raises:
            certcore.exceptions.LayoutError:
                If it is one.
        """
        module = self.module(modules)
        if module < _SMALLEST - _TOLERANCE:
            wanted = math.ceil(self.size * _SMALLEST / module / _MM)
            raise LayoutError(
                f"element {element!r}: at a size of {self.size / _MM:g} mm, the squares of its QR "
                f"code would be {module / _MM:.2f} mm small, and readers need {_SMALLEST / _MM:g} "
                f"mm; make it {wanted} mm large, shorten what it says, or lower its "
                "error_correction"
            )

    def draw(self, matrix: Matrix) -> bytes:
        """
        Write the operators that draw a code; they leave the graphics state as it was.
        """
        return b"%s%sf Q\n" % (_begun(self, matrix.size), path(matrix))


@functools.lru_cache(maxsize=64)
def _begun(place: QrPlace, modules: int) -> bytes:
    module = place.module(modules)
    left = place.left + place.quiet_zone * module
    top = place.bottom + place.size - place.quiet_zone * module
    below = b""
    if place.background:
        box = numbers(place.left, place.bottom, place.size, place.size)
        below = b"%s %s re f\n" % (fill(place.background), box)
    # from the upper left corner, a unit being a module
    matrix = numbers(module, 0, 0, -module, left, top)
    return b"q\n%s%s %s cm\n" % (below, fill(place.color), matrix)


def path(matrix: Matrix) -> bytes:
    """
    Write the path around the dark modules; unit and origin are those of `QrPlace.draw`.

    One path for all: between shapes that are filled one by one, viewers show hairlines.
    """
    return b"".join(map(getitem, _stretches(matrix.size), matrix.bits))


class _Stretches(dict[int, bytes]):
    """
    The rectangles for each value of one byte, filled as values are met.
    """

    def __init__(self, column: int, row: int) -> None:
        super().__init__()
        self._column = column
        self._row = row

    def __missing__(self, value: int) -> bytes:
        self[value] = found = b"".join(
            b"%d %d %d 1 re\n" % (self._column + found.start(), self._row, len(found[0]))
            for found in re.finditer("1+", f"{value:08b}")
        )
        return found


@functools.lru_cache(maxsize=8)
def _stretches(size: int) -> Sequence[_Stretches]:
    return [
        _Stretches(column, row) for row in range(size) for column in range(0, stride(size) * 8, 8)
    ]
