"""
The lines of a text file, counted, and whether the file stays as it is while it is read.
"""

from __future__ import annotations

import os

from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from certcore.exceptions import RetrievalError
from certcore.retrievers._paths import FoundFile, unreadable


_LONGEST = 1_000_000
"""Characters. What has longer lines is no table."""


class Lines:
    """
    The lines of a file, their ends included, one after another.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self._name = name
        self._opened = self._state()
        self.number = 0
        self.ended = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._file.readline(_LONGEST)
        except OSError as exc:
            raise unreadable(self._name, exc) from exc
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        if len(line) == _LONGEST:
            raise RetrievalError(
                f"{self._name} line {self.number} is too long: is it a table at all?"
            )
        return line

    def settle(self) -> None:
        """
        Make sure that what was read is what stood there all the time.
        """
        if self._state() != self._opened:
            raise RetrievalError(
                f"{self._name} changed while it was being read. Run again when it is complete.",
                retryable=True,
            )

    def _state(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns


@contextmanager
def open_lines(found: FoundFile) -> Generator[Lines]:
    """
    Open a text file. Raises RetrievalError if that can't be.
    """
    # Bytes that aren't UTF-8 are kept as marks: they cost the rows that have them, not the file.
    # Line ends stay as they are: a CSV cell may hold some.
    try:
        file = found.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as exc:
        raise unreadable(found.name, exc) from exc
    with file:
        yield Lines(file, found.name)
