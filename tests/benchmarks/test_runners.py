"""
What measures certcore itself still runs; how fast it is, is no matter of tests.
"""

import json
import subprocess
import sys

from pathlib import Path
from typing import Any

import pytest


pytest.importorskip("click")
pytest.importorskip("rich")


def run(name: str, tmp_path: Path, *options: str) -> tuple[str, Any]:
    """
    Run a benchmark; give what it printed, and the figures that it wrote.
    """
    file = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options, "--json", str(file)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_gradebook(tmp_path: Path) -> None:
    """
    Both sizes are run, and the second run finds nothing new.
    """
    options = ["--rows", "40", "--small", "20", "--new", "2", "--rounds", "1"]

    said, found = run("run_gradebook", tmp_path, *options)

    assert list(found["memory"]) == ["20", "40"]
    (each,) = found["rounds"]
    assert list(each) == ["loop", "nothing new", "evaluate"]
    assert "| nothing new |" in said


def test_start(tmp_path: Path) -> None:
    """
    Each round is kept, but for the one that warms up.
    """
    said, found = run("run_start", tmp_path, "--rounds", "2")

    assert list(map(len, found.values())) == [2, 2, 2]
    assert "| certcore --help |" in said


def test_engine(tmp_path: Path) -> None:
    """
    One process and two make certificates in each way, and every part that is timed takes part.
    """
    pytest.importorskip("cryptography")  # the way that sizes are compared with needs it
    folder = tmp_path / "files"
    folder.mkdir()
    options = ["--count", "4", "--files", "3", "--rounds", "2", "--folder", str(folder)]

    said, found = run("run_engine", tmp_path, *options, "--templates", "small", "libreoffice")

    assert [(each["way"], each["processes"], each["count"]) for each in found["many"]] == [
        ("hashed", 1, 4),
        ("hashed", 2, 4),
        ("joined", 1, 4),
        ("joined", 2, 4),
        ("files", 1, 3),
        ("files", 2, 3),
    ]
    assert list(found["templates"]) == ["small", "libreoffice"]
    idle = {part for part, took in found["parts"][0].items() if not took}
    assert idle == {"embed fonts of its own"}  # no name of theirs needs one
    assert "| 3 | files | 2 |" in said
    assert list(folder.iterdir()) == []


def test_ledger(tmp_path: Path) -> None:
    """
    The bare driver writes the same rows, or else it says so and fails.
    """
    said, found = run("run_ledger", tmp_path, "--count", "3", "--rounds", "2")

    assert list(found) == ["sqlite"]
    assert [list(each["bare"]) for each in found["sqlite"]] == [
        ["award", "lease", "record", "delivery"]
    ] * 2
    assert "| sqlite | delivery |" in said
