"""
The template as a source of objects: opened, and read without trust.
"""

from __future__ import annotations

import re

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, cast

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from certcore.pdf._pages._filters import Packed, filters_of, unpacked
from certcore.pdf._pages._limits import Budget, DamagedError, RefusalError, too_large


_HEAD = 1024
_TAIL = 2048
_LAST_START = re.compile(rb"startxref\s+(\d+)\s*\Z")
_TABLE = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


class Source:
    """
    The objects of a template. References are followed; what isn't there is None.
    """

    def __init__(self, content: bytes, budget: Budget) -> None:
        self.budget = budget
        self._reader = _open(content, budget)

    @property
    def root(self) -> DictionaryObject:
        """
        The catalog.
        """
        return self._reader.root_object

    def get(self, value: object) -> object:
        """
        Follow a reference. One that leads to another leads nowhere.
        """
        if isinstance(value, IndirectObject):
            value = self._reader.get_object(value)
        return None if isinstance(value, (NullObject, IndirectObject)) else value

    def entry(self, of: object, key: str) -> object:
        """
        Give an entry of a dictionary, None if there is no such dictionary.
        """
        return self.get(raw(of, key))

    def name(self, of: object, key: str) -> str:
        """
        Give an entry that is a name, with its slash; empty if it isn't.
        """
        found = self.entry(of, key)
        return str(found) if isinstance(found, NameObject) else ""

    def true(self, of: object, key: str) -> bool:
        """
        Say whether an entry is there and true.
        """
        found = self.entry(of, key)
        return isinstance(found, BooleanObject) and bool(found.value)

    def dictionary(self, of: object, key: str) -> DictionaryObject:
        """
        Give an entry that is a dictionary, an empty one if it isn't.
        """
        found = self.entry(of, key)
        return found if isinstance(found, DictionaryObject) else DictionaryObject()

    def items(self, value: object) -> list[object]:
        """
        Give what is in an array, as it stands there; nothing if it isn't an array.
        """
        found = self.get(value)
        return list(cast("Iterable[object]", found)) if isinstance(found, ArrayObject) else []

    def numbers(self, value: object) -> tuple[float, ...]:
        """
        Give the numbers of an array. Raises DamagedError if something else is in it.
        """
        return tuple(map(self._number, self.items(value)))

    def names(self, value: object) -> list[str]:
        """
        Give the names of an array, or a single one. Raises DamagedError for anything else.
        """
        found = self._list(value)
        if not all(isinstance(each, NameObject) for each in found):
            raise DamagedError("something else where a name should be")
        return list(map(str, found))

    def packed(self, stream: StreamObject) -> Packed:
        """
        Give the data of a stream as they are, and how to unpack them.
        """
        names = self.names(raw(stream, "/Filter"))
        parameters = self._list(raw(stream, "/DecodeParms"))
        parameters += [None] * (len(names) - len(parameters))
        dictionaries = [
            each if isinstance(each, DictionaryObject) else DictionaryObject()
            for each in parameters[: len(names)]
        ]
        # the data as they are: EncodedStreamObject would decode them
        data = StreamObject.get_data(stream)
        return Packed(data, filters_of(names, dictionaries))

    def data(self, stream: StreamObject) -> bytes:
        """
        Unpack a stream.
        """
        return unpacked(self.packed(stream), self.budget)

    def _number(self, value: object) -> float:
        found = self.get(value)
        if not isinstance(found, (int, float)):
            raise DamagedError("something else where a number should be")
        return float(found)

    def _list(self, value: object) -> list[object]:
        found = self.get(value)
        if found is None:
            return []
        return list(map(self.get, self.items(found))) if isinstance(found, ArrayObject) else [found]


def raw(of: object, key: str) -> object:
    """
    Give an entry of a dictionary as it stands there, None if there is no such dictionary.
    """
    # not with get(), which follows references
    return _bare(of).get(key) if isinstance(of, DictionaryObject) else None


def entries(of: DictionaryObject) -> Iterator[tuple[str, object]]:
    """
    Go through a dictionary as it stands there.
    """
    yield from _bare(of).items()


def _bare(of: DictionaryObject) -> dict[str, object]:
    return dict(cast("Any", of).items())


def _open(content: bytes, budget: Budget) -> PdfReader:
    start = content.find(b"%PDF-", 0, _HEAD)
    if start < 0:
        raise RefusalError("isn't a PDF file: upload the template as PDF")
    content = _ended(content)
    try:
        return _parsed(content, start, budget)
    except DependencyError as exc:
        raise RefusalError(
            "is encrypted: save it without password and restrictions, or have the Python package "
            "cryptography installed"
        ) from exc


def _parsed(content: bytes, start: int, budget: Budget) -> PdfReader:
    if start:
        # places in the file are counted from the header (ISO 32000-1, 7.5.2), or by some writers
        # from what stands before it
        try:
            reader = _parse(content[start:], budget)
            if "/Pages" in reader.root_object:
                return reader
        except RefusalError:
            raise
        except Exception:  # noqa: BLE001, S110  # whatever is wrong, there is the other way
            pass
    return _parse(content, budget)


def _ended(content: bytes) -> bytes:
    content = content.rstrip(b"\0\t\n\f\r ")
    if b"%%EOF" in content[-_TAIL:]:
        return content
    # some writers leave the mark out; then the last table must be where the file says
    found = _LAST_START.search(content[-_TAIL:])
    if found is None or _TABLE.match(content, int(found[1])) is None:
        raise RefusalError("is cut off: upload it again")
    return content + b"\n%%EOF"


def _parse(content: bytes, budget: Budget) -> PdfReader:
    reader = _Reader(_Watched(content), budget)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise RefusalError("is encrypted: save it without password and restrictions")
    return reader


class _Reader(PdfReader):
    """
    Counts what comes out of streams of objects, each time before one is read.
    """

    def __init__(self, stream: BytesIO, budget: Budget) -> None:
        self._budget = budget
        super().__init__(stream)

    def _get_object_from_stream(self, indirect_reference: IndirectObject) -> PdfObject:
        number = int(self.xref_objStm[indirect_reference.idnum][0])
        stream = self.get_object(IndirectObject(number, 0, self))
        self._budget.take_bytes(len(cast("StreamObject", stream).get_data()))
        return super()._get_object_from_stream(indirect_reference)


class _Watched(BytesIO):
    """
    A file that is read so often and no oftener: a damaged one can't keep the reader busy for ever.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = 3_000_000 + 5 * len(content)

    def read(self, size: int | None = -1, /) -> bytes:
        """
        Read as any file does. Raises RefusalError when it has been enough.
        """
        found = super().read(size)
        self._take(len(found))
        return found

    def getbuffer(self) -> memoryview:
        """
        Give the whole content, as any file in memory does.
        """
        found = super().getbuffer()
        self._take(len(found))
        return found

    def _take(self, count: int) -> None:
        self._left -= 1 + count // 25
        if self._left < 0:
            raise too_large("its parts can't be found in reasonable time")
