"""
A package of somebody else's, with a retriever and a generator of its own, works through the CLI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest


PLUGIN = Path(__file__).parent / "sample_plugin"
PROJECT = {
    "certcore.toml": """
        [issuers.school]
        name   = "Evening School"
        sender = "Evening School <office@example.org>"

        [sources.book]
        use   = "attendance"
        realm = "school"
        book  = "attendance.txt"

        [types.attended]
        title  = "Certificate of attendance"
        source = "book"
        design = "letter"
        rule   = { facts = { hours = 5 } }

        [contexts.welding]
        key  = "W1"
        name = "Welding 1"

        [[configurations]]
        context = "welding"
        type    = "attended"
    """,
    "designs/letter.toml": """
        use  = "letter"
        text = "{recipient.name} was there for {facts.hours} hours of {context.name}."
    """,
    "attendance.txt": (
        "2026-03-02;W1;4711;Ada López;2.5\n"
        "2026-03-02;W1;4712;Łukasz Żółć;2.5\n"
        "2026-03-02;S1;4713;Siân Llywelyn;8\n"
        "2026-03-09;W1;4711;Ada López;2.5\n"
        "2026-03-09;W1;4712;Łukasz Żółć;late\n"
    ),
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def unavailable(why: str) -> None:
    if os.environ.get("CERTCORE_REQUIRE_SERVICES") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The interpreter of a new environment, with what is installed here and the plugin's wheel.
    """
    if find_spec("hatchling") is None:
        unavailable("hatchling isn't installed, which builds the plugin's wheel")
    folder = tmp_path_factory.mktemp("plugin")
    # what the build leaves behind doesn't belong among the sources
    shutil.copytree(PLUGIN, folder / "source")
    builder = venv.EnvBuilder(system_site_packages=True, with_pip=False)
    builder.create(folder / "venv")
    environment = folder / "venv"
    scripts = "Scripts" if os.name == "nt" else "bin"
    found = environment / scripts / ("python.exe" if os.name == "nt" else "python")
    # the base interpreter's packages aren't this environment's, if that is one itself
    own = subprocess.run(
        [found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()
    here = [
        path for path in sys.path if path and Path(path).is_dir() and path.endswith("-packages")
    ]
    Path(own, "outer.pth").write_text(
        "".join(f"import site; site.addsitedir({path!r})\n" for path in here), "utf-8"
    )
    pip = [found, "-m", "pip", "--disable-pip-version-check"]
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    wheels = str(folder / "wheels")
    subprocess.run([*pip, *build, "-w", wheels, str(folder / "source")], check=True)
    (wheel,) = Path(wheels).glob("certcore_attendance-*.whl")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--ignore-installed"]
    subprocess.run([*pip, *install, str(wheel)], check=True)
    return found


@pytest.fixture
def certcore(python: Path, tmp_path: Path) -> Run:
    """
    The command line, in a project that uses the plugin.
    """
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        main = "from certcore._script import main; main()"
        return subprocess.run(
            [python, "-c", main, *arguments],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )

    return run


def test_its_providers_are_listed(certcore: Run) -> None:
    """
    `plugins` shows what it offers, and names the package.
    """
    done = certcore("plugins", "--format", "json")

    assert 0 == done.returncode, done.stderr
    listed = json.dumps(json.loads(done.stdout))
    assert all(word in listed for word in ("attendance", "letter", "certcore-attendance"))


def test_its_options_are_described(certcore: Run) -> None:
    """
    The options of a provider are shown from their declaration.
    """
    done = certcore("plugins", "letter")

    assert 0 == done.returncode, done.stderr
    assert "Where lines are broken" in done.stdout


def test_its_options_are_checked(certcore: Run, tmp_path: Path) -> None:
    """
    `check` finds nothing wrong, and tells what is once something is.
    """
    good = certcore("check", "--online")
    design = tmp_path / "designs" / "letter.toml"
    design.write_text('use = "letter"\ntext = "{recipient.nam}"\nwidth = 5\n', "utf-8")
    bad = certcore("check")

    assert 0 == good.returncode, good.stdout + good.stderr
    assert 1 == bad.returncode
    said = bad.stdout + bad.stderr
    assert "{recipient.name}" in said
    assert "width" in said


def test_its_certificates_are_issued_once(certcore: Run, tmp_path: Path) -> None:
    """
    The retriever's facts are judged, the generator's letters stored, a bad line harms nobody else.
    """
    first = certcore("issue", "welding/attended")
    again = certcore("issue", "welding/attended")

    letters = list((tmp_path / "certificates").rglob("*.txt"))
    assert ["Ada López was there for 5 hours of Welding 1.\n"] == [
        letter.read_text("utf-8") for letter in letters
    ], first.stdout + first.stderr
    assert "attendance.txt line 5" in first.stdout + first.stderr
    assert "nothing new" in again.stdout + again.stderr
