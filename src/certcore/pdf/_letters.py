"""
Letters of runs: what is drawn for each cluster of their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from certcore.pdf._typefaces import Letter
from certcore.pdf._typesetting import Run


@frozen
class Letters:
    """
    Letters that are to be one glyph each.
    """

    numbers: Mapping[Letter, int]
    """Under which each of them is known: none that a glyph of the face has."""
    shown: Mapping[int, Run] = field(repr=False)
    """Runs with them, by the identity of what they are made from."""


NO_LETTERS = Letters({}, {})

_FAR = 16_000
"""Units of the font: what is farther away isn't sure to be told in its tables."""


def find_letters(runs: Iterable[Run], texts: Mapping[int, str], first: int) -> Letters:
    """
    Find the letters whose text a reader couldn't tell from their glyphs, one by one.

    Args:
        runs: Where they are; of one typeface.

        texts: What each glyph stands for.

        first: The number of the first of them.
    """
    numbers: dict[Letter, int] = {}
    shown: dict[int, Run] = {}
    for run in runs:
        places = run.offsets or [(0, 0)] * len(run.ids)
        ids: list[int] = []
        clusters: list[int] = []
        advances: list[int] = []
        offsets: list[tuple[int, int]] = []
        for begin, end, text in _clusters(run):
            id_, advance = run.ids[begin], run.advances[begin]
            if end > begin + 1 or any(places[begin]) or texts.get(id_) != text:
                parts, advance = _parts(run, places, begin, end)
                letter = Letter(text, parts, max(advance - run.spacing, 0))
                if _is_far(letter):
                    ids += run.ids[begin:end]
                    clusters += run.clusters[begin:end]
                    advances += run.advances[begin:end]
                    offsets += places[begin:end]
                    continue
                id_ = numbers.setdefault(letter, first + len(numbers))
            ids.append(id_)
            clusters.append(run.clusters[begin])
            advances.append(advance)
            offsets.append((0, 0))
        shown[id(run)] = evolve(
            run,
            ids=ids,
            clusters=clusters,
            advances=advances,
            offsets=offsets if any(map(any, offsets)) else (),
        )
    return Letters(numbers, shown)


def _is_far(letter: Letter) -> bool:
    lengths = [letter.advance, *(length for _, *place in letter.parts for length in place)]
    return max(map(abs, lengths)) > _FAR


def _parts(
    run: Run, places: Sequence[tuple[int, int]], begin: int, end: int
) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """
    Give some glyphs of a run, each with where it stands, and the width of all of them.
    """
    x = 0
    parts: list[tuple[int, int, int]] = []
    for place in range(begin, end):
        right, up = places[place]
        parts.append((run.ids[place], x + right, up))
        x += run.advances[place]
    return tuple(parts), x


def _clusters(run: Run) -> Iterator[tuple[int, int, str]]:
    """
    Give the first glyph of each cluster, the one after its last, and what it says.
    """
    starts = run.clusters
    edges = [place for place in range(1, len(starts)) if starts[place] != starts[place - 1]]
    begins = [0, *edges]
    cuts = [starts[place] for place in begins]
    end = len(run.text)
    ends = [end, *cuts[:-1]] if run.right_to_left else [*cuts[1:], end]
    for begin, after, cut, stop in zip(begins, [*edges, len(starts)], cuts, ends, strict=True):
        yield begin, after, run.text[cut:stop]
