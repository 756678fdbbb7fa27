"""
How the documentation is built: `sphinx-build -W -n --keep-going docs docs/_build/html`.
"""

from __future__ import annotations

import sys

from importlib.metadata import version as installed
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "certcore"
author = "The certcore authors"
copyright = author  # noqa: A001  # Sphinx' own name for it
release = installed("certcore")
version = ".".join(release.split(".")[:2])

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "certcore_reference",
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"certcore {version}"
# pages are read from a folder as well as from a server, and load nothing from anywhere else
html_copy_source = False

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": True}

nitpicky = True
suppress_warnings = ["config.cache"]
