"""
What is written can be read back by those who read PDF.
"""

from __future__ import annotations

import io
import math
import zlib

import pytest

from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import ByteStringObject, NameObject, TextStringObject, read_object

from certcore.pdf._syntax import Objects, name, number, numbers, reference, stream, string


def read(written: bytes):
    return read_object(io.BytesIO(written + b" "), None)


@given(st.floats(-1e8, 1e8) | st.integers(-(10**8), 10**8))
def test_numbers(value):
    """
    No exponent, no negative zero, four decimals.
    """
    written = number(value)

    assert set(written) <= set(b"-.0123456789")
    assert written != b"-0"
    assert math.isclose(float(written), value, abs_tol=0.00006)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e12])
def test_what_is_no_number_for_a_file(value):
    """
    It is refused before somebody else has to guess.
    """
    with pytest.raises(ValueError, match="no number for a PDF file"):
        number(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_texts(text):
    """
    Whatever their letters.
    """
    found = read(string(text))

    assert isinstance(found, (TextStringObject, ByteStringObject))
    # UTF-16 without letters is a mark alone, which pypdf keeps
    assert text == str(found).removeprefix("\ufeff") or text.startswith("\ufeff")


def test_half_a_character():
    """
    It can't be written.
    """
    with pytest.raises(ValueError, match="surrogates"):
        string("\ud800")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_names(text):
    """
    Delimiters and letters beyond ASCII are escaped.
    """
    written = name(text)

    assert written.isascii()
    assert NameObject("/" + text) == read(written)


def test_small_things():
    """
    A blank between numbers, a generation in references.
    """
    assert b"1 -0.5 0" == numbers(1, -0.5, -0.0)
    assert b"12 0 R" == reference(12)


def test_objects_are_numbered():
    """
    In the order of asking; a gap or a second writing is a mistake of ours.
    """
    objects = Objects()
    first = objects.reserve()

    assert (1, 2) == (first, objects.add(b"two"))
    with pytest.raises(LookupError, match="object 1"):
        list(objects)
    objects.put(first, b"one")
    assert [(1, b"one"), (2, b"two")] == list(objects)
    assert 2 == len(objects)
    with pytest.raises(ValueError, match="object 1 has been written"):
        objects.put(first, b"again")


def test_streams():
    """
    As they are, or deflated.
    """
    assert b"<</A 1/Length 2>>\nstream\nab\nendstream" == stream(b"/A 1", b"ab", compress=False)
    packed = stream(b"/A 1", b"ab" * 100)
    assert packed.startswith(b"<</A 1/Filter/FlateDecode/Length ")
    data = packed.partition(b"stream\n")[2].removesuffix(b"\nendstream")
    assert b"ab" * 100 == zlib.decompress(data)
