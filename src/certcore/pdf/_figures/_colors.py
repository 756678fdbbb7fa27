"""
Colors as operators of a content stream.
"""

from __future__ import annotations

import functools

from certcore.pdf._syntax import numbers


def fill(color: str) -> bytes:
    """
    Say which color shapes are filled with: `#rrggbb`, taken as sRGB.
    """
    return _components(color) + b" rg"


def stroke(color: str) -> bytes:
    """
    Say which color lines are drawn in.
    """
    return _components(color) + b" RG"


@functools.lru_cache(256)
def _components(color: str) -> bytes:
    return numbers(*(share / 255 for share in bytes.fromhex(color.removeprefix("#"))))
