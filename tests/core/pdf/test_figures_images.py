"""
Images look in a PDF file as they do by themselves.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pikepdf
import pypdfium2
import pytest

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageChops, ImageCms, ImageOps

from certcore.domain import Asset
from certcore.exceptions import LayoutError
from certcore.pdf._figures import EmbeddedImage, embed_image, image_box, image_size
from certcore.pdf._syntax import Objects


GRAY, RGB, INDEXED, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
BANDS = {GRAY: 1, RGB: 3, INDEXED: 1, GRAY_ALPHA: 2, RGBA: 4}
PAPER = (0, 128, 255)

ARITHMETIC = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhb"
    "WGkJ6jq62rZ4C8ybqmx5moq6T/yQALCAAIAAgBAREA/8wABgAQEAX/2gAIAQEAAD8AdKFxoP/Z"
)
"""A JPEG image of a kind that PDF hasn't."""


def asset(content: bytes) -> Asset:
    return Asset(slug="logo.png", content=content, sha256=hashlib.sha256(content).hexdigest())


def file_of(content: bytes, *, box: tuple[float, ...] | None = None) -> tuple[EmbeddedImage, bytes]:
    """
    Make a file that shows an image on colored paper, with two points around it.
    """
    objects = Objects()
    image = embed_image("logo", asset(content), objects)
    width, height = image.width + 4, image.height + 4
    drawn = image.draw("Im", box or (2, 2, image.width, image.height))
    paper = b"0 %f 1 rg 0 0 %d %d re f\n" % (128 / 255, width, height)
    data = paper + drawn
    stream = objects.add(b"<</Length %d>>\nstream\n%s\nendstream" % (len(data), data))
    tree = objects.reserve()
    page = objects.add(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R"
        b"/Resources<</XObject<</Im %d 0 R>>>>>>" % (tree, width, height, stream, image.number)
    )
    objects.put(tree, b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % page)
    root = objects.add(b"<</Type/Catalog/Pages %d 0 R>>" % tree)
    written, places = b"%PDF-1.7\n", list[int]()
    for number, body in objects:
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries)
    written += b"trailer\n<</Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (root, size, start)
    return image, written


def seen(file: bytes) -> Picture.Image:
    """
    Give what a viewer shows of the image, a pixel a point.
    """
    with pypdfium2.PdfDocument(file) as document:
        page = document[0].render(scale=1).to_pil().convert("RGB")
    return page.crop((2, 2, page.width - 2, page.height - 2))


@pytest.fixture
def entry() -> Iterator[Callable[[bytes], Any]]:
    """
    Give an image's object, as another library reads it.
    """
    with ExitStack() as opened:

        def read(file: bytes) -> Any:
            pdf = opened.enter_context(pikepdf.open(io.BytesIO(file)))
            assert [] == pdf.check_pdf_syntax()
            return pdf.pages[0].Resources.XObject.Im

        yield read


def difference(one: Picture.Image, other: Picture.Image) -> int:
    """
    Give the largest difference of any two samples.
    """
    assert one.size == other.size
    bands = ImageChops.difference(one, other).split()
    return max(int(band.getextrema()[1]) for band in bands)


def saved(image: Picture.Image, kind: str, **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def motley(mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> Picture.Image:
    """
    Make an image whose corners differ.
    """
    ramp = Picture.linear_gradient("L").resize(size)
    bands = [ramp, ramp.transpose(Picture.Transpose.ROTATE_180), Picture.new("L", size, 40)]
    bands[2].paste(200, (0, 0, size[0] // 3, size[1] // 2))
    return Picture.merge("RGB", bands).convert(mode)


# PNG files of all kinds, made by hand: Pillow writes few of them


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def packed(rows: Sequence[Sequence[Sequence[int]]], depth: int) -> bytes:
    """
    Write pixels, filtered in none of the ways that there are.
    """
    out = b""
    for row in rows:
        bits = "".join(f"{sample:0{depth}b}" for pixel in row for sample in pixel)
        bits += "0" * (-len(bits) % 8)
        out += b"\0" + int(bits, 2).to_bytes(len(bits) // 8)
    return out


def png_file(
    rows: Sequence[Sequence[Sequence[int]]],
    *,
    kind: int,
    depth: int,
    interlaced: bool = False,
    palette: bytes = b"",
    transparent: bytes = b"",
    behind: bytes = b"",
    parts: int = 1,
) -> bytes:
    """
    Write a PNG file.

    Args:
        rows: Of pixels, which are lists of samples.

        kind: Of colors, as PNG counts them.

        depth: Bits of a sample.

        interlaced: Whether it comes in seven passes.

        palette: Of colors.

        transparent: What is, as the kind has it.

        behind: What follows the samples.

        parts: Into how many chunks they are cut.
    """
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    passes = [*passes, (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for x, y, across, down in passes:
        chosen = [row[x::across] for row in rows[y::down]]
        raw += packed([row for row in chosen if row], depth)
    data = zlib.compress(raw + behind)
    step = -(-len(data) // parts)
    head = struct.pack(">LLBBBBB", len(rows[0]), len(rows), depth, kind, 0, 0, interlaced)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"PLTE", palette) if palette else b"",
            chunk(b"tRNS", transparent) if transparent else b"",
            *(chunk(b"IDAT", data[at : at + step]) for at in range(0, len(data), step)),
            chunk(b"IEND", b""),
        )
    )


@st.composite
def png_files(draw: st.DrawFn) -> tuple[bytes, Picture.Image]:
    """
    Draw a PNG file, and what it looks like on the paper.
    """
    kind = draw(st.sampled_from(sorted(BANDS)))
    depths = {GRAY: (1, 2, 4, 8, 16), INDEXED: (1, 2, 4, 8)}.get(kind, (8, 16))
    depth = draw(st.sampled_from(depths))
    width, height = draw(st.integers(1, 11)), draw(st.integers(1, 11))
    most = (1 << depth) - 1
    palette = b""
    if kind == INDEXED:
        colors = draw(st.integers(1, most + 1))
        palette = draw(st.binary(min_size=3 * colors, max_size=3 * colors))
        most = colors - 1
    pixels = st.lists(st.integers(0, most), min_size=BANDS[kind], max_size=BANDS[kind])
    few = draw(st.lists(pixels, min_size=1, max_size=6))
    row = st.lists(st.sampled_from(few), min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=height, max_size=height))
    transparent, clear = b"", None
    if kind in {GRAY, RGB} and draw(st.booleans()):
        clear = draw(st.sampled_from(few))
        transparent = struct.pack(f">{len(clear)}H", *clear)
    if kind == INDEXED and draw(st.booleans()):
        transparent = draw(st.binary(min_size=1, max_size=len(palette) // 3))

    def shown(pixel: Sequence[int]) -> tuple[int, ...]:
        if kind == INDEXED:
            at = pixel[0]
            alpha = transparent[at] if at < len(transparent) else 255
            return (*palette[3 * at : 3 * at + 3], alpha)
        levels = [sample >> 8 if depth == 16 else sample * 255 // most for sample in pixel]
        alpha = levels.pop() if kind in {GRAY_ALPHA, RGBA} else 255
        if clear is not None and (
            levels == [c >> 8 for c in clear] if depth == 16 else pixel == clear
        ):
            alpha = 0
        return (*(levels * 3)[:3], alpha)

    expected = Picture.new("RGBA", (width, height))
    for y, each in enumerate(rows):
        for x, pixel in enumerate(each):
            expected.putpixel((x, y), shown(pixel))
    paper = Picture.new("RGBA", expected.size, PAPER)
    content = png_file(
        rows,
        kind=kind,
        depth=depth,
        interlaced=draw(st.booleans()),
        palette=palette,
        transparent=transparent,
        parts=draw(st.integers(1, 3)),
    )
    return content, Picture.alpha_composite(paper, expected).convert("RGB")


@given(png_files())
def test_all_kinds_of_png(made):
    """
    Whatever their colors, depths, transparency and passes.
    """
    content, expected = made

    image, file = file_of(content)

    assert expected.size == (image.width, image.height) == image_size("logo", asset(content))
    assert difference(expected, seen(file)) <= 2


@pytest.mark.parametrize("interlaced", [True, False])
@pytest.mark.parametrize(
    "kind,depth,transparent,expected",
    [
        (GRAY, 1, b"", [(0, 0, 0), (255, 255, 255)]),
        (GRAY, 1, b"\0\1", [(0, 0, 0), PAPER]),
        (GRAY, 2, b"\0\1", [(0, 0, 0), PAPER]),
        (GRAY, 16, b"\0\1", [PAPER, PAPER]),
        (GRAY, 16, b"\1\0", [(0, 0, 0), (0, 0, 0)]),
        (INDEXED, 4, b"", [(10, 20, 30), (40, 50, 60)]),
        (INDEXED, 4, b"\xff\0", [(10, 20, 30), PAPER]),
    ],
)
def test_small_png_files(kind, depth, transparent, expected, interlaced):
    """
    One color of them is transparent, in the words of its kind.
    """
    palette = bytes(range(10, 70, 10)) if kind == INDEXED else b""
    rows = [[(0,), (1,)]] * 5
    content = png_file(
        rows,
        kind=kind,
        depth=depth,
        interlaced=interlaced,
        palette=palette,
        transparent=transparent,
    )

    picture = seen(file_of(content)[1])

    shown = [picture.getpixel((x, 3)) for x in range(2)]
    assert expected == [pytest.approx(each, abs=1) for each in shown]


def test_a_png_is_taken_over(entry):
    """
    Its samples aren't compressed anew, whatever their filters.
    """
    content = saved(motley(), "PNG")
    at = content.index(b"IDAT")
    length = int.from_bytes(content[at - 4 : at])

    image, file = file_of(content)

    assert content[at + 4 : at + 4 + length] == entry(file).read_raw_bytes()
    assert ("DeviceRGB", False) == (image.colors, image.transparent)
    assert difference(motley(), seen(file)) <= 1


@pytest.mark.parametrize("behind", [b"\0", b"\0\1\2\3" * 9])
def test_a_png_with_something_behind_its_samples(behind, entry):
    """
    It is compressed anew: not all readers would take it.
    """
    rows = [[(1, 2, 3), (4, 5, 6)], [(7, 8, 9), (200, 100, 0)]]
    content = png_file(rows, kind=RGB, depth=8, behind=behind)

    _, file = file_of(content)

    assert entry(file).DecodeParms.Predictor == 2
    assert bytes(sample for row in rows for pixel in row for sample in pixel) == (
        entry(file).read_bytes()
    )


def test_a_png_whose_end_is_damaged(entry):
    """
    If its pixels are all there, they are taken.
    """
    rows = [[(1,), (2,)]]
    whole = png_file(rows, kind=GRAY, depth=8)
    at = whole.index(b"IDAT")
    data = whole[at + 4 : -16]
    broken = chunk(b"IDAT", data[:-4]) + chunk(b"IDAT", b"\0\0\0\0")
    content = whole[: at - 4] + broken + chunk(b"IEND", b"")

    _, file = file_of(content)

    assert b"\1\2" == entry(file).read_bytes()


def test_a_large_image_with_transparency(entry):
    """
    It is compressed strip by strip.
    """
    picture = motley("RGBA", (300, 500))
    picture.putalpha(Picture.radial_gradient("L").resize((300, 500)))
    paper = Picture.new("RGBA", picture.size, PAPER)

    image, file = file_of(saved(picture, "PNG"))

    assert image.transparent
    assert difference(Picture.alpha_composite(paper, picture).convert("RGB"), seen(file)) <= 2
    assert picture.convert("RGB").tobytes() == entry(file).read_bytes()
    assert picture.getchannel("A").tobytes() == entry(file).SMask.read_bytes()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_an_alpha_channel_that_says_nothing(mode, entry):
    """
    It is left out, as PDF/A files and printers are better off without.
    """
    image, file = file_of(saved(motley(mode), "PNG"))

    assert not image.transparent
    assert "/SMask" not in entry(file)


@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("mode,colors", [("L", "DeviceGray"), ("RGB", "DeviceRGB")])
def test_a_jpeg_is_taken_over(mode, colors, progressive, entry):
    """
    It stays as it was compressed.
    """
    content = saved(motley(mode), "JPEG", progressive=progressive, quality=90)

    image, file = file_of(content)

    assert (colors, False) == (image.colors, image.transparent)
    assert content == entry(file).read_raw_bytes()
    assert "/" + colors == entry(file).ColorSpace
    shown = Picture.open(io.BytesIO(content)).convert("RGB")
    assert difference(shown, seen(file)) <= 3


def inks(value: int) -> Picture.Image:
    return Picture.new("CMYK", (16, 16), (value, 0, 0, 0))


@pytest.mark.parametrize("adobe", [True, False])
def test_inks(adobe, entry):
    """
    Adobe's programs write them the other way round, and say so.
    """
    content = saved(inks(255), "JPEG", quality=95)
    at = content.index(b"\xff\xee")
    if not adobe:
        content = content[:at] + content[at + 2 + int.from_bytes(content[at + 2 : at + 4]) :]

    image, file = file_of(content)

    assert "DeviceCMYK" == image.colors
    assert adobe == ("/Decode" in entry(file))
    # cyan, or all inks but cyan
    green = seen(file).getpixel((8, 8))[1]
    assert adobe == (green > 120)


def test_components_that_are_colors_themselves(entry):
    """
    Said by their names alone, which not all readers look at.
    """
    content = saved(motley(), "JPEG", quality=95, keep_rgb=True)
    at = content.index(b"\xff\xee") if b"\xff\xee" in content else -1
    if at >= 0:
        content = content[:at] + content[at + 16 :]
    while b"JFIF" in content:
        at = content.index(b"\xff\xe0")
        content = content[:at] + content[at + 2 + int.from_bytes(content[at + 2 : at + 4]) :]

    _, file = file_of(content)

    assert 0 == entry(file).DecodeParms.ColorTransform
    assert difference(motley(), seen(file)) <= 12


def test_what_a_camera_writes_stays_behind(entry):
    """
    Where a signature was photographed is nobody's business.
    """
    exif = Picture.Exif()
    exif[0x010E] = "Room 101"
    content = saved(motley(), "JPEG", exif=exif, comment=b"Ada's telephone")
    behind = b"\xff\xfe\0\x06note" + content

    _, file = file_of(content + behind)

    kept = entry(file).read_raw_bytes()
    assert b"Room 101" in content
    for secret in (b"Room 101", b"Ada's telephone", b"Exif", b"note"):
        assert secret not in kept
    plain = saved(motley(), "JPEG")
    assert plain == kept


def test_a_jpeg_without_an_end(entry):
    """
    If its pixels are all there, they are taken.
    """
    content = saved(motley(), "JPEG", quality=90)

    _, file = file_of(content + b"\0" * 20)

    assert content == entry(file).read_raw_bytes()


def test_a_jpeg_that_pdf_doesnt_know(entry):
    """
    It is compressed anew.
    """
    _, file = file_of(ARITHMETIC)

    assert "/FlateDecode" == entry(file).Filter
    expected = Picture.open(io.BytesIO(ARITHMETIC)).convert("RGB")
    assert difference(expected, seen(file)) <= 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(10))
def test_orientation(kind, orientation):
    """
    A photo stands upright, however the camera was held.
    """
    exif = Picture.Exif()
    exif[0x0112] = orientation
    content = saved(motley(), kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))
    expected = ImageOps.exif_transpose(Picture.open(io.BytesIO(content))).convert("RGB")

    image, file = file_of(content)

    assert expected.size == (image.width, image.height) == image_size("logo", asset(content))
    assert difference(expected, seen(file)) <= 10


@pytest.mark.parametrize("notes", [b"XX*\0\x08\0\0\0", b"II*\0", b""])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_notes_of_a_camera_that_are_damaged(kind, notes):
    """
    They don't matter.
    """
    content = saved(motley(), kind, exif=b"Exif\0\0" + notes)

    assert (40, 30) == image_size("logo", asset(content))


def profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_profile_is_kept(kind, entry):
    """
    Colors are meant as it says.
    """
    sound = profile("sRGB")
    content = saved(motley(), kind, icc_profile=sound)

    image, file = file_of(content)

    space = entry(file).ColorSpace
    assert ("/ICCBased", sound) == (space[0], space[1].read_bytes())
    assert (3, "/DeviceRGB") == (space[1].N, space[1].Alternate)
    assert "ICCBased" == image.colors
    assert difference(Picture.open(io.BytesIO(content)), seen(file)) <= 4


def test_a_profile_of_a_palette(entry):
    """
    It is that of the palette's colors.
    """
    indexed = motley().quantize(16)

    image, file = file_of(saved(indexed, "PNG", icc_profile=profile("sRGB")))

    space = entry(file).ColorSpace
    assert ("/Indexed", "/ICCBased") == (space[0], space[1][0])
    assert difference(indexed.convert("RGB"), seen(file)) <= 2
    assert "ICCBased" == image.colors


def changed(at: int, data: bytes) -> bytes:
    sound = profile("sRGB")
    return sound[:at] + data + sound[at + len(data) :]


@pytest.mark.parametrize(
    "broken",
    [
        b"short",
        profile("sRGB")[:-1],
        changed(36, b"????"),
        changed(16, b"CMYK"),
        changed(12, b"link"),
        changed(8, b"\5"),
        changed(128, b"\0\0\0\0"),
        changed(128, b"\0\0\0\x50"),
        changed(128, b"\xff\0\0\0"),
        changed(136, b"\xff\xff\xff\0"),
    ],
)
def test_a_profile_that_is_broken(broken):
    """
    It is left out, and the image is drawn.
    """
    image, file = file_of(saved(motley(), "PNG", icc_profile=broken))

    assert "DeviceRGB" == image.colors
    assert difference(motley(), seen(file)) <= 1


def test_one_file_gives_the_same_bytes():
    """
    Whenever it is written.
    """
    content = saved(motley("RGBA"), "PNG")

    assert file_of(content) == file_of(content)


def test_an_image_fills_its_box():
    """
    And nothing of its drawing is left behind.
    """
    content = saved(Picture.new("L", (40, 30)), "PNG")

    _, file = file_of(content, box=(12, 7, 20, 10))

    dark = seen(file).convert("L").point(lambda value: 255 if value < 20 else 0)
    assert (10, 15, 30, 25) == dark.getbbox()


# what is refused


def huge_png(width: int, height: int) -> bytes:
    """
    Make an image that says its size, and has no pixels.
    """
    content = bytearray(saved(Picture.new("1", (1, 1)), "PNG"))
    content[16:24] = struct.pack(">LL", width, height)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    return bytes(content)


def huge_jpeg(width: int, height: int) -> bytes:
    old, new = struct.pack(">HH", 5, 3), struct.pack(">HH", height, width)
    return saved(Picture.new("L", (3, 5)), "JPEG").replace(b"\x08" + old, b"\x08" + new, 1)


@pytest.mark.parametrize("make", [huge_png, huge_jpeg])
@pytest.mark.parametrize("side", [7_072, 13_000, 60_000])
def test_too_many_pixels(make, side):
    """
    Refused before they are read, with the size, the limit and what to do.
    """
    said = (
        f"element 'logo': logo.png has {side:,} × {side:,} pixels; "
        "at most 50 million are taken: save it smaller"
    )

    for use in (image_size, lambda *given: embed_image(*given, Objects())):
        with pytest.raises(LayoutError) as caught:
            use("logo", asset(make(side, side)))
        assert said == str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7",
        saved(motley(), "PNG")[:-80],
        saved(motley(), "JPEG")[:-80],
        saved(motley(), "GIF"),
        b"\x89PNG\r\n\x1a\n",
        png_file([[(0,)]], kind=INDEXED, depth=8),
    ],
)
def test_what_is_no_image(content):
    """
    The asset is named, and what to do.
    """
    said = (
        "element 'logo': logo.png isn't a PNG or JPEG image that can be read: "
        "upload it again as PNG"
    )

    with pytest.raises(LayoutError) as caught:
        embed_image("logo", asset(content), Objects())
    assert said == str(caught.value)


@pytest.mark.parametrize(
    "width,height,expected",
    [
        (40, None, (10, 20, 40, 20)),
        (None, 40, (10, 20, 80, 40)),
        (40, 40, (10, 30, 40, 20)),
        (100, 20, (40, 20, 40, 20)),
    ],
)
def test_the_place_of_an_image(width, height, expected):
    """
    Its proportions stay; it is centered in a box.
    """
    assert expected == pytest.approx(image_box((10, 20), width, height, (200, 100)))
