"""
What designs say of their files before the first is made: whether they are fit for archives.
"""

from __future__ import annotations

import io

from pathlib import Path
from typing import Any

import pikepdf
import pytest

from attrs import frozen

from certcore.domain import Design
from certcore.exceptions import GenerationError
from certcore.pdf import Pdf, PdfGenerator, Text
from certcore.placeholders import sample_certificate
from certcore.ports import PreparedDesign, RemarkingDesign
from certcore.testing import MemoryAssets, PlainDesign, PlainGenerator


TEMPLATES = Path(__file__).parent / "pdf" / "data" / "templates"


def claimed(content: bytes) -> str | None:
    """
    Give which part of PDF/A a file says that it is.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        part: str | None = pdf.open_metadata().get("pdfaid:part")
    return part


@pytest.mark.parametrize(
    "template,reasons",
    [
        ("libreoffice-pdfa-2b", []),
        ("ghostscript-scanned", []),
        (
            "ghostscript-unembedded",
            ["its font DejaVuSerif isn't embedded", "its font Helvetica isn't embedded"],
        ),
        (
            "libreoffice-draw",
            ["it doesn't say that it is PDF/A, and its fonts can't be checked here"],
        ),
    ],
)
def test_a_pdf_says_whether_it_is_fit_for_archives(template: str, reasons: list[str]) -> None:
    """
    Each reason is a remark; without any, and only then, files claim it.
    """
    design = Pdf(
        template="template.pdf", elements={"name": Text(text="{recipient.name}", at=(20, 20))}
    )
    assets = MemoryAssets({"template.pdf": (TEMPLATES / f"{template}.pdf").read_bytes()})

    prepared = PdfGenerator().prepare(design, assets)

    assert isinstance(prepared, RemarkingDesign)
    expected = [f"PDF/A-2b: no: the template: {reason}" for reason in reasons]
    assert (expected or ["PDF/A-2b: yes"]) == list(prepared.remarks)
    content = prepared.generate(sample_certificate()).content
    assert (None if reasons else "2") == claimed(content)


@frozen
class Praised:
    """
    A design that says something of itself, and does the rest as another one.
    """

    _prepared: PreparedDesign
    remarks: tuple[str, ...] = ("printed on paper", "signed by hand")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._prepared, name)


class PraisingGenerator(PlainGenerator):
    """
    Has nothing to say of designs in Spanish.
    """

    def prepare(self, design: Any, assets: Any) -> Any:
        prepared = super().prepare(design, assets)
        if "terminado" in design.text:
            return prepared
        if "nothing" in design.text:
            raise GenerationError("nothing can't be drawn")
        return Praised(prepared)


@pytest.fixture
def configuration(bureau: Any) -> Any:
    bureau.generator = PraisingGenerator()
    variants = {
        "en": PlainDesign(),
        "es": PlainDesign(text="{name} ha terminado {context}."),
        "fr": PlainDesign(text="nothing"),
    }
    return bureau.configuration(type_={"design": Design(name="diploma", variants=variants)})


def test_an_inspection_has_the_remarks_of_each_variant(
    bureau: Any, registrar: Any, configuration: Any
) -> None:
    """
    By its file; one that says nothing has none, and one that can't be used is a problem instead.
    """
    inspection = registrar.inspect(configuration)

    assert {
        "designs/diploma.en.toml": ("printed on paper", "signed by hand"),
        "designs/diploma.es.toml": (),
    } == inspection.remarks
    assert ["designs/diploma.fr.toml"] == [problem.file for problem in inspection.problems]
    assert inspection.problems == registrar.problems(configuration)


def test_a_preview_has_the_remarks_of_its_variant(registrar: Any, configuration: Any) -> None:
    """
    Nobody has to look for them elsewhere.
    """
    said = {
        language: registrar.preview(configuration, language=language).remarks
        for language in ("en", "es")
    }

    assert {"en": ("printed on paper", "signed by hand"), "es": ()} == said
