"""
Fonts that come as Python packages.
"""

from __future__ import annotations

import importlib.metadata

from importlib.util import find_spec
from pathlib import Path


_FAMILIES = "fontpkg.family"
"""The entry points by which the packages `fontpkg-*` say that they are installed."""


def package_folder(package: str) -> Path | None:
    """
    Say where a package's files are, without importing it; None if it isn't installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def installed_families(beginning: str) -> tuple[str, ...]:
    """
    Name the packages of font families that are installed, in the order of the alphabet.

    Args:
        beginning: Of the package's name: `fontpkg_noto_`.
    """
    found = importlib.metadata.entry_points(group=_FAMILIES)
    return tuple(sorted({each.value for each in found if each.value.startswith(beginning)}))
