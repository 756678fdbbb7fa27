"""
Where the bits of a QR code stand, and how they are protected against damage.

Numbers of clauses and tables are those of ISO/IEC 18004:2015.
"""

from __future__ import annotations

import functools

from collections.abc import Sequence
from itertools import product
from typing import Literal, TypeAlias


Level: TypeAlias = Literal["low", "medium", "quartile", "high"]

_VERSIONS = 40
# table 9: error correction codewords in a block of versions 1 to 40, then their numbers of blocks
_PROTECTION: dict[Level, str] = {
    "low": """
        7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30
        30 30 30 30 30 30 30 30 30 30
        1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21
        22 24 25
    """,
    "medium": """
        10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28
        28 28 28 28 28 28 28 28 28 28 28
        1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37
        38 40 43 45 47 49
    """,
    "quartile": """
        13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30
        30 30 30 30 30 30 30 30 30 30 30
        1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48
        51 53 56 59 62 65 68
    """,
    "high": """
        17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30
        30 30 30 30 30 30 30 30 30 30 30
        1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57
        60 63 66 70 74 77 81
    """,
}

_POLYNOMIAL = 0x11D  # 7.5.2: bytes are counted modulo x^8 + x^4 + x^3 + x^2 + 1
_UNITS = 255  # codewords but 0: each is a power of 2
_FINDER = 9  # modules on a side, with separator and format information
_TIMING = 6
_VERSIONED = 7  # from this version on, codes say their version: 7.10
_IRREGULAR = 32  # the one version whose alignment patterns keep another distance: Annex E


def side(version: int) -> int:
    """
    Give the number of modules on a side, without the quiet zone.
    """
    return 17 + 4 * version


@functools.lru_cache(maxsize=8)
def places(version: int) -> tuple[int, ...]:
    """
    Give where each bit of the message stands: row times side plus column (7.7.3).
    """
    size = side(version)
    taken = _taken(version)
    found: list[int] = []
    upwards = True
    for right in (*range(size - 1, _TIMING, -2), *range(_TIMING - 1, 0, -2)):
        rows = range(size - 1, -1, -1) if upwards else range(size)
        for row, column in product(rows, (right, right - 1)):
            if (row, column) not in taken:
                found.append(row * size + column)
        upwards = not upwards
    return tuple(found)


def _taken(version: int) -> set[tuple[int, int]]:
    """
    Give the modules that are the same in all codes of a version, or speak of the code itself.
    """
    size = side(version)
    whole = range(size)
    near, far = range(_FINDER), range(size - _FINDER + 1, size)
    taken = {*product(near, near), *product(near, far), *product(far, near)}
    taken |= {*product((_TIMING,), whole), *product(whole, (_TIMING,))}
    centers = _alignment(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row, column in product(centers, centers):
        if (row, column) not in corners:
            taken |= {*product(range(row - 2, row + 3), range(column - 2, column + 3))}
    if version >= _VERSIONED:
        beside = range(size - 11, size - 8)
        taken |= {*product(range(6), beside), *product(beside, range(6))}
    return taken


def _alignment(version: int) -> tuple[int, ...]:
    """
    Give rows and columns on which the centers of alignment patterns lie (Annex E).
    """
    if version == 1:
        return ()
    count = version // 7 + 2
    gaps = 2 * (count - 1)
    step = 26 if version == _IRREGULAR else -(-(4 * version + 4) // gaps) * 2
    last = side(version) - 7
    return (6, *sorted(last - step * place for place in range(count - 1)))


@functools.lru_cache(maxsize=16)
def codewords(version: int, level: Level) -> tuple[tuple[tuple[int, int], ...], ...]:
    """
    Say, for each codeword of data, which codewords of the message it shows in, and as which factor.

    The message is linear: each codeword in it is a sum of codewords of data, each times its factor
    (`times`). A codeword of data stands in it as it is, and shares in the error correction of its
    block (7.5, 7.6).
    """
    row = [int(number) for number in _PROTECTION[level].split()]
    protection, count = row[version - 1], row[_VERSIONS + version - 1]
    total = len(places(version)) // 8
    short = total // count - protection  # codewords of data in a short block
    lengths = [short + (block >= count - total % count) for block in range(count)]
    data = total - protection * count
    order = [
        (block, place)
        for place in range(short + 1)
        for block, length in enumerate(lengths)
        if place < length
    ]
    at = {where: place for place, where in enumerate(order)}
    remainders = _remainders(protection, short + 1)
    return tuple(
        (
            (at[block, place], 1),
            *(
                (data + count * nth + block, factor)
                for nth, factor in enumerate(remainders[length - 1 - place])
                if factor
            ),
        )
        for block, length in enumerate(lengths)
        for place in range(length)
    )


def _remainders(count: int, powers: int) -> Sequence[Sequence[int]]:
    """
    Divide x^count, x^(count + 1) and so on by the generator polynomial of that degree (7.5.2).
    """
    generator = [1]
    root = 1
    for _ in range(count):
        scaled = (times(factor, root) for factor in generator)
        generator = [one ^ other for one, other in zip([*generator, 0], [0, *scaled], strict=True)]
        root = times(root, 2)
    first = generator[1:]
    rows = [first]
    for _ in range(powers - 1):
        lead, *rest = rows[-1]
        rows.append(
            [one ^ times(lead, other) for one, other in zip([*rest, 0], first, strict=True)]
        )
    return rows


def times(one: int, other: int) -> int:
    """
    Multiply two codewords: polynomials over two elements, modulo that of 7.5.2.
    """
    if not (one and other):
        return 0
    powers, logarithms = _tables()
    return powers[logarithms[one] + logarithms[other]]


@functools.cache
def _tables() -> tuple[Sequence[int], Sequence[int]]:
    powers = [1]
    while len(powers) < _UNITS:
        doubled = powers[-1] << 1
        powers.append(doubled ^ (doubled >> 8) * _POLYNOMIAL)
    logarithms = {power: place for place, power in enumerate(powers)}
    return powers * 2, [0, *(logarithms[value] for value in range(1, _UNITS + 1))]
