"""
Color profiles that images bring with them.
"""

from __future__ import annotations


_SPACES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
_CLASSES = frozenset({b"scnr", b"mntr", b"prtr", b"spac"})
_NEWEST = 4
"""ISO 32000-1, 8.6.5.5 knows profiles of version 4 and earlier ones."""
_HEADER = 128
_ENTRY = 12
_MOST = 100
"""More tags than any profile has."""


def is_sound(profile: bytes, components: int) -> bool:
    """
    Say whether a profile may stand in a file, for colors of so many components.

    Looked at are its header and whether its tags lie in it, as ISO 15076-1, clause 7 has them.
    """
    start = _HEADER + 4
    if len(profile) < start or int.from_bytes(profile[:4]) != len(profile):
        return False
    if profile[36:40] != b"acsp" or profile[16:20] != _SPACES[components]:
        return False
    if profile[12:16] not in _CLASSES or not 1 < profile[8] <= _NEWEST:
        return False
    count = int.from_bytes(profile[_HEADER:start])
    if not 0 < count <= _MOST or start + count * _ENTRY > len(profile):
        return False
    entries = (profile[at : at + _ENTRY] for at in range(start, start + count * _ENTRY, _ENTRY))
    return all(
        int.from_bytes(entry[4:8]) + int.from_bytes(entry[8:]) <= len(profile) for entry in entries
    )
