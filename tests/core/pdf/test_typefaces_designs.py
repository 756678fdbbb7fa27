"""
What designs say of fonts: which ones, and where letters come from that these haven't.
"""

import io

from pathlib import Path

import fontpkg_noto_sans
import manimgx_fonts
import pypdfium2
import pytest

from fontTools.ttLib import TTCollection, TTFont
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from certcore.config import structure
from certcore.domain import AssetRef
from certcore.exceptions import ConfigurationError, FontError, MissingGlyphsError
from certcore.pdf import Pdf, PdfGenerator, Text
from certcore.pdf._options import FontFace
from certcore.placeholders import sample_certificate
from certcore.plugins import PluginRegistry
from certcore.registrar._bundles import Bundle, RecordingAssets, read_bundle, write_bundle
from certcore.testing import MemoryAssets


SCRIPTS = Path(manimgx_fonts.__path__[0])
NOTO = (fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf").read_bytes()
HEBREW = (SCRIPTS / "NotoSansHebrew[wght].ttf").read_bytes()
THAI = (SCRIPTS / "NotoSansThai[wght].ttf").read_bytes()


def template() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=(600, 200))
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def collection(*fonts: bytes) -> bytes:
    made = TTCollection()
    made.fonts = [TTFont(io.BytesIO(font)) for font in fonts]
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


ASSETS = MemoryAssets(
    {
        "blank.pdf": template(),
        "noto.ttf": NOTO,
        "all.ttc": collection(HEBREW, THAI),
        "emoji.ttf": (SCRIPTS / "NotoEmoji[wght].ttf").read_bytes(),
    }
)


def design(**said: object) -> Pdf:
    """
    Read a design as it is written, and what is printed on it is a name.
    """
    name = {"text": "{recipient.name}", "at": [20, 30], **said.pop("name", {})}
    return structure({"template": "blank.pdf", "elements": {"name": name}, **said}, Pdf)


def prepare(**said: object):
    return PdfGenerator().prepare(design(**said), ASSETS)


def embedded(content: bytes) -> set[str]:
    """
    Name the fonts in a file.
    """
    fonts = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"]
    return {
        font["/BaseFont"].split("+")[1] for font in (each.get_object() for each in fonts.values())
    }


def ink(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return sum(255 - value for value in document[0].render().to_pil().convert("L").tobytes())


BRAND = {
    "brand": {"font": "noto.ttf", "instance": "SemiBold"},
    "wide": {"font": "noto.ttf", "axes": {"wght": 650, "wdth": 62.5}},
    "thai": {"font": "all.ttc", "index": 1},
    "hebrew": {"font": "all.ttc", "face": "Noto Sans Hebrew", "instance": "Bold"},
}


@pytest.mark.parametrize(
    "said,name,fonts",
    [
        ({"fonts": ["brand"]}, "Ada", {"NotoSans-Regular_600wght"}),
        ({"fonts": ["noto.ttf"]}, "Ada", {"NotoSans-Regular"}),
        ({"name": {"font": "wide"}}, "Ada", {"NotoSans-Regular_62.5wdth_650wght"}),
        (
            {"fonts": ["brand", "thai", "hebrew"]},
            "สมชาย עדה",
            {
                "NotoSans-Regular_600wght",
                "NotoSansThai-Regular",
                "NotoSansHebrew-Light_700wght",  # as the file calls itself
            },
        ),
    ],
)
def test_typefaces_are_named_like_fonts(said, name, fonts):
    """
    For the whole design or for one text, one of a collection, or an instance.
    """
    prepared = prepare(typefaces=BRAND, fallback=[], **said)

    made = prepared.generate(sample_certificate(name=name)).content

    assert fonts == embedded(made)
    assert ink(made)


def test_an_instance_is_seen():
    """
    A bolder one takes more ink.
    """
    plain, bold = (
        prepare(fonts=["face"], typefaces={"face": {"font": "noto.ttf", "axes": {"wght": weight}}})
        for weight in (400, 900)
    )

    certificate = sample_certificate(name="Ada")
    assert ink(bold.generate(certificate).content) > 1.2 * ink(plain.generate(certificate).content)
    assert plain.digest != bold.digest


def test_errors_call_a_typeface_by_what_was_chosen():
    """
    So that it is told from others out of its file.
    """
    prepared = prepare(fonts=["brand"], typefaces=BRAND, fallback=[])

    with pytest.raises(MissingGlyphsError, match=r"fonts \(noto.ttf \(SemiBold\)\) has 'ส'"):
        prepared.generate(sample_certificate(name="สมชาย"))


@pytest.mark.parametrize(
    "face,message",
    [
        ({"font": "noto.ttf", "instance": "Fat"}, "^noto.ttf has no instance 'Fat': it has 'Thin'"),
        ({"font": "all.ttc", "index": 2}, "^all.ttc has no font of the index 2: .* from 0 to 1"),
        ({"font": "all.ttc", "face": "Lao"}, "^all.ttc has no font 'Lao': it has 'Noto Sans Heb"),
        ({"font": "noto.ttf", "axes": {"opsz": 9}}, "^noto.ttf has no axis 'opsz'; it has wght"),
    ],
)
def test_a_typeface_that_isnt_there(face, message):
    """
    It is refused before anything is drawn, even if no text is set in it.
    """
    with pytest.raises(FontError, match=message):
        prepare(typefaces={"brand": face})


def test_names_that_nothing_has():
    """
    Each is told with its place, and the typeface that may be meant.
    """
    with pytest.raises(ConfigurationError) as caught:
        prepare(
            fonts=["bramd", "Helvetica"],
            name={"font": "none.ttf"},
            typefaces={**BRAND, "the other": {"font": "Other.ttf"}},
        )

    told = {problem.path: problem for problem in caught.value.problems}
    assert {'typefaces."the other".font', "fonts[0]", "elements.name.font"} == told.keys()
    assert "Did you mean 'brand'?" == told["fonts[0]"].hint
    assert "" == told["elements.name.font"].hint


def test_a_typeface_comes_before_other_fonts_of_its_name():
    """
    Were they among the 14 or the assets.
    """
    own = {name: {"font": "noto.ttf", "instance": "Bold"} for name in ("Helvetica", "emoji.ttf")}

    for said in ({}, {"fonts": ["Helvetica"]}, {"fonts": ["emoji.ttf"]}):
        made = prepare(typefaces=own, **said).generate(sample_certificate(name="Ada")).content
        assert {"NotoSans-Regular_700wght"} == embedded(made)


@pytest.mark.parametrize(
    "said,path",
    [
        ({"typefaces": {"a": {"font": "a.ttf", "index": -1}}}, "typefaces.a.index"),
        (
            {"typefaces": {"a": {"font": "a.ttf", "axes": {"wght": "bold"}}}},
            "typefaces.a.axes.wght",
        ),
        ({"typefaces": {"a": {"face": "A"}}}, "typefaces.a.font"),
        ({"fallback": ["bundle", "web"]}, "fallback[1]"),
        ({"fallback": True}, "fallback"),
        ({"emoji": "color"}, "emoji"),
    ],
)
def test_what_cant_be_said(said, path):
    """
    The error names the place.
    """
    with pytest.raises(ConfigurationError) as caught:
        design(**said)

    assert [path] == [problem.path for problem in caught.value.problems]


def test_without_any_fallback():
    """
    A design's own fonts are all there is.
    """
    with pytest.raises(MissingGlyphsError, match="Helvetica"):
        prepare(fallback=[]).generate(sample_certificate(name="สมชาย"))


@pytest.fixture(name="folder")
def _folder(tmp_path, monkeypatch):
    (tmp_path / "Thai.ttf").write_bytes(THAI)
    monkeypatch.setenv("CERTCORE_FONT_FOLDERS", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_fonts_of_folders():
    """
    They are tried if the design says so, in the order in which it says.
    """
    certificate = sample_certificate(name="สมชาย")

    made = prepare(fallback=["folders"]).generate(certificate)

    assert "NotoSansThai-Regular" in embedded(made.content)
    assert made == prepare(fallback=["folders", "bundle"]).generate(certificate)
    with pytest.raises(MissingGlyphsError):
        prepare(fallback=["folders"]).generate(sample_certificate(name="श्रीकृष्ण"))


def test_designs_with_fonts_of_a_machine(folder, tmp_path_factory, monkeypatch):
    """
    Their digest is that of all these fonts: it is the same where these are, and only there.
    """
    told = prepare(fallback=["folders"]).digest

    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "Thai.ttf").write_bytes(THAI)
    monkeypatch.setenv("CERTCORE_FONT_FOLDERS", str(elsewhere))
    assert told == prepare(fallback=["folders"]).digest

    (elsewhere / "Hebrew.ttf").write_bytes(HEBREW)
    assert told != prepare(fallback=["folders"]).digest
    bundle = prepare().digest
    monkeypatch.delenv("CERTCORE_FONT_FOLDERS")
    assert bundle == prepare().digest
    with pytest.raises(FontError, match="in the variable CERTCORE_FONT_FOLDERS"):
        prepare(fallback=["folders"])


def test_a_design_is_kept_with_its_typefaces():
    """
    It is read as it was, and is the same design.
    """
    registry = PluginRegistry()
    said = design(fonts=["brand"], typefaces=BRAND, fallback=[], emoji="monochrome")
    assets = RecordingAssets(ASSETS)
    prepared = PdfGenerator().prepare(said, assets)

    kept = read_bundle(
        write_bundle(Bundle(provider="pdf", options=said, assets=assets.seen)), registry
    )

    assert said == kept.options
    assert {"blank.pdf", "noto.ttf", "all.ttc"} == set(kept.assets)
    assert prepared.digest == PdfGenerator().prepare(kept.options, kept).digest


EMOJI = sample_certificate(name="Ada 🎓")


def test_emoji_are_refused():
    """
    Unless the design says otherwise.
    """
    with pytest.raises(MissingGlyphsError, match="'🎓' \\(U\\+1F393\\)"):
        prepare().generate(EMOJI)


@pytest.mark.parametrize(
    "said",
    [
        {"emoji": "monochrome"},
        {"emoji": "monochrome", "fallback": []},
        {"fonts": ["noto.ttf", "emoji.ttf"]},
        {"fonts": ["noto.ttf", "ZapfDingbats"], "fallback": []},
    ],
)
def test_emoji_in_one_color(said):
    """
    Where it is asked for, or a font of the design's has them.
    """
    made = prepare(**said).generate(EMOJI).content

    assert "NotoEmoji-Regular" in embedded(made)
    assert ink(made) > ink(prepare().generate(sample_certificate(name="Ada")).content)


def test_designs_in_python():
    """
    They are the same as those that are read.
    """
    made = Pdf(
        template="blank.pdf",
        fonts=["brand"],
        typefaces={"brand": FontFace(font="noto.ttf", instance="SemiBold")},
        elements={"name": Text(text="{recipient.name}", at=(20, 30))},
    )

    assert AssetRef("noto.ttf") == made.typefaces["brand"].font
    brand = {"brand": BRAND["brand"]}
    assert (
        prepare(fonts=["brand"], typefaces=brand).digest
        == PdfGenerator().prepare(made, ASSETS).digest
    )
