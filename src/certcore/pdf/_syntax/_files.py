"""
Whole files: a beginning that many have in common, and for each of them an end of its own.
"""

from __future__ import annotations

import hashlib

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from certcore.pdf._syntax._objects import Objects
from certcore.pdf._syntax._values import reference


# the bytes beyond ASCII tell programs that transfer files not to take it for text: 7.5.2
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@frozen
class Beginning:
    """
    The constant objects of files, written. Its bytes are what each of these files begins with.
    """

    content: bytes = field(repr=False)
    count: int
    """How many objects it has; the end's are numbered from the next on."""
    entries: bytes = field(repr=False)
    """Its lines of the cross-reference table, that of object 0 included."""
    begun: Any = field(repr=False, eq=False)
    """`hashlib.sha256` of its bytes, to be copied."""
    _identity: bytes = field(repr=False)
    """Its digest."""

    def end(self, bodies: Sequence[bytes], *, root: int, info: int) -> bytes:
        """
        Write what follows: objects, their numbers in their order, the table and the trailer.

        The file's /ID is made of what is written, so that the same file has the same, and no other
        one has it: 14.4.

        Args:
            root: The number of the catalog.

            info: The number of the information dictionary.
        """
        place = len(self.content)
        entries = [b"xref\n0 %d\n" % (self.count + len(bodies) + 1), self.entries]
        written: list[bytes] = []
        for number, body in enumerate(bodies, start=self.count + 1):
            each = _written(number, body)
            written.append(each)
            entries.append(b"%010d 00000 n \n" % place)
            place += len(each)
        objects = b"".join(written)
        identity = hashlib.blake2b(objects, digest_size=16, key=self._identity).hexdigest().encode()
        trailer = (
            b"trailer\n<</Size %d/Root %s/Info %s/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (
                *(self.count + len(bodies) + 1, reference(root), reference(info)),
                *(identity, identity, place),
            )
        )
        return b"".join((objects, *entries, trailer))


def begin(objects: Objects) -> Beginning:
    """
    Write the constant objects of files. Raises LookupError if one is missing.
    """
    written = [_HEADER]
    entries = [b"0000000000 65535 f \n"]
    place = len(_HEADER)
    for number, body in objects:
        each = _written(number, body)
        written.append(each)
        entries.append(b"%010d 00000 n \n" % place)
        place += len(each)
    content = b"".join(written)
    begun = hashlib.sha256(content)
    return Beginning(content, len(objects), b"".join(entries), begun, begun.digest())


def _written(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)
