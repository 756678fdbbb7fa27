"""
Every check of the project under one name, the same here and in CI.

    nox --list
    nox -s lint
    nox -s "tests(extras='core')" -- tests/core/test_rules.py
"""

from __future__ import annotations

import shutil

from pathlib import Path

import nox


nox.needs_version = ">=2024.10.9"
nox.options.error_on_external_run = True
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "imports", "typing", "tests", "docs"]

EXTRAS = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]

TEST_TOOLS = [tool for tool in EXTRAS["test"] if not tool.startswith("certcore")]
# import-linter is written with click and rich, and the tests of the bare package mustn't meet them
CORE_TOOLS = [tool for tool in TEST_TOOLS if not tool.startswith("import-linter")]
LINT_TOOLS = [tool for tool in EXTRAS["dev"] if tool.startswith(("codespell", "ruff"))]
IMPORT_TOOLS = [tool for tool in TEST_TOOLS if tool.startswith("import-linter")]

# Tests draw, render and read back wherever they run.
PACKAGE = {
    "core": ".[fonts,preview]",
    "cli": ".[cli,fonts,preview]",
    "all": ".[all]",
}
SOURCE_PATHS = {"PYTHONPATH": "src:adapters/cli"}
COMPILED = "tests/core/pdf/data/compiled"
CORE_COVERAGE = ["report", "--include=src/certcore/*", "--fail-under=100"]


@nox.session
def lint(session: nox.Session) -> None:
    """
    Look for mistakes, odd formatting and misspelt words.
    """
    session.install(*LINT_TOOLS)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell")


@nox.session
def imports(session: nox.Session) -> None:
    """
    Hold the layers: imports point downwards only.
    """
    session.install(*IMPORT_TOOLS)
    # the sources are read, not run: nothing that they import is needed
    session.run("lint-imports", "--no-cache", env=SOURCE_PATHS)


@nox.session
def typing(session: nox.Session) -> None:
    """
    Check types as two checkers see them, a plugin author's code included.
    """
    session.install("-e", ".[dev]")
    session.run("mypy", "src", "adapters", "tests/typing")
    session.run("pyright")


@nox.session
@nox.parametrize("extras", list(PACKAGE))
def tests(session: nox.Session, extras: str) -> None:
    """
    Run the tests with the bare package, with the command line, with everything.
    """
    session.install("-e", PACKAGE[extras], *(CORE_TOOLS if extras == "core" else TEST_TOOLS))
    session.run("pytest", *session.posargs)


@nox.session
def tests_wheel(session: nox.Session) -> None:
    """
    Run the tests on the built wheel, or on the one behind `--installpkg`.
    """
    wheel, posargs = _wheel(session)
    session.install(f"certcore[all] @ {wheel.resolve().as_uri()}", *TEST_TOOLS)
    # the sources must not be what is tested
    session.run("python", "-c", "import certcore; assert 'site-packages' in certcore.__file__")
    session.run("pytest", *posargs)


def _wheel(session: nox.Session) -> tuple[Path, list[str]]:
    posargs = list(session.posargs)
    if "--installpkg" in posargs:
        at = posargs.index("--installpkg")
        return Path(posargs[at + 1]), posargs[:at] + posargs[at + 2 :]
    session.install("build")
    folder = Path(session.create_tmp()) / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "build", "--wheel", "--outdir", str(folder), silent=True)
    (wheel,) = folder.glob("*.whl")
    return wheel, posargs


@nox.session
def coverage(session: nox.Session) -> None:
    """
    Run all tests and refuse a core that isn't covered whole, branches included.
    """
    session.install("-e", PACKAGE["all"], *TEST_TOOLS)
    session.run("pytest", "--cov", "--cov-report=", *session.posargs)
    session.run("coverage", *CORE_COVERAGE)


@nox.session
def coverage_gate(session: nox.Session) -> None:
    """
    Refuse a core that isn't covered whole by the tests that have just run with `--cov`.
    """
    session.install(*(tool for tool in TEST_TOOLS if tool.startswith("coverage")))
    session.run("coverage", *CORE_COVERAGE)


@nox.session(python=["3.11", "3.13"])
def determinism(session: nox.Session) -> None:
    """
    Draw from a compiled design what was drawn before, with the versions of then, byte for byte.
    """
    session.install("-e", ".[fonts]", "-c", f"{COMPILED}/constraints.txt")
    session.run("python", f"{COMPILED}/draw.py", "--check")


@nox.session
def docs(session: nox.Session) -> None:
    """
    Build the documentation; a warning is an error.
    """
    session.install("-e", ".[docs]")
    session.run(
        *("sphinx-build", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build/html")
    )


@nox.session
def build(session: nox.Session) -> None:
    """
    Build the sdist, and the wheel from it, into dist/.
    """
    session.install("build")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")


@nox.session
def soak(session: nox.Session) -> None:
    """
    Run the tests that take long: many learners, many deaths.
    """
    session.install("-e", PACKAGE["all"], *TEST_TOOLS)
    session.run("pytest", "-m", "soak", *session.posargs, env={"HYPOTHESIS_PROFILE": "ci"})


@nox.session
def bench(session: nox.Session) -> None:
    """
    Measure baselines, stages, start, ledger and a large gradebook, in the pinned versions.
    """
    session.install(
        *("-e", PACKAGE["cli"], *TEST_TOOLS, "-c", "tests/benchmarks/constraints.txt"),
        *("-r", "tests/benchmarks/constraints.txt"),
    )
    session.run("pytest", "tests/benchmarks")
    session.chdir("tests")
    session.run("python", "-m", "benchmarks.run_baselines", *session.posargs)
    session.run("python", "-m", "benchmarks.run_stages")
    session.run("python", "-m", "benchmarks.run_start")
    session.run("python", "-m", "benchmarks.run_ledger")
    session.run("python", "-m", "benchmarks.run_gradebook")
