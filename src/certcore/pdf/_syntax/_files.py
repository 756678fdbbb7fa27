"""
Whole files: a beginning that many have in common, and for each of them an end of its own.
"""

from __future__ import annotations

import hashlib

from collections.abc import Sequence
from typing import Any, NamedTuple

from attrs import Factory, field, frozen

from certcore.pdf._syntax._objects import Objects


_IDENTITY = 32
"""Digits of a file's /ID: 16 bytes."""
# the bytes beyond ASCII tell programs that transfer files not to take it for text: 7.5.2
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class End(NamedTuple):
    """
    What a file has beside its beginning.
    """

    objects: bytes
    closing: bytes
    """The table and the trailer."""
    begun: Any
    """`hashlib.sha256` of all that comes before the closing."""


@frozen
class Beginning:
    """
    The constant objects of files, written. Its bytes are what each of these files begins with.
    """

    content: bytes = field(repr=False)
    left: range
    """Numbers of objects that are each file's own."""
    count: int
    """How many objects there are with these; more of a file's own have the next numbers."""
    before: bytes = field(repr=False)
    """Lines of the cross-reference table up to the objects that are left, that of 0 included."""
    after: bytes = field(repr=False)
    """Its other lines."""
    begun: Any = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: hashlib.sha256(self.content), takes_self=True),
    )
    """`hashlib.sha256` of its bytes, to be copied."""

    def end(self, own: Sequence[bytes], more: Sequence[bytes], *, root: int, info: int) -> End:
        """
        Write what follows: objects, the table and the trailer.

        The file's /ID is made of all that is written before it, so that the same file has the
        same, and no other one has it: 14.4.

        Args:
            own: The objects that are left, in their order.

            more: Those that come after all others.

            root: The number of the catalog.

            info: The number of the information dictionary.
        """
        place = len(self.content)
        written: list[bytes] = []
        entries: list[bytes] = []
        numbers = (*self.left, *range(self.count + 1, self.count + 1 + len(more)))
        for number, body in zip(numbers, (*own, *more), strict=True):
            each = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            written.append(each)
            entries.append(b"%010d 00000 n \n" % place)
            place += len(each)
        objects = b"".join(written)
        begun = self.begun.copy()
        begun.update(objects)
        identity = begun.hexdigest()[:_IDENTITY].encode()
        size = self.count + len(more) + 1
        closing = (
            b"xref\n0 %d\n%b%b%b%btrailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
            b"startxref\n%d\n%%%%EOF\n"
        ) % (
            *(size, self.before, b"".join(entries[: len(own)])),
            *(self.after, b"".join(entries[len(own) :])),
            *(size, root, info, identity, identity, place),
        )
        return End(objects, closing, begun)


def begin(objects: Objects) -> Beginning:
    """
    Write the constant objects of files. Raises LookupError if one is missing.
    """
    written = [_HEADER]
    before, after = [b"0000000000 65535 f \n"], list[bytes]()
    place = len(_HEADER)
    for number, body in objects:
        each = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        written.append(each)
        entries = after if objects.left and number > objects.left[0] else before
        entries.append(b"%010d 00000 n \n" % place)
        place += len(each)
    content = b"".join(written)
    return Beginning(content, objects.left, len(objects), b"".join(before), b"".join(after))
