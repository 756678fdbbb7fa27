"""
What to type next: commands as whoever reads them can paste them.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys

from pathlib import Path


def program() -> str:
    """
    Give the command by which this program can be started again: `certcore`, or where it lies.
    """
    typed = Path(sys.argv[0])
    if typed.stem != "certcore" or not typed.is_file():
        return "certcore"
    found = shutil.which("certcore")
    if found is not None and Path(found).samefile(typed):
        return "certcore"
    return shlex.quote(shown(typed))


def shown(path: Path) -> str:
    """
    Give a path as seen from the current folder if it is in there, else whole.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)
