"""
The plain way without its repetitions: template and font are parsed once, nothing is encrypted.
"""

from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from ._sample import FONT, FONT_FILE, TEMPLATE_FILE, Learner, Render
from .plain import overlay


def prepare(*, folder: Path) -> Render:
    """
    Parse the template and register the font.
    """
    template = PdfReader(BytesIO((folder / TEMPLATE_FILE).read_bytes())).pages[0]
    registerFont(TTFont(FONT, BytesIO((folder / FONT_FILE).read_bytes())))

    def render(learner: Learner) -> bytes:
        writer = PdfWriter()
        page = writer.add_page(template)
        page.merge_page(overlay(learner, width=page.mediabox.width, height=page.mediabox.height))
        output = BytesIO()
        writer.write(output)
        return output.getvalue()

    return render
