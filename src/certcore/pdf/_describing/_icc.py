"""
The color profile that says what `#rrggbb` means: sRGB.

Made here, so that no file with terms of its own is shipped.
"""

from __future__ import annotations

import functools
import struct

from certcore.pdf._syntax import Objects, reference, stream


_NAME = b"sRGB IEC61966-2.1"
_VERSION = 0x02100000  # PDF/A-1 knows no later one, and 2 says all there is to say
_HEADER = 128
_ENTRY = 12
_STEPS = 256

# IEC 61966-2-1, adapted to the light D50 as ICC's own profile sRGB2014 has it
_COLORANTS = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_WHITE = (0.95045, 1.0, 1.08905)
_D50 = (0.9642, 1.0, 0.8249)


def output_intent(objects: Objects) -> bytes:
    """
    Write the profile as an object, and give the catalog's entry that says: colors are sRGB.

    It is what ISO 19005-2, 6.2.3 wants of a PDF/A file that says colors as `rg` does.
    """
    profile = objects.add(stream(b"/N 3/Alternate/DeviceRGB", srgb_profile()))
    return (
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(%s)"
        b"/Info(%s)/DestOutputProfile %s>>]" % (_NAME, _NAME, reference(profile))
    )


@functools.cache
def srgb_profile() -> bytes:
    """
    Give a profile of version 2 with a matrix and three curves (ICC.1:1998-09).
    """
    tags = {
        b"desc": _described(_NAME),
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": _point(_WHITE),
        **{tag: _point(color) for tag, color in _COLORANTS.items()},
        # all three are the same bytes, which stand in the file once
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve()),
    }
    at = _HEADER + 4 + _ENTRY * len(tags)
    places: dict[bytes, int] = {}
    for data in tags.values():
        if data not in places:
            places[data] = at
            at += len(data) + -len(data) % 4
    table = b"".join(
        tag + struct.pack(">II", places[data], len(data)) for tag, data in tags.items()
    )
    body = b"".join(data + bytes(-len(data) % 4) for data in places)
    return _header(at) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    head = struct.pack(
        ">I4xI4s4s4s6H4s24x",
        size,
        _VERSION,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
    )
    # intent: perceptual, which is 0
    return (head + bytes(4) + _fixed(*_D50)).ljust(_HEADER, b"\0")


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _point(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _described(text: bytes) -> bytes:
    # once in ASCII; the places for Unicode and for old Macintoshes stay empty
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + bytes(1 + 8 + 3 + 67)


def _curve() -> bytes:
    shares = (step / (_STEPS - 1) for step in range(_STEPS))
    values = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # the numbers of the curve: IEC 61966-2-1
        for share in shares
    )
    rounded = b"".join(struct.pack(">H", round(value * 65535)) for value in values)
    return b"curv\0\0\0\0" + struct.pack(">I", _STEPS) + rounded
