"""
Each import contract is shown to fail when it is broken: one that can't fail holds nothing.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys

from pathlib import Path

import pytest


pytest.importorskip("importlinter")

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """
    A copy of the sources in which anything may be planted.
    """
    ignored = shutil.ignore_patterns("__pycache__", "samples")
    for folder in ("src", "adapters"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> tuple[int, str]:
    path = os.pathsep.join([str(tree / "src"), str(tree / "adapters" / "cli")])
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def plant(tree: Path, file: str, line: str) -> None:
    path = tree / file
    path.write_text(f"{path.read_text('utf-8') if path.exists() else ''}\n{line}\n", "utf-8")


def test_the_sources_keep_every_contract(tree: Path) -> None:
    """
    As it stands, nothing is broken.
    """
    code, said = lint(tree)

    assert 0 == code, said


UPWARDS = [
    ("domain/learners.py", "certcore.rules"),
    ("rules/_minimum.py", "certcore.ports"),
    ("ports/_catalog.py", "certcore.placeholders"),
    ("placeholders/_table.py", "certcore.config"),
    ("config/_spans.py", "certcore.plugins"),
    ("plugins/_provider.py", "certcore.registrar"),
    ("registrar/_values.py", "certcore.messages"),
    ("pdf/_compiling.py", "certcore.generators"),
    ("http/_client.py", "certcore.retrievers"),
    ("retrievers/_cells.py", "certcore.bootstrap"),
    ("bootstrap/__init__.py", "certcore.testing"),
]
SIDEWAYS = [
    ("retrievers/_cells.py", "certcore.storage"),
    ("ledgers/_base.py", "certcore.notifiers"),
    ("generators/__init__.py", "certcore.assets"),
    ("pdf/_compiling.py", "certcore.messages"),
    ("http/_client.py", "certcore.messages"),
]


@pytest.mark.parametrize("file,imported", [*UPWARDS, *SIDEWAYS])
def test_an_import_upwards_or_sideways_is_refused(tree: Path, file: str, imported: str) -> None:
    """
    A layer knows what lies below it; not what lies above, nor its siblings.
    """
    package = tree / "src" / "certcore"
    if not (package / file).exists():  # a layer may be one module or a package
        file = f"{Path(file).parts[0]}.py"
    plant(tree, f"src/certcore/{file}", f"import {imported}")

    code, said = lint(tree)

    assert 1 == code
    assert "Imports of the core point downwards only BROKEN" in said
    assert imported in said


def test_a_module_without_a_layer_is_refused(tree: Path) -> None:
    """
    Whoever adds a module says where it belongs.
    """
    plant(tree, "src/certcore/utilities.py", "import certcore.domain")

    code, said = lint(tree)

    assert 1 == code
    assert "certcore.utilities" in said


def test_the_core_may_not_know_an_adapter(tree: Path) -> None:
    """
    The command line calls the core, and not the other way round.
    """
    plant(tree, "src/certcore/registrar/_values.py", "import certcore_cli")

    code, said = lint(tree)

    assert 1 == code
    assert "The core doesn't know its adapters BROKEN" in said


@pytest.mark.parametrize("framework", ["django", "celery", "click", "rich"])
def test_the_core_may_not_import_a_framework(tree: Path, framework: str) -> None:
    """
    A host without these can use the core, in whatever layer the import would stand.
    """
    plant(tree, "src/certcore/retrievers/_cells.py", f"import {framework}")

    code, said = lint(tree)

    assert 1 == code
    assert "The core is free of Django, Celery, click and rich BROKEN" in said


@pytest.mark.parametrize(
    "file,library",
    [
        ("domain/learners.py", "cattrs"),
        ("rules/_minimum.py", "sqlalchemy"),
        ("exceptions.py", "httpx"),
    ],
)
def test_the_domain_may_not_import_a_library(tree: Path, file: str, library: str) -> None:
    """
    Values and rules are to be understood, and tested, with nothing else at hand.
    """
    plant(tree, f"src/certcore/{file}", f"import {library}")

    code, said = lint(tree)

    assert 1 == code
    assert "The domain and its rules need attrs and nothing else BROKEN" in said


def imported_by(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_the_domain_imports_the_standard_library_and_attrs_only() -> None:
    """
    The contract lists what is forbidden; here is what is allowed, whatever else gets installed.
    """
    core = ROOT / "src" / "certcore"
    files = [core / "exceptions.py", *core.glob("domain/*.py"), *core.glob("rules/*.py")]

    strange = {
        f"{file.relative_to(core)}: {name}"
        for file in files
        for name in imported_by(file)
        if name not in {"attrs", "certcore", *sys.stdlib_module_names}
    }

    assert set() == strange
