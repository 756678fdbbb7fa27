"""
Programs of others read what is made, and find nothing to complain about.

Those that come from PyPI are always there; of the others it is said what is missing, and where
`CERTCORE_REQUIRE_SERVICES=1`, that is a failure. docs/explanation/files.md says what they check.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pdfua
import pikepdf
import pypdfium2
import pytest

from PIL import Image as Picture
from reportlab.pdfgen.canvas import Canvas

from certcore.pdf import Image, Pdf, PdfGenerator, QrCode, Text
from certcore.placeholders import sample_certificate
from certcore.testing import MemoryAssets


ROOT = Path(__file__).parents[3]
TEMPLATES = Path(__file__).parent / "data" / "templates"
JAVA = Path("/usr/share/java")
JARS = (
    *("preflight.jar", "pdfbox2.jar", "fontbox2.jar", "xmpbox.jar", "commons-logging.jar"),
    *("commons-io.jar", "jaxb-api.jar", "javax.activation.jar", "bcprov.jar"),
)
PDFJS = Path(os.environ.get("CERTCORE_TEST_PDFJS", ROOT / ".nox" / "pdfjs"))

NAMES = {
    "Latin": "Łukasz Żółć",
    "Arabic": "عائشة بنت محمد",
    "Hebrew": "דוד לוי",
    "Devanagari": "श्रीकृष्ण शर्मा",
    "Thai": "สมชาย กิตติ",
    "Chinese": "王小明",
}
if find_spec("noto_cjk_sans_otc") is None:  # the extra `fonts-cjk`
    del NAMES["Chinese"]
CHOSEN = (
    "cairo-groups",
    "cairo-tagged",
    "chromium-two-pages",
    "ghostscript-old",
    "ghostscript-pdfa-2",
    "ghostscript-plain",
    "libreoffice-pdfa-1b",
    "libreoffice-pdfa-2b",
    "libreoffice-two-pages",
)
ARCHIVAL = {"ghostscript-pdfa-2", "libreoffice-pdfa-1b", "libreoffice-pdfa-2b", "by hand"}
"""Templates that PDF/A-2b can be made of."""

READ_OTHERWISE = {"Arabic"}
"""Scripts of which a reader gets letters that look alike."""
UNCLAIMED = "UA-28-004"
"""What the checker for PDF/UA says of files that don't claim to be that."""


def by_hand() -> bytes:
    """
    Make a template of two pages without letters.
    """
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(420, 297), invariant=1)
    for color in ("#1f4e79", "#c0392b"):
        canvas.setStrokeColor(color)
        canvas.setLineWidth(3)
        canvas.roundRect(20, 20, 380, 257, 12)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def seal(*, clear: bool) -> bytes:
    """
    Make a picture, with `clear` one that shows what is under it.
    """
    picture = Picture.linear_gradient("L").resize((32, 32)).convert("RGB")
    if clear:
        picture.putalpha(Picture.radial_gradient("L").resize((32, 32)))
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def made(template: str, names: Mapping[str, str], **said: object) -> Iterator[tuple[str, bytes]]:
    """
    Make certificates with everything on them, for each of the names.
    """
    content = by_hand() if template == "by hand" else (TEMPLATES / f"{template}.pdf").read_bytes()
    # PDF/A-1, for which these are checked as well, knows no transparency
    assets = {"template.pdf": content, "seal.png": seal(clear=template not in ARCHIVAL)}
    center = {"at": (74, 50), "align": "center", "width": 110}
    design = Pdf(
        template="template.pdf",
        elements={
            "name": Text(text="{recipient.name}", size=28, **center),
            "course": Text(text="{context.name}", **center | {"at": (74, 60)}),
            "code": QrCode(qr="{verification.address}", at=(15, 65), size=22),
            "seal": Image(image="seal.png", at=(45, 70), width=15),
        },
        **{"template_alt": "A pale blue certificate with a frame", "language": "en", **said},
    )
    prepared = PdfGenerator().prepare(design, MemoryAssets(assets))
    for script, name in names.items():
        yield script, prepared.generate(sample_certificate(name=name)).content


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """
    Certificates on each of the templates, for names in each of the scripts.
    """
    folder = tmp_path_factory.mktemp("samples")
    found: dict[str, Path] = {}
    for template in (*CHOSEN, "by hand"):
        for script, content in made(template, NAMES):
            found[f"{template}, {script}"] = path = folder / f"{len(found)}.pdf"
            path.write_bytes(content)
    return found


@pytest.fixture(scope="module")
def broken(samples: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A file that every program has to complain about, else its silence proves nothing.
    """
    content = samples["by hand, Latin"].read_bytes()
    damaged = content.replace(b"BT\n", b"B!\n")
    assert damaged != content
    path = tmp_path_factory.mktemp("broken") / "broken.pdf"
    path.write_bytes(damaged)
    return path


def unavailable(why: str) -> None:
    if os.environ.get("CERTCORE_REQUIRE_SERVICES") == "1":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


def program(name: str, package: str) -> str:
    """
    Give where a program is.
    """
    found = shutil.which(name)
    if found is None:
        unavailable(f"{name} isn't installed (Debian's package {package})")
    return found or ""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(each) for each in command],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
    )


def complaints(
    files: Mapping[str, Path], *command: object, known: Iterable[str] = ()
) -> dict[str, str]:
    """
    Run a program on each file, and give what it said of those that it didn't like.

    Args:
        files: By what they are.

        command: The program and its options; FILE stands for the file.

        known: Lines that it says of itself, whatever the file.
    """
    found: dict[str, str] = {}
    for name, path in files.items():
        done = run(*(path if each == "FILE" else each for each in command))
        lines = [line for line in done.stderr.splitlines() if line not in known]
        if done.returncode or lines:
            found[name] = f"{done.returncode}: {' '.join([*lines, done.stdout[:1000]])}"
    return found


def test_there_are_all_scripts(samples):
    """
    Those that the extra `fonts` has fonts for, and Chinese where `fonts-cjk` is.
    """
    if "Chinese" not in NAMES:
        unavailable("noto-cjk-sans-otc isn't installed, the extra `fonts-cjk`")

    assert 10 * 6 == len(samples)


def test_qpdf_is_content(samples, broken, tmp_path):
    """
    As a library, and as the program where it is.
    """
    for path in samples.values():
        with pikepdf.open(path) as pdf:
            assert [] == pdf.check_pdf_syntax()
    qpdf = program("qpdf", "qpdf")

    assert {} == complaints(samples, qpdf, "--check", "FILE")
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(broken.read_bytes()[:-300])
    assert complaints({"cut": cut}, qpdf, "--check", "FILE")


def test_ghostscript_is_content(samples, broken):
    """
    With errors and warnings that end its work.
    """
    options = ("-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=ppmraw", "-r24")
    strict = (
        "-dPDFSTOPONERROR",
        "-dPDFSTOPONWARNING",
        "-sstdout=%stderr",
        "-sOutputFile=/dev/null",
    )
    command = (program("gs", "ghostscript"), *options, *strict)

    # all in one go, then the one that it was
    together = run(*command, *samples.values())
    if together.returncode or together.stderr:
        assert {} == complaints(samples, *command, "FILE")
        pytest.fail(together.stderr)
    assert complaints({"broken": broken}, *command, "FILE")


def test_mupdf_is_content(samples, broken, tmp_path):
    """
    When it draws.
    """
    # so says Debian's, of itself
    known = ["warning: ICC support is not available"]
    command = (program("mutool", "mupdf-tools"), "draw", "-q", "-r", 24)
    command = (*command, "-o", tmp_path / "page-%d.ppm", "FILE")

    assert {} == complaints(samples, *command, known=known)
    assert complaints({"broken": broken}, *command, known=known)


def test_poppler_is_content(samples, broken):
    """
    It reads the name, and what the file says of itself.
    """
    program("pdftoppm", "poppler-utils")

    assert {} == complaints(samples, "pdftoppm", "-r", 24, "FILE")
    assert complaints({"broken": broken}, "pdftoppm", "-r", 24, "FILE")
    for sample, path in samples.items():
        script = sample.rpartition(", ")[2]
        name = NAMES[script]
        text = run("pdftotext", path, "-")
        # with marks around what is read from right to left
        assert script in READ_OTHERWISE or name in re.sub("[\u202a-\u202e]", "", text.stdout)
        assert "" == text.stderr
        said = dict(
            (each.strip() for each in line.split(":", 1))
            for line in run("pdfinfo", path).stdout.splitlines()
        )
        assert said["Title"].endswith(name)
        assert ["yes", "none", "no", "no"] == [
            said[each] for each in ("Tagged", "Form", "JavaScript", "Encrypted")
        ]


def test_pdfium_is_content(samples):
    """
    It draws every page, and finds the parts of the file that a reader can tell apart.
    """
    for sample, path in samples.items():
        with pypdfium2.PdfDocument(path) as document:
            pages = 2 if re.search("two|tagged|hand", sample) else 1
            assert pages == len(document)
            assert document.is_tagged()
            for page in document:
                assert len(page.render(scale=0.5).to_pil().convert("RGB").getcolors(1 << 20)) > 1


PDFJS_READER = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const [library, ...files] = process.argv.slice(1);
let heard = [];
for (const kind of ["log", "info", "warn", "error"]) {
  console[kind] = (...said) => heard.push(said.join(" "));
}
const { getDocument, VerbosityLevel } = await import(
  pathToFileURL(`${library}/legacy/build/pdf.mjs`)
);
const found = {};
for (const file of files) {
  heard = [];
  let text = "";
  try {
    const document = await getDocument({
      data: new Uint8Array(readFileSync(file)),
      stopAtErrors: true,
      verbosity: VerbosityLevel.WARNINGS,
      isEvalSupported: false,
      standardFontDataUrl: `${library}/standard_fonts/`,
    }).promise;
    for (let place = 1; place <= document.numPages; place++) {
      const page = await document.getPage(place);
      await page.getOperatorList();
      for (const each of (await page.getTextContent()).items) text += each.str ?? "";
    }
    if (await document.getJSActions()) heard.push("there are scripts");
    await document.destroy();
  } catch (error) {
    heard.push(String(error));
  }
  found[file] = { text, said: heard };
}
process.stdout.write(JSON.stringify(found));
"""


def test_pdfjs_is_content(samples, broken):
    """
    What Firefox reads with: it goes through every instruction, fonts included.
    """
    node = program("node", "nodejs")
    library = PDFJS / "node_modules" / "pdfjs-dist"
    if not (library / "legacy" / "build" / "pdf.mjs").exists():
        unavailable(f"pdfjs-dist isn't in {PDFJS}: npm install --prefix {PDFJS} pdfjs-dist@4.10.38")

    done = run(
        *(node, "--input-type=module", "-e", PDFJS_READER, library, broken, *samples.values())
    )

    assert "" == done.stderr
    read = json.loads(done.stdout)
    assert read.pop(str(broken))["said"]
    assert {} == {path: each["said"] for path, each in read.items() if each["said"]}
    for sample, path in samples.items():
        if sample.endswith(("Latin", "Chinese")):  # of glyphs without a text it shows the codes
            assert NAMES[sample.rpartition(", ")[2]] in read[str(path)]["text"]


def claim(content: bytes) -> bool:
    """
    Say whether a file claims to be PDF/A-2b.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return pdf.open_metadata().pdfa_status == "2B"


def test_what_is_claimed(samples):
    """
    PDF/A-2b where the template allows it, and never PDF/UA: what a template shows isn't ours.
    """
    claiming = {
        sample.rpartition(", ")[0] for sample, path in samples.items() if claim(path.read_bytes())
    }

    assert ARCHIVAL == claiming
    assert not any(b"pdfuaid" in path.read_bytes() for path in samples.values())


def relabelled(content: bytes) -> bytes:
    """
    Make PDF/A-2b into PDF/A-1b as far as words go; every byte stays at its place.
    """
    content, headers = re.subn(rb"\A%PDF-1\.[4-7]", b"%PDF-1.4", content)
    content, claims = re.subn(rb"(pdfaid:part(?:>|='))[12]", rb"\g<1>1", content)
    assert (1, 1) == (headers, claims)
    return content


def preflight(files: Mapping[str, Path], folder: Path) -> dict[str, set[str]]:
    """
    Let Apache PDFBox check files, and give the numbers of its complaints.
    """
    java = program("java", "default-jre-headless")
    missing = [jar for jar in JARS if not (JAVA / jar).exists()]
    if missing:
        unavailable(
            f"{', '.join(missing)} isn't in {JAVA} (Debian's packages libpdfbox2-java, "
            "libjaxb-api-java, libactivation-java, libbcprov-java)"
        )
    wanted = folder / "files.txt"
    wanted.write_text("".join(f"{path}\n" for path in files.values()), "utf-8")
    classes = os.pathsep.join(str(JAVA / jar) for jar in JARS)
    checker = "org.apache.pdfbox.preflight.Validator_A1b"
    done = run(java, "-cp", classes, checker, "xml", "group", wanted)
    assert 0 == done.returncode, done.stdout + done.stderr
    report = ET.parse(f"{wanted}.preflight.xml").getroot()  # noqa: S314  # just written
    said = {each.get("name"): each for each in report}
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        numbers = {each.findtext("code") or "" for each in said[path.name].iter("error")}
        assert (said[path.name].findtext("isValid") == "true") == (not numbers)
        if numbers:
            found[name] = numbers
    return found


def test_preflight_is_content(samples, tmp_path):
    """
    PDFBox knows PDF/A-1b, whose rules PDF/A-2b has as well but for what is newer: of what it says,
    nothing is about what was added to the template.
    """
    files: dict[str, Path] = {}
    for template in sorted(ARCHIVAL - {"by hand"}):
        files[template] = tmp_path / f"{template}.pdf"
        files[template].write_bytes(relabelled((TEMPLATES / files[template].name).read_bytes()))
    for sample, path in samples.items():
        if claim(path.read_bytes()):
            files[sample] = tmp_path / path.name
            files[sample].write_bytes(relabelled(path.read_bytes()))

    found = preflight(files, tmp_path)

    assert len(files) == 3 + len(ARCHIVAL) * len(NAMES)
    added = {
        name: numbers - found.get(name.partition(", ")[0], set()) for name, numbers in found.items()
    }
    assert set() == set().union(*added.values()), added
    assert not {name for name in found if name.startswith(("by hand", "libreoffice-pdfa-1b"))}


@pytest.mark.parametrize("flaw", ["no output intent", "a font from elsewhere", "another title"])
def test_preflight_complains(flaw, samples, tmp_path):
    """
    Else its silence would prove nothing.
    """
    content = relabelled(samples["libreoffice-pdfa-1b, Latin"].read_bytes())
    changed = {
        "no output intent": (rb"/OutputIntents", b"/Outputintents"),
        "a font from elsewhere": (rb"/FontFile2 ", b"/Fontfile2 "),
        "another title": (rb"(<dc:title>.*?x-default.>).", rb"\1?"),
    }[flaw]
    damaged = re.sub(*changed, content)
    assert damaged != content
    path = tmp_path / "flawed.pdf"
    path.write_bytes(damaged)

    assert {"flawed"} == set(preflight({"flawed": path}, tmp_path))


@pytest.mark.parametrize("shown", ["A pale blue certificate with a frame", ""])
def test_pdfua_is_content(shown, samples, tmp_path):
    """
    But for the claim, which isn't made, there is nothing that a machine can find, whether the
    template is a figure or decoration.
    """
    files = list(samples.values()) if shown else []
    for template in ("chromium-two-pages", "libreoffice-pdfua"):
        for script, content in made(template, NAMES, template_alt=shown):
            files.append(tmp_path / f"{template}-{script}.pdf")
            files[-1].write_bytes(content)

    reports = [pdfua.validate(str(path)) for path in files]

    found = [{each.rule_id for each in report.findings} for report in reports]
    assert [{UNCLAIMED}] * len(files) == found
