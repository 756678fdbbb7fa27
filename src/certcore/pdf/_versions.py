"""
What files depend on: names and versions, as they are recorded with each certificate.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import zlib

from collections.abc import Iterable, Iterator

import babel
import PIL
import pypdf
import segno

from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces import font_packages


_VERSION = 3
"""Raised with every change that shows in a file."""

_HARFBUZZ = f"harfbuzz {hb.version_string()}"


def versions(packages: Iterable[str]) -> Iterator[str]:
    """
    Give names and versions of those that are installed.
    """
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            yield f"{package} {importlib.metadata.version(package)}"


def _fonts() -> str:
    """
    Tell the fonts that come with packages from others, in few letters: there are many.
    """
    named = ", ".join(versions(font_packages()))
    return f"fonts {hashlib.sha256(named.encode()).hexdigest()[:12]}"


COMPILED_WITH = ", ".join(
    (
        _HARFBUZZ,
        f"pillow {PIL.__version__}",
        f"pypdf {pypdf.__version__}",
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
    )
)
"""What a design is compiled with."""

_DRAWN_WITH = ", ".join(
    (f"babel {babel.__version__}", _HARFBUZZ, f"segno {segno.__version__}", _fonts())
)


def engine(made_with: str) -> str:
    """
    Say what draws certificates of a design, given what that was compiled with.
    """
    return f"certcore-pdf {_VERSION} ({_DRAWN_WITH}; design: {made_with})"
