"""
PNG images: taken over as they were compressed where a PDF file can hold that, else compressed anew.
"""

from __future__ import annotations

import functools
import zlib

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, cast

from attrs import field, frozen
from PIL import Image, ImageChops

from certcore.pdf._figures._samples import Colors, Samples, pack_samples


Opacity: TypeAlias = Image.Image
"""An image in gray (L): 255 is opaque."""

_GRAY, _RGB, _INDEXED = 0, 2, 3
_BANDS: dict[int, tuple[Colors, int]] = {
    _GRAY: ("DeviceGray", 1),
    _RGB: ("DeviceRGB", 3),
    _INDEXED: ("DeviceRGB", 1),
}
_BYTE = 8
_HIGHEST = 255
_VALUES = 256
_SIGNATURE = 8


@frozen(kw_only=True)
class _File:
    """
    What a file says of its image; numbers are those of the PNG specification (W3C, chapter 11).
    """

    width: int
    height: int
    depth: int
    kind: int
    interlaced: bool
    palette: bytes = field(repr=False)
    transparent: bytes = field(repr=False)
    data: bytes = field(repr=False)

    @classmethod
    def read(cls, content: bytes) -> _File:
        """
        Raises ValueError if it lacks its palette.
        """
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for kind, data in _chunks(content):
            found[kind].append(data)
        head, palette = found[b"IHDR"][0], b"".join(found[b"PLTE"])
        colors = min(len(palette) // 3, 1 << head[8]) if head[9] == _INDEXED else 0
        if head[9] == _INDEXED and not colors:
            raise ValueError("its colors are said by a palette, and there is none")
        return cls(
            width=int.from_bytes(head[:4]),
            height=int.from_bytes(head[4:8]),
            depth=head[8],
            kind=head[9],
            interlaced=bool(head[12]),
            palette=palette[: 3 * colors],
            transparent=b"".join(found[b"tRNS"]),
            data=b"".join(found[b"IDAT"]),
        )


def png_samples(image: Image.Image, content: bytes) -> tuple[Samples, Opacity | None]:
    """
    Give the colors of an image and, if any of it is transparent, its opacity.

    Samples of 16 bits become such of 8.

    Args:
        image: The image, which has been read to its end.

        content: Its file.
    """
    file = _File.read(content)
    opacity = _opacity(image, file)
    if opacity is not None and opacity.getextrema() == (_HIGHEST, _HIGHEST):
        opacity = None
    return _taken_over(file) or _repacked(image, file), opacity


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at < len(content):
        start = at + 8
        end = start + int.from_bytes(content[at : at + 4])
        yield content[at + 4 : start], content[start:end]
        at = end + 4


def _taken_over(file: _File) -> Samples | None:
    """
    Take the data as they are: PDF has PNG's own filters (ISO 32000-1, 7.4.4.4).
    """
    if file.kind not in _BANDS or file.depth > _BYTE or file.interlaced:
        return None
    colors, bands = _BANDS[file.kind]
    row = 1 + (file.width * bands * file.depth + 7) // 8
    if not _inflates(file.data, row * file.height):
        return None
    return Samples(
        colors=colors,
        entries=b"/BitsPerComponent %d/Filter/FlateDecode/DecodeParms"
        b"<</Predictor 15/Colors %d/BitsPerComponent %d/Columns %d>>"
        % (file.depth, bands, file.depth, file.width),
        data=file.data,
        palette=file.palette,
    )


def _inflates(data: bytes, size: int) -> bool:
    """
    Say whether data are as long as they should be, with nothing behind them and no fault in them.
    """
    decompressor = zlib.decompressobj()
    try:
        inflated = decompressor.decompress(data, size + 1)
    except zlib.error:
        return False
    return len(inflated) == size and decompressor.eof and not decompressor.unused_data


def _repacked(image: Image.Image, file: _File) -> Samples:
    if file.kind == _INDEXED:
        return pack_samples(_numbers(image), palette=file.palette)
    if file.kind == _GRAY:
        return pack_samples(_gray(image))
    return pack_samples(image)


def _opacity(image: Image.Image, file: _File) -> Opacity | None:
    if "A" in image.getbands():
        return image.getchannel("A")
    if not file.transparent:
        return None
    if file.kind == _INDEXED:
        opacities = [*file.transparent, *[_HIGHEST] * _VALUES][:_VALUES]
        return _mapped(_numbers(image), opacities)
    # one color, written in 16 bits a component, is fully transparent
    color = [
        int.from_bytes(file.transparent[at : at + 2]) for at in range(0, len(file.transparent), 2)
    ]
    if file.depth > _BYTE:
        color = [component >> _BYTE for component in color]
    else:
        color = [component * _HIGHEST // ((1 << file.depth) - 1) for component in color]
    plain = _gray(image) if file.kind == _GRAY else image
    differing = [
        _mapped(band, [_HIGHEST * (value != component) for value in range(_VALUES)])
        for band, component in zip(plain.split(), color, strict=True)
    ]
    return functools.reduce(ImageChops.lighter, differing)


def _numbers(image: Image.Image) -> Image.Image:
    """
    Give the numbers of the colors of an image with a palette, as if they were gray.
    """
    return Image.frombytes("L", image.size, image.tobytes())


def _gray(image: Image.Image) -> Image.Image:
    """
    Give a gray image of any depth in 8 bits.
    """
    if image.mode in {"1", "L"}:
        return image.convert("L")
    # Pillow's own way cuts all that is above 255 to white
    return _mapped(image.convert("I"), [value >> _BYTE for value in range(_VALUES * _VALUES)])


def _mapped(image: Image.Image, table: Sequence[int]) -> Image.Image:
    # Pillow's annotations leave some types open, which strict checkers don't let pass
    untyped: Any = image
    return cast("Image.Image", untyped.point(table, "L"))
