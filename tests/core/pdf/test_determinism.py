"""
The same compiled design, certificates and versions: the same bytes, wherever and in whatever order.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys

from pathlib import Path

import pytest


FOLDER = Path(__file__).parent / "data/compiled"

PINS = dict(line.split("==") for line in (FOLDER / "constraints.txt").read_text().split())


def differing() -> dict[str, str]:
    """
    Give packages that aren't of the version that the digest was made with.
    """
    found = {package: importlib.metadata.version(package) for package in PINS}
    return {package: version for package, version in found.items() if version != PINS[package]}


def digest(seed: int, *options: str) -> str:
    run = subprocess.run(
        [sys.executable, FOLDER / "draw.py", *options],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        check=True,
        text=True,
    )
    return run.stdout.strip()


def test_processes_agree():
    """
    Other hashes of strings, and another order.
    """
    assert digest(1) == digest(2, "--backwards")


@pytest.mark.skipif(
    bool(differing()),
    reason=f"nox -s determinism tells; installed are other versions: {differing()}",
)
def test_it_is_what_it_was():
    """
    A thousand certificates in many scripts have the digest that was written down.
    """
    written, name, version = (FOLDER / "digest.txt").read_text().split()

    assert importlib.metadata.version(name) == version, "python draw.py --write after a release"
    assert written == digest(3)
