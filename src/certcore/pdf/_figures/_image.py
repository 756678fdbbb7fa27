"""
Images of PNG and JPEG files: checked, written as objects, and placed.
"""

from __future__ import annotations

from io import BytesIO

from attrs import field, frozen
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from certcore.domain import Asset
from certcore.exceptions import LayoutError
from certcore.pdf._figures._boxes import Box
from certcore.pdf._figures._jpeg import jpeg_samples
from certcore.pdf._figures._png import png_samples
from certcore.pdf._figures._profiles import is_sound
from certcore.pdf._figures._samples import Samples, pack_samples
from certcore.pdf._syntax import Objects, name, numbers, reference, stream


_PNG = b"\x89PNG\r\n\x1a\n"
_ORIENTATION = 0x0112

_MOST_PIXELS = 50_000_000
"""Each takes up to 4 bytes of memory. An A4 page at 600 dpi has 35 million."""

_UPRIGHT = 1
_TURNS: dict[int, tuple[int, int, int, int, int, int]] = {
    _UPRIGHT: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
"""From the picture as it is stored to the picture as it is meant, both in a square of side 1, by
orientation (Exif 2.3, table 6)."""


@frozen(kw_only=True)
class EmbeddedImage:
    """
    An image that has been written as an object.
    """

    number: int
    """Of the object."""
    width: int
    """In pixels, of the image as one sees it."""
    height: int
    colors: str
    """`DeviceGray`, `DeviceRGB`, `DeviceCMYK`, or `ICCBased` if it brings a profile of its own."""
    transparent: bool
    """Whether something behind it shows through."""
    _orientation: int = field(alias="orientation", repr=False)

    def draw(self, resource: str, box: Box) -> bytes:
        """
        Write the operators that draw it.

        Args:
            resource: The name that it has among the resources.

            box: What it fills. In points.
        """
        left, bottom, width, height = box
        a, b, c, d, e, f = _TURNS[self._orientation]
        matrix = numbers(
            a * width, b * height, c * width, d * height, e * width + left, f * height + bottom
        )
        return b"q %s cm %s Do Q\n" % (matrix, name(resource))


def image_size(element: str, asset: Asset) -> tuple[int, int]:
    """
    Give width and height of an image as one sees it, in pixels.

    Raises:
        certcore.exceptions.LayoutError:
            If it isn't a PNG or JPEG image that can be read to its end, or has too many pixels.
    """
    with _read(element, asset) as image:
        return _seen(image.size, _orientation(image))


def embed_image(element: str, asset: Asset, objects: Objects) -> EmbeddedImage:
    """
    Write an image as an object: once per file, however often it is drawn.

    Raises:
        certcore.exceptions.LayoutError:
            As `image_size` says.
    """
    with _read(element, asset) as image:
        opacity = None
        if isinstance(image, JpegImageFile):
            samples = jpeg_samples(image, asset.content) or pack_samples(image)
        else:
            try:
                samples, opacity = png_samples(image, asset.content)
            except ValueError as exc:
                raise _unreadable(element, asset) from exc
        profile = image.info.get("icc_profile") or b""
        if not is_sound(profile, samples.components):
            profile = b""
        space = _space(samples, profile, objects)
        entries = b"/ColorSpace%s%s" % (space, samples.entries)
        if opacity is not None:
            gray = pack_samples(opacity)
            mask = _write(b"/ColorSpace/DeviceGray" + gray.entries, opacity.size, gray, objects)
            entries += b"/SMask " + reference(mask)
        orientation = _orientation(image)
        width, height = _seen(image.size, orientation)
        return EmbeddedImage(
            number=_write(entries, image.size, samples, objects),
            width=width,
            height=height,
            colors="ICCBased" if profile else samples.colors,
            transparent=opacity is not None,
            orientation=orientation,
        )


def image_box(
    at: tuple[float, float],
    width: float | None,
    height: float | None,
    pixels: tuple[int, int],
) -> tuple[float, float, float, float]:
    """
    Give left, top, width and height of an image whose proportions stay, all in one unit.

    Args:
        at: Left and top of the room for it.

        width: Of the room. None if the height alone says how large it is; one of them has to.

        height: Of the room, or None. In a room that has both, it is centered.

        pixels: Width and height of the image as one sees it.
    """
    ratio = pixels[0] / pixels[1]
    drawn = min(each for each in (width, height and height * ratio) if each)
    tall = drawn / ratio
    left = at[0] + ((width or drawn) - drawn) / 2
    top = at[1] + ((height or tall) - tall) / 2
    return left, top, drawn, tall


def _read(element: str, asset: Asset) -> ImageFile:
    try:
        image = _opened(asset.content)
        width, height = image.size
        if width * height > _MOST_PIXELS:
            size = f"{width:,} × {height:,}"  # noqa: RUF001  # the sign that people know
            raise LayoutError(
                f"element {element!r}: {asset.slug} has {size} pixels; at most "
                f"{_MOST_PIXELS // 1_000_000} million are taken: save it smaller"
            )
        image.load()
    except (OSError, ValueError, SyntaxError) as exc:
        raise _unreadable(element, asset) from exc
    return image


def _unreadable(element: str, asset: Asset) -> LayoutError:
    return LayoutError(
        f"element {element!r}: {asset.slug} isn't a PNG or JPEG image that can be read: "
        "upload it again as PNG"
    )


def _opened(content: bytes) -> ImageFile:
    # Pillow's own open has a limit of its own, which it tells by a warning or without the size
    kind = PngImageFile if content.startswith(_PNG) else JpegImageFile
    return kind(BytesIO(content))


def _orientation(image: ImageFile) -> int:
    try:
        said = image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001  # damaged notes of a camera fail in any way, and don't matter
        said = None
    return said if said in _TURNS else _UPRIGHT


def _seen(stored: tuple[int, int], orientation: int) -> tuple[int, int]:
    width, height = stored
    return (width, height) if _TURNS[orientation][0] else (height, width)


def _space(samples: Samples, profile: bytes, objects: Objects) -> bytes:
    space = name(samples.colors)
    if profile:
        entries = b"/N %d/Alternate%s" % (samples.components, space)
        space = b"[/ICCBased %s]" % reference(objects.add(stream(entries, profile)))
    if samples.palette:
        last = len(samples.palette) // 3 - 1
        space = b"[/Indexed%s %d<%s>]" % (space, last, samples.palette.hex().encode())
    return space


def _write(entries: bytes, size: tuple[int, int], samples: Samples, objects: Objects) -> int:
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d" % size
    return objects.add(stream(head + entries, samples.data, compress=False))
