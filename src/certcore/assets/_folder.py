"""
A folder of templates, fonts and images.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import os
import stat
import unicodedata

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from certcore.domain import Asset
from certcore.exceptions import AssetNotFoundError, StorageError


_LISTED = 5000
"""So many files at most are looked at for near misses."""


class FolderAssets:
    """
    Gives the files of a folder. A slug is a name relative to it: `logo.png`, `fonts/Lato.ttf`.

    Args:
        root: The folder; it needs to be there only when something is read.

        max_bytes: Larger files are refused.
    """

    def __init__(self, root: Path, *, max_bytes: int) -> None:
        self._root = root.absolute()
        self._max_bytes = max_bytes

    def read(self, slug: str) -> Asset:
        """
        Give an asset as it is now.

        Raises:
            certcore.exceptions.AssetNotFoundError:
                If there is none; it names near misses.

            certcore.exceptions.StorageError:
                If the slug leads out of the folder, or the file is too large or can't be read.
        """
        self._check(slug)
        try:
            content = self._content(slug)
        except (FileNotFoundError, NotADirectoryError):
            raise AssetNotFoundError(self._missing(slug)) from None
        except OSError as exc:
            why = exc.strerror or type(exc).__name__
            raise StorageError(f"the asset {slug!r} can't be read: {why}") from exc
        return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())

    def _check(self, slug: str) -> None:
        plain = PurePosixPath(slug)
        if (
            not plain.parts
            or plain.is_absolute()
            or ".." in plain.parts
            or set(slug) & set("\\:\0")
        ):
            raise StorageError(
                f"{slug!r} can't name an asset: a name relative to the folder of assets is wanted, "
                "such as 'fonts/Lato.ttf'"
            )

    def _content(self, slug: str) -> bytes:
        path = self._root / slug
        if not path.exists():
            # macOS decomposes accents in file names, keyboards don't
            same = (name for name in self._names() if _composed(name) == _composed(slug))
            path = self._root / next(same, slug)
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._root)):
            raise StorageError(
                f"the asset {slug!r} is a link out of the folder of assets; copy the file instead"
            )
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep its reader waiting
            raise StorageError(f"the asset {slug!r} isn't a file")
        with path.open("rb") as file:
            content = file.read(self._max_bytes + 1)
        if len(content) > self._max_bytes:
            raise StorageError(
                f"the asset {slug!r} is larger than {self._max_bytes} bytes; "
                "make it smaller or raise max_bytes"
            )
        return content

    def _missing(self, slug: str) -> str:
        said = f"there is no asset {slug!r} in {self._root}"
        names = {_composed(name).casefold(): name for name in self._names()}
        wanted = _composed(slug).casefold()
        moved = [
            found
            for name, found in names.items()
            if PurePosixPath(name).name == PurePosixPath(wanted).name
        ]
        near = difflib.get_close_matches(wanted, names, n=3)
        found = dict.fromkeys([*moved, *(names[name] for name in near)])
        return f"{said}. Did you mean {' or '.join(map(repr, found))}?" if found else said

    def _names(self) -> Iterator[str]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        for path in itertools.islice(files, _LISTED):
            yield path.relative_to(self._root).as_posix()


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
