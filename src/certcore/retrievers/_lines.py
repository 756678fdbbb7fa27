"""
The lines of a text file, counted, and whether the file stays as it is while it is read.
"""

from __future__ import annotations

import codecs
import io
import os

from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from certcore.exceptions import RetrievalError
from certcore.retrievers._encoding import Encoding, EncodingName, encoding_of
from certcore.retrievers._paths import FoundFile, unreadable
from certcore.retrievers._separators import SAMPLE, Sample


_LONGEST = 1_000_000
"""Characters. Longer lines aren't kept in memory."""


class Lines:
    """
    The lines of a file, their ends included, one after another.
    """

    def __init__(self, file: TextIO, name: str, encoding: Encoding, sample: Sample) -> None:
        self._file = file
        self._name = name
        self._opened = self._state()
        self.encoding = encoding
        self.sample = sample
        """The beginning of the file."""
        self.number = 0
        self.ended = False
        self.cut = 0
        """The number of the last line of which only the beginning was given, for it is too long."""

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._file.readline(_LONGEST)
            if len(line) == _LONGEST:
                self._pass_over(line)
        except OSError as exc:
            raise unreadable(self._name, exc) from exc
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
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

    def _pass_over(self, line: str) -> None:
        while len(line) == _LONGEST and not line.endswith(("\n", "\r")):
            self.cut = self.number + 1
            line = self._file.readline(_LONGEST)

    def _state(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns


@contextmanager
def open_lines(found: FoundFile, encoding: EncodingName = "detect") -> Generator[Lines]:
    """
    Open a text file.

    Raises:
        certcore.exceptions.RetrievalError:
            If it can't be read, or nobody can tell its encoding.
    """
    try:
        raw = found.path.open("rb")
    except OSError as exc:
        raise unreadable(found.name, exc) from exc
    with raw:
        yield _lines(raw, found.name, encoding)


def _lines(raw: BinaryIO, name: str, encoding: EncodingName) -> Lines:
    try:
        known = encoding_of(raw, name, encoding)
        start = raw.read(SAMPLE)
        raw.seek(0)
        # line ends stay as they are: a CSV cell may hold some
        file = io.TextIOWrapper(raw, known.codec, known.errors, newline="")
        sample = codecs.getincrementaldecoder(known.codec)(known.errors).decode(start)
        return Lines(file, name, known, Sample(sample, whole=len(start) < SAMPLE))
    except OSError as exc:
        raise unreadable(name, exc) from exc
