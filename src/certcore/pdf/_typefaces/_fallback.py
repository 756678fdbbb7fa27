"""
Fonts for the letters that a design's own fonts haven't.
"""

from __future__ import annotations

import os
import re
import sys

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

from certcore.exceptions import FontError
from certcore.pdf._typefaces._container import OnDisk, count_fonts
from certcore.pdf._typefaces._face import Face, open_face
from certcore.pdf._typefaces._packages import installed_families, package_folder


_BUNDLE = (
    ("fontpkg_noto_sans", ("files/NotoSans[wdth,wght].ttf",)),
    (
        "manimgx_fonts",
        (
            "NotoSansArabic[wght].ttf",
            "NotoSansHebrew[wght].ttf",
            "NotoSansArmenian[wght].ttf",
            "NotoSansGeorgian[wght].ttf",
            "NotoSansDevanagari[wght].ttf",
            "NotoSansBengali[wght].ttf",
            "NotoSansGurmukhi[wght].ttf",
            "NotoSansGujarati[wght].ttf",
            "NotoSansOriya[wght].ttf",
            "NotoSansTamil[wght].ttf",
            "NotoSansTelugu[wght].ttf",
            "NotoSansKannada[wght].ttf",
            "NotoSansMalayalam[wght].ttf",
            "NotoSansSinhala[wght].ttf",
            "NotoSansThai[wght].ttf",
            "NotoSansLao[wght].ttf",
            "NotoSansMyanmar[wght].ttf",
            "NotoSansKhmer[wght].ttf",
            "NotoSansEthiopic[wght].ttf",
        ),
    ),
    ("noto_cjk_sans_otc", ("NotoSansCJK-Regular.ttc",)),
    ("manimgx_fonts", ("NotoSansSymbols[wght].ttf", "NotoEmoji[wght].ttf")),
)
"""
Packages and files in them, in the order in which they are tried.

=====================  =======  ========================================================
package                wheel    scripts
=====================  =======  ========================================================
`fontpkg-noto-sans`    2.5 MB   Latin, Greek, Cyrillic, Vietnamese, Devanagari
`manimgx-fonts`        3.5 MB   the others above, signs, emoji in one color
`noto-cjk-sans-otc`    15.5 MB  Chinese, Japanese, Korean
=====================  =======  ========================================================

All are Google's Noto under the SIL Open Font License 1.1, with fsType 0 (no restriction). For
Tibetan and other scripts no package was found: their fonts go into a folder.
"""

_OTHERS = "fontpkg_noto_"
"""Packages that begin so are tried after those above, as far as they are installed."""

_FONT_FILES = (".otc", ".otf", ".ttc", ".ttf")
_STYLES = re.compile(
    r"black|bold|condensed|demi|extra|heavy|italic|light|medium|mono|narrow|oblique|thin"
)
"""What names of files say of fonts that are second choice for a letter somewhere in a name."""


class Fallback(Sequence[Face]):
    """
    Fonts in a fixed order, each looked at only when those before haven't the letter.

    A file that can't be used is left out; `problems` tells why.
    """

    def __init__(self, files: Iterable[Path], problems: Iterable[str] = ()) -> None:
        self._files = tuple(files)
        self._problems = tuple(problems)
        self._found: dict[int, tuple[Sequence[Face], str]] = {}
        self._others: dict[int, Sequence[Face]] = {}

    def __iter__(self) -> Iterator[Face]:
        for place in range(len(self._files)):
            faces, _ = self._look_at(place)
            yield from faces[:1]
            if len(faces) > 1:  # a collection, whose fonts often have the same letters
                others = self._others.get(place)
                if others is None:
                    others = self._others.setdefault(place, _adding(faces))
                yield from others

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Face: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Face]: ...
    def __getitem__(self, index: int | slice) -> Face | Sequence[Face]:
        """
        Give a font by its place, which looks at all of them. To find one, go through them.
        """
        return tuple(self)[index]

    def problems(self) -> Sequence[str]:
        """
        Tell what is wrong with files or folders, which looks at all of them.
        """
        looked_at = (self._look_at(place)[1] for place in range(len(self._files)))
        return (*self._problems, *(problem for problem in looked_at if problem))

    def _look_at(self, place: int) -> tuple[Sequence[Face], str]:
        # without a lock: of two threads at once, both take what the first one found
        found = self._found.get(place)
        return found or self._found.setdefault(place, _faces_of(self._files[place]))


def fallback_faces(
    *,
    bundle: bool = True,
    folders: Iterable[Path] = (),
    system: bool = False,
) -> Fallback:
    """
    List fonts for the letters that a design's own fonts haven't.

    Args:
        bundle: Whether those that come with the extra `fonts` are tried, as far as they are
            installed. They come first: they are the same on every machine.

        folders: All fonts below them are tried next, in the order of their paths; upright ones of
            common weight before others.

        system: Whether those of the operating system are tried last. What a certificate looks like
            then depends on the machine.
    """
    files: list[Path] = list(bundled_fonts()) if bundle else []
    problems: list[str] = []
    for folder in folders:
        if folder.is_dir():
            files += fonts_below(folder)
        else:
            problems.append(f"{folder}: there is no such folder of fonts")
    if system:
        for folder in system_folders(sys.platform, os.environ):
            files += fonts_below(folder)
    return Fallback(dict.fromkeys(files), problems)


def bundled_fonts() -> Iterator[Path]:
    """
    Give the files of the fonts that are installed as Python packages, in a fixed order.
    """
    known = {package for package, _ in _BUNDLE}
    for package, files in _BUNDLE:
        folder = package_folder(package)
        if folder is not None:
            yield from (folder / file for file in files if (folder / file).is_file())
    for package in installed_families(_OTHERS):
        folder = package_folder(package)
        if package not in known and folder is not None:
            yield from fonts_below(folder)


def fonts_below(folder: Path) -> Sequence[Path]:
    """
    Give all font files in a folder and in those inside it, in a fixed order.
    """

    def order(path: Path) -> tuple[bool, str]:
        return bool(_STYLES.search(path.stem.lower())), path.relative_to(folder).as_posix()

    found = (path for path in folder.rglob("*") if path.suffix.lower() in _FONT_FILES)
    return sorted((path for path in found if path.is_file()), key=order)


def system_folders(platform: str, environment: Mapping[str, str]) -> Sequence[Path]:
    """
    Say where an operating system has its fonts, of all users first.

    Args:
        platform: As `sys.platform` has it.

        environment: Variables such as `HOME`.
    """
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or "/")
    if platform == "win32":
        local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
        windows = Path(environment.get("WINDIR") or "C:/Windows")
        return (windows / "Fonts", local / "Microsoft" / "Windows" / "Fonts")
    if platform == "darwin":
        return (
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            home / "Library" / "Fonts",
        )
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        data / "fonts",
        home / ".fonts",
    )


def _faces_of(path: Path) -> tuple[Sequence[Face], str]:
    """
    Look at a file: the fonts in it, and what is wrong with it.
    """
    faces: list[Face] = []
    try:
        count = count_fonts(path.name, OnDisk(path))
        faces.extend(open_face(path, index=index) for index in range(count))
    except FontError as exc:
        return faces, f"{path}: {exc}"
    return faces, ""


def _adding(faces: Sequence[Face]) -> Sequence[Face]:
    """
    Give those that have letters which fonts before them haven't; the first isn't among them.
    """
    known = set(faces[0].covers)
    adding: list[Face] = []
    for face in faces[1:]:
        if not known.issuperset(face.letters()):
            known |= face.covers
            adding.append(face)
    return adding
