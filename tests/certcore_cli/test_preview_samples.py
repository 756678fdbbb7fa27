"""
`certcore preview --samples worst`: names that are hard on a design.
"""

from __future__ import annotations

import io

from pathlib import Path
from typing import Any

import pypdf
import pytest

from PIL import Image

from certcore.placeholders import WORST_NAMES


BIO = "bio101/completion"
PACKAGES = Path(__file__).parents[1] / "integration" / "packages"


def test_a_page_for_each_name(campus: Any, tmp_path: Path) -> None:
    """
    In one file, with a table of contents that says what is hard about each.
    """
    there = tmp_path / "names.pdf"

    result = campus.run("preview", BIO, "--samples", "worst", "-o", there)

    assert 0 == result.exit_code
    read = pypdf.PdfReader(there)
    titles = {
        each.title: read.pages[read.get_destination_page_number(each)].extract_text()
        for each in read.outline
    }
    assert len(titles) == len(read.pages)
    assert list(titles) == [title for title in WORST_NAMES if title in titles]
    for title in ("Short", "Long", "Greek", "Georgian", "Armenian"):
        assert WORST_NAMES[title] in " ".join(titles[title].split())
    assert f", {len(titles)} of {len(WORST_NAMES)} names)" in result.stderr


def test_what_can_not_be_drawn_is_listed(campus: Any, tmp_path: Path) -> None:
    """
    With its letters and what to do; the others are drawn.
    """
    result = campus.run("preview", BIO, "--samples", "worst", "-o", tmp_path / "names.pdf")

    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Not drawn, Tibetan"))
    assert WORST_NAMES["Tibetan"] in line
    assert "element 'name'" in line
    assert "(U+0F56)" in line
    assert line.endswith("Name a font that has them in the design's 'fonts'.")
    assert "Greek" not in result.stderr
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Not drawn, Emoji"))
    assert line.endswith("has '🎓' (U+1F393); emoji = \"monochrome\" in the design draws emoji.")


def test_a_name_that_does_not_fit_is_listed(campus: Any, tmp_path: Path) -> None:
    """
    With another thing to do.
    """
    campus.change("width = 230", "width = 80\nfit = { min_size = 30 }", "designs/diploma.toml")

    result = campus.run("preview", BIO, "--samples", "worst", "-o", tmp_path / "names.pdf")

    assert 0 == result.exit_code
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("Not drawn, Long,"))
    assert line.endswith("Widen its box, or allow a smaller fit.min_size or more fit.lines.")


def test_names_none_of_which_can_be_drawn(campus: Any, tmp_path: Path) -> None:
    """
    That is an error: there is no sheet of nothing.
    """
    campus.change("width = 230", "width = 1\nfit = { min_size = 30 }", "designs/diploma.toml")
    there = tmp_path / "names.pdf"

    result = campus.run("preview", BIO, "--samples", "worst", "-o", there)

    assert 1 == result.exit_code
    assert "Not drawn, Emoji" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: element 'name'")
    assert not there.exists()


def test_a_contact_sheet(campus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Four beside each other, half as large as they are; or as large as is asked for.
    """
    monkeypatch.chdir(campus.folder)

    named = campus.run("preview", BIO, "--samples", "worst", "--png")
    piped = campus.run("preview", BIO, "--samples", "worst", "--png", "--scale", 0.25, "-o", "-")

    assert 0 == named.exit_code == piped.exit_code
    assert "preview-bio101-completion-worst.png" in named.stderr
    with (
        Image.open(campus.folder / "preview-bio101-completion-worst.png") as half,
        Image.open(io.BytesIO(piped.stdout_bytes)) as quarter,
    ):
        assert "PNG" == half.format == quarter.format
        assert 4 * (842 // 2 + 12) + 12 == half.width
        assert 4 * (211 + 12) + 12 == quarter.width


def test_names_of_the_users_own_are_for_another_time(campus: Any) -> None:
    """
    Either samples or a name.
    """
    result = campus.run("preview", BIO, "--samples", "worst", "--name", "Ada")

    assert 2 == result.exit_code
    assert "leave --name out" in result.stderr


@pytest.fixture
def drawn_as_svg(campus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """
    Give a project whose design is of another generator, which is installed.
    """
    site = tmp_path / "site"
    info = site / "certcore_svg-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: certcore-svg\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[certcore]\nsvg = certcore_svg\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.syspath_prepend(str(PACKAGES / "svg" / "src"))
    (campus.folder / "designs" / "diploma.toml").write_text(
        'use = "svg"\nlines = ["{recipient.name}"]\n', "utf-8"
    )
    return campus


@pytest.mark.parametrize("words", [("--png",), ("--samples", "worst")])
def test_only_pdfs_are_shown_so(drawn_as_svg: Any, words: tuple[str, ...]) -> None:
    """
    Files of another kind have no pages; as they are, they can be looked at.
    """
    result = drawn_as_svg.run("preview", BIO, *words)
    plain = drawn_as_svg.run("preview", BIO, "--name", "Ελένη", "-o", "-")

    assert 2 == result.exit_code
    assert "Only a PDF can be shown so; this is .svg." in result.stderr
    assert "Ελένη" in plain.stdout
