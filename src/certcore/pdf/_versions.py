"""
What files depend on: names and versions, as they are recorded with each certificate.
"""

from __future__ import annotations

import importlib.metadata
import zlib

from typing import Any

import babel
import PIL
import pypdf
import segno
import uharfbuzz


_VERSION = 3
"""Raised with every change that shows in a file."""

_HARFBUZZ: Any = uharfbuzz  # it has no types
_HARFBUZZ_VERSION = f"harfbuzz {_HARFBUZZ.version_string()}"
_FONTS = ("fontpkg-noto-sans", "manimgx-fonts", "noto-cjk-sans-otc")


def _fonts() -> tuple[str, ...]:
    found: list[str] = []
    for package in _FONTS:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return tuple(found)


COMPILED_WITH = ", ".join(
    (
        _HARFBUZZ_VERSION,
        f"pillow {PIL.__version__}",
        f"pypdf {pypdf.__version__}",
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
    )
)
"""What a design is compiled with."""

_DRAWN_WITH = ", ".join(
    (f"babel {babel.__version__}", _HARFBUZZ_VERSION, f"segno {segno.__version__}", *_fonts())
)


def engine(made_with: str) -> str:
    """
    Say what draws certificates of a design, given what that was compiled with.
    """
    return f"certcore-pdf {_VERSION} ({_DRAWN_WITH}; design: {made_with})"
