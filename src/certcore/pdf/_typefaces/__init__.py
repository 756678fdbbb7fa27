"""
Fonts: read, checked, cut down to the glyphs that are used, and written into PDF files.

`read_face` reads an asset, `pick_face` one of several fonts in it, `standard_face` gives one of the
14 names that designs know, and `fallback_faces` lists more. What text is set in is a Face; `subset`
takes the glyphs that were used, and `font_objects` writes these as objects of a file.
"""

from certcore.pdf._typefaces._bundle import font_packages
from certcore.pdf._typefaces._composing import Letter, compose
from certcore.pdf._typefaces._core import CORE, core_texts
from certcore.pdf._typefaces._face import Face, open_face, read_face
from certcore.pdf._typefaces._fallback import Fallback, fallback_faces
from certcore.pdf._typefaces._metrics import Metrics
from certcore.pdf._typefaces._objects import OBJECTS_OF_A_FONT, FontObjects, font_objects
from certcore.pdf._typefaces._picked import pick_face
from certcore.pdf._typefaces._standard import STANDARD_FACES, standard_face
from certcore.pdf._typefaces._subset import Subset, subset


__all__ = [
    "CORE",
    "OBJECTS_OF_A_FONT",
    "STANDARD_FACES",
    "Face",
    "Fallback",
    "FontObjects",
    "Letter",
    "Metrics",
    "Subset",
    "compose",
    "core_texts",
    "fallback_faces",
    "font_objects",
    "font_packages",
    "open_face",
    "pick_face",
    "read_face",
    "standard_face",
    "subset",
]
