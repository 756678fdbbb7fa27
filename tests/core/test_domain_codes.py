"""
Verification codes, by example.
"""

from __future__ import annotations

import pytest

from certcore.domain import format_code, new_code, normalize_code
from certcore.domain.codes import ALPHABET


def test_a_known_code() -> None:
    """
    The check character is the number modulo 37.
    """
    body = "0" * 24 + "1Z"  # 1 * 32 + 31 is 63, and 63 modulo 37 is 26

    assert body + "T" == normalize_code(body + "T")
    assert "T" == ALPHABET[26]
    assert normalize_code(body + "S") is None


def test_fresh_codes_can_be_read_and_differ() -> None:
    """
    Each of many is good, has 27 letters and digits, and is there once.
    """
    codes = [new_code() for _ in range(1000)]

    assert codes == [normalize_code(code) for code in codes]
    assert {27} == {len(code) for code in codes}
    assert set(ALPHABET) >= set("".join(codes))
    assert 1000 == len(set(codes))


def test_all_130_bits_are_random() -> None:
    """
    Every character of the body takes every value: nothing is left at zero.
    """
    bodies = [new_code()[:-1] for _ in range(2000)]

    assert 26 * 5 == 130
    assert [set(ALPHABET)] * 26 == [set(place) for place in zip(*bodies, strict=True)]


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "6R2K",
        "not a code",
        "0" * 26,
        "0" * 28,
        "U" + "0" * 26,  # there is no U
        "0" * 26 + "U",
        "0" * 26 + "*",
        "é" * 27,
        "٣" * 27,  # a digit, but not one of ours
        "0" * 26 + "1",
    ],
)
def test_what_cant_be_a_code(entered: str) -> None:
    """
    None, whatever was entered.
    """
    assert normalize_code(entered) is None


@pytest.mark.parametrize("symbol", "*~$=U")
def test_crockfords_extra_symbols_are_never_taken(symbol: str) -> None:
    """
    No code ends with one, so who enters one mistyped.
    """
    value = 32 + "*~$=U".index(symbol)
    body = "0" * 24 + ALPHABET[value >> 5] + ALPHABET[value & 31]

    assert normalize_code(body + symbol) is None


def test_look_alikes_case_and_grouping_are_taken() -> None:
    """
    What people misread and how they group is forgiven, invisible characters included.
    """
    code = zero_and_one()

    assert code == normalize_code(code.lower())
    assert code == normalize_code(code.replace("0", "O").replace("1", "I"))
    assert code == normalize_code(code.replace("0", "o").replace("1", "l"))
    assert code == normalize_code(f"  {format_code(code)}\n")
    assert code == normalize_code(format_code(code).replace("-", "\u2011"))
    assert code == normalize_code(format_code(code).replace("-", "\u00ad\u200b\u202f."))


def zero_and_one() -> str:
    while True:
        code = new_code()
        if {"0", "1"} <= set(code):
            return code


def test_grouped_for_print() -> None:
    """
    Groups of four, the last of three.
    """
    assert "0123-4567-89AB-CDEF-GHJK-MNPQ-RST" == format_code("0123456789ABCDEFGHJKMNPQRST")
