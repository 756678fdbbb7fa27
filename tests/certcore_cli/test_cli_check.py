"""
`certcore check`, `plugins`, `preview`: before anything is issued.
"""

from __future__ import annotations

import io
import shutil

from pathlib import Path
from typing import Any

import pypdf
import pytest

from PIL import Image


BIO = "bio101/completion"
TEMPLATES = Path(__file__).parents[1] / "core" / "pdf" / "data" / "templates"


def test_a_good_project_has_no_problems(campus: Any) -> None:
    """
    No problems: exit code 0, and the configurations are named.
    """
    text = campus.run("check")

    assert 0 == text.exit_code
    assert "1 configuration, no problems: bio101/completion." in text.stderr
    assert {
        "ok": True,
        "configurations": [BIO],
        "problems": [],
        "online": [],
        "remarks": [{"file": "designs/diploma.toml", "message": "PDF/A-2b: yes"}],
    } == campus.json("check")


def test_all_problems_are_told_file_by_file(campus: Any) -> None:
    """
    Each problem has its file, its path, what is wrong and what to write instead.
    """
    campus.change("completion = 0.90", "completion = 90")
    campus.change('design = "diploma"', 'design = "diploma"\ndessign = "x"')
    campus.change("{recipient.name}", "{recipient.nmae}", "designs/diploma.toml")

    text = campus.run("check")
    document = campus.json("check")

    assert 1 == text.exit_code
    assert "certcore.toml\n  types.completion" in text.stdout
    assert "Did you mean 0.9" in text.stdout
    assert "Did you mean 'design'?" in text.stdout
    assert "designs/diploma.toml\n  elements.name.text" in text.stdout
    assert f"{len(document['problems'])} problems. Nothing was changed." in text.stderr
    assert not document["ok"]
    assert {"certcore.toml", "designs/diploma.toml"} == {
        problem["file"] for problem in document["problems"]
    }


def test_what_keeps_files_from_archives_is_told(campus: Any) -> None:
    """
    Each reason on a line, design by design, those included that no configuration uses; since none
    is a problem, the exit code stays 0.
    """
    shutil.copy(TEMPLATES / "ghostscript-unembedded.pdf", campus.folder / "assets" / "old.pdf")
    design = (campus.folder / "designs" / "diploma.toml").read_text("utf-8")
    small = design.replace("diploma.pdf", "old.pdf").split("[elements.name]")[0]
    for name in ("diploma.es", "other"):
        (campus.folder / "designs" / f"{name}.toml").write_text(small, "utf-8")

    text = campus.run("check")
    document = campus.json("check")

    reasons = [
        f"PDF/A-2b: no: the template: its font {font} isn't embedded"
        for font in ("DejaVuSerif", "Helvetica")
    ]
    assert [
        ["designs/diploma.toml", "PDF/A-2b: yes"],
        *(["designs/diploma.es.toml", reason] for reason in reasons),
        *(["designs/other.toml", reason] for reason in reasons),
    ] == [line.split(maxsplit=1) for line in text.stdout.splitlines()]
    assert (0, True) == (text.exit_code, document["ok"])
    assert "no problems" in text.stderr
    assert (
        text.stdout.split()
        == " ".join(
            f"{remark['file']} {remark['message']}" for remark in document["remarks"]
        ).split()
    )


def test_a_design_with_problems_has_no_remarks(campus: Any) -> None:
    """
    The others have theirs all the same, below the problems.
    """
    design = (campus.folder / "designs" / "diploma.toml").read_text("utf-8")
    campus.add(design.replace("diploma.pdf", "dipolma.pdf"), "designs/diploma.es.toml")

    text = campus.run("check")

    assert 1 == text.exit_code
    assert "Did you mean 'diploma.pdf'?" in text.stdout
    assert ["designs/diploma.toml", "PDF/A-2b:", "yes"] == text.stdout.splitlines()[-1].split()
    assert 1 == text.stdout.count("PDF/A-2b")


def test_a_problem_stops_other_commands_with_the_same_words(campus: Any) -> None:
    """
    What needs a broken configuration lists its problems, on stderr, without a traceback.
    """
    campus.change("completion = 0.90", "completion = 90")

    result = campus.run("issue", BIO)

    assert (1, "") == (result.exit_code, result.stdout)
    assert "Did you mean 0.9" in result.stderr
    assert f"certcore -p {campus.folder} check" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_toml_is_told(campus: Any) -> None:
    """
    Nothing can be read then, and where the mistake is is said.
    """
    campus.add("[oops")

    result = campus.run("check")

    assert 1 == result.exit_code
    assert "isn't TOML" in result.stderr


def test_no_configurations_is_said(campus: Any) -> None:
    """
    An empty project is in order, and does nothing.
    """
    campus.change('[[configurations]]\ncontext = "bio101"\ntype    = "completion"\n', "")

    assert "no configurations either" in campus.run("check").stderr


def test_show_prints_what_holds_and_where_it_stands(campus: Any) -> None:
    """
    The merged values are printed as TOML, each with its file and table.
    """
    campus.add('\n[defaults]\nmax_new = 7\ngate = { close = "14 days after end" }\n')

    text = campus.run("check", "--show", BIO)
    document = campus.json("check", "--show", BIO)

    lines = [" ".join(line.split()) for line in text.stdout.splitlines()]
    assert BIO == lines[0]
    assert "max_new 7 certcore.toml: defaults" in lines
    assert 'gate.close "14 days after end" certcore.toml: defaults' in lines
    assert (
        "rule { completion = 0.9, grades = { Total = 0.6 } } certcore.toml: types.completion"
    ) in lines
    found = {setting["path"]: setting for setting in document["settings"]}
    assert {"completion": 0.9, "grades": {"Total": 0.6}} == found["rule"]["value"]
    assert "types.completion" == found["rule"]["where"]
    assert 1 == campus.run("check", "--show", "bio101/nothing").exit_code


def test_online_asks_the_source(campus: Any) -> None:
    """
    --online says of each enabled configuration whether its source can be read.
    """
    good = campus.run("check", "--online")
    (campus.folder / "gradebook.csv").unlink()
    bad = campus.run("check", "--online")
    document = campus.json("check", "--online")

    assert 0 == good.exit_code
    assert good.stdout.startswith("bio101/completion\n  ok ")
    assert ["designs/diploma.toml", "PDF/A-2b:", "yes"] == good.stdout.splitlines()[-1].split()
    assert 1 == bad.exit_code
    assert "error" in bad.stdout
    assert "1 problem. Nothing was changed." in bad.stderr
    assert "no problems" not in bad.stderr
    assert "error" in [finding["level"] for finding in document["online"]]


def test_plugins_lists_what_is_installed(campus: Any) -> None:
    """
    Built-ins are plugins like any other; no project is needed.
    """
    listed = {(each["kind"], each["name"]) for each in campus.json("plugins")["providers"]}

    assert {("retriever", "openedx-reports"), ("generator", "pdf"), ("ledger", "sql")} <= listed
    assert "openedx-reports" in campus.run("plugins").stdout


def test_plugins_describes_options(campus: Any) -> None:
    """
    Each option has its path, kind, default and what it is for; records and unions are opened up.
    """
    pdf, files = campus.run("plugins", "pdf").stdout, campus.run("plugins", "files").stdout
    document = campus.json("plugins", "pdf")

    assert "  template, asset, required\n" in pdf
    assert "elements.NAME, if it has 'qr':" in pdf
    assert "elements.NAME.fit.lines, int, else 1\n" in pdf
    assert "columns.id, text, required\n" in files
    assert "email_ids, bool, else false\n" in files
    assert "Of each context or step, under 'options':" in files
    elements = next(
        each for each in document["providers"][0]["options"] if each["name"] == "elements"
    )
    assert 5 == len(elements["item"]["variants"])


def test_an_unknown_plugin_is_a_mistake(campus: Any) -> None:
    """
    A name that nobody offers is refused.
    """
    assert 2 == campus.run("plugins", "nothing").exit_code


def test_a_preview_is_a_pdf_with_made_up_values(campus: Any, tmp_path: Path) -> None:
    """
    The file is made by the real engine, in the name that was asked for; nothing is recorded.
    """
    there = tmp_path / "look.pdf"

    result = campus.run("preview", BIO, "--name", "Zoë Ångström", "-o", there)

    text = pypdf.PdfReader(there).pages[0].extract_text()
    assert 0 == result.exit_code
    assert "Zoë Ångström" in text
    assert "made up" in result.stderr
    assert "PDF/A-2b: yes" in result.stderr
    assert [] == campus.json("list")["certificates"]


def test_a_preview_can_go_to_stdout_and_has_a_name_of_its_own(
    campus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    `-o -` pipes it; without -o it lies in the current folder, named after the configuration.
    """
    monkeypatch.chdir(campus.folder)

    piped = campus.run("preview", BIO, "-o", "-")
    named = campus.run("preview", BIO)

    assert 1 == len(pypdf.PdfReader(io.BytesIO(piped.stdout_bytes)).pages)
    assert "preview-bio101-completion.pdf" in named.stderr
    assert (campus.folder / "preview-bio101-completion.pdf").is_file()


def test_a_preview_as_a_picture(
    campus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Asked for, or by the file's name; at any scale.
    """
    monkeypatch.chdir(campus.folder)
    large = tmp_path / "large.PNG"

    asked = campus.run("preview", BIO, "--png", "--scale", 1)
    named = campus.run("preview", BIO, "-o", large, "--scale", 2)

    assert 0 == asked.exit_code == named.exit_code
    assert "preview-bio101-completion.png" in asked.stderr
    with (
        Image.open(campus.folder / "preview-bio101-completion.png") as small,
        Image.open(large) as big,
    ):
        assert "PNG" == small.format == big.format
        assert (small.width * 2, small.height * 2) == big.size


def test_a_preview_says_which_variant_it_shows(campus: Any, tmp_path: Path) -> None:
    """
    A design may have a variant per language.
    """
    design = (campus.folder / "designs" / "diploma.toml").read_text("utf-8")
    (campus.folder / "designs" / "diploma.es.toml").write_text(design, "utf-8")

    result = campus.run("preview", BIO, "--language", "es-MX", "-o", tmp_path / "x.pdf")

    assert "the design's variant 'es'" in result.stderr


def test_a_file_that_cannot_be_written_is_told(campus: Any, tmp_path: Path) -> None:
    """
    The system's own words, and no traceback.
    """
    result = campus.run("preview", BIO, "-o", tmp_path / "nowhere" / "x.pdf")

    assert 1 == result.exit_code
    assert f"Error: {tmp_path}/nowhere/x.pdf: No such file or directory." in result.stderr


def test_online_skips_what_cannot_run(campus: Any) -> None:
    """
    A broken configuration is told with the files' problems, one that is switched off isn't asked.
    """
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "nothing"\n')
    campus.add('\n[types.off]\nextends = "completion"\n')
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "off"\nenabled = false\n')

    document = campus.json("check", "--online")

    assert {BIO} == {finding["configuration"] for finding in document["online"]}
    assert "nothing" in str(document["problems"])


def test_show_writes_lists_dates_and_flags(campus: Any) -> None:
    """
    Values are printed as TOML has them, dates too.
    """
    campus.change(
        "rule   = { completion = 0.90, grades = { Total = 0.60 } }",
        "rule   = { any_of = [{ completion = 1 }] }",
    )
    campus.add("\n[defaults]\nschedule = { once = 2026-07-10T09:00:00 }\nquiet = true\n")

    shown = campus.run("check", "--show", BIO).stdout
    document = campus.json("check", "--show", BIO)

    found = {setting["path"]: setting["value"] for setting in document["settings"]}
    assert "{ once = 2026-07-10 09:00:00 }" in shown
    assert "{ any_of = [{ completion = 1 }] }" in shown
    assert "  true  " in shown
    assert {"once": "2026-07-10 09:00:00"} == found["schedule"]
    assert {"any_of": [{"completion": 1}]} == found["rule"]


PLUGIN = """
from contextlib import contextmanager
from certcore.plugins import NoOptions, hookimpl, provider

@contextmanager
def build(options, services):
    yield None

@hookimpl
def certcore_notifiers():
    return [provider("pigeon", NoOptions, build, summary="A pigeon")]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Install two plugins, one of which can't be loaded.
    """
    site = tmp_path / "site"
    info = site / "birds-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: birds\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[certcore]\npigeon = birds_pigeon\nowl = birds_owl\n")
    (site / "birds_pigeon.py").write_text(PLUGIN)
    (site / "birds_owl.py").write_text("raise RuntimeError('no owl')")
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("installed")
def test_installed_plugins_are_listed_and_broken_ones_named(campus: Any) -> None:
    """
    What can't be used is told, with exit code 1; the rest is there.
    """
    text = campus.run("plugins")
    one = campus.run("plugins", "pigeon")
    document = campus.json("plugins")

    assert 1 == text.exit_code
    assert "A pigeon" in text.stdout
    assert "Not used: the plugin birds (owl) can't be loaded: RuntimeError: no owl" in text.stderr
    assert "  no options" in one.stdout
    assert 1 == len(document["problems"])
