"""
`certcore init`: the project it writes, and what it does where it can't write one.
"""

from __future__ import annotations

import errno
import io
import re
import sys
import tomllib

from pathlib import Path

import pypdf
import pypdfium2
import pytest

from click.testing import CliRunner, Result
from PIL import Image

from certcore_cli import _program
from certcore_cli._signature import draw_signature
from certcore_cli._template import COMPLETION, PATHWAY, Style, draw_template
from certcore_cli.main import certcore


COMMENTED_OUT = re.compile(r"^# (?=\w+ +=)", re.MULTILINE)
IN_COMMENT = re.compile(r"#.*?certcore ([a-z]+)")


def run(*words: object) -> Result:
    return CliRunner().invoke(certcore, [str(word) for word in words])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "project"
    assert run("init", folder).exit_code == 0
    return folder


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_a_project_needs_is_written(project: Path) -> None:
    """
    Configuration, a term, designs, what they name, the font's license, and gradebooks.
    """
    written = files(project)

    assert {name for name in written if not name.startswith("gradebooks/")} == {
        ".gitignore",
        "assets/NotoSans-Italic.ttf",
        "assets/NotoSans-LICENSE.txt",
        "assets/NotoSans.ttf",
        "assets/diploma.pdf",
        "assets/pathway.pdf",
        "assets/signature.png",
        "certcore.toml",
        "designs/diploma.es.toml",
        "designs/diploma.toml",
        "designs/pathway.toml",
        "terms/2026T1.toml",
    }
    assert {re.sub(r"\d{4}-\d\d-\d\d-\d{4}", "…", name) for name in written if ".csv" in name} == {
        "gradebooks/Demo_BIO101_2026T1_grade_report_….csv",
        "gradebooks/Demo_BIO101_2026T1_student_profile_info_….csv",
        "gradebooks/Demo_CHEM101_2026T1_grade_report_….csv",
        "gradebooks/Demo_CHEM101_2026T1_student_profile_info_….csv",
    }
    assert "SIL OPEN FONT LICENSE" in (project / "assets/NotoSans-LICENSE.txt").read_text("utf-8")


def test_it_passes_the_check(project: Path) -> None:
    """
    Nothing is wrong with a new project, and its sources can be read.
    """
    result = run("check", "--online", "--project", project)

    assert result.exit_code == 0, result.output
    assert "no problems" in result.output


def test_what_is_commented_out_would_do(project: Path, tmp_path: Path) -> None:
    """
    Settings in comments are good as they stand.
    """
    changed = tmp_path / "project"
    for name in files(project):
        content = (project / name).read_bytes()
        if name == "certcore.toml":
            text, count = COMMENTED_OUT.subn("", content.decode())
            assert count == 2
            assert "page" in tomllib.loads(text)["issuers"]["demo"]
            content = text.encode()
        (changed / name).parent.mkdir(parents=True, exist_ok=True)
        (changed / name).write_bytes(content)

    assert run("check", "--project", changed).exit_code == 0


def test_commands_in_comments_exist(project: Path) -> None:
    """
    What comments tell to type is there.
    """
    said = "\n".join(path.read_text("utf-8") for path in project.rglob("*.toml"))
    commands = set(IN_COMMENT.findall(said))

    assert {"check", "evaluate", "preview"} <= commands
    assert [name for name in sorted(commands) if run(name, "--help").exit_code] == []


def test_the_configuration_that_waits_is_off_and_good(project: Path) -> None:
    """
    Who would get the distinction can be asked for; one learner can't be judged.
    """
    result = run("evaluate", "bio101/distinction", "--all", "--project", project)

    assert result.exit_code == 0, result.output
    assert "can't be judged: no grade for 'Final Exam'" in result.output


def test_the_next_commands_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whoever has made a project is told what to type, from wherever they stand.
    """
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    result = run("init", tmp_path / "my project")

    assert f"A project was made in {tmp_path / 'my project'}\n" in result.stdout
    assert f"  certcore -p '{tmp_path / 'my project'}' issue bio101/completion " in result.stdout


def test_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An empty folder is filled and stays the same folder; a repository counts as empty.
    """
    (tmp_path / ".git").mkdir()
    before = tmp_path.stat().st_ino
    monkeypatch.chdir(tmp_path)

    result = run("init")

    assert result.exit_code == 0, result.output
    assert "  certcore check " in result.stdout
    assert (Path("certcore.toml").is_file(), Path().stat().st_ino) == (True, before)
    assert not list(tmp_path.glob(".certcore-*"))


def test_the_folder_named_as_the_project(tmp_path: Path) -> None:
    """
    `-p` says where, as it does for every other command.
    """
    assert run("init", "-p", tmp_path / "project").exit_code == 0
    assert (tmp_path / "project/certcore.toml").is_file()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    """
    Nothing is written where something is; it is named, the first of it at least.
    """
    for number in range(10):
        (tmp_path / f"{number}.txt").write_text("mine")

    result = run("init", tmp_path)

    assert result.exit_code == 2
    assert "isn't empty; 0.txt, 1.txt, " in result.stderr.replace("\n", " ")
    assert "7.txt and 2 more is in it" in result.stderr.replace("\n", " ")
    assert files(tmp_path) == {f"{number}.txt" for number in range(10)}


def test_a_project_is_left_alone(project: Path) -> None:
    """
    What was changed in a project isn't overwritten.
    """
    result = run("init", project)

    assert result.exit_code == 2
    assert "has a project already" in result.stderr


def test_without_the_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is said what to install, and nothing is left behind.
    """
    monkeypatch.setitem(sys.modules, "fontpkg_noto_sans", None)

    result = run("init", tmp_path / "project")

    assert result.exit_code == 1
    assert "pip install 'certcore[fonts]'" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [True, False], ids=["existing", "new"])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    """
    Half a project is none: nothing is left behind.
    """
    folder = tmp_path / "project"
    if there:
        folder.mkdir()
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "signature.png":
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("init", folder)

    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert files(tmp_path) == set()
    assert list(tmp_path.rglob("*")) == ([folder] if there else [])


def test_stopped_while_a_folder_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What was put into an existing folder is taken out again.
    """
    rename = Path.rename

    def stopped(self: Path, target: Path) -> Path:
        if self.name == "certcore.toml":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    result = run("init", tmp_path)

    assert result.exit_code != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("style", [COMPLETION, PATHWAY], ids=["completion", "pathway"])
def test_templates(style: Style) -> None:
    """
    One page, A4 landscape, ink along the edges and none in the corners, no text; always the same.
    """
    content = draw_template(style)

    page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    assert page.extract_text() == ""
    picture = pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil().convert("RGB")
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    assert len(set(picture.crop((20, 100, 50, 200)).get_flattened_data())) > 20
    assert len(content) < 40_000
    assert draw_template(style) == content


def test_the_signature() -> None:
    """
    A picture that lets the paper through.
    """
    picture = Image.open(io.BytesIO(draw_signature()))

    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (500, 200))
    assert picture.getchannel("A").getextrema() == (0, 255)


def test_how_the_program_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    By its name where that finds it, else by where it lies, as seen from here.
    """
    script = tmp_path / "my venv" / "certcore"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")

    monkeypatch.setattr(sys, "argv", ["/somewhere/pytest"])
    assert _program.program() == "certcore"

    monkeypatch.setattr(sys, "argv", [str(script)])
    assert _program.program() == "'my venv/certcore'"
    made = run("init", "project").stdout
    assert "  'my venv/certcore' -p project check " in made

    monkeypatch.setenv("PATH", str(script.parent))
    assert _program.program() == "certcore"


def test_paths_elsewhere_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A path is shortened only where that is simpler.
    """
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert _program.shown(Path("demo")) == "demo"
    assert _program.shown(tmp_path / "there") == str(tmp_path / "there")
