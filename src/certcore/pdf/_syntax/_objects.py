"""
Numbered objects, and streams.
"""

from __future__ import annotations

import zlib

from collections.abc import Iterator


class Objects:
    """
    The objects of a file, numbered from 1 in the order in which numbers are asked for.
    """

    def __init__(self) -> None:
        self._bodies: list[bytes | None] = []
        self.left: range = range(1, 1)
        """Numbers of objects that each file writes for itself, at its end."""

    def __len__(self) -> int:
        return len(self._bodies)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """
        Give the numbers and what was put there, in their order. Raises LookupError for a gap.
        """
        for number, body in enumerate(self._bodies, start=1):
            if number in self.left:
                continue
            if body is None:
                raise LookupError(f"nothing was put into object {number}")
            yield number, body

    def reserve(self) -> int:
        """
        Give a number for what is written later.
        """
        self._bodies.append(None)
        return len(self._bodies)

    def leave(self, count: int) -> range:
        """
        Give numbers for what each file writes for itself. They can be left once.
        """
        if self.left:
            raise ValueError(f"objects {self.left.start} to {self.left.stop - 1} are left already")
        self.left = range(len(self) + 1, len(self) + 1 + count)
        self._bodies += [None] * count
        return self.left

    def put(self, number: int, body: bytes) -> None:
        """
        Write an object; nothing is written twice.
        """
        if self._bodies[number - 1] is not None:
            raise ValueError(f"object {number} has been written")
        self._bodies[number - 1] = body

    def add(self, body: bytes) -> int:
        """
        Write an object under the next number, and give that.
        """
        number = self.reserve()
        self.put(number, body)
        return number


def stream(entries: bytes, data: bytes, *, compress: bool = True) -> bytes:
    """
    Write a stream.

    Args:
        entries: What its dictionary says beside the length and, if compressed here, the filter.

        data: As it is; with `compress`, it is deflated.
    """
    if compress:
        data = zlib.compress(data, 9)
        entries += b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)
