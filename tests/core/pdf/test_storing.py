"""
Compiled designs that are written down, and made ready again.
"""

from __future__ import annotations

import io
import json
import shutil
import threading
import zipfile

import fontpkg_noto_sans
import fontpkg_noto_sans_thai
import pytest

from fontTools.ttLib import TTFont
from PIL import Image as Picture
from reportlab.pdfgen.canvas import Canvas

from certcore.exceptions import GenerationError
from certcore.pdf import Image, Pdf, PdfGenerator, QrCode, Rectangle, Text
from certcore.pdf import _prepared as prepared_designs
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets


NAMES = ("Ada López", "Nguyễn Thị Thảo", "Ольга Ёлкина", "محمد", "श्रीकृष्ण")


@pytest.fixture(autouse=True)
def forgotten():
    """
    Nothing is remembered from one test to the next.
    """
    prepared_designs._PREPARED.clear()


@pytest.fixture
def assets():
    template, picture = io.BytesIO(), io.BytesIO()
    canvas = Canvas(template, pagesize=(600, 400), invariant=1)
    canvas.drawString(40, 40, "Template")
    canvas.linkURL("https://example.org/", (40, 40, 90, 50))
    canvas.showPage()
    canvas.drawString(40, 40, "Terms")
    canvas.showPage()
    canvas.save()
    Picture.new("RGBA", (4, 3), (200, 30, 30, 120)).save(picture, "PNG")
    return MemoryAssets({"t.pdf": template.getvalue(), "logo.png": picture.getvalue()})


@pytest.fixture
def design():
    return Pdf(
        template="t.pdf",
        elements={
            "name": Text(text="{recipient.name}", at=(100, 50), align="center"),
            "greeting": Text(text="Ελλάδα, مرحبا", at=(10, 20)),
            "code": QrCode(qr="{verification.address}", at=(10, 100), size=25),
            "logo": Image(image="logo.png", at=(150, 100), width=20, alt="Logo"),
            "hours": Text(text="{facts.hours}", at=(10, 90), when="{facts.hours}", page=2),
            "frame": Rectangle(rectangle=(180, 120), at=(5, 5), stroke="#336699"),
        },
    )


def made(prepared, name):
    return prepared.generate(sample_certificate(name=name)).content


def test_the_same_bytes_from_what_was_written(design, assets):
    """
    Names beyond the fonts that all certificates share, too.
    """
    first = PdfGenerator().prepare(design, assets)
    files = [made(first, name) for name in NAMES]

    prepared_designs._PREPARED.clear()
    again = PdfGenerator().restore(design, assets, first.compiled())

    assert again is not first
    assert files == [made(again, name) for name in NAMES]
    assert (first.digest, first.engine) == (again.digest, again.engine)
    assert first.compiled() == again.compiled()
    assert first.placeholders == again.placeholders
    assert first.design.hindrances == again.design.hindrances


def changed(content, change):
    """
    Write a compiled design with something else in it.
    """
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as file, zipfile.ZipFile(output, "w") as other:
        said = json.loads(file.read("compiled.json"))
        change(said)
        other.writestr("compiled.json", json.dumps(said))
        other.writestr("beginning.pdf", file.read("beginning.pdf"))
    return output.getvalue()


def test_what_it_was_compiled_with_is_recorded(design, assets):
    """
    A file says by which libraries its beginning was made, wherever its end was.
    """
    compiled = changed(
        PdfGenerator().prepare(design, assets).compiled(),
        lambda said: said.update(made_with="pypdf 7.0.0, zlib 1.0"),
    )

    again = PdfGenerator().restore(design, assets, compiled)

    assert again.engine.endswith("design: pypdf 7.0.0, zlib 1.0)")
    assert PdfGenerator().restore(design, assets, compiled) is again
    assert PdfGenerator().prepare(design, assets) is not again


def test_a_form_of_another_time_is_compiled_anew(design, assets):
    """
    The look is the same.
    """
    first = PdfGenerator().prepare(design, assets)
    compiled = changed(first.compiled(), lambda said: said.update(form=0))

    again = PdfGenerator().restore(design, assets, compiled)

    assert made(first, "Ada") == made(again, "Ada")


@pytest.mark.parametrize("damaged", [b"PK", b"", b"x" * 50])
def test_damage_is_said(design, assets, damaged):
    """
    Not taken for another design.
    """
    whole = PdfGenerator().prepare(design, assets).compiled()

    with pytest.raises(GenerationError, match="damaged"):
        PdfGenerator().restore(design, assets, damaged + whole[60:200])


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("fonts"),
        lambda said: said.pop("made_with"),
        lambda said: said.update(left=[1]),
        lambda said: said.update(images={"logo.png": {"number": 7}}),
        lambda said: said.update(catalog=None),
    ],
)
def test_what_lacks_something_is_damaged(design, assets, change):
    """
    Whatever was lost.
    """
    compiled = changed(PdfGenerator().prepare(design, assets).compiled(), change)

    with pytest.raises(GenerationError, match="damaged"):
        PdfGenerator().restore(design, assets, compiled)


def other_version(font):
    """
    Make another version of a font: the glyph of A has changed places with that of B.
    """
    made = TTFont(io.BytesIO(font))
    glyphs, widths = made["glyf"].glyphs, made["hmtx"].metrics
    for table in (glyphs, widths):
        table["A"], table["B"] = table["B"], table["A"]
    for table in made["cmap"].tables:
        table.cmap = {
            point: {"A": "B", "B": "A"}.get(name, name) for point, name in table.cmap.items()
        }
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def test_a_font_of_another_version_is_not_drawn_with(assets, tmp_path, monkeypatch):
    """
    Its glyphs have other numbers: a name would have other letters, and be read right all the same.
    """
    first = (fontpkg_noto_sans.ROOT / "files/NotoSans[wdth,wght].ttf").read_bytes()
    monkeypatch.setenv("CERTCORE_FONT_FOLDERS", str(tmp_path))
    (tmp_path / "noto.ttf").write_bytes(first)
    design = Pdf(
        template="t.pdf",
        fallback=("folders",),
        elements={"said": Text(text="श्री {recipient.name}", at=(10, 20))},
    )
    compiled = PdfGenerator().prepare(design, assets).compiled()
    (tmp_path / "noto.ttf").write_bytes(other_version(first))

    with pytest.raises(GenerationError, match="or is another version of it now"):
        PdfGenerator().restore(design, assets, compiled)


def test_fonts_that_come_to_a_folder_are_found(assets, tmp_path, monkeypatch):
    """
    Though a process remembers the design as it was when it had none.
    """
    design = Pdf(
        template="t.pdf",
        fallback=("folders",),
        elements={"name": Text(text="{recipient.name}", at=(10, 20))},
    )
    font = (fontpkg_noto_sans_thai.ROOT / "files/NotoSansThai[wdth,wght].ttf").read_bytes()
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "thai.ttf").write_bytes(font)
    monkeypatch.setenv("CERTCORE_FONT_FOLDERS", str(one))
    PdfGenerator().prepare(design, assets)
    shutil.rmtree(one)
    monkeypatch.setenv("CERTCORE_FONT_FOLDERS", str(two))

    prepared = PdfGenerator().prepare(design, assets)

    assert made(prepared, "สมชาย ใจดี").startswith(b"%PDF")


def test_a_design_is_prepared_once(design, assets):
    """
    As long as neither it nor its files change.
    """
    first = PdfGenerator().prepare(design, assets)

    assert PdfGenerator().prepare(design, assets) is first
    other = MemoryAssets({"t.pdf": assets.read("t.pdf").content, "logo.png": PNG})
    assert PdfGenerator().prepare(design, other) is not first


def png():
    output = io.BytesIO()
    Picture.new("L", (2, 2)).save(output, "PNG")
    return output.getvalue()


PNG = png()


def test_a_process_remembers_so_many_designs(assets, monkeypatch):
    """
    The one that wasn't wanted for the longest time is forgotten first.
    """
    monkeypatch.setattr(prepared_designs, "_MOST", 2)
    one, two, three = (Pdf(template="t.pdf", title=title) for title in ("1", "2", "3"))
    generator = PdfGenerator()

    first, second = generator.prepare(one, assets), generator.prepare(two, assets)
    assert generator.prepare(one, assets) is first
    generator.prepare(three, assets)

    assert generator.prepare(one, assets) is first
    assert generator.prepare(two, assets) is not second
    assert 2 == len(prepared_designs._PREPARED)


def test_threads_prepare_at_once(design, assets):
    """
    What each of them gets makes the same files.
    """
    files = []
    begin = threading.Barrier(4)

    def work():
        begin.wait()
        files.append([made(PdfGenerator().prepare(design, assets), name) for name in NAMES])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 4 == len(files)
    assert all(each == files[0] for each in files)
