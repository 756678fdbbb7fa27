"""
What is done to a text before anything else: what can't be printed goes.
"""

from __future__ import annotations

import re
import unicodedata

from certcore.pdf._typesetting._characters import (
    CURSIVE,
    STACKING,
    ZWJ,
    ZWNJ,
    blank,
    ignorable,
    mark,
    pictograph,
    script,
    skin_tone,
)


# printable for Python, and yet looked at more closely
_CLOSER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_NO_BREAK = re.compile("[\u00a0\u2007\u202f]")
_BLANKS = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}")

_DIRECTION_MARKS = "\u061c\u200e\u200f"
_ANNOTATIONS = "\ufff9\ufffa\ufffb"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_EMOJI_STYLES = "\ufe0e\ufe0f"
_MONGOLIAN = "\u180b\u180c\u180d\u180e\u180f"
_SELECTORS = range(0xFE00, 0xFE10)
_MORE_SELECTORS = range(0xE0100, 0xE01F0)

_SELECTED = frozenset({"Egyp", "Hani", "Mani", "Mymr", "Phag"})
"""Scripts with letters that have standardized variants."""

_JOINED = CURSIVE | STACKING
"""Scripts that need joiners to spell some words: Persian, Sinhala, Malayalam, and others."""


def clean(text: str) -> str:
    """
    Compose a text (NFC), squeeze its blanks, and take out what has no business on a certificate.

    Line breaks and tabs become blanks. Controls go, and so do invisible characters: some of them
    reverse the order of letters, which could make a name read as another one. What is kept of
    them is what changes how letters look: joiners between letters of scripts that need them and
    within emoji, selectors of a letter's variant, and marks of direction in text that has letters
    from right to left. Selectors of an emoji's style go, for no style is drawn but one.

    Cleaning a text twice is cleaning it once.
    """
    if text.isprintable() and not _CLOSER.search(text) and unicodedata.is_normalized("NFC", text):
        # no blank is printable for Python but the common one
        return (_squeezed(text) if "  " in text else text).strip()
    directed = any(map(_from_right, text))
    kept = "".join(_visible(character, directed=directed) for character in text)
    return _squeezed(unicodedata.normalize("NFC", _with_use(kept)))


def capitals(text: str, language: str) -> str:
    """
    Set a text in capitals, as its language does: a Turkish i keeps its dot, a Greek accent goes.
    """
    plain = language.replace("_", "-").split("-")[0].lower()
    if plain in {"az", "tr"}:
        return text.replace("i", "İ").upper()
    if plain == "el":
        bare = unicodedata.normalize("NFD", text).replace("\u0301", "")
        return unicodedata.normalize("NFC", bare.upper())
    return text.upper()


def _squeezed(text: str) -> str:
    return _BLANKS.sub(_one_blank, text).strip()


def _one_blank(blanks: re.Match[str]) -> str:
    kept = _NO_BREAK.search(blanks[0])
    return kept[0] if kept else " "


def _from_right(character: str) -> bool:
    strong = unicodedata.bidirectional(character) in _RIGHT_TO_LEFT
    return strong and not ignorable(character)


def _visible(character: str, *, directed: bool) -> str:
    """
    Give a character, or what stands for it; nothing for what is of no use anywhere.
    """
    if character.isspace() and not blank(character):
        return " "
    if ignorable(character):
        asked_later = character in {ZWJ, ZWNJ} or character in _MONGOLIAN or _selector(character)
        kept = asked_later or (directed and character in _DIRECTION_MARKS)
        return character if kept else ""
    unseen = unicodedata.category(character) in {"Cc", "Cs"} or character in _ANNOTATIONS
    return "" if unseen else character


def _selector(character: str) -> bool:
    return ord(character) in _SELECTORS or ord(character) in _MORE_SELECTORS


def _with_use(text: str) -> str:
    """
    Take out joiners and selectors that change nothing where they are.
    """
    if text.isprintable() and not _CLOSER.search(text):
        return text
    kept: list[str] = []
    base = ""  # what the marks at the end are on
    for character, following in zip(text, _following(text), strict=True):
        if character in {ZWJ, ZWNJ}:
            useful = _joins(character, kept[-1] if kept else "", base, following)
        elif character in _MONGOLIAN:
            useful = bool(kept) and script(kept[-1]) == "Mong"
        elif _selector(character):
            useful = bool(kept) and _selects(character, kept[-1])
        else:
            useful = True
        if useful:
            kept.append(character)
            base = base if mark(character) else character
    return "".join(kept)


def _following(text: str) -> list[str]:
    """
    Give for each place the next character that is seen; nothing where there is none.
    """
    known = ""
    found: list[str] = []
    for character in reversed(text):
        found.append(known)
        known = known if ignorable(character) else character
    return found[::-1]


def _joins(joiner: str, before: str, base: str, following: str) -> bool:
    """
    Whether a joiner changes how its neighbours look.
    """
    if joiner == ZWJ and following and pictograph(following):
        # a picture may be colored before it is joined
        return bool(before) and (pictograph(before) or skin_tone(before))
    if not base or script(base) not in _JOINED:
        return False
    # a last letter may be joined to nothing, which is another form of it
    return joiner == ZWJ or (bool(following) and script(following) in _JOINED)


def _selects(selector: str, before: str) -> bool:
    """
    Whether there may be a variant of a character.
    """
    if selector in _EMOJI_STYLES:
        return False
    if ord(selector) in _MORE_SELECTORS:
        return script(before) == "Hani"
    return script(before) in _SELECTED or unicodedata.category(before) == "Sm"
