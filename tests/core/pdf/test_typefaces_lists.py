"""
Fonts that come with packages, from folders and from the system.
"""

import hashlib
import io
import json
import os
import sys

from importlib.util import find_spec
from pathlib import Path

import fontpkg_ibm_plex_mono
import fontpkg_noto_sans
import manimgx_fonts
import pytest
import uharfbuzz

from fontTools.ttLib import TTCollection, TTFont
from reportlab.pdfbase import pdfmetrics

from certcore.exceptions import FontError
from certcore.pdf import STANDARD_FONTS
from certcore.pdf._typefaces import (
    STANDARD_FACES,
    Face,
    Fallback,
    _bundle,
    _fallback,
    _files,
    fallback_faces,
    open_face,
    standard_face,
    subset,
)


PLEX = fontpkg_ibm_plex_mono.ROOT / "files"
NOTO = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
SCRIPTS = Path(manimgx_fonts.__path__[0])
ARABIC = (SCRIPTS / "NotoSansArabic[wght].ttf").read_bytes()
HEBREW = (SCRIPTS / "NotoSansHebrew[wght].ttf").read_bytes()


def length(face: Face, text: str) -> float:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.hb_font(), buffer, {"kern": False, "liga": False})
    return sum(at.x_advance for at in buffer.glyph_positions) / face.units_per_em


def test_every_standard_font_is_drawn():
    """
    By a font that can be embedded, called as designs call it.
    """
    assert set(STANDARD_FONTS) == set(STANDARD_FACES)
    for name in STANDARD_FONTS:
        face = standard_face(name)
        assert (name, face) == (face.label, standard_face(name))
        assert subset(face, [1, 2]).data


TEXT = "Certificate of Completion: María-José Björn, 12 May 2026"


@pytest.mark.parametrize("name", [n for n in STANDARD_FONTS if n not in {"Symbol", "ZapfDingbats"}])
def test_lines_are_about_as_long(name):
    """
    As they are in the font of that name, so that designs keep their shape.
    """
    theirs = pdfmetrics.stringWidth(TEXT, name, 1)
    tolerance = 0.09 if name.startswith("Times") else 0.002

    assert length(standard_face(name), TEXT) == pytest.approx(theirs, rel=tolerance)


@pytest.mark.parametrize("name,letters", [("Symbol", "αβΩ∑√∞≤≠"), ("ZapfDingbats", "✂✈✉✔❤")])
def test_signs(name, letters):
    """
    The usual ones are there.
    """
    assert set(map(ord, letters)) <= standard_face(name).covers


def test_slanted_and_bold_ones_are():
    """
    Whether they have a file of their own or are a place on an axis.
    """
    for family, bold, slanted in (
        ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
        ("Times-Roman", "Times-Bold", "Times-Italic"),
        ("Courier", "Courier-Bold", "Courier-Oblique"),
    ):
        assert standard_face(bold).metrics.stem > standard_face(family).metrics.stem
        assert standard_face(slanted).metrics.italic_angle < 0
        assert 0 == standard_face(family).metrics.italic_angle


@pytest.mark.parametrize("present", [None, "elsewhere"])
def test_a_standard_font_without_its_package(monkeypatch, tmp_path, present):
    """
    The error says what to install.
    """
    if present:
        (tmp_path / "fontpkg_arimo").mkdir()
        (tmp_path / "fontpkg_arimo" / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "fontpkg_arimo", raising=False)
    else:
        monkeypatch.setitem(sys.modules, "fontpkg_arimo", None)

    with pytest.raises(FontError, match=r"^Helvetica is .* pip install 'certcore\[fonts\]'"):
        standard_face("Helvetica")
    assert standard_face("Times-Roman")


NAMES = {
    "Latin": "Łukasz",
    "Vietnamese": "Nguyễn",
    "Greek": "Γιώργος",
    "Cyrillic": "Ђорђе",
    "Armenian": "Արամ",
    "Georgian": "გიორგი",
    "Arabic": "محمد",
    "Hebrew": "שָׁלוֹם",
    "Devanagari": "श्रीकृष्ण",
    "Bengali": "রবীন্দ্রনাথ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ",
    "Gujarati": "ગાંધી",
    "Oriya": "ଓଡ଼ିଆ",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "සිංහල",
    "Thai": "สมชาย",
    "Lao": "ລາວ",
    "Burmese": "မြန်မာ",
    "Khmer": "ខ្មែរ",
    "Ethiopic": "አበበ",
    "emoji": "🎓",
}


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_the_bundle_has_most_scripts(text):
    """
    One of its fonts has all letters of a name, and draws them.
    """
    wanted = set(map(ord, text))

    face = next(face for face in fallback_faces(emoji=True) if wanted <= face.covers)

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.hb_font(), buffer)
    glyphs = {info.codepoint for info in buffer.glyph_infos}
    assert 0 not in glyphs
    assert not face.color_only
    assert subset(face, glyphs).ids.keys() >= glyphs


def test_the_bundle_is_sound():
    """
    All that is installed can be used, in a fixed order without repetition. It is the same wherever
    it is installed, so that nobody has to be told what is in it.
    """
    faces = fallback_faces()

    assert "NotoSans[wdth,wght].ttf" == faces[0].label
    assert [face.label for face in faces] == [face.label for face in fallback_faces()]
    assert len(faces) == len({face.digest for face in faces})
    assert () == faces.problems()
    assert b"" == faces.manifest()


def test_emoji_are_asked_for():
    """
    Their font is the last one, wherever the others come from.
    """
    assert not any(ord("🎓") in face.covers for face in fallback_faces())
    assert fallback_faces(emoji=True)[:-1] == tuple(fallback_faces())
    (face,) = fallback_faces([], emoji=True)
    assert ord("🎓") in face.covers
    assert not face.color_only


@pytest.mark.parametrize("present", [False, True])
def test_emoji_without_their_package(monkeypatch, tmp_path, present):
    """
    The error says what to do.
    """
    if present:
        (tmp_path / "manimgx_fonts").mkdir()
        (tmp_path / "manimgx_fonts" / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "manimgx_fonts", raising=False)
    else:
        monkeypatch.setitem(sys.modules, "manimgx_fonts", None)

    with pytest.raises(FontError, match=r"^emoji are .* pip install 'certcore\[fonts\]', or name"):
        fallback_faces(emoji=True)


def test_a_bundle_that_isnt_installed(monkeypatch):
    """
    Nothing is tried then.
    """
    for package in {package for package, _ in _bundle._BUNDLE}:
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(_bundle, "installed_families", lambda _: ())

    assert [] == list(fallback_faces())


def test_more_noto_that_is_installed(monkeypatch, tmp_path):
    """
    Families beyond the known ones come last.
    """
    folder = tmp_path / "fontpkg_noto_sans_other" / "files"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "Other.ttf").write_bytes(HEBREW)
    described = tmp_path / "fontpkg_noto_sans_other-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(
        "[fontpkg.family]\nother = fontpkg_noto_sans_other\ngone = fontpkg_noto_gone\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    labels = [face.label for face in fallback_faces()]
    assert labels.index("Other.ttf") > labels.index("NotoSansSymbols[wght].ttf")


def test_a_package_that_is_a_module():
    """
    It has no folder of fonts.
    """
    assert find_spec("this")
    assert _bundle.package_folder("this") is None


@pytest.fixture(name="folder")
def _folder(tmp_path):
    for name, content in {
        "b/Hebrew.ttf": HEBREW,
        "b/Bold/Hebrew-Bold.ttf": HEBREW,
        "a/Arabic.TTF": ARABIC,
        "a/broken.otf": b"rubbish",
        "a/cut.ttf": HEBREW[:-100],
        "a/readme.txt": b"not a font",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "folder.ttf").mkdir()
    return tmp_path


def in_folders(*folders: Path) -> Fallback:
    return fallback_faces(
        ["folders"], environment={"CERTCORE_FONT_FOLDERS": os.pathsep.join(map(str, folders))}
    )


def test_a_folder_of_fonts(folder, caplog):
    """
    All below it, upright and regular ones first; what can't be used is told and logged.
    """
    faces = in_folders(folder, folder / "b")

    with caplog.at_level("INFO"):
        assert ["Arabic.TTF", "Hebrew.ttf", "Hebrew-Bold.ttf"] == [face.label for face in faces]
    assert 3 == len(faces)
    assert ["Hebrew.ttf"] == [face.label for face in faces[1:2]]
    broken, cut = faces.problems()
    assert "broken.otf: broken.otf isn't a font" in broken
    assert "cut.ttf: cut.ttf is cut off" in cut
    assert ["broken.otf", "cut.ttf"] == [
        Path(said.split(" isn't used")[0]).name for said in caplog.messages
    ]


def test_folders_that_arent_there(folder):
    """
    Whoever runs certcore has made a mistake, and is told.
    """
    with pytest.raises(FontError, match=r"none: there is no such folder of fonts"):
        in_folders(folder, folder / "none")
    for environment in ({}, {"CERTCORE_FONT_FOLDERS": os.pathsep}):
        with pytest.raises(FontError, match=r"^no folder .* in the variable CERTCORE_FONT_FOLDERS"):
            fallback_faces(["folders"], environment=environment)


def test_a_folder_with_too_much_in_it(folder, monkeypatch):
    """
    Somebody has named another folder than was meant; nobody waits until it is looked through.
    """
    monkeypatch.setattr(_files, "_MOST", 5)

    assert 1 == len(in_folders(folder / "a"))
    with pytest.raises(FontError, match="this folder of fonts has more than 5 files"):
        in_folders(folder)


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="has no file that can't be read")
def test_a_file_that_nobody_can_read(folder, caplog):
    """
    It is as good as not there.
    """
    (folder / "a" / "memory.ttf").symlink_to("/proc/self/mem")

    with caplog.at_level("INFO"):
        faces = in_folders(folder / "a")

    assert b"memory.ttf" not in faces.manifest()
    assert "memory.ttf isn't used: it can't be read (" in caplog.text


def test_what_is_in_folders_is_told(folder, tmp_path_factory):
    """
    By name and digest, so that another machine is known to have the same, wherever they are.
    """
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in ("Bold/Hebrew-Bold.ttf", "Hebrew.ttf"):
        (elsewhere / name).parent.mkdir(exist_ok=True)
        (elsewhere / name).write_bytes(HEBREW)
    told = in_folders(folder / "b").manifest()

    digest = hashlib.sha256(HEBREW).hexdigest()
    assert [["Hebrew.ttf", digest], ["Bold/Hebrew-Bold.ttf", digest]] == json.loads(told)
    assert told == in_folders(elsewhere).manifest()
    (elsewhere / "Hebrew.ttf").write_bytes(HEBREW + b" ")
    assert told != in_folders(elsewhere).manifest()


def test_a_font_that_is_replaced(folder):
    """
    What is drawn with is what was told.
    """
    faces = in_folders(folder / "b")
    kept, replaced = faces
    assert kept.hb_font()

    for name in ("Hebrew.ttf", "Bold/Hebrew-Bold.ttf"):
        (folder / "b" / name).write_bytes(HEBREW + b" ")

    assert subset(kept, [5]).data == subset(next(iter(in_folders(folder / "b"))), [5]).data
    with pytest.raises(FontError, match=r"Bold.ttf: this font was replaced .*; prepare them again"):
        replaced.hb_font()


def test_fonts_are_opened_when_they_are_needed(folder, monkeypatch):
    """
    Not before a letter is looked for that those before haven't.
    """
    opened = []

    def opening(path: Path, **options) -> Face:
        opened.append(path.name)
        return open_face(path, **options)

    monkeypatch.setattr(_fallback, "open_face", opening)
    faces = in_folders(folder)

    assert [] == opened
    for letter, expected in (("م", 1), ("م", 1), ("ש", 3), ("ש", 3)):
        assert next(face for face in faces if ord(letter) in face.covers)
        assert expected >= len([name for name in opened if "broken" not in name])
    assert "Hebrew-Bold.ttf" not in opened


def test_a_face_keeps_being_the_same(folder):
    """
    However often the list is gone through, or made.
    """
    faces = in_folders(folder)

    assert list(faces) == list(faces)
    assert list(faces) == list(in_folders(folder))


def test_collections(tmp_path):
    """
    Of their fonts, those are tried that have more letters than the ones before.
    """
    collection = TTCollection()
    collection.fonts = [
        TTFont(io.BytesIO(content)) for content in (HEBREW, HEBREW, ARABIC, HEBREW, ARABIC)
    ]
    collection.save(tmp_path / "all.ttc")

    faces = in_folders(tmp_path)

    assert [0, 2] == [face.index for face in faces]
    assert [0, 2] == [face.index for face in faces]


def test_a_collection_that_is_half_broken(tmp_path):
    """
    What can be used of it, is.
    """
    collection = TTCollection()
    collection.fonts = [TTFont(io.BytesIO(HEBREW)), TTFont(io.BytesIO(HEBREW))]
    collection.fonts[1]["OS/2"].fsType = 0x0002
    collection.save(tmp_path / "half.ttc")

    faces = in_folders(tmp_path)

    assert [0] == [face.index for face in faces]
    (problem,) = faces.problems()
    assert "its maker doesn't allow it" in problem


def test_the_order_is_the_designs(folder, monkeypatch):
    """
    Of bundle, folders and the system's fonts; folders that a system hasn't don't matter.
    """
    monkeypatch.setattr(_fallback, "system_folders", lambda *_: (folder / "none", folder / "b"))
    environment = {"CERTCORE_FONT_FOLDERS": str(folder / "a")}

    def labels(*sources: str) -> list[str]:
        return [face.label for face in fallback_faces(sources, environment=environment)]

    assert ["Arabic.TTF", "Hebrew.ttf", "Hebrew-Bold.ttf"] == labels("folders", "system")
    assert ["Hebrew.ttf", "Hebrew-Bold.ttf", "Arabic.TTF"] == labels("system", "folders")
    assert labels("folders") + labels("bundle") == labels("folders", "bundle")
    assert [] == labels()


@pytest.mark.parametrize(
    "platform,environment,expected",
    [
        ("linux", {"HOME": "/h"}, ["/usr/share/fonts", "/h/.local/share/fonts", "/h/.fonts"]),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/data"}, ["/data/fonts"]),
        ("freebsd14", {}, ["/usr/local/share/fonts"]),
        ("darwin", {"HOME": "/h"}, ["/System/Library/Fonts", "/h/Library/Fonts"]),
        ("win32", {}, ["C:/Windows/Fonts"]),
        ("win32", {"WINDIR": "D:/W", "LOCALAPPDATA": "D:/L"},
         ["D:/W/Fonts", "D:/L/Microsoft/Windows/Fonts"]),
        ("win32", {"USERPROFILE": "D:/u"}, ["D:/u/AppData/Local/Microsoft/Windows/Fonts"]),
    ],
)  # fmt: skip
def test_where_systems_have_their_fonts(platform, environment, expected):
    """
    As fontconfig and the systems' makers say.
    """
    folders = [folder.as_posix() for folder in _files.system_folders(platform, environment)]

    assert set(expected) <= set(folders)
