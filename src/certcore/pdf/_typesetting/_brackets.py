"""
Brackets: which closes which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


# Bidi_Paired_Bracket of the Unicode Character Database: brackets that open, where the one
# that closes is the next character, and the others
_FOLLOWED = (
    "\u0028\u0f3a\u0f3c\u169b\u2045\u207d\u208d\u2308\u230a\u2329\u2768\u276a\u276c\u276e\u2770"
    "\u2772\u2774\u27c5\u27e6\u27e8\u27ea\u27ec\u27ee\u2983\u2985\u2987\u2989\u298b\u2991\u2993"
    "\u2995\u2997\u29d8\u29da\u29fc\u2e22\u2e24\u2e26\u2e28\u2e55\u2e57\u2e59\u2e5b\u3008\u300a"
    "\u300c\u300e\u3010\u3014\u3016\u3018\u301a\ufe59\ufe5b\ufe5d\uff08\uff5f\uff62"
)
_APART = {
    "[": "]",
    "{": "}",
    "\u298d": "\u2990",
    "\u298f": "\u298e",
    "\uff3b": "\uff3d",
    "\uff5b": "\uff5d",
}
_SAME = {"\u2329": "\u3008", "\u232a": "\u3009"}  # canonically equivalent

_PAIRS: Mapping[str, str] = {
    **{opening: chr(ord(opening) + 1) for opening in _FOLLOWED},
    **_APART,
}
OPENING: Mapping[str, str] = {
    opening: _SAME.get(closing, closing) for opening, closing in _PAIRS.items()
}
"""Brackets that open, and what closes each."""
CLOSING: Mapping[str, str] = {closing: _SAME.get(closing, closing) for closing in _PAIRS.values()}
"""Brackets that close, and which of several equivalent ones each is taken for."""

_DEPTH = 63


def pairs(text: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """
    Find brackets that belong together, by rule BD16 of UAX #9: where each opens and closes.

    They come in the order of their closing.

    Args:
        text: Holds the brackets.

        places: Where to look, in rising order.
    """
    opened: list[tuple[str, int]] = []
    for place in places:
        character = text[place]
        if character in OPENING:
            if len(opened) == _DEPTH:
                return
            opened.append((OPENING[character], place))
        elif character in CLOSING:
            closing = CLOSING[character]
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == closing:
                    yield opened[depth][1], place
                    del opened[depth:]
                    break


def opened_by(text: str) -> Mapping[int, int]:
    """
    Give for each place of a bracket that closes the place of the one that it closes.
    """
    if OPENING.keys().isdisjoint(text) or CLOSING.keys().isdisjoint(text):
        return {}
    return {closing: opening for opening, closing in pairs(text, range(len(text)))}
