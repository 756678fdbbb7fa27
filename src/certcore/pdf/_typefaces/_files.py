"""
Font files on this machine: in folders that somebody named, and where the system has its own.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import logging
import os
import re

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from certcore.exceptions import FontError


log = logging.getLogger(__name__)

FONT_FOLDERS = "CERTCORE_FONT_FOLDERS"
"""The environment variable that names folders, with what `PATH` has between them."""

_FONT_FILES = (".otc", ".otf", ".ttc", ".ttf")
_STYLES = re.compile(
    r"black|bold|condensed|demi|extra|heavy|italic|light|medium|mono|narrow|oblique|thin"
)
"""What names of files say of fonts that are second choice for a letter somewhere in a name."""

_MOST = 20_000
"""So many files at most are looked at in a folder; people who design type have some thousands."""


@frozen(kw_only=True)
class FontFile:
    """
    A file that may be used for letters that a design's own fonts haven't.
    """

    path: Path
    name: str = ""
    """What it is called below its folder, wherever that is; nothing if it is a package's."""
    sha256: str = ""
    """Of its content, likewise. A file that has another one meanwhile isn't drawn with."""


def listed_fonts(folder: Path) -> Iterator[FontFile]:
    """
    Give the font files in a folder and in those inside it, in a fixed order, with their digests.

    Raises:
        certcore.exceptions.FontError:
            If there is no such folder, or it has more files than can be meant.
    """
    if not folder.is_dir():
        raise FontError(f"{folder}: there is no such folder of fonts")
    for path in fonts_below(folder):
        try:
            found = path.stat()
            digest = _sha256(path, found.st_size, found.st_mtime_ns)
        except OSError as exc:
            log.info("%s isn't used: it can't be read (%s)", path, exc.strerror)
        else:
            yield FontFile(path=path, name=path.relative_to(folder).as_posix(), sha256=digest)


def fonts_below(folder: Path) -> Sequence[Path]:
    """
    Give all font files in a folder and in those inside it, in a fixed order.

    Upright ones of common weight come before others. Links to folders aren't followed.

    Raises:
        certcore.exceptions.FontError:
            If it has more files than can be meant.
    """

    def order(path: Path) -> tuple[bool, str]:
        return bool(_STYLES.search(path.stem.lower())), path.relative_to(folder).as_posix()

    files = list(itertools.islice(_files(folder), _MOST + 1))
    if len(files) > _MOST:
        raise FontError(f"{folder}: this folder of fonts has more than {_MOST} files")
    found = (path for path in files if path.name.lower().endswith(_FONT_FILES))
    return sorted((path for path in found if path.is_file()), key=order)


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def named_folders(environment: Mapping[str, str]) -> Sequence[Path]:
    """
    Give the folders that whoever runs certcore has named.

    Args:
        environment: Variables such as `CERTCORE_FONT_FOLDERS`.
    """
    named = environment.get(FONT_FOLDERS, "").split(os.pathsep)
    return tuple(Path(folder) for folder in named if folder)


def system_folders(platform: str, environment: Mapping[str, str]) -> Sequence[Path]:
    """
    Say where an operating system has its fonts, of all users first.

    Args:
        platform: As `sys.platform` has it.

        environment: Variables such as `HOME`.
    """
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or "/")
    if platform == "win32":
        local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
        windows = Path(environment.get("WINDIR") or "C:/Windows")
        return (windows / "Fonts", local / "Microsoft" / "Windows" / "Fonts")
    if platform == "darwin":
        return (
            Path("/System/Library/Fonts"),
            Path("/Library/Fonts"),
            home / "Library" / "Fonts",
        )
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        data / "fonts",
        home / ".fonts",
    )


@functools.lru_cache(_MOST)
def _sha256(path: Path, size: int, changed: int) -> str:
    """
    Give the digest of a file, once for each size and time of change.
    """
    del size, changed
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
