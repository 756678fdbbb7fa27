"""
The baselines make right certificates; how fast is no matter of tests.
"""

import importlib
import json
import subprocess
import sys

from io import BytesIO
from pathlib import Path

import pytest

from pypdf import PdfReader

from benchmarks.baselines import _sample


pypdfium2 = pytest.importorskip("pypdfium2")
pytest.importorskip("cryptography")
pytest.importorskip("typst")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    _sample.make(folder)
    return folder


def ink(pdf: bytes, *, bottom: int, top: int) -> bytes:
    """
    Show a strip of the page between two heights, in points: its middle, away from the drawings.
    """
    (page,) = pypdfium2.PdfDocument(pdf)
    image = page.render(grayscale=True).to_pil()
    sides = (image.width // 4, image.width * 3 // 4)
    strip = image.crop((sides[0], image.height - top, sides[1], image.height - bottom))
    pixels: bytes = strip.point(lambda value: 255 * (value > 127)).tobytes()
    return pixels


@pytest.mark.parametrize("candidate", ["plain", "parsed_once", "typst_way", "certcore_way"])
def test_output_is_the_template_with_the_learners_texts(candidate: str, folder: Path) -> None:
    """
    Two learners in a row, since a candidate may keep things between them.
    """
    module = importlib.import_module(f"benchmarks.baselines.{candidate}")
    render, inputs = module.prepare(folder=folder), getattr(module, "inputs", list)
    template = (folder / _sample.TEMPLATE_FILE).read_bytes()

    for learner in _sample.learners(count=2):
        pdf = render(*inputs([learner]))
        reader = PdfReader(BytesIO(pdf))
        text = reader.pages[0].extract_text()

        assert all(line in text for line in (*learner, "CERTIFICATE OF COMPLETION"))
        assert reader.is_encrypted == (candidate == "plain")
        for line in _sample.LINES:
            strip = {"bottom": line.baseline, "top": line.baseline + line.size}
            assert ink(template, **strip).count(0) == 0
            assert ink(pdf, **strip).count(0) > 100


def test_sample_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    """
    Figures of different days are about the same bytes, of the size that the README names.
    """
    _sample.make(tmp_path)

    for file, size in ((_sample.TEMPLATE_FILE, 36_000), (_sample.FONT_FILE, 511_000)):
        made = (tmp_path / file).read_bytes()
        assert made == (folder / file).read_bytes()
        assert len(made) == pytest.approx(size, rel=0.05)


def test_runner_reports_each_candidate(tmp_path: Path) -> None:
    """
    The table is printed, and the file has every round.
    """
    file = tmp_path / "report.json"
    options = ["--count", "1", "--rounds", "2", "--json", str(file)]

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.run_baselines", *options],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=True,
        text=True,
    )

    candidates = json.loads(file.read_text(encoding="utf-8"))["candidates"]
    assert list(candidates) == ["plain", "parsed_once", "typst_way", "certcore_way"]
    assert all(len(each["times_as_fast"]) == 2 for each in candidates.values())
    assert all(candidate in run.stdout for candidate in candidates)
