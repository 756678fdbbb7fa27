"""
Fonts that one certificate has for itself: for letters beyond those that all of them share.
"""

from __future__ import annotations

import itertools

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from certcore.pdf._compiled import Compiled, OwnFont
from certcore.pdf._drawables import Drawing
from certcore.pdf._embedding import EmbeddedFont, embed, texts_of
from certcore.pdf._typefaces import Face
from certcore.pdf._typesetting import Typeface


def own_fonts(
    compiled: Compiled, lacking: Iterable[Drawing]
) -> tuple[Sequence[OwnFont], Mapping[Typeface, EmbeddedFont]]:
    """
    Embed what drawings need that shared fonts don't suffice for.

    Returns:
        These fonts, and by typeface all that the drawings can be drawn with.
    """
    fonts = dict(compiled.fonts)
    own: list[OwnFont] = []
    numbers = itertools.count(compiled.first_font)
    runs = [run for each in lacking for run in each.runs]
    for face, texts in texts_of(runs).items():
        shared = fonts.get(face)
        if shared is not None and texts.keys() <= shared.codes.keys():
            continue
        font, objects = embed(
            cast("Face", face),
            texts,
            f"C{len(own)}",
            reserve=lambda: next(numbers),
            # what zlib makes of it differs between its builds, and this is little
            compress=False,
            runs=[run for run in runs if run.face is face],
        )
        own.append(OwnFont(font=font, bodies=[body for _, body in sorted(objects)]))
        fonts[face] = font
    return own, fonts
