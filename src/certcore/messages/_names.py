"""
Names of attached files.
"""

from __future__ import annotations

import re
import unicodedata

from certcore.messages._lines import encodable


_PART_OCTETS = 110
"""Of a name or a title; file systems take 255 for the whole."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029/\\:*?"<>|]')
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how some names are written, in Persian and in Indian scripts."""
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])\s*", re.IGNORECASE
)
"""Devices on Windows, whatever extension follows."""


def attachment_name(recipient: str, context: str, extension: str = "pdf") -> str:
    """
    Name a certificate's file so that a learner finds it again: `Ada López - Welding 1.pdf`.

    Safe on every system: no separators, no controls, no reserved names, at most 255 octets, NFC.
    """
    parts = [_cut(_plain(part)) for part in (recipient, context)]
    stem = " - ".join(part for part in parts if part)
    return safe_filename(f"{stem or 'certificate'}.{extension}")


def safe_filename(name: str) -> str:
    """
    Give a file name that is safe on every system, as much like this one as can be.
    """
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = extension, ""
    extension = re.sub(r"[^0-9a-z]", "", extension.lower())[:10]
    stem = _cut(_plain(stem), 2 * _PART_OCTETS + 3) or "certificate"
    if _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    return f"{stem}.{extension}" if extension else stem


def _plain(text: str) -> str:
    spaced = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", encodable(text)))
    # other invisible characters can make a name read otherwise than it is: exe.fdp
    visible = "".join(
        character
        for character in spaced
        if character in _JOINERS or unicodedata.category(character) != "Cf"
    )
    joined = " ".join(unicodedata.normalize("NFC", visible).split())
    return joined.lstrip(" .-~").rstrip(" .")


def _cut(text: str, octets: int = _PART_OCTETS) -> str:
    """
    Shorten a text, never between a letter and its accents.
    """
    kept = text.encode()[:octets].decode(errors="ignore")
    while kept and len(kept) < len(text) and unicodedata.category(text[len(kept)])[0] == "M":
        kept = kept[:-1]
    return kept.rstrip(" .")
