"""
What is built is what is needed: the wheel has everything, and nothing that belongs elsewhere.
"""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import zipfile

from importlib.util import find_spec
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """
    The wheel, built from a copy of the sources.
    """
    if find_spec("hatchling") is None:
        why = "hatchling isn't installed, which builds the wheel"
        pytest.fail(why) if os.environ.get("CERTCORE_REQUIRE_SERVICES") == "1" else pytest.skip(why)
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    for name in ("src", "adapters", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder / "out"), str(folder)],
        check=True,
    )
    (built,) = (folder / "out").glob("certcore-*.whl")
    return zipfile.ZipFile(built)


def sources(folder: str) -> set[str]:
    """
    Give every file of a package, as it should be named in the wheel.
    """
    base = (ROOT / folder).parent
    return {
        file.relative_to(base).as_posix()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.mark.parametrize("folder", ["src/certcore", "adapters/cli/certcore_cli"])
def test_the_wheel_has_each_file_of_the_packages(wheel: zipfile.ZipFile, folder: str) -> None:
    """
    Markers for type checkers, sample files and all: none is lost on the way.
    """
    names = set(wheel.namelist())

    assert set() == sources(folder) - names


def test_the_wheel_has_the_files_that_are_easily_lost(wheel: zipfile.ZipFile) -> None:
    """
    Those without which something fails only where it is installed.
    """
    names = wheel.namelist()

    assert {"certcore/py.typed", "certcore_cli/py.typed"} <= set(names)
    for wanted in (
        "samples/project/certcore.toml",
        "samples/gradebooks/",
        "samples/project/terms/",
    ):
        assert any(name.startswith(f"certcore_cli/{wanted}") for name in names), wanted


def test_the_wheel_has_nothing_else(wheel: zipfile.ZipFile) -> None:
    """
    Neither tests nor documentation, and no package that would hide somebody else's.
    """
    tops = {name.partition("/")[0] for name in wheel.namelist()}

    assert {"certcore", "certcore_cli"} == {top for top in tops if not top.endswith(".dist-info")}


def test_the_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    """
    License, readme, command, plugins and extras are in its metadata.
    """
    (folder,) = {n.partition("/")[0] for n in wheel.namelist() if ".dist-info/" in n}
    metadata = email.message_from_bytes(wheel.read(f"{folder}/METADATA"))
    points = wheel.read(f"{folder}/entry_points.txt").decode()

    assert "Apache-2.0" == metadata["License-Expression"]
    assert metadata.get_payload()
    assert "certcore = certcore._script:main" in points
    assert all(f"{kind} = certcore.{kind}" in points for kind in ("generators", "retrievers"))
    assert {"all", "cli", "fonts"} <= set(metadata.get_all("Provides-Extra", []))
