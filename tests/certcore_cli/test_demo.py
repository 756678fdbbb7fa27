"""
`certcore demo`: what a newcomer sees first, and what the README says of it.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import unicodedata

from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp

from click.testing import CliRunner, Result

from certcore.bootstrap import load_project
from certcore_cli.main import certcore


README = Path(__file__).parents[2] / "README.md"
ROW = re.compile(r"^  (?P<learner>\S+) {2,}(?P<name>.*?) {2,}(?P<what>\S.*)$")
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}-[0-9A-Z]{3}\b")


_START = "from certcore._script import main; main()"


def run(*words: object) -> Result:
    return CliRunner().invoke(certcore, [str(word) for word in words])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    return folder, run("demo", folder)


@pytest.fixture
def again(first: tuple[Path, Result], tmp_path: Path) -> Path:
    """
    Give a demonstration that was run once, to be changed.
    """
    folder = tmp_path / "demo"
    shutil.copytree(first[0], folder)
    return folder


def sections(output: str) -> dict[str, dict[str, str]]:
    """
    Read the tables: what happened to whom, by configuration.
    """
    found: dict[str, dict[str, str]] = {}
    name = ""
    for line in output.splitlines():
        heading = re.search(r" · (\w+/\w+)$", line)
        if heading:
            name = heading[1]
        row = ROW.match(line)
        if row and row["learner"] != "Learner" and name and "/" not in row["learner"]:
            found.setdefault(name, {})[row["learner"]] = row["what"]
    return found


def certificates(folder: Path) -> list[Path]:
    return sorted((folder / "certificates").rglob("*.pdf"))


def messages(folder: Path) -> list[Path]:
    return sorted((folder / "outbox").glob("*.eml"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_folder_of_certificates(first: tuple[Path, Result]) -> None:
    """
    A course, a lesson and a pathway: files, a ledger and messages.
    """
    folder, result = first

    assert result.exit_code == 0, result.output
    counts = {path.name: len(list(path.iterdir())) for path in (folder / "pdfs").iterdir()}
    assert counts == {"bio101-completion": 24, "microscopy-lesson": 21, "science-pathway": 20}
    assert (len(certificates(folder)), len(messages(folder))) == (65, 62)
    assert (folder / "ledger.db").is_file()
    assert "65 certificates issued. Nobody was sent anything." in result.stdout


def test_what_happened_to_whom_and_why(first: tuple[Path, Result]) -> None:
    """
    A row for everybody who is in the reports.
    """
    told = sections(first[1].stdout)

    assert {name: len(rows) for name, rows in told.items()} == {
        "bio101/completion": 30,
        "microscopy/lesson": 30,
        "science/pathway": 35,
    }
    course, pathway = told["bio101/completion"], told["science/pathway"]
    assert course["lzolc"] == "issued: lzolc.pdf"
    assert course["mlee"] == "issued: mlee.pdf; no e-mail address, so no message"
    assert course["kmueller"] == "not yet: Total 47 % of 60 %"
    assert course["ghost"] == "skipped, line 30: no name"
    assert course["leaver"] == "skipped, line 31: not enrolled any more"
    assert told["microscopy/lesson"]["tsmith"] == "not yet: Total 68 % of 70 %"
    assert pathway["olena"] == "not yet: not enrolled in Chemistry"
    assert (
        pathway["kmueller"] == "not yet: Biology: Total 47 % of 60 %; Chemistry: Total 45 % of 60 %"
    )
    assert "issued 24, not yet 4, skipped 2. Files: " in first[1].stdout


def test_names_are_printed_as_they_are(first: tuple[Path, Result]) -> None:
    """
    Diacritics, scripts, capitals, quotes, an ampersand, the longest name on two lines.
    """
    folder, _ = first
    (report,) = (folder / "gradebooks").glob("Demo_BIO101_*_student_profile_info_*.csv")
    with report.open(encoding="utf-8-sig", newline="") as file:
        names = {row["username"]: row["name"] for row in csv.DictReader(file)}

    for path in (folder / "pdfs/bio101-completion").iterdir():
        content = path.read_bytes()
        page = pypdfium2.PdfDocument(content)[0]
        text = unicodedata.normalize("NFC", page.get_textpage().get_text_bounded())
        assert names[path.stem] in " ".join(text.split())
        metadata = pypdf.PdfReader(io.BytesIO(content)).metadata
        assert metadata is not None
        assert str(metadata["/Title"]) == f"Introduction to Biology – {names[path.stem]}"


def test_the_longest_name_is_broken_once(first: tuple[Path, Result]) -> None:
    """
    It stays readable, and within the frame.
    """
    page = pypdfium2.PdfDocument(first[0] / "pdfs/bio101-completion/wickrama.pdf")[0]
    lines = page.get_textpage().get_text_bounded().splitlines()

    assert [line.strip() for line in lines if "Wickrama" in line or "Gunawardana" in line] == [
        "Wickramasinghe Arachchige Don Priyantha",
        "Kulathunga Bandara Senanayake Gunawardana",
    ]


def test_the_code_is_printed_twice(first: tuple[Path, Result]) -> None:
    """
    The QR code says the address, with the code that is printed below it.
    """
    page = pypdfium2.PdfDocument(first[0] / "pdfs/science-pathway/apapado.pdf")[0]
    (read,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    printed = CODE.search(page.get_textpage().get_text_bounded())

    assert printed
    assert read.text == f"https://certificates.example.org/v/{printed[0].replace('-', '')}"


def test_spanish_for_who_speaks_it(first: tuple[Path, Result]) -> None:
    """
    The variant of the design is the recipient's, of whatever country.
    """
    folder = first[0] / "pdfs/bio101-completion"

    for name, opening in (
        ("agonzalez2", "Se certifica que"),
        ("zsofia", "This is to certify that"),
    ):
        page = pypdfium2.PdfDocument(folder / f"{name}.pdf")[0]
        assert opening in page.get_textpage().get_text_bounded()


def test_messages_bring_the_file(first: tuple[Path, Result]) -> None:
    """
    Each message is to one learner, with the certificate attached.
    """
    folder, _ = first
    attached: set[bytes] = set()
    for path in messages(folder):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert message["to"].endswith("@example.org")
        attached |= {part.get_content() for part in message.iter_attachments()}

    assert attached < {path.read_bytes() for path in certificates(folder)}
    assert len(attached) == 62


def test_run_again(again: Path) -> None:
    """
    Nothing new is issued, no message is written, and it says so.
    """
    before = {path: path.stat().st_mtime_ns for path in [*certificates(again), *messages(again)]}

    result = run("demo", again)

    assert result.exit_code == 0, result.output
    assert "bio101/completion: have one 24, not yet 4, skipped 2\n" in result.stdout
    assert "Nothing new: whoever has earned a certificate has it" in result.stdout
    after = {path: path.stat().st_mtime_ns for path in [*certificates(again), *messages(again)]}
    assert after == before


def test_what_is_suggested_works(
    first: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each command that is printed at the end can be typed as it stands.
    """
    monkeypatch.chdir(first[0].parent)
    printed = re.findall(r"^  certcore (.*)$", run("demo").stdout, re.MULTILINE)

    assert [re.sub("^-p demo ", "", line).split()[0] for line in printed] == [
        "verify",
        "explain",
        "evaluate",
        "demo",
    ]
    for line in printed:
        result = run(*shlex.split(line))
        assert result.exit_code == 0, result.output


def test_switched_on_later(again: Path) -> None:
    """
    Where something is new, everybody is listed: who has one, and whom nobody can judge.
    """
    edit(again / "terms/2026T1.toml", "enabled = false", "enabled = true")
    result = run("demo", again)

    told = sections(result.stdout)
    assert told["bio101/distinction"]["nalani"] == "can't be judged: no grade for 'Final Exam'"
    assert told["bio101/distinction"]["lzolc"] == "issued: lzolc.pdf"
    assert re.fullmatch(r"has one since \d+ \w+ \d{4}", told["bio101/completion"]["lzolc"])


def test_everything_switched_off(again: Path) -> None:
    """
    Where nothing is to be issued, nothing is.
    """
    edit(again / "terms/2026T1.toml", "enabled = true", "enabled = false")
    result = run("demo", again)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Nothing new")
    assert " explain " not in result.stdout


def test_taken_back(again: Path) -> None:
    """
    A certificate that was revoked isn't issued again.
    """
    with load_project(again).registrar() as registrar:
        found = next(each for each in registrar.find() if each.learner.id == "lzolc")
        registrar.revoke(found.id, reason="copied the exam", actor="board")
    edit(again / "terms/2026T1.toml", "enabled = false", "enabled = true")

    result = run("demo", again)

    assert sections(result.stdout)["bio101/completion"]["lzolc"] == "revoked: copied the exam"
    assert "have one 23, not yet 4, taken back 1, skipped 2. Files: " in result.stdout


def test_a_letter_that_no_font_has(tmp_path: Path) -> None:
    """
    Whose certificate can't be made is told so; everybody else gets theirs.
    """
    assert run("init", tmp_path / "demo").exit_code == 0
    (people,) = (tmp_path / "demo/gradebooks").glob("Demo_BIO101_*_profile_info_*")
    edit(people, "Олена Ґалаґан-Їжакевич", "𒀀")

    result = run("demo", tmp_path / "demo")

    told = sections(result.stdout)["bio101/completion"]
    assert result.exit_code == 1
    assert told["olena"].startswith("failed: element 'name': none of the design's fonts")
    assert told["thorunn"] == "issued: thorunn.pdf"


def test_a_gradebook_that_is_gone(again: Path) -> None:
    """
    What can't be read costs the others nothing.
    """
    for path in (again / "gradebooks").glob("Demo_CHEM101_*"):
        path.unlink()

    result = run("demo", again)

    assert result.exit_code == 1
    assert "science/pathway was failed: no grade report " in result.stdout
    assert "bio101/completion: have one 24" in result.stdout


def test_somebody_elses_project_is_left_alone(tmp_path: Path) -> None:
    """
    Real learners get nothing from a demonstration.
    """
    assert run("init", tmp_path).exit_code == 0
    edit(tmp_path / "certcore.toml", 'realm  = "demo"', 'realm  = "campus"')

    result = run("demo", tmp_path)

    assert result.exit_code == 2
    assert "certcore issue bio101/completion" in result.stderr.replace("\n", " ")
    assert not (tmp_path / "ledger.db").exists()


def test_a_folder_in_use(tmp_path: Path) -> None:
    """
    Nothing is put beside somebody's files.
    """
    (tmp_path / "thesis.txt").write_text("mine")

    result = run("demo", tmp_path)

    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_messages_go_to_the_folder_alone(tmp_path: Path) -> None:
    """
    Whatever a project says of messages, nobody is sent one by a demonstration.
    """
    assert run("init", tmp_path).exit_code == 0
    edit(tmp_path / "certcore.toml", 'path = "outbox"', 'path = "elsewhere"')

    assert run("demo", tmp_path).exit_code == 0
    assert (len(messages(tmp_path)), (tmp_path / "elsewhere").exists()) == (62, False)


def test_without_a_terminal(tmp_path: Path) -> None:
    """
    In a container's log, without a locale, it says the same and doesn't steer anything.
    """
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", _START, "demo"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert b"65 certificates issued." in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
    assert len(certificates(tmp_path / "demo")) == 65


def test_the_commands_of_the_readme() -> None:
    """
    Two, a line each; what they install exists.
    """
    blocks = re.findall(
        r"^```shell\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )

    see, work = blocks
    assert see == (
        "python3 -m venv .venv && .venv/bin/pip install --quiet '.[cli,fonts]' "
        "&& .venv/bin/certcore demo\n"
    )
    assert work == (
        ".venv/bin/pip install --quiet --editable '.[test]' && .venv/bin/python -m pytest\n"
    )


def test_the_example_of_the_readme(
    first: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    It runs as it stands, beside the folder of the demonstration.
    """
    shutil.copytree(first[0] / "assets", tmp_path / "demo/assets")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(
        r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )

    exec(compile(example, str(README), "exec"), {})  # noqa: S102  # that is the point

    assert len(list(Path("out").rglob("*.pdf"))) == 1
