"""
Fonts in a file: those that all certificates of a design share, and those that one of them needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from attrs import field, frozen

from certcore.pdf._letters import NO_LETTERS, Letters, find_letters
from certcore.pdf._typefaces import Face, compose, core_texts, font_objects, subset
from certcore.pdf._typesetting import Run, Typeface


@frozen(eq=False)
class EmbeddedFont:
    """
    A subset of a face, as objects of a file.
    """

    resource: bytes
    """Its name among the resources of pages."""
    number: int
    """Of its object."""
    codes: Mapping[int, str] = field(repr=False)
    widths: Mapping[int, float] = field(repr=False)
    texts: Mapping[int, str] = field(repr=False)
    letters: Letters = field(default=NO_LETTERS, repr=False)

    def shown(self, run: Run) -> Run:
        """
        Give what is shown of a run in this font.
        """
        return self.letters.shown.get(id(run), run)


def embed(
    face: Face,
    texts: Mapping[int, str],
    resource: str,
    *,
    reserve: Callable[[], int],
    compress: bool,
    runs: Iterable[Run] = (),
) -> tuple[EmbeddedFont, Iterable[tuple[int, bytes]]]:
    """
    Embed the glyphs of a face that are used.

    Args:
        texts: What each of them stands for; nothing for one that only goes with another.

        resource: Its name among the resources of pages.

        reserve: Gives the number of the next object.

        compress: Whether its streams are deflated.

        runs: Those whose letters are to be glyphs of their own where a reader couldn't tell their
            text otherwise; that takes TrueType outlines.

    Returns:
        The font, and its objects with their numbers.
    """
    made = subset(face, texts)
    letters = NO_LETTERS if made.cff else find_letters(runs, texts, face.glyphs)
    if letters.numbers:
        composed = {number: letter for letter, number in letters.numbers.items()}
        made = compose(made, composed)
        texts = {**texts, **{number: letter.text for number, letter in composed.items()}}
    written = font_objects(made, texts, reserve=reserve, compress=compress)
    font = EmbeddedFont(
        resource=resource.encode("ascii"),
        number=written.number,
        codes={glyph: f"{new:04X}" for glyph, new in made.ids.items()},
        widths=made.widths,
        texts=texts,
        letters=letters,
    )
    return font, written.objects


def core_of(face: Face, language: str, runs: Iterable[Run]) -> dict[int, str]:
    """
    Give the glyphs that all certificates share: those of the core's letters, and of some runs.
    """
    said = texts_of(runs).get(face, {})
    return {**said, **core_texts(face, language)}


def texts_of(runs: Iterable[Run]) -> dict[Typeface, dict[int, str]]:
    """
    Give the glyphs of runs, by their typefaces, and what each of them stands for.

    A cluster's text goes with the glyph that is read first; the others stand for nothing. A glyph
    that stands for different texts, as in Indic scripts, keeps the first one.
    """
    found: defaultdict[Typeface, dict[int, str]] = defaultdict(dict)
    for run in runs:
        texts = found[run.face]
        way = -1 if run.right_to_left else 1
        starts = sorted(set(run.clusters))
        said = {
            start: run.text[start:end]
            for start, end in zip(starts, [*starts[1:], len(run.text)], strict=True)
        }
        for glyph, cluster in zip(run.ids[::way], run.clusters[::way], strict=True):
            text = said.pop(cluster, "")  # also of a glyph that is known: no other is to have it
            texts[glyph] = texts.get(glyph) or text
    return dict(found)
