"""
The plain way: everything anew for each certificate, encrypted at the end.
"""

import secrets

from io import BytesIO
from pathlib import Path
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.constants import PageAttributes, UserAccessPermissions
from pypdf.generic import ArrayObject, StreamObject
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ._sample import FONT, FONT_FILE, LINES, TEMPLATE_FILE, Learner, Render


_ALLOWED = (
    UserAccessPermissions.PRINT
    | UserAccessPermissions.PRINT_TO_REPRESENTATION
    | UserAccessPermissions.EXTRACT_TEXT_AND_GRAPHICS
)


def prepare(*, folder: Path) -> Render:
    """
    Hold the bytes of template and font, and parse neither.
    """
    template = (folder / TEMPLATE_FILE).read_bytes()
    font = (folder / FONT_FILE).read_bytes()

    def render(learner: Learner) -> bytes:
        source = PdfReader(BytesIO(template)).pages[0]
        # A known font stays as it was registered first, but parsing it again is what costs.
        registerFont(TTFont(FONT, BytesIO(font)))
        # Merging into a page that has no writer yet works in older releases of the library only.
        writer = PdfWriter()
        page = writer.add_page(source)
        page.merge_page(overlay(learner, width=page.mediabox.width, height=page.mediabox.height))
        # Merged content is held as operations, but encryption takes bytes, and those that nobody
        # asked for yet are none: the texts would be missing from the page.
        for content in cast("ArrayObject", page[PageAttributes.CONTENTS]):
            cast("StreamObject", content.get_object()).get_data()
        # An open document with an owner nobody is: readers are asked to refuse changes.
        writer.encrypt("", secrets.token_hex(32), permissions_flag=_ALLOWED, algorithm="AES-256")
        output = BytesIO()
        writer.write(output)
        return output.getvalue()

    return render


def overlay(learner: Learner, *, width: float, height: float) -> PageObject:
    """
    Draw the learner's texts, each centred, on a page with nothing else.
    """
    output = BytesIO()
    canvas = Canvas(output, pagesize=(width, height))
    for line in LINES:
        canvas.setFont(FONT, line.size)
        canvas.drawCentredString(width / 2, line.baseline, getattr(learner, line.field))
    canvas.save()
    return PdfReader(output).pages[0]
