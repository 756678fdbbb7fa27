"""
The samples of an image, as the data of a stream.
"""

from __future__ import annotations

import zlib

from typing import Literal, TypeAlias

from attrs import field, frozen
from PIL import Image, ImageChops


Colors: TypeAlias = Literal["DeviceGray", "DeviceRGB", "DeviceCMYK"]

_STRIP = 128
"""Rows compressed at a time: an image of 200 MB needn't be copied whole."""
_MODES: dict[str, Colors] = {"L": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}


@frozen(kw_only=True)
class Samples:
    """
    Encoded samples, and what an image's dictionary says of them beside size and color space.
    """

    colors: Colors
    entries: bytes
    data: bytes = field(repr=False)
    palette: bytes = field(default=b"", repr=False)
    """Three bytes for each color, if samples are numbers of colors."""

    @property
    def components(self) -> int:
        """
        The number of components that a color has.
        """
        return {"DeviceGray": 1, "DeviceRGB": 3, "DeviceCMYK": 4}[self.colors]


def pack_samples(image: Image.Image, *, palette: bytes = b"") -> Samples:
    """
    Compress an image of 8 bits a sample, deflated.

    Args:
        image: Gray (L), RGB or CMYK; an alpha channel (LA, RGBA) is left out.

        palette: The colors that the samples of a gray image are the numbers of.
    """
    mode = image.mode.removesuffix("A")
    width, height = image.size
    compressor = zlib.compressobj(9)
    data: list[bytes] = []
    for top in range(0, height, _STRIP):
        strip = image.crop((0, top, width, min(top + _STRIP, height))).convert(mode)
        samples = strip if palette else _differences(strip)
        data.append(compressor.compress(samples.tobytes()))
    data.append(compressor.flush())
    colors = "DeviceRGB" if palette else _MODES[mode]
    predicted = b"/DecodeParms<</Predictor 2/Colors %d/Columns %d>>" % (len(mode), width)
    return Samples(
        colors=colors,
        entries=b"/BitsPerComponent 8/Filter/FlateDecode" + (b"" if palette else predicted),
        data=b"".join(data),
        palette=palette,
    )


def _differences(image: Image.Image) -> Image.Image:
    """
    Take from each sample the one on its left, which deflates better (ISO 32000-1, 7.4.4.4).
    """
    left = Image.new(image.mode, image.size, (0,) * len(image.getbands()))
    left.paste(image, (1, 0))
    return ImageChops.subtract_modulo(image, left)
