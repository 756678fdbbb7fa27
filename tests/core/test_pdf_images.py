"""
Images of many pixels, which would take much memory.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest

from PIL import Image as Picture

from certcore.domain import Asset
from certcore.exceptions import LayoutError
from certcore.pdf._figures import image_size


def asset(content: bytes) -> Asset:
    return Asset(slug="b2.png", content=content, sha256=hashlib.sha256(content).hexdigest())


def png(width: int, height: int) -> bytes:
    """
    Make an image that says its size, and has no pixels.
    """
    output = io.BytesIO()
    Picture.new("1", (1, 1)).save(output, "PNG")
    content = bytearray(output.getvalue())
    content[16:24] = struct.pack(">LL", width, height)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    return bytes(content)


def jpeg(width: int, height: int) -> bytes:
    output = io.BytesIO()
    Picture.new("L", (3, 5)).save(output, "JPEG")
    old, new = struct.pack(">HH", 5, 3), struct.pack(">HH", height, width)
    return output.getvalue().replace(b"\x08" + old, b"\x08" + new, 1)


@pytest.mark.parametrize("make", [png, jpeg])
@pytest.mark.parametrize("side", [7_072, 13_000, 60_000])
@pytest.mark.filterwarnings("error")
def test_an_image_of_too_many_pixels_is_refused(make, side):
    """
    Before it is read, with its size, the limit and what to do.
    """
    said = (
        f"element 'logo': b2.png has {side:,} × {side:,} pixels; "
        "at most 50 million are taken: save it smaller"
    )

    with pytest.raises(LayoutError) as caught:
        image_size("logo", asset(make(side, side)))

    assert said == str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_image_of_any_sensible_size_is_taken(kind):
    """
    Its size is width, then height.
    """
    output = io.BytesIO()
    Picture.new("L", (40, 30)).save(output, kind)

    assert (40, 30) == image_size("logo", asset(output.getvalue()))
