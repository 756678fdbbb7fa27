"""
The letters that most names are spelled with, whose glyphs every certificate of a design shares.

They are chosen for a design, not for those who get certificates: what is in a file tells nothing
about others, and doesn't depend on who else is served. Whatever is beyond is embedded into the one
certificate that needs it.
"""

from __future__ import annotations

import string

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces._face import Face


CORE = (
    "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x180))))
    + "ȘșȚțẞ"  # Romanian with comma below, German in capitals
    + "ƠơƯư"
    + "".join(map(chr, range(0x1EA0, 0x1EFA)))  # Vietnamese
    + "\u02bb\u02bc"  # letters of Hawaiian and others that look like quotation marks
    + "\u2010\u2011–—‘’‚“”„†‡•…‰‹›€№™−"  # noqa: RUF001  # as they are printed
)
"""Latin-1, Latin Extended-A, Vietnamese, and the signs of typography."""

_LIGATURES = ("ff", "ffi", "ffl", "fff", "ffb", "ffh", "ffj", "ffk", "fft")


def core_texts(face: Face, language: str = "") -> Mapping[int, str]:
    """
    Give the glyphs that the core's letters are drawn with, and what each of them stands for.

    Besides the letters themselves, it has the ligatures and the variants that two letters of
    English form side by side, `f` with any letter, and what a language spells in its own way.
    They are found by shaping. Marks stand above their letters in these glyphs; a mark that is put
    there by itself is beyond the core.

    Args:
        face: Its own letters alone: what it hasn't isn't in the core.

        language: Of the texts, such as `ro`; fonts have variants for some.
    """
    texts: dict[int, str] = {}
    letters = [letter for letter in CORE if ord(letter) in face.covers]
    nominal = face.hb_font().get_nominal_glyph
    # a glyph that is drawn for other letters, too, stands for its own; the first of several
    own = {nominal(ord(letter)): letter for letter in reversed(letters)}
    for pieces in (letters, _pairs(letters)):
        for glyph, text in _shaped(face, pieces, language):
            texts[glyph] = own.get(glyph) or texts.get(glyph) or text
    return dict(sorted(texts.items()))


def _pairs(letters: list[str]) -> list[str]:
    english = [letter for letter in letters if letter in string.ascii_letters]
    pairs = [first + second for first in english for second in english]
    if "f" in english:
        pairs += ["f" + letter for letter in letters if letter not in string.ascii_letters]
        pairs += [text for text in _LIGATURES if set(text) <= set(english)]
    return pairs


def _shaped(face: Face, pieces: list[str], language: str) -> Iterator[tuple[int, str]]:
    """
    Shape pieces of text, and give the glyphs of each with what they stand for.

    They are shaped at one go with newlines between them, which join nothing and which fonts draw
    nothing for: thousands of them take a few milliseconds.
    """
    text = "\n".join(["", *pieces, ""])
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.script, buffer.direction = "Latn", "ltr"
    if language:
        buffer.language = language
    hb.shape(face.hb_font(), buffer)
    clusters = [
        (cluster, [info.codepoint for info in infos])
        for cluster, infos in groupby(buffer.glyph_infos, key=lambda info: info.cluster)
    ]
    for (begin, (first, *others)), (end, _) in pairwise(clusters):
        if text[begin] != "\n":
            yield first, text[begin:end]
            # of several glyphs for one letter, the first stands for it
            yield from ((glyph, "") for glyph in others)
