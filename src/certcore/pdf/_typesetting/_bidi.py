"""
The order of letters where text runs both ways: UAX #9 without explicit formatting characters.

Embeddings, overrides and isolates don't come here: cleaning takes them out. So a line is one
level run and one isolating run sequence (rules X1 to X10 have nothing to do), and levels are
0, 1 and 2.
"""

from __future__ import annotations

import unicodedata

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from certcore.pdf._typesetting._brackets import CLOSING, OPENING, pairs


_STRONG = frozenset({"L", "R", "AL"})
_ANY_RIGHT = frozenset({"R", "AL", "AN"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_TRAILING = frozenset({"B", "S", "WS", "BN"})
_SEPARATORS = frozenset({"B", "S"})
_OTHERS = frozenset({"ES", "ET", "CS"})
_SIDES = {"L": "L", "R": "R", "EN": "R", "AN": "R"}  # numbers count as from the right

# DerivedBidiClass of the Unicode Character Database: what isn't assigned yet
_TO_COME = ((0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF), (0x10800, 0x10FFF))
_TO_COME_TOO = (0x1E800, 0x1EFFF)


def direction(text: str) -> int:
    """
    Find the base level of a text by its first strong character (rules P2 and P3): 0 or 1.
    """
    return decided_direction(text) or 0


def decided_direction(text: str) -> int | None:
    """
    Do what `direction` does; None if the text has no strong character.
    """
    return _first_strong(map(_class, text))


def levels(text: str, base: int | None = None) -> tuple[tuple[int, ...], int]:
    """
    Find the embedding level of each character, and the base level: odd is from right to left.

    Args:
        text: One line, or one paragraph.

        base: The level to start from, 0 or 1; None lets the text's first letter decide.
    """
    classes = [_class(character) for character in text]
    if base is None:
        base = _first_strong(classes) or 0
    if not base and _ANY_RIGHT.isdisjoint(classes):
        return (0,) * len(text), 0
    # rule X9: boundary neutrals count as if they weren't there
    places = [place for place, each in enumerate(classes) if each != "BN"]
    kept = [classes[place] for place in places]
    start = "R" if base else "L"
    resolved = _weak(list(kept), start)
    _brackets("".join(text[place] for place in places), resolved, kept, start)
    _neutral(resolved, start)
    found = [base] * len(text)
    for place, each in zip(places, resolved, strict=True):
        found[place] = _level(each, base)
    for place, each in enumerate(classes):
        if each == "BN" and place:
            found[place] = found[place - 1]
    _reset(found, classes, base)
    return tuple(found), base


def visual(levels: Sequence[int]) -> tuple[int, ...]:
    """
    Give the places of a line's items in the order in which they stand, from the left (rule L2).

    Args:
        levels: The level of each item, in the order in which they are read.
    """
    order = list(range(len(levels)))
    lowest_odd = min((level for level in levels if level % 2), default=0)
    if not lowest_odd:
        return tuple(order)
    for level in range(max(levels), lowest_odd - 1, -1):
        turned: list[int] = []
        reached = [levels[place] >= level for place in order]
        for high, stretch in groupby(zip(reached, order, strict=True), itemgetter(0)):
            places = [place for _, place in stretch]
            turned.extend(reversed(places) if high else places)
        order = turned
    return tuple(order)


def _first_strong(classes: Iterable[str]) -> int | None:
    return next((int(each != "L") for each in classes if each in _STRONG), None)


def _class(character: str) -> str:
    found = unicodedata.bidirectional(character)
    if found:
        return found
    code = ord(character)
    right = any(first <= code <= last for first, last in (*_TO_COME, _TO_COME_TOO))
    return "R" if right else "L"


def _weak(classes: list[str], start: str) -> list[str]:
    """
    Resolve marks and what goes with numbers: rules W1 to W7.
    """
    before = strong = start
    for place, own in enumerate(classes):
        before = before if own == "NSM" else own  # W1
        if before in _STRONG:
            strong = before
        if before == "EN" and strong == "AL":  # W2
            classes[place] = "AN"
        else:
            classes[place] = "R" if before == "AL" else before  # W3
    _separators(classes)
    _terminators(classes)
    strong = start
    for place, each in enumerate(classes):
        if each in _OTHERS:  # W6
            classes[place] = "ON"
        elif each in _STRONG:
            strong = each
        elif each == "EN" and strong == "L":  # W7
            classes[place] = "L"
    return classes


def _separators(classes: list[str]) -> None:
    """
    Let a single separator go with the numbers on both of its sides (W4).
    """
    for place in range(1, len(classes) - 1):
        before, each, after = classes[place - 1 : place + 2]
        if before == after and (
            (each == "CS" and after in {"EN", "AN"}) or (each == "ES" and after == "EN")
        ):
            classes[place] = after


def _terminators(classes: list[str]) -> None:
    """
    Let signs of currency and the like go with a number beside them (W5).
    """
    place = 0
    while place < len(classes):
        end = place
        while end < len(classes) and classes[end] == "ET":
            end += 1
        if end > place and "EN" in (classes[place - 1 : place] + classes[end : end + 1]):
            classes[place:end] = ["EN"] * (end - place)
        place = end + 1


def _brackets(text: str, resolved: list[str], classes: Sequence[str], start: str) -> None:
    """
    Resolve pairs of brackets by what they hold, else by what is before them (N0).
    """
    if OPENING.keys().isdisjoint(text) or CLOSING.keys().isdisjoint(text):
        return
    neutral = [place for place, each in enumerate(resolved) if each == "ON"]
    for opening, closing in sorted(pairs(text, neutral)):
        inside = {_SIDES.get(each) for each in resolved[opening + 1 : closing]} - {None}
        if not inside:
            continue
        side = start
        if start not in inside:
            sides = (_SIDES.get(each) for each in reversed(resolved[:opening]))
            side = next(filter(None, sides), start)
        for bracket in (opening, closing):
            resolved[bracket] = side
            # a mark on a bracket goes with it
            after = bracket + 1
            while after < len(classes) and classes[after] == "NSM":
                resolved[after] = side
                after += 1


def _neutral(resolved: list[str], start: str) -> None:
    """
    Let blanks and signs go with what is on both of their sides, else with the base (N1, N2).
    """
    place = 0
    while place < len(resolved):
        end = place
        while end < len(resolved) and resolved[end] in _NEUTRAL:
            end += 1
        if end > place:
            before = _SIDES[resolved[place - 1]] if place else start
            after = _SIDES[resolved[end]] if end < len(resolved) else start
            resolved[place:end] = [before if before == after else start] * (end - place)
        place = end + 1


def _level(resolved: str, base: int) -> int:
    """
    Give the level of what is left after all rules (I1, I2).
    """
    if resolved == "R":
        return 1
    return base + base % 2 if resolved == "L" else 2


def _reset(found: list[int], classes: Sequence[str], base: int) -> None:
    """
    Give separators, blanks before them, and blanks at the end the level of the base (L1).
    """
    trailing = True
    for place in range(len(classes) - 1, -1, -1):
        if classes[place] in _SEPARATORS:
            trailing = True
        trailing = trailing and classes[place] in _TRAILING
        if trailing:
            found[place] = base
