"""
A real project in a folder of its own: a gradebook as CSV, a PDF template, a font.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys

from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from click.testing import CliRunner, Result

from certcore_cli.main import certcore


START = "from certcore._script import main; main()"

COLUMNS = ("id", "name", "mail", "done", "total", "lang")

CONFIGURATION = """\
[issuers.uni]
name      = "Universidad de Ejemplo"
time_zone = "Europe/Madrid"
sender    = "Uni <certificates@uni.example>"

[sources.book]
use     = "files"
realm   = "campus"
path    = "gradebook.csv"
columns.id         = "id"
columns.name       = "name"
columns.email      = "mail"
columns.completion = "done"
columns.language   = "lang"
columns.grades     = { Total = "total" }

[types.completion]
title  = "Certificate of completion"
source = "book"
design = "diploma"
rule   = { completion = 0.90, grades = { Total = 0.60 } }

[contexts.bio101]
key   = "course-v1:Uni+BIO101+2026T1"
name  = "Introduction to Biology"
start = 2026-01-12
end   = 2126-06-30

[[configurations]]
context = "bio101"
type    = "completion"
"""

DESIGN = """\
template = "diploma.pdf"
fonts    = ["NotoSans.ttf"]

[elements.name]
text  = "{recipient.name}"
at    = [148.5, 98]
width = 230
align = "center"
size  = 34

[elements.code]
text = "{verification.code}"
at   = [20, 190]
"""

LEARNERS = (
    ("lzolc", "Łukasz Żółć", "lukasz@uni.example", 0.95, 0.83, "pl"),
    ("mobrien", "Máire Ní Bhriain", "maire@uni.example", 1.0, 0.61, "ga"),
    ("alopez", "Ada López", "ada@uni.example", 0.84, 0.90, "es"),
    ("nobody", "Nobody Yet", "nobody@uni.example", 0.2, 0.1, ""),
    ("ungraded", "Un Graded", "ungraded@uni.example", 0.97, "", ""),
)


class Campus:
    """
    A project, and the command line that works on it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def book(self, rows: Iterable[tuple[object, ...]]) -> None:
        with (self.folder / "gradebook.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(rows)

    def change(self, before: str, after: str, file: str = "certcore.toml") -> None:
        text = (self.folder / file).read_text("utf-8")
        assert before in text
        (self.folder / file).write_text(text.replace(before, after), "utf-8")

    def add(self, text: str, file: str = "certcore.toml") -> None:
        with (self.folder / file).open("a", encoding="utf-8") as opened:
            opened.write(text)

    def run(self, *words: object, **options: Any) -> Result:
        arguments = [*map(str, words[:1]), "-p", str(self.folder), *map(str, words[1:])]
        return CliRunner().invoke(certcore, arguments, **options)

    def json(self, *words: object) -> dict[str, Any]:
        result = self.run(*words, "--format", "json")
        found: dict[str, Any] = json.loads(result.stdout)
        assert found.pop("version") == 1
        return found

    def start(self, *words: object, **options: Any) -> subprocess.Popen[str]:
        env = {**os.environ, **options.pop("env", {})}
        if options.pop("unmeasured", False):
            env = {name: value for name, value in env.items() if not name.startswith("COVERAGE_")}
        return subprocess.Popen(
            [sys.executable, "-c", START, *map(str, words)],
            cwd=options.pop("cwd", self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding=options.pop("encoding", "utf-8"),
            env=env,
        )

    def code(self, learner: str) -> str:
        """
        Give the verification code of a learner's certificate.
        """
        found = self.json("list", "--person", learner)["certificates"]
        code: str = found[0]["code"]
        return code


def _template(path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(842, 595))
    canvas.rect(20, 20, 802, 555)
    canvas.save()


@pytest.fixture(scope="session")
def _assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assets")
    _template(folder / "diploma.pdf")
    packed = next(
        each
        for each in sorted(Path(str(resources.files("fontpkg_noto_sans"))).rglob("*.ttf"))
        if "Italic" not in each.name
    )
    shutil.copy(packed, folder / "NotoSans.ttf")
    return folder


@pytest.fixture
def make_campus(tmp_path: Path, _assets: Path) -> Callable[[], Campus]:
    def make() -> Campus:
        folder = tmp_path / "campus"
        (folder / "designs").mkdir(parents=True)
        shutil.copytree(_assets, folder / "assets")
        (folder / "certcore.toml").write_text(CONFIGURATION, "utf-8")
        (folder / "designs" / "diploma.toml").write_text(DESIGN, "utf-8")
        found = Campus(folder)
        found.book(LEARNERS)
        return found

    return make


@pytest.fixture
def campus(make_campus: Callable[[], Campus]) -> Campus:
    """
    Give a project in which two would get a certificate, two not yet, one can't be judged.
    """
    return make_campus()


@pytest.fixture
def issued(campus: Campus) -> Campus:
    """
    Give the same project after its first run.
    """
    assert campus.run("issue").exit_code == 0
    return campus
