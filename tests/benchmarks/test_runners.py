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
