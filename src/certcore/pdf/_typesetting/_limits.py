"""
Bounds of what is set: a text of any length would keep a machine busy for as long.
"""

from __future__ import annotations

from collections.abc import Sequence

from certcore.exceptions import LayoutError
from certcore.pdf._typesetting._characters import mark
from certcore.pdf._typesetting._clusters import clusters


_MOST_CHARACTERS = 2000
_MOST_MARKS = 30


def bound_length(element: str, lines: Sequence[str]) -> None:
    """
    Refuse a text that is too long, whatever its box.

    Raises:
        certcore.exceptions.LayoutError:
            If it is.
    """
    count = sum(map(len, lines))
    if count > _MOST_CHARACTERS:
        raise LayoutError(
            f"element {element!r}: its text has {count} characters, and {_MOST_CHARACTERS} are the "
            "most; shorten what it says, or divide it among several elements"
        )


def bound_marks(element: str, lines: Sequence[str]) -> None:
    """
    Refuse a cleaned text that piles more marks on a letter than any language does.

    Raises:
        certcore.exceptions.LayoutError:
            If it does.
    """
    for line in lines:
        if len(line) <= _MOST_MARKS or sum(map(mark, line)) <= _MOST_MARKS:
            continue
        for start, end in clusters(line):
            count = sum(map(mark, line[start:end]))
            if count > _MOST_MARKS:
                raise LayoutError(
                    f"element {element!r}: its letter {start + 1}, {line[start]!r}, has {count} "
                    f"marks on it, and {_MOST_MARKS} are the most; correct what it says"
                )
