"""
Fonts for the letters that a design's own fonts haven't.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

from certcore.exceptions import FontError
from certcore.pdf._typefaces._bundle import bundled_fonts, emoji_font
from certcore.pdf._typefaces._container import OnDisk, count_fonts
from certcore.pdf._typefaces._face import Face, open_face
from certcore.pdf._typefaces._files import (
    FONT_FOLDERS,
    FontFile,
    listed_fonts,
    named_folders,
    system_folders,
)


log = logging.getLogger(__name__)


class Fallback(Sequence[Face]):
    """
    Fonts in a fixed order, each looked at only when those before haven't the letter.

    A file that can't be used is left out, and logged; `problems` tells why.
    """

    def __init__(self, files: Iterable[FontFile]) -> None:
        unique: dict[Path, FontFile] = {}
        for file in files:  # of two folders, one may be in the other
            unique.setdefault(file.path, file)
        self._files = tuple(unique.values())
        self._found: dict[int, tuple[Sequence[Face], str]] = {}
        self._others: dict[int, Sequence[Face]] = {}

    def __iter__(self) -> Iterator[Face]:
        for place in range(len(self._files)):
            faces, _ = self._look_at(place)
            yield from faces[:1]
            if len(faces) > 1:  # a collection, whose fonts often have the same letters
                others = self._others.get(place)
                if others is None:
                    others = self._others.setdefault(place, _adding(faces))
                yield from others

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Face: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Face]: ...
    def __getitem__(self, index: int | slice) -> Face | Sequence[Face]:
        """
        Give a font by its place, which looks at all of them. To find one, go through them.
        """
        return tuple(self)[index]

    def manifest(self) -> bytes:
        """
        Name the files that another machine may not have, with their digests; nothing if there
        are none.
        """
        named = [[each.name, each.sha256] for each in self._files if each.sha256]
        return json.dumps(named, ensure_ascii=False).encode() if named else b""

    def places(self) -> Sequence[tuple[str, int, int]]:
        """
        Say where the files are, how large, and from when: what changes if they do.
        """
        found: list[tuple[str, int, int]] = []
        for file in self._files:
            with contextlib.suppress(OSError):
                known = file.path.stat()
                found.append((str(file.path), known.st_size, known.st_mtime_ns))
        return found

    def problems(self) -> Sequence[str]:
        """
        Tell what is wrong with files, which looks at all of them.
        """
        looked_at = (self._look_at(place)[1] for place in range(len(self._files)))
        return tuple(problem for problem in looked_at if problem)

    def _look_at(self, place: int) -> tuple[Sequence[Face], str]:
        # without a lock: of two threads at once, both take what the first one found
        found = self._found.get(place)
        return found or self._found.setdefault(place, _faces_of(self._files[place]))


def fallback_faces(
    sources: Iterable[str] = ("bundle",),
    *,
    emoji: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Fallback:
    """
    List fonts for the letters that a design's own fonts haven't.

    Args:
        sources: Where they come from, in the order in which they are tried: `bundle` has those of
            the extra `fonts`, as far as they are installed; `folders` all that are below the
            folders which `CERTCORE_FONT_FOLDERS` names; `system` those of the operating system.

        emoji: Whether emoji are drawn in one color, if no other font has them.

        environment: Variables.

    Raises:
        certcore.exceptions.FontError:
            If a folder that was named isn't there, or none was named; if the font of emoji isn't
            installed.
    """
    files: list[FontFile] = []
    for source in sources:
        if source == "bundle":
            files += (FontFile(path=path) for path in bundled_fonts())
        elif source == "folders":
            files += _of_folders(environment)
        else:
            for folder in system_folders(sys.platform, environment):
                if folder.is_dir():
                    files += listed_fonts(folder)
    if emoji:
        files.append(FontFile(path=emoji_font()))
    return Fallback(files)


def _of_folders(environment: Mapping[str, str]) -> Iterator[FontFile]:
    folders = named_folders(environment)
    if not folders:
        raise FontError(
            f"no folder of fonts is known here: name some in the variable {FONT_FOLDERS}"
        )
    for folder in folders:
        yield from listed_fonts(folder)


def _faces_of(file: FontFile) -> tuple[Sequence[Face], str]:
    """
    Look at a file: the fonts in it, and what is wrong with it.
    """
    faces: list[Face] = []
    try:
        # in the collections of packages, all fonts have the same letters
        count = count_fonts(file.path.name, OnDisk(file.path)) if file.sha256 else 1
        faces.extend(open_face(file.path, index=n, sha256=file.sha256) for n in range(count))
    except FontError as exc:
        log.info("%s isn't used: %s", file.path, exc)
        return faces, f"{file.path}: {exc}"
    return faces, ""


def _adding(faces: Sequence[Face]) -> Sequence[Face]:
    """
    Give those that have letters which fonts before them haven't; the first isn't among them.
    """
    known = set(faces[0].covers)
    adding: list[Face] = []
    for face in faces[1:]:
        if not known.issuperset(face.letters()):
            known |= face.covers
            adding.append(face)
    return adding
