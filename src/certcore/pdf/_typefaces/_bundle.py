"""
The fonts for many scripts that come as Python packages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from certcore.exceptions import FontError
from certcore.pdf._typefaces._files import fonts_below
from certcore.pdf._typefaces._packages import installed_families, package_folder
from certcore.pdf._typefaces._standard import STANDARD_FACES


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
    # all ten fonts of this collection have the same letters, each in the forms of its country,
    # and the forms of the others for texts that say their language
    ("noto_cjk_sans_otc", ("NotoSansCJK-Regular.ttc",)),
    ("manimgx_fonts", ("NotoSansSymbols[wght].ttf",)),
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
Tibetan and other scripts no package was found: their fonts are put among the assets.
"""

_EMOJI = ("manimgx_fonts", "NotoEmoji[wght].ttf")

_OTHERS = "fontpkg_noto_"
"""Packages that begin so are tried after those above, as far as they are installed."""


def bundled_fonts() -> Iterator[Path]:
    """
    Give the files of the fonts that are installed as Python packages, in a fixed order.

    That of emoji isn't among them.
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


def font_packages() -> tuple[str, ...]:
    """
    Name the packages that fonts come from, installed or not.
    """
    named = {package for package, _ in _BUNDLE} | {
        package for package, *_ in STANDARD_FACES.values()
    }
    packages = {*named, *installed_families(_OTHERS)}
    return tuple(sorted(package.replace("_", "-") for package in packages))


def emoji_font() -> Path:
    """
    Give the file of the font that has emoji in one color.

    Raises:
        certcore.exceptions.FontError:
            If its package isn't installed, naming the extra to install.
    """
    package, file = _EMOJI
    folder = package_folder(package)
    if folder is None or not (folder / file).is_file():
        raise FontError(
            "emoji are drawn with a font that isn't installed: pip install 'certcore[fonts]', "
            "or name a font that has them among the design's"
        )
    return folder / file
