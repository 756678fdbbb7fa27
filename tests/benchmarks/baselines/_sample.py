"""
What every candidate is given: a template, a font, learners, and where their text stands.
"""

import itertools
import math
import random

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import fontpkg_noto_sans
import uharfbuzz

from PIL import Image
from pypdf import PdfWriter
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import ImageReader
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
Template: TypeAlias = Literal["small", "libreoffice", "vector", "heavy"]
Script: TypeAlias = Literal["latin", "cyrillic", "greek", "arabic", "devanagari", "thai", "hebrew"]
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

_WORDS: dict[Script, tuple[str, str]] = {
    "latin": (_GIVEN, _FAMILY),
    "cyrillic": (
        "Анна Ольга Сергей Юлия Лариса Николай Пётр Елена Жанна Фёдор Игорь Тарас Оксана Ксения",
        "Сергеева Ковальчук Шевченко Иванова Ёлкин Щукин Гогичаева Прокофьева Лысенко Їжакевич",
    ),
    "greek": (
        "Αλεξάνδρα Ελένη Γεώργιος Ιωάννης Μαρία Χρήστος Ζωή Σοφία Νικόλαος Θεόδωρος Ευαγγελία",
        "Παπαδοπούλου Αντωνίου Γεωργίου Νικολάου Οικονόμου Κωνσταντίνου Δημητρίου Χατζηδάκη",
    ),
    "arabic": (
        "محمد فاطمة أحمد ليلى خالد زينب يوسف مريم إبراهيم عائشة حسين سارة",
        "العلي الحداد المصري النجار الخطيب القاسم الشريف حسن عبدالله منصور",
    ),
    "devanagari": (
        "श्रीकृष्ण लक्ष्मी प्रियंका अर्जुन सत्यजित नीलम ऋषि विद्या राजेन्द्र अंजलि दीपक",
        "शर्मा वर्मा त्रिपाठी कुलकर्णी मिश्र द्विवेदी पाण्डेय जोशी अग्रवाल सिंह",
    ),
    "thai": (
        "สมชาย กัญญา ประเสริฐ วิไล นงลักษณ์ ศักดิ์สิทธิ์ ธีรพงษ์ มณีรัตน์ ปิยะ อรุณี สุรชัย",
        "ใจดี ศรีสุข วงศ์ใหญ่ ทองคำ รัตนพันธ์ แก้วมณี บุญมี สุขสวัสดิ์ พิทักษ์",
    ),
    "hebrew": (
        "דוד שרה יעקב רחל משה מרים יוסף לאה אברהם חנה שמואל רבקה",
        "כהן לוי מזרחי פרץ ביטון דהן אברהמי פרידמן גולדברג שפירא",
    ),
}
"""Given names and family names that are common, put together anyhow."""
SCRIPTS: tuple[Script, ...] = get_args(Script)
TEMPLATES: tuple[Template, ...] = get_args(Template)
_LIBREOFFICE = Path(__file__).parents[2] / "core/pdf/data/templates/libreoffice-draw.pdf"


def make(folder: Path, template: Template = "small") -> None:
    """
    Write the template and the font into the folder, the same bytes each time.
    """
    regular = _static_font("NotoSans[wdth,wght].ttf")
    (folder / FONT_FILE).write_bytes(regular)
    italic = _static_font("NotoSans-Italic[wdth,wght].ttf")
    if template == "libreoffice":
        content = _doubled(_LIBREOFFICE.read_bytes())
    else:
        below = {"small": _nothing, "vector": _guilloche, "heavy": _photograph}[template]
        content = _template(regular=regular, italic=italic, below=below)
    (folder / TEMPLATE_FILE).write_bytes(content)


def learners(*, count: int, skip: int = 0, script: Script = "latin") -> list[Learner]:
    """
    Name learners of one course; with another `skip`, others.

    A candidate that remembers what it has drawn should meet each name once, as in real life.
    """
    given, family = _WORDS[script]
    names = [
        (*firsts, last)
        for firsts in itertools.permutations(given.split(), 2)
        for last in family.split()
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


def _nothing(canvas: Canvas) -> None:
    """
    Leave the page white.
    """
    del canvas


def _guilloche(canvas: Canvas) -> None:
    """
    Draw curves as they are on banknotes, of 49,000 points in all.
    """
    canvas.setStrokeColor(HexColor("#c5d3e2"))
    canvas.setLineWidth(0.2)
    width, height = landscape(A4)
    for turn in range(19):
        path = canvas.beginPath()
        for step in range(2600):
            angle = step * math.tau / 2600
            wave = 1 + 0.18 * math.sin(17 * angle + turn / 3) + 0.07 * math.cos(41 * angle + turn)
            radius = (60 + 9 * turn) * wave
            x = width / 2 + 1.4 * radius * math.cos(angle)
            y = height / 2 + 0.9 * radius * math.sin(angle)
            (path.lineTo if step else path.moveTo)(round(x, 1), round(y, 1))
        path.close()
        canvas.drawPath(path)


def _photograph(canvas: Canvas) -> None:
    """
    Put a photograph under everything: JPEG, 2480 by 1754 pixels.
    """
    width, height = (2480, 1754)
    coarse = random.Random(7).randbytes(310 * 220 * 3)  # noqa: S311  # the same in every run
    picture = Image.frombytes("RGB", (310, 220), coarse).resize((width, height), Image.BICUBIC)
    pale = Image.blend(picture, Image.new("RGB", (width, height), "white"), 0.8)
    output = BytesIO()
    pale.save(output, "JPEG", quality=97)
    canvas.drawImage(ImageReader(output), 0, 0, *landscape(A4))


def _doubled(template: bytes) -> bytes:
    """
    Make an A6 page A4.
    """
    writer = PdfWriter(clone_from=BytesIO(template))
    writer.pages[0].scale_by(2)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _template(*, regular: bytes, italic: bytes, below: Callable[[Canvas], None]) -> bytes:
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
    below(canvas)
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
