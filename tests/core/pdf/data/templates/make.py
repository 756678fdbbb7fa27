"""
Make the templates in this folder anew, with the programs that people make theirs with.

    python make.py            all of them
    python make.py cairo      those of one program: cairo, chromium, ghostscript, libreoffice

Needs certcore, cairocffi from PyPI, and Debian's packages chromium, fonts-dejavu-core, ghostscript
and libreoffice-draw. The tests need none of the programs: they read the files.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certcore.pdf._describing import srgb_profile


HERE = Path(__file__).parent
LARGEST = 60_000
MOMENT = "1767225600"  # 2026-01-01
SIZE = (420, 297)
FONTS = "/usr/share/fonts/truetype/dejavu"


def run(*command: object, **more: str) -> None:
    """
    Run a program.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": MOMENT, **more}
    subprocess.run(
        [str(each) for each in command],
        check=True,
        env=environment,
        capture_output=True,
        timeout=300,
    )


# LibreOffice

ODG = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.graphics"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:xslfo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
 <office:styles>
  <draw:gradient draw:name="sky" draw:style="linear" draw:start-color="#fff3d6"
   draw:end-color="#9ec5e8" draw:angle="300" draw:border="0%"/>
  <draw:opacity draw:name="fade" draw:style="radial" draw:cx="50%" draw:cy="50%" draw:start="80%"
   draw:end="0%"/>
 </office:styles>
 <office:automatic-styles>
  <style:page-layout style:name="sheet"><style:page-layout-properties xslfo:page-width="148mm"
   xslfo:page-height="105mm" xslfo:margin="0mm"/></style:page-layout>
  <style:style style:name="back" style:family="graphic"><style:graphic-properties
   draw:fill="gradient" draw:fill-gradient-name="sky" draw:stroke="solid" svg:stroke-width="1mm"
   svg:stroke-color="#1f4e79"/></style:style>
  <style:style style:name="seal" style:family="graphic"><style:graphic-properties
   draw:fill="solid" draw:fill-color="#c0392b" draw:stroke="none" draw:opacity-name="fade"
   /></style:style>
  <style:style style:name="half" style:family="graphic"><style:graphic-properties
   draw:fill="solid" draw:fill-color="#27ae60" draw:stroke="none" draw:opacity="40%"
   /></style:style>
  <style:style style:name="bare" style:family="graphic"><style:graphic-properties draw:fill="none"
   draw:stroke="none"/></style:style>
  <style:style style:name="big" style:family="text"><style:text-properties
   style:font-name="DejaVu Serif" xslfo:font-family="DejaVu Serif" xslfo:font-size="24pt"
   xslfo:color="#1f4e79"/></style:style>
  <style:style style:name="small" style:family="text"><style:text-properties
   xslfo:font-family="DejaVu Sans" xslfo:font-size="10pt"/></style:style>
 </office:automatic-styles>
 <office:master-styles><style:master-page style:name="all" style:page-layout-name="sheet"/>
 </office:master-styles>
 <office:body><office:drawing>PAGES</office:drawing></office:body>
</office:document>
"""

ODG_PAGE = """<draw:page draw:name="NAME" draw:master-page-name="all">
 <draw:rect draw:style-name="back" svg:x="5mm" svg:y="5mm" svg:width="138mm" svg:height="95mm">
  <svg:title>Frame</svg:title><svg:desc>A frame before a pale sky</svg:desc></draw:rect>
 <draw:circle draw:style-name="seal" svg:x="105mm" svg:y="60mm" svg:width="30mm"
  svg:height="30mm"><svg:desc>A seal</svg:desc></draw:circle>
 <draw:rect draw:style-name="half" svg:width="30mm" svg:height="18mm"
  draw:transform="rotate(0.3) translate(95mm 80mm)"><svg:desc>A ribbon</svg:desc></draw:rect>
 <draw:frame draw:style-name="bare" svg:x="15mm" svg:y="12mm" svg:width="110mm" svg:height="15mm">
  <draw:text-box><text:p><text:span text:style-name="big">Certificate – NAME</text:span></text:p>
  </draw:text-box></draw:frame>
 <draw:frame draw:style-name="bare" svg:x="15mm" svg:y="80mm" svg:width="70mm" svg:height="8mm">
  <draw:text-box><text:p><text:span text:style-name="small">Żółć, Ελένη, Олена </text:span>
  <text:a xlink:type="simple" xlink:href="https://example.org/verify">example.org</text:a></text:p></draw:text-box></draw:frame>
</draw:page>"""


def libreoffice() -> Iterator[tuple[str, bytes]]:
    """
    Export drawings in each of the ways that LibreOffice offers.
    """
    one = ODG.replace("PAGES", ODG_PAGE.replace("NAME", "one"))
    two = ODG.replace("PAGES", "".join(ODG_PAGE.replace("NAME", name) for name in ("one", "two")))
    # PDF/A-1 has nothing that shows through
    opaque = one.replace('draw:opacity-name="fade"', "").replace('draw:opacity="40%"', "")
    wanted: dict[str, tuple[str, dict[str, Any]]] = {
        "draw": (one, {}),
        "two-pages": (two, {"SelectPdfVersion": 15}),
        "pdfa-1b": (opaque, {"SelectPdfVersion": 1}),
        "pdfa-2b": (one, {"SelectPdfVersion": 2}),
        "pdfa-3b": (one, {"SelectPdfVersion": 3}),
        "pdfua": (one, {"PDFUACompliance": True, "UseTaggedPDF": True}),
        "restricted": (
            one,
            {"RestrictPermissions": True, "PermissionPassword": "owner", "Changes": 0},
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (drawing, options) in wanted.items():
            source = Path(folder) / f"{name}.fodg"
            source.write_text(drawing, "utf-8")
            said = {
                key: {
                    "type": {bool: "boolean", int: "long", str: "string"}[type(value)],
                    "value": str(value).lower() if isinstance(value, bool) else str(value),
                }
                for key, value in options.items()
            }
            run(
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                *("--convert-to", f"pdf:draw_pdf_Export:{json.dumps(said)}"),
                *("--outdir", folder),
                source,
            )
            yield name, (Path(folder) / f"{name}.pdf").read_bytes()


# Cairo


def cairo() -> Iterator[tuple[str, bytes]]:
    """
    Draw with what is peculiar to Cairo: groups, operators, clips, structure, several pages.
    """
    import cairocffi

    drawings: dict[str, Callable[[Any, Any], None]] = {
        "shapes": _shapes,
        "groups": _groups,
        "picture": _picture,
        "tagged": _tagged,
        "clips": _clips,
    }
    for name, draw in drawings.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "made.pdf"
            surface = cairocffi.PDFSurface(str(path), *SIZE)
            if name == "shapes":
                surface.restrict_to_version(cairocffi.PDF_VERSION_1_4)
            context = cairocffi.Context(surface)
            draw(cairocffi, context)
            surface.finish()
            yield name, path.read_bytes()


def _shapes(library: Any, context: Any) -> None:
    gradient = library.LinearGradient(0, 0, *SIZE)
    gradient.add_color_stop_rgb(0, 1, 0.95, 0.8)
    gradient.add_color_stop_rgba(1, 0.4, 0.6, 0.9, 0.7)
    context.set_source(gradient)
    context.paint()
    context.set_line_width(6)
    context.set_dash([14, 5])
    context.set_line_join(library.LINE_JOIN_ROUND)
    context.rectangle(15, 15, SIZE[0] - 30, SIZE[1] - 30)
    context.set_source_rgb(0.1, 0.3, 0.5)
    context.stroke()
    context.set_fill_rule(library.FILL_RULE_EVEN_ODD)
    for point in range(5):
        angle = point * 4 * math.pi / 5
        context.line_to(330 + 50 * math.sin(angle), 210 - 50 * math.cos(angle))
    context.set_source_rgba(0.8, 0.2, 0.1, 0.8)
    context.fill()
    _write(library, context, "Certificate", (60, 90, 36))


def _groups(library: Any, context: Any) -> None:
    context.set_source_rgb(0.95, 0.95, 0.85)
    context.paint()
    for place, operator in enumerate(("MULTIPLY", "SCREEN", "DIFFERENCE", "OVERLAY", "HSL_HUE")):
        context.push_group()
        context.set_source_rgb(0.2, 0.5, 0.8)
        context.arc(80 + 60 * place, 120, 45, 0, 2 * math.pi)
        context.fill()
        context.set_source_rgba(0.9, 0.3, 0.2, 0.6)
        context.rectangle(50 + 60 * place, 120, 60, 60)
        context.fill()
        group = context.pop_group()
        context.set_operator(getattr(library, f"OPERATOR_{operator}"))
        context.set_source(group)
        context.paint_with_alpha(0.8)
    context.set_operator(library.OPERATOR_OVER)
    fade = library.RadialGradient(300, 220, 5, 300, 220, 60)
    fade.add_color_stop_rgba(0, 0, 0, 0, 1)
    fade.add_color_stop_rgba(1, 0, 0, 0, 0)
    context.set_source_rgb(0.5, 0, 0.5)
    context.mask(fade)
    _write(library, context, "Groups", (60, 60, 30))


def _picture(library: Any, context: Any) -> None:
    image = library.ImageSurface(library.FORMAT_ARGB32, 48, 48)
    inner = library.Context(image)
    fade = library.LinearGradient(0, 0, 48, 48)
    fade.add_color_stop_rgba(0, 1, 0, 0, 1)
    fade.add_color_stop_rgba(1, 0, 0, 1, 0)
    inner.set_source(fade)
    inner.paint()
    context.set_source_rgb(1, 1, 0.8)
    context.paint()
    context.save()
    context.translate(60, 80)
    context.rotate(0.1)
    context.scale(4, 3)
    context.set_source_surface(image)
    context.get_source().set_filter(library.FILTER_NEAREST)
    context.paint()
    context.restore()
    pattern = library.SurfacePattern(image)
    pattern.set_extend(library.EXTEND_REPEAT)
    context.set_source(pattern)
    context.rectangle(280, 60, 110, 190)
    context.fill()
    _write(library, context, "Picture", (60, 60, 30))


def _tagged(library: Any, context: Any) -> None:
    context.tag_begin("Document")
    for page in (1, 2):
        context.tag_begin("H1")
        _write(library, context, f"Page {page}", (60, 60, 30))
        context.tag_end("H1")
        context.tag_begin("P")
        context.tag_begin(library.TAG_LINK, "uri='https://example.org/verify'")
        _write(library, context, "example.org", (60, 100, 16))
        context.tag_end(library.TAG_LINK)
        context.tag_begin(library.TAG_LINK, f"page={3 - page} pos=[60 60]")
        _write(library, context, "the other page", (60, 140, 16))
        context.tag_end(library.TAG_LINK)
        context.tag_end("P")
        context.set_source_rgb(0.2, 0.6, 0.3 * page)
        context.rectangle(200, 150, 150, 80)
        context.fill()
        context.show_page()
    context.tag_end("Document")


def _clips(library: Any, context: Any) -> None:
    context.set_source_rgb(1, 1, 1)
    context.paint()
    for place in range(12):
        angle = place * math.pi / 6
        x, y = 210 + 90 * math.cos(angle), 150 + 90 * math.sin(angle)
        context.save()
        context.arc(x, y, 50, 0, 2 * math.pi)
        context.clip()
        fade = library.RadialGradient(x - 10, y - 10, 4, x, y, 50)
        fade.add_color_stop_rgb(0, 1, 1, place / 12)
        fade.add_color_stop_rgb(0.5, place / 12, 0.5, 0.5)
        fade.add_color_stop_rgb(1, 0.2, 0, 1 - place / 12)
        context.set_source(fade)
        context.paint()
        context.restore()
    _write(library, context, "Clips", (170, 160, 30))


def _write(library: Any, context: Any, text: str, at: tuple[float, float, int]) -> None:
    context.set_source_rgb(0.1, 0.1, 0.2)
    context.select_font_face("DejaVu Serif", library.FONT_SLANT_NORMAL)
    context.set_font_size(at[2])
    context.move_to(*at[:2])
    context.show_text(text)


# Ghostscript

POSTSCRIPT = """%!PS
<</PageSize [420 297]>> setpagedevice
/DejaVuSerif findfont 30 scalefont setfont
gsave
<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 420 297] /Extend [true true]
 /Function << /FunctionType 2 /Domain [0 1] /C0 [1 0.95 0.8] /C1 [0.5 0.7 0.9] /N 1 >> >> shfill
grestore
0.1 0.3 0.5 setrgbcolor 5 setlinewidth 15 15 390 267 rectstroke
60 230 moveto (Certificate) show
gsave 320 100 translate
0 1 11 { 30 mul gsave rotate 0.8 0.2 0.1 setrgbcolor 0 0 moveto 40 8 lineto 40 -8 lineto closepath
 fill grestore } for
grestore
gsave 60 60 translate 120 80 scale 8 8 8 [8 0 0 8 0 0]
 { <00204060 80a0c0e0 10305070 90b0d0f0 ff00ff00 ff00ff00 0f0f0f0f f0f0f0f0
    00204060 80a0c0e0 10305070 90b0d0f0 ff00ff00 ff00ff00 0f0f0f0f f0f0f0f0> } image grestore
EXTRA
showpage
"""
INKS = """0.8 0.1 0 0.2 setcmykcolor 200 60 40 40 rectfill
[/Separation (Gold) /DeviceCMYK {dup 0.2 mul exch dup 0.4 mul exch 0.9 mul 0}] setcolorspace
0.8 setcolor 250 60 40 40 rectfill"""
LINKED = """[/Rect [60 225 220 255] /Action << /Subtype /URI /URI (https://example.org/verify) >>
 /Subtype /Link /Border [0 0 0] /ANN pdfmark"""
OTHER_FONT = """8 dict begin /FontType 3 def /FontMatrix [0.001 0 0 0.001 0 0] def
/FontBBox [0 0 1000 1000] def /Encoding 256 array def 0 1 255 {Encoding exch /.notdef put} for
Encoding 97 /star put /BuildGlyph { 1000 0 0 0 1000 1000 setcachedevice pop pop
 500 1000 moveto 800 0 lineto 0 600 lineto 1000 600 lineto 200 0 lineto closepath fill } def
currentdict end /Stars exch definefont pop /Stars findfont 24 scalefont setfont
0 0.4 0.2 setrgbcolor 60 180 moveto (aaa) show
<< /PaintType 1 /PatternType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9
 /PaintProc { pop 0.9 0.6 0.1 setrgbcolor 0 0 5 5 rectfill } >> matrix makepattern setpattern
200 60 90 60 rectfill"""
CONFORMING = """[/_objdef {icc} /type /stream /OBJ pdfmark [{icc} <</N 3>> /PUT pdfmark
[{icc} (PROFILE) (r) file /PUT pdfmark
[/_objdef {intent} /type /dict /OBJ pdfmark
[{intent} <</Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile {icc}
 /OutputConditionIdentifier (sRGB)>> /PUT pdfmark
[{Catalog} <</OutputIntents [{intent}]>> /PUT pdfmark"""


def ghostscript() -> Iterator[tuple[str, bytes]]:
    """
    Distil PostScript into files of several versions and kinds.
    """
    distilled = ("-sDEVICE=pdfwrite",)
    wanted: dict[str, tuple[str, tuple[str, ...]]] = {
        "plain": (LINKED, (*distilled, "-dCompatibilityLevel=1.7")),
        "old": (OTHER_FONT, (*distilled, "-dCompatibilityLevel=1.3")),
        "inks": (
            INKS,
            (*distilled, "-sProcessColorModel=DeviceCMYK", "-sColorConversionStrategy=CMYK"),
        ),
        "unembedded": (
            "/Helvetica findfont 20 scalefont setfont 60 160 moveto (Helvetica) show",
            (*distilled, "-dEmbedAllFonts=false"),
        ),
        "turned": (
            "[{ThisPage} <</Rotate 270>> /PUT pdfmark",
            (*distilled, "-dAutoRotatePages=/None"),
        ),
        "pdfa-2": (
            CONFORMING,
            (
                *distilled,
                *("-dPDFA=2", "-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=RGB"),
                "--permit-file-read=PROFILE",
            ),
        ),
        "scanned": ("", ("-sDEVICE=pdfimage24", "-r72")),
        "scanned-gray": ("", ("-sDEVICE=pdfimage8", "-r50")),
    }
    for name, (extra, options) in wanted.items():
        with tempfile.TemporaryDirectory() as folder:
            source, made = Path(folder) / "source.ps", Path(folder) / "made.pdf"
            profile = Path(folder) / "srgb.icc"
            profile.write_bytes(srgb_profile())  # Ghostscript's own isn't free enough
            drawing = POSTSCRIPT.replace("EXTRA", extra).replace("PROFILE", str(profile))
            source.write_text(drawing, "ascii")
            run(
                *("gs", "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER"),
                f"-sFONTPATH={FONTS}",
                *(each.replace("PROFILE", str(profile)) for each in options),
                f"-sOutputFile={made}",
                source,
            )
            yield name, made.read_bytes()


# Chromium

HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Certificate</title>
<style>
@page { size: 148mm 105mm; margin: 0 }
* { -webkit-print-color-adjust: exact }
body { margin: 0; font: 12pt "DejaVu Sans" }
section { width: 148mm; height: 104.5mm; position: relative; overflow: hidden;
 background: linear-gradient(120deg, #fff3d6, #9ec5e8); break-after: page }
section:last-of-type { break-after: auto }
h1 { font: 24pt "DejaVu Serif"; color: #1f4e79; position: absolute; left: 15mm; top: 10mm }
p, a { position: absolute; left: 15mm; top: 75mm } a { top: 85mm }
STYLE
</style>BODY</html>"""
SECTION = """<section><h1>Certificate NAME</h1><p>Żółć, Ελένη, Олена</p>
<a href="https://example.org/verify">example.org</a>INNER</section>"""


def chromium() -> Iterator[tuple[str, bytes]]:
    """
    Print pages as browsers do.
    """
    shadows = (
        "div { position: absolute; right: 15mm; top: 45mm; width: 40mm; height: 40mm;"
        " border-radius: 50%; background: #c0392b; opacity: .7; mix-blend-mode: multiply;"
        " transform: rotate(12deg) skewX(8deg) } i { position: absolute; left: 60mm; top: 45mm;"
        " width: 30mm; height: 20mm; border: 2mm dashed #27ae60 }"
    )
    picture = (
        "<svg style='position:absolute;right:10mm;top:40mm' width='200' height='150'><defs>"
        "<mask id='m'><circle cx='80' cy='70' r='60' fill='white'/></mask><pattern id='p'"
        " width='12' height='12' patternUnits='userSpaceOnUse'><path d='M0 0l12 12' stroke='red'"
        " stroke-width='3'/></pattern></defs><rect width='200' height='150' fill='url(#p)'"
        " mask='url(#m)'/><text x='30' y='130' fill='none' stroke='navy' font-size='40'"
        " font-family='DejaVu Serif'>SVG</text></svg>"
    )
    wanted = {
        "page": (shadows, ("<div></div><i></i>",), ()),
        "two-pages": ("", ("", "<p id=b style='top:50mm'>second</p>"), ()),
        "untagged": (shadows, ("<div></div>",), ("--disable-pdf-tagging",)),
        "svg": ("", (picture,), ()),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (style, inner, options) in wanted.items():
            source, made = Path(folder) / f"{name}.html", Path(folder) / f"{name}.pdf"
            sections = "".join(
                SECTION.replace("NAME", str(place)).replace("INNER", each)
                for place, each in enumerate(inner, start=1)
            )
            source.write_text(HTML.replace("STYLE", style).replace("BODY", sections), "utf-8")
            run(
                *("chromium", "--headless", "--no-sandbox", "--disable-gpu"),
                f"--user-data-dir={folder}/profile",
                "--no-pdf-header-footer",
                *options,
                f"--print-to-pdf={made}",
                source.as_uri(),
            )
            yield name, made.read_bytes()


@contextmanager
def blamed(name: str) -> Iterator[None]:
    """
    Name the program that failed.
    """
    try:
        yield
    except subprocess.CalledProcessError as exc:
        sys.exit(f"{name}: {exc.stderr.decode(errors='replace')[-2000:]}")


def main() -> None:
    """
    Make those that are asked for.
    """
    programs = (cairo, chromium, ghostscript, libreoffice)
    for program in programs:
        if sys.argv[1:] and program.__name__ not in sys.argv[1:]:
            continue
        with blamed(program.__name__):
            for name, content in program():
                path = HERE / f"{program.__name__}-{name}.pdf"
                if len(content) > LARGEST:
                    sys.exit(f"{path.name}: {len(content):,} bytes are too many")
                path.write_bytes(content)
                print(f"{path.name}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
