"""
Packages of somebody else's, one for each port: built, installed, tested, and used by the CLI.
"""

from __future__ import annotations

import json
import mailbox
import os
import shutil
import sqlite3
import subprocess
import sys
import venv

from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest


PACKAGES = Path(__file__).parent / "packages"
NAMES = sorted(each.parent.name for each in PACKAGES.glob("*/pyproject.toml"))
PROJECT = {
    "certcore.toml": """
        [ledger]
        use = "onefile"

        [store]
        use = "cabinet"

        [notifier]
        use = "maildir"

        [issuers.school]
        name   = "Evening School"
        sender = "Evening School <office@example.org>"

        [sources.school]
        use   = "schoolbook"
        realm = "school"
        path  = "school.db"

        [types.completion]
        title  = "Certificate of completion"
        source = "school"
        design = "diploma"
        rule   = { grades = { Total = 0.60 } }

        [contexts.welding]
        key = "W1"

        [[configurations]]
        context = "welding"
        type    = "completion"
    """,
    "designs/diploma.toml": """
        use     = "svg"
        lines   = ["{recipient.name}", "has completed {context.name}"]
        picture = "seal.png"
    """,
}
SCHOOL = """
    CREATE TABLE courses (key, title, ends);
    CREATE TABLE results (course, number, name, mail, done, score);
    INSERT INTO courses VALUES ('W1', 'Welding 1', NULL);
    INSERT INTO results VALUES
        ('W1', 4711, 'Ada López', 'ada@example.org', 0.95, 83),
        ('W1', 4712, 'Łukasz Żółć', 'lukasz@example.org', 0.40, 55),
        ('W1', 4713, 'Siân Llywelyn', NULL, 0.90, 'late');
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def unavailable(why: str) -> None:
    if os.environ.get("CERTCORE_REQUIRE_SERVICES") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The interpreter of a new environment, with what is installed here and the packages' wheels.
    """
    if find_spec("hatchling") is None:
        unavailable("hatchling isn't installed, which builds the packages' wheels")
    folder = tmp_path_factory.mktemp("packages")
    # what the build leaves behind doesn't belong among the sources
    shutil.copytree(PACKAGES, folder / "sources")
    # what else is installed on the machine, plugins of pytest among it, is left out
    builder = venv.EnvBuilder(system_site_packages=False, with_pip=False)
    builder.create(folder / "venv")
    scripts = "Scripts" if os.name == "nt" else "bin"
    found = folder / "venv" / scripts / ("python.exe" if os.name == "nt" else "python")
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
    sources = [str(folder / "sources" / name) for name in NAMES]
    subprocess.run([*pip, *build, "-w", str(folder / "wheels"), *sources], check=True)
    wheels = sorted(map(str, (folder / "wheels").glob("certcore_*.whl")))
    install = ["install", "--quiet", "--no-deps", "--no-index", "--ignore-installed"]
    subprocess.run([*pip, *install, *wheels], check=True)
    return found


def test_each_package_passes_its_own_tests(python: Path, tmp_path: Path) -> None:
    """
    As their authors run them, with the suites and fixtures that come with certcore.
    """
    for name in NAMES:
        shutil.copytree(PACKAGES / name / "tests", tmp_path / name)
    done = subprocess.run(
        [python, "-m", "pytest", "-v", "-W", "error", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        # how these tests are run is no concern of theirs
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert [] == [name for name in NAMES if f"{name}/test_{name}.py::" not in done.stdout]


@pytest.fixture
def certcore(python: Path, tmp_path: Path) -> Run:
    """
    The command line, in a project that uses all of them.
    """
    for name, text in PROJECT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "seal.png").write_bytes(b"\x89PNG a seal")
    with closing(sqlite3.connect(tmp_path / "school.db")) as database:
        database.executescript(SCHOOL)

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


def test_providers_are_listed(certcore: Run) -> None:
    """
    `plugins` shows what each package offers, and names the package.
    """
    done = certcore("plugins", "--format", "json")

    assert 0 == done.returncode, done.stderr
    listed = json.dumps(json.loads(done.stdout))
    assert [] == [name for name in NAMES if f'"certcore-{name}"' not in listed]
    assert [] == [name for name in NAMES if f'"{name}"' not in listed]


def test_options_are_described(certcore: Run) -> None:
    """
    The options of a provider are shown from their declaration.
    """
    done = certcore("plugins", "svg")

    assert 0 == done.returncode, done.stderr
    assert "A PNG among the assets" in done.stdout


def test_options_are_checked(certcore: Run, tmp_path: Path) -> None:
    """
    `check` finds nothing wrong, and tells what is once something is.
    """
    good = certcore("check", "--online")
    design = tmp_path / "designs" / "diploma.toml"
    design.write_text('use = "svg"\nlines = ["{recipient.nam}"]\nsize = 0.5\n', "utf-8")
    bad = certcore("check")

    assert 0 == good.returncode, good.stdout + good.stderr
    assert 1 == bad.returncode
    said = bad.stdout + bad.stderr
    assert "{recipient.name}" in said
    assert "size" in said


def test_certificates_are_issued_once(certcore: Run, tmp_path: Path) -> None:
    """
    The retriever's facts are judged, the drawing is kept in the store and the award in the ledger,
    the learner is told; a bad record harms nobody else, and a second run repeats nothing.
    """
    first = certcore("issue", "welding/completion")
    again = certcore("issue", "welding/completion")

    said = first.stdout + first.stderr
    with closing(sqlite3.connect(tmp_path / "certificates.db")) as cabinet:
        # the design they were drawn with is kept there as well
        drawn = cabinet.execute("SELECT content FROM files WHERE key LIKE '%.svg'").fetchall()
    (drawing,) = [content.decode() for (content,) in drawn]
    assert ">Ada López</text>" in drawing, said
    assert ">has completed Welding 1</text>" in drawing
    assert ["ada@example.org"] == [mail["To"] for mail in mailbox.Maildir(tmp_path / "post")]
    assert "school.db, results, row 3" in said
    assert "nothing new" in again.stdout + again.stderr
