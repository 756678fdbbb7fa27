"""
The 14 fonts that every reader of PDF has, which designs may name.

A certificate that is to look the same for ever has its fonts in it (PDF/A), so free ones are drawn
instead of them:

==============  ===============  =========================================================
Helvetica       Arimo            as wide to the letter
Courier         IBM Plex Mono    as wide to the letter, 0.6 of the size
Times           EB Garamond      like it; lines are 2 to 8 % shorter, bold italics 2 % longer
Symbol          Arimo            Greek and the usual signs of mathematics, two thirds of it
ZapfDingbats    Noto Emoji       scissors, hearts, ticks, crosses: an eighth of it
==============  ===============  =========================================================

All of them are under the SIL Open Font License 1.1, and come with the extra `fonts`.
"""

from __future__ import annotations

from collections.abc import Mapping

from certcore.exceptions import FontError
from certcore.pdf._typefaces._face import Face, open_face
from certcore.pdf._typefaces._packages import package_folder


_ARIMO = ("fontpkg_arimo", "files/Arimo[wght].ttf")
_ARIMO_ITALIC = ("fontpkg_arimo", "files/Arimo-Italic[wght].ttf")
_GARAMOND = ("fontpkg_eb_garamond", "files/EBGaramond[wght].ttf")
_GARAMOND_ITALIC = ("fontpkg_eb_garamond", "files/EBGaramond-Italic[wght].ttf")
_PLEX = "fontpkg_ibm_plex_mono"
_REGULAR: Mapping[str, float] = {}
_BOLD: Mapping[str, float] = {"wght": 700}

STANDARD_FACES: Mapping[str, tuple[str, str, Mapping[str, float]]] = {
    "Courier": (_PLEX, "files/IBMPlexMono-Regular.ttf", _REGULAR),
    "Courier-Bold": (_PLEX, "files/IBMPlexMono-Bold.ttf", _REGULAR),
    "Courier-BoldOblique": (_PLEX, "files/IBMPlexMono-BoldItalic.ttf", _REGULAR),
    "Courier-Oblique": (_PLEX, "files/IBMPlexMono-Italic.ttf", _REGULAR),
    "Helvetica": (*_ARIMO, _REGULAR),
    "Helvetica-Bold": (*_ARIMO, _BOLD),
    "Helvetica-BoldOblique": (*_ARIMO_ITALIC, _BOLD),
    "Helvetica-Oblique": (*_ARIMO_ITALIC, _REGULAR),
    "Symbol": (*_ARIMO, _REGULAR),
    "Times-Bold": (*_GARAMOND, _BOLD),
    "Times-BoldItalic": (*_GARAMOND_ITALIC, _BOLD),
    "Times-Italic": (*_GARAMOND_ITALIC, _REGULAR),
    "Times-Roman": (*_GARAMOND, _REGULAR),
    "ZapfDingbats": ("manimgx_fonts", "NotoEmoji[wght].ttf", {"wght": 400}),
}
"""Package, file in it, and place on its axes, by name."""


def standard_face(name: str) -> Face:
    """
    Give the font that is drawn instead of one of the 14.

    Raises:
        certcore.exceptions.FontError:
            If its package isn't installed, naming the extra to install.
    """
    package, file, instance = STANDARD_FACES[name]
    folder = package_folder(package)
    if folder is None or not (folder / file).is_file():
        raise FontError(
            f"{name} is drawn with a font that isn't installed: "
            "pip install 'certcore[fonts]', or name a font among the assets instead"
        )
    return open_face(folder / file, label=name, instance=instance)
