"""
QR codes are what segno makes, and are read as what they say.
"""

from __future__ import annotations

import io
import itertools
import random

from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
import zxingcpp

from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image as Picture

from certcore.domain import format_code
from certcore.domain.codes import ALPHABET
from certcore.exceptions import LayoutError
from certcore.pdf._figures import Matrix, QrMaker, QrPlace
from certcore.pdf._figures._linear_qr import ALPHANUMERIC, learn_shape, pack
from certcore.pdf._figures._qr_layout import places, times


LEVELS: Any = ("low", "medium", "quartile", "high")
CODES = st.text(ALPHABET, min_size=27, max_size=27)
ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
CODE = "7K9WQX3MTB7C5D0FHENPVZ1AE6R"
SAMPLE = "6R2K9WQX3MTB7C5D0FHENPVZ1AE"


def by_segno(message: str, level: str, **options: Any) -> Any:
    return segno.make_qr(message, error=level[0], boost_error=False, **options)


def rows(matrix: Matrix) -> list[list[int]]:
    """
    Spell the modules out.
    """
    wide = len(matrix.bits) // matrix.size * 8
    bits = f"{int.from_bytes(matrix.bits):0{wide * matrix.size}b}"
    return [
        [int(bit) for bit in bits[row * wide : row * wide + matrix.size]]
        for row in range(matrix.size)
    ]


def drawn(*contents: bytes, width: float, height: float) -> bytes:
    """
    Make a file with a page for each content.
    """
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        for content in contents:
            pdf.add_blank_page(page_size=(width, height)).Contents = pdf.make_stream(content)
        pdf.save(output)
    return output.getvalue()


def pictures(content: bytes, *, scale: float) -> list[Picture.Image]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def read(picture: Picture.Image) -> str | None:
    found = zxingcpp.read_barcode(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return found and found.text


@given(st.integers(1, 40), st.sampled_from(LEVELS), st.integers(0, 7), st.booleans(), st.data())
def test_shapes_of_all_versions(version, level, mask, alphanumeric, data):
    """
    What varies may stand anywhere, and be of any length.
    """
    letters = st.sampled_from(ALPHANUMERIC) if alphanumeric else ASCII
    most = 4 if version == 1 else 3 * version
    length = data.draw(st.integers(1, most))
    start = data.draw(st.integers(0, length - 1))
    stop = data.draw(st.integers(start + 1, length))
    first = data.draw(st.text(letters, min_size=length, max_size=length))
    part = data.draw(st.text(letters, min_size=stop - start, max_size=stop - start))
    second = first[:start] + part + first[stop:]
    mode = "alphanumeric" if alphanumeric else "byte"
    fixed = {"version": version, "mask": mask, "mode": mode}
    one, other = (by_segno(each, level, **fixed) for each in (first, second))

    shape = learn_shape(
        first,
        pack(one.matrix),
        version=version,
        level=level,
        mode=mode,
        part=slice(start, stop),
    )

    assert pack(other.matrix) == shape.modules(second)


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version(version):
    """
    Its layout is segno's.
    """
    level = LEVELS[version % 4]
    one, other = ("".join(random.Random(seed).choices(ALPHABET, k=7)) for seed in (1, 2))  # noqa: S311  # nobody's codes
    fixed = {"version": version, "mask": version % 8, "mode": "byte"}
    first, second = (pack(by_segno(each, level, **fixed).matrix) for each in (one, other))

    shape = learn_shape(
        one, first, version=version, level=level, mode="byte", part=slice(0, len(one))
    )

    assert second == shape.modules(other)


@pytest.mark.parametrize("version", range(1, 41))
def test_every_module_is_accounted_for(version):
    """
    Bits of the message, finders, timing, alignment, format and version make up the square.
    """
    found = places(version)

    # ISO/IEC 18004:2015, table 1: what is left over after whole codewords
    remainder = len(found) % 8
    assert remainder == (
        7
        if 2 <= version <= 6
        else 3
        if 14 <= version <= 20 or version in range(28, 35)
        else 4
        if 21 <= version <= 27
        else 0
    )
    assert len(set(found)) == len(found)


@given(*[st.integers(0, 255)] * 3)
def test_codewords_are_numbers_of_a_field(one, other, third):
    """
    They are multiplied by the rules that hold for other numbers, exclusive or being their sum.
    """
    assert times(one, other) == times(other, one)
    assert times(times(one, other), third) == times(one, times(other, third))
    assert times(one, other ^ third) == times(one, other) ^ times(one, third)
    assert (one, 0) == (times(one, 1), times(one, 0))


@given(
    st.text(ASCII, max_size=60),
    CODES,
    st.text(ASCII, max_size=20),
    st.booleans(),
    st.sampled_from(LEVELS),
)
def test_codes_in_a_message(before, code, after, grouped, level):
    """
    They are segno's, with version and mask of the message with another code.
    """
    say = format_code if grouped else str
    sample = before + say(SAMPLE) + after
    mode = "alphanumeric" if set(sample) <= set(ALPHANUMERIC) else "byte"
    other = by_segno(sample, level, mode=mode)
    message = before + say(code) + after
    assume(code not in before and message.find(say(code)) == len(before))
    expected = by_segno(message, level, mode=mode, version=other.version, mask=other.mask)

    made = QrMaker("qr", level)(message, code=code)

    assert [list(row) for row in expected.matrix] == rows(made)


@given(st.text(ASCII, min_size=1, max_size=80), st.sampled_from(LEVELS))
def test_messages_without_a_code(message, level):
    """
    They are segno's as it likes.
    """
    expected = by_segno(message, level)

    assert [list(row) for row in expected.matrix] == rows(QrMaker("qr", level)(message))


@pytest.mark.parametrize(
    "message,code",
    [
        ("https://example.org/v/4711", "4711"),
        (f"https://example.org/v/{CODE}", "4711"),
        ("https://example.org/", CODE),
        (f"https://example.org/{CODE.lower()}", CODE.lower()),
        (f"https://bücher.example/{CODE}", CODE),
    ],
)
def test_messages_of_another_kind(message, code):
    """
    Codes of other systems, or none, or letters beyond ASCII: made one by one.
    """
    mode = {} if message.isascii() else {"mode": "byte", "encoding": "utf-8"}
    expected = by_segno(message, "medium", **mode)

    made = QrMaker("qr", "medium")(message, code=code)

    assert [list(row) for row in expected.matrix] == rows(made)


def test_a_code_that_is_said_twice():
    """
    It is right all the same.
    """
    message = f"{CODE} {format_code(CODE)} {CODE}"
    made = QrMaker("qr", "low")(message, code=CODE)
    place = QrPlace(left=0, bottom=0, size=100)

    (picture,) = pictures(drawn(place.draw(made), width=100, height=100), scale=3)

    assert message == read(picture)


def test_a_thousand_codes_are_read():
    """
    Of any level, quiet zone and pair of colors.
    """
    chance = random.Random(4)  # noqa: S311  # nobody's codes
    addresses = (
        "https://certificates.example.org/v/{}",
        "HTTPS://EXAMPLE.ORG/{}",
        "{}",
        "https://example.org/?code={}&lang=en#top",
    )
    colors = (("#000000", ""), ("#003300", "#ffeedd"), ("#1f4e79", "#FFFFFF"), ("#aa0000", ""))
    variants = itertools.cycle(
        itertools.product(LEVELS, addresses, colors, (4, 2, 6), (str, format_code))
    )
    cell, across = 70.0, 10
    contents: list[bytes] = []
    messages: list[list[str]] = []
    for _ in range(10):
        content, said = b"", list[str]()
        for place in range(100):
            level, address, (color, background), quiet, say = next(variants)
            code = "".join(chance.choices(ALPHABET, k=27))
            said.append(address.format(say(code)))
            row, column = divmod(place, across)
            content += QrPlace(
                left=column * cell + 2.5,
                bottom=(across - 1 - row) * cell + 2.5,
                size=cell - 5,
                color=color,
                background=background,
                quiet_zone=quiet,
            ).draw(QrMaker("qr", level)(said[-1], code=code))
        contents.append(content)
        messages.append(said)

    found: list[list[str | None]] = []
    side = cell * 3
    for picture in pictures(drawn(*contents, width=700, height=700), scale=3):
        corners = [(place % across * side, place // across * side) for place in range(100)]
        found.append([read(picture.crop((x, y, x + side, y + side))) for x, y in corners])

    assert messages == found


@pytest.mark.parametrize(
    "message", ["Привет", "Ñandú", "東京", "https://example.org/?n=Иван", "ﻣﺮﺣﺒﺎ", "12345"]
)
def test_any_script_is_read(message):
    """
    Whatever a reader is used to.
    """
    place = QrPlace(left=10, bottom=10, size=80)

    (picture,) = pictures(
        drawn(place.draw(QrMaker("qr", "medium")(message)), width=100, height=100), scale=3
    )

    assert message == read(picture)


def test_a_code_fills_its_place():
    """
    Modules are as large as they have to be; the background takes the quiet zone in.
    """
    matrix = QrMaker("qr", "low")("x")
    bare = QrPlace(left=10, bottom=20, size=42, quiet_zone=0)
    backed = QrPlace(left=10, bottom=20, size=29, quiet_zone=4, background="#ff0000")

    one, other = pictures(
        drawn(bare.draw(matrix), backed.draw(matrix), width=80, height=80), scale=4
    )

    assert (10 * 4, (80 - 62) * 4, 52 * 4, 60 * 4) == ink(one)
    assert (10 * 4, (80 - 49) * 4, 39 * 4, 60 * 4) == ink(other)
    dark = other.convert("L").point(lambda value: 255 if value < 40 else 0).getbbox()
    assert (14 * 4, (80 - 45) * 4, 35 * 4, 56 * 4) == dark


def ink(picture: Picture.Image) -> tuple[int, int, int, int] | None:
    return picture.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox()


def test_no_light_shows_between_modules():
    """
    At any size, the finder's dark square is dark all over.
    """
    matrix = QrMaker("qr", "low")("x")
    for size in (33.3, 47.1, 50.9):
        place = QrPlace(left=1.7, bottom=2.3, size=size, quiet_zone=0)
        (picture,) = pictures(drawn(place.draw(matrix), width=60, height=60), scale=2.7)
        module = size / matrix.size * 2.7
        left, top = 1.7 * 2.7, (60 - 2.3 - size) * 2.7
        inside = [left + 2 * module + 1, top + 2 * module + 1]
        inside += [left + 5 * module - 1, top + 5 * module - 1]
        assert (0, 0) == picture.convert("L").crop([round(edge) for edge in inside]).getextrema()


def test_what_follows_is_drawn_as_before():
    """
    Nothing of a code's drawing is left behind.
    """
    place = QrPlace(left=10, bottom=10, size=20, color="#ff0000", background="#00ff00")
    content = place.draw(QrMaker("qr", "low")("x")) + b"40 40 10 10 re f\n"

    (picture,) = pictures(drawn(content, width=60, height=60), scale=1)

    assert (0, 0, 0) == picture.getpixel((45, 15))


@pytest.mark.parametrize(
    "message,why",
    [
        ("", "its QR code would say nothing"),
        ("x" * 3000, "3000 characters are too many for a QR code"),
        (f"{CODE}{'x' * 3000}", "3027 characters are too many for a QR code"),
        ("a\ud800", r"a QR code can't say 'a\\ud800': correct its text"),
    ],
)
def test_what_no_code_says(message, why):
    """
    The element is named.
    """
    with pytest.raises(LayoutError, match=f"element 'check': {why}"):
        QrMaker("check", "medium")(message, code=CODE)
