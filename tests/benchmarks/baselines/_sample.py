"""
What every candidate is given: a template, a font, learners, and where their text stands.
"""

import itertools
import math
import random

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, NamedTuple

import fontpkg_noto_sans
import uharfbuzz

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas


class Learner(NamedTuple):
    """
    The texts of one certificate.
    """

    name: str
    course: str
    date: str


class Line(NamedTuple):
    """
    Where one text stands: centred, `baseline` points above the lower edge.
    """

    field: Literal["name", "course", "date"]
    size: int
    baseline: int


Render = Callable[[Any], bytes]
"""Draws what a candidate is given: a learner, if it has no `inputs` of its own."""
Inputs = Callable[[Iterable[Learner]], Sequence[Any]]

FONT = "NotoSans-Regular"
LINES = (Line("name", 34, 300), Line("course", 24, 210), Line("date", 13, 120))
TEMPLATE_FILE = "template.pdf"
FONT_FILE = "regular.ttf"

_BLUE = HexColor("#1f4e79")
_GIVEN = (
    "Žofie Łukasz Søren Zoë José Chloë Jürgen Ngọc Åsa Márton Ioana Şebnem Ģirts Ēriks Ñusta Siân "
    "Božena François Gökçe Hőgyes Ľubica Ólafur Sæunn Þóra"
)
_FAMILY = (
    "Dvořáková Wiśniewski Ångström Nguyễn Müller Brontë Gonçalves Szűcs Țepeș Öztürk Bērziņš Kovač "
    "Šimůnek Ólafsdóttir Ibáñez Lefèvre Đặng Håkansson Grünwald Čapek Żółkiewski Ñañez Ruiz Smith"
)


def make(folder: Path) -> None:
    """
    Write the template and the font into the folder, the same bytes each time.
    """
    regular = _static_font("NotoSans[wdth,wght].ttf")
    (folder / FONT_FILE).write_bytes(regular)
    italic = _static_font("NotoSans-Italic[wdth,wght].ttf")
    (folder / TEMPLATE_FILE).write_bytes(_template(regular=regular, italic=italic))


def learners(*, count: int, skip: int = 0) -> list[Learner]:
    """
    Name learners of one course; with another `skip`, others.

    A candidate that remembers what it has drawn should meet each name once, as in real life.
    """
    names = [
        (*given, last)
        for given in itertools.permutations(_GIVEN.split(), 2)
        for last in _FAMILY.split()
    ]
    random.Random(20).shuffle(names)  # noqa: S311  # the same names in every run are the point
    chosen = itertools.islice(itertools.cycle(names), skip, skip + count)
    return [
        Learner(" ".join(name), "Foundations of Geodesy", "20 November 2026") for name in chosen
    ]


def _static_font(file: str) -> bytes:
    """
    Fix a variable font at its default, with all its characters and the usual features.

    About 510 kB and 3,800 glyphs for the upright: what a reader of fonts has to parse depends on
    both, and static releases of this family have as much.
    """
    face = uharfbuzz.Face((fontpkg_noto_sans.ROOT / "files" / file).read_bytes())
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(face.unicodes)
    wanted.pin_all_axes_to_default(face)
    return bytes(uharfbuzz.subset(face, wanted).blob.data)


def _template(*, regular: bytes, italic: bytes) -> bytes:
    """
    Draw an empty certificate, about 36 kB: border, logo, rosette and two font subsets.
    """
    for name, font in ((FONT, regular), ("NotoSans-Italic", italic)):
        registerFont(TTFont(name, BytesIO(font)))
    width, height = landscape(A4)
    middle = width / 2
    output = BytesIO()
    # Invariant: no time of creation in the file.
    canvas = Canvas(output, pagesize=(width, height), pageCompression=1, invariant=1)
    canvas.setStrokeColor(_BLUE)
    canvas.setFillColor(_BLUE)
    for inset, thickness in ((18, 3), (25, 0.8), (52, 0.4)):
        canvas.setLineWidth(thickness)
        canvas.rect(inset, inset, width - 2 * inset, height - 2 * inset)
    for step in range(63):
        for y in (38.5, height - 38.5):
            canvas.circle(38.5 + (width - 77) * step / 62, y, 11)
    for step in range(1, 43):
        for x in (38.5, width - 38.5):
            canvas.circle(x, 38.5 + (height - 77) * step / 43, 11)
    for petal in range(30):
        angle = petal * math.pi / 15
        canvas.circle(710 + 24 * math.cos(angle), 125 + 24 * math.sin(angle), 20)
    canvas.circle(middle, 505, 24, fill=1)
    canvas.setFillColor(white)
    canvas.wedge(middle - 15, 490, middle + 15, 520, 30, 300, fill=1)
    canvas.setFillColor(_BLUE)
    for font_name, size, y, text in (
        (FONT, 30, 430, "CERTIFICATE OF COMPLETION"),
        ("NotoSans-Italic", 15, 365, "This is to certify that"),
        ("NotoSans-Italic", 15, 260, "has successfully completed the course"),
        (FONT, 9, 410, "Świadectwo ukończenia · Osvědčení · Þátttökuskírteini · Giấy chứng nhận"),
        ("NotoSans-Italic", 9, 395, "Öğrenim belgesi · Apliecība · Főiskolai oklevél · Chứng chỉ"),
        (FONT, 9, 80, "Example Academy · Department of Surveying · Registrar"),
    ):
        canvas.setFont(font_name, size)
        canvas.drawCentredString(middle, y, text)
    canvas.save()
    return output.getvalue()
