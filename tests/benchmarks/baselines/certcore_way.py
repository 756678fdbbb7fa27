"""
What is measured against the others: certcore's engine, with a QR code, tags and metadata besides.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import evolve
from pypdf import PdfReader

from certcore.domain import Certificate, new_code
from certcore.pdf import Pdf, PdfGenerator, QrCode, Text
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets

from ._sample import FONT_FILE, LINES, TEMPLATE_FILE, Learner, Render


MM = 72 / 25.4
PLACEHOLDERS = {"name": "{recipient.name}", "course": "{context.name}", "date": "{type.title}"}


def prepare(*, folder: Path) -> Render:
    """
    Compile the design.
    """
    sheet = PdfReader(folder / TEMPLATE_FILE).pages[0].mediabox
    width, height = float(sheet.width) / MM, float(sheet.height) / MM
    files = {name: (folder / name).read_bytes() for name in (TEMPLATE_FILE, FONT_FILE)}
    elements: dict[str, Text | QrCode] = {
        line.field: Text(
            text=PLACEHOLDERS[line.field],
            at=(width / 2, height - line.baseline / MM),
            align="center",
            size=line.size,
        )
        for line in LINES
    }
    elements["code"] = QrCode(qr="{verification.address}", at=(20, 160), size=25)
    design = Pdf(template=TEMPLATE_FILE, fonts=(FONT_FILE,), elements=elements)
    prepared = PdfGenerator().prepare(design, MemoryAssets(files))

    def render(certificate: Certificate) -> bytes:
        return prepared.generate(certificate).content

    return render


def inputs(learners: Iterable[Learner]) -> Sequence[Certificate]:
    """
    Give what the ledger has when a certificate is to be made.
    """
    return [
        evolve(
            sample_certificate(name=each.name, context=each.course, title=each.date),
            code=new_code(),
        )
        for each in learners
    ]
