"""
JPEG images: taken over as they were compressed, without what cameras write beside the picture.
"""

from __future__ import annotations

import re

from collections.abc import Iterator

from PIL.JpegImagePlugin import JpegImageFile

from certcore.pdf._figures._samples import Colors, Samples


_MODES: dict[str, Colors] = {"L": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}
_END = 0xD9
_SCAN = 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_KNOWN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, as ISO 32000-1, 7.4.8 has it; no arithmetic coding."""
_NOTES = frozenset({*range(0xE0, 0xF0), 0xFE})
_ADOBE = 0xEE
_KEPT_NOTES = {0xE0: b"JFIF\0", _ADOBE: b"Adobe"}
"""They say how colors are meant."""
_NEXT = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
_RED_GREEN_BLUE = b"RGB"


def jpeg_samples(image: JpegImageFile, content: bytes) -> Samples | None:
    """
    Take over a JPEG image; None if it is of a kind that readers of PDF don't know.

    Where and when a photo was taken, small previews and comments stay behind.

    Args:
        image: The image, which has been read to its end.

        content: Its file.
    """
    segments = list(_segments(content))
    frames = {marker for marker, _ in segments} & _FRAMES
    if image.mode not in _MODES or not frames <= _KNOWN_FRAMES:
        return None
    entries = b"/BitsPerComponent 8/Filter/DCTDecode"
    notes = {marker for marker, segment in segments if marker in _NOTES and _kept(marker, segment)}
    if image.mode == "CMYK" and _ADOBE in notes:
        # Adobe's programs, which write this note, write inks the other way round
        entries += b"/Decode[1 0 1 0 1 0 1 0]"
    ids = bytes(layer[0] for layer in image.layer)
    if ids == _RED_GREEN_BLUE and not notes:
        # by their names alone the components would be taken for brightness and two differences
        entries += b"/DecodeParms<</ColorTransform 0>>"
    kept = b"".join(segment for marker, segment in segments if _kept(marker, segment))
    return Samples(colors=_MODES[image.mode], entries=entries, data=b"\xff\xd8" + kept)


def _kept(marker: int, segment: bytes) -> bool:
    if marker not in _NOTES:
        return True
    return marker in _KEPT_NOTES and segment[4:].startswith(_KEPT_NOTES[marker])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Cut a file at its markers (ITU-T T.81, annex B); what follows its end isn't given.
    """
    found = _NEXT.search(content, 2)
    while found:
        marker, start = found[1][0], found.end() - 2
        end = found.end()
        if marker != _END:
            end += int.from_bytes(content[end : end + 2])
        found = None if marker == _END else _NEXT.search(content, end)
        if marker == _SCAN:
            end = found.start() if found else len(content)
        yield marker, content[start:end]
