"""
The outside of a font file: which fonts are in it, which tables these have, and where.

OpenType specification, "The OpenType font file". Nothing more than what is asked for is read, so
that looking into many files is cheap.
"""

from __future__ import annotations

import hashlib
import struct

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

from certcore.exceptions import FontError
from certcore.pdf._harfbuzz import hb
from certcore.pdf._typefaces._kept import kept


_COLLECTION = b"ttcf"
_FLAVORS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_WEB = (b"wOFF", b"wOF2")
_HEAD = struct.Struct(">4s4H")
_RECORD = struct.Struct(">4s3L")
_MOST = 1024
"""More fonts in a file, or more tables in a font, than anybody has seen."""


class Contents(Protocol):
    """
    The bytes of a font file, wherever they are.
    """

    def __len__(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """
        Give some of them, fewer at the end.
        """
        ...

    def blob(self) -> Any:
        """
        Give all of them to HarfBuzz.
        """
        ...

    def digest(self) -> bytes:
        """
        Give their SHA-256.
        """
        ...


@frozen(eq=False)
class InMemory:
    """
    A font file that was read by somebody else.
    """

    _content: bytes = field(repr=False)
    _sha256: str

    def __len__(self) -> int:
        return len(self._content)

    def read(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]

    def blob(self) -> Any:
        return hb.Blob(self._content)

    def digest(self) -> bytes:
        return bytes.fromhex(self._sha256)


class OnDisk:
    """
    A font file on this machine.

    That of a package isn't read as a whole but mapped into memory, which processes share. Of a
    file that anybody may write over, the digest is given: it is read into memory when it is drawn
    with, and has to be that one.

    Raises FontError when it has gone meanwhile, can't be read or is another one.
    """

    def __init__(self, path: Path, sha256: str = "") -> None:
        self._path = path
        self._sha256 = sha256

    @kept
    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError as exc:
            raise self._unreadable(exc) from exc

    def __len__(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(length)
        except OSError as exc:
            raise self._unreadable(exc) from exc

    def blob(self) -> Any:
        try:
            with self._path.open("rb") as file:
                if not self._sha256:
                    return hb.Blob.from_file_path(self._path)
                content = file.read()
        except OSError as exc:
            raise self._unreadable(exc) from exc
        if hashlib.sha256(content).hexdigest() != self._sha256:
            raise FontError(
                f"{self._path}: this font was replaced while designs were drawn with it; "
                "prepare them again"
            )
        return hb.Blob(content)

    def digest(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest()
        except OSError as exc:
            raise self._unreadable(exc) from exc

    def _unreadable(self, reason: OSError) -> FontError:
        said = reason.strerror or type(reason).__name__
        return FontError(f"{self._path}: this font can't be read ({said})")


@frozen
class Tables:
    """
    The tables of one font in a file.
    """

    _contents: Contents = field(repr=False)
    places: Mapping[str, tuple[int, int]]
    """Where each table begins, and its length, by tag."""

    def __contains__(self, tag: str) -> bool:
        return tag in self.places

    def read(self, tag: str) -> bytes:
        """
        Give a table; nothing if there is none.
        """
        if tag not in self.places:
            return b""
        return self._contents.read(*self.places[tag])

    def size(self, tag: str) -> int:
        """
        Say how long a table is: 0 if there is none.
        """
        return self.places.get(tag, (0, 0))[1]

    def alone(self, tags: Iterable[str]) -> bytes:
        """
        Give a font file that has these tables only, of those that are there.
        """
        return pack({tag: self.read(tag) for tag in tags if tag in self.places})


def pack(tables: Mapping[str, bytes]) -> bytes:
    """
    Make a font file of tables, by their tags.
    """
    flavor = b"OTTO" if "CFF " in tables or "CFF2" in tables else _FLAVORS[0]
    offset = _HEAD.size + _RECORD.size * len(tables)
    head = [_HEAD.pack(flavor, len(tables), 0, 0, 0)]
    body: list[bytes] = []
    for tag, table in sorted(tables.items()):
        padding = bytes(-len(table) % 4)
        head.append(_RECORD.pack(tag.encode("ascii"), 0, offset, len(table)))
        body += (table, padding)
        offset += len(table) + len(padding)
    return b"".join(head + body)


def count_fonts(label: str, contents: Contents) -> int:
    """
    Say how many fonts are in a file: more than one only in a collection.

    Raises:
        certcore.exceptions.FontError:
            If it isn't a font file, naming it by the label and saying what to do.
    """
    head = contents.read(0, _HEAD.size)
    if len(head) < _HEAD.size:
        raise unreadable(label)
    if head[:4] == _COLLECTION:
        count = int.from_bytes(head[8:], "big")
        if 0 < count <= _MOST and len(contents) >= len(head) + 4 * count:
            return count
        raise unreadable(label)
    if head[:4] in _WEB:
        raise FontError(
            f"{label} is packed for the web; a TrueType font is wanted: upload the family's "
            ".ttf or .otf file"
        )
    if head[:4] not in _FLAVORS:
        raise unreadable(label)
    return 1


def read_tables(label: str, contents: Contents, index: int) -> Tables:
    """
    Find the tables of a font.

    Args:
        label: Says in errors which file it is.

        index: Which one of a collection, from 0.

    Raises:
        certcore.exceptions.FontError:
            If there is no such font, or the file isn't one or is cut off.
    """
    count = count_fonts(label, contents)
    if not 0 <= index < count:
        known = "only the index 0" if count == 1 else f"indexes from 0 to {count - 1}"
        raise FontError(f"{label} has no font of the index {index}: it has {known}")
    start = 0
    if contents.read(0, 4) == _COLLECTION:
        start = int.from_bytes(contents.read(_HEAD.size + 4 * index, 4), "big")
    head = contents.read(start, _HEAD.size)
    if head[:4] not in _FLAVORS or len(head) < _HEAD.size:
        raise unreadable(label)
    count = int.from_bytes(head[4:6], "big")
    records = contents.read(start + _HEAD.size, _RECORD.size * count)
    if count > _MOST or len(records) < _RECORD.size * count:
        raise unreadable(label)
    places: dict[str, tuple[int, int]] = {}
    for tag, _, offset, length in _RECORD.iter_unpack(records):
        if offset + length > len(contents):
            raise FontError(f"{label} is cut off: upload it again")
        places[tag.decode("latin-1")] = (offset, length)
    return Tables(contents, places)


def unreadable(label: str) -> FontError:
    """
    Compose the error for what isn't a font, or a damaged one.
    """
    return FontError(
        f"{label} isn't a font that can be read: upload a TrueType font (.ttf) or an OpenType "
        "font (.otf)"
    )
