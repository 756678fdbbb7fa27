"""
The files that show certificates, as they are made and as they are stored.
"""

from __future__ import annotations

import hashlib

from collections.abc import Iterable
from typing import Any

from attrs import field, frozen


def _parts(content: bytes | Iterable[bytes]) -> tuple[bytes, ...]:
    return (content,) if isinstance(content, bytes) else tuple(content)


@frozen(kw_only=True)
class Artifact:
    """
    A file that shows a certificate, as a generator made it.

    Where many files begin alike, it may be given in parts, `content=(beginning, rest)`: nothing is
    copied until somebody wants it whole, and with `begun` only the last part is hashed.
    """

    parts: tuple[bytes, ...] = field(alias="content", converter=_parts, repr=False, eq=b"".join)
    """The file in its parts, to be written one after the other."""
    media_type: str = "application/pdf"
    extension: str = "pdf"
    begun: Any = field(default=None, repr=False, eq=False)
    """What `hashlib.sha256` gave for all parts but the last; it is copied, never changed."""

    @property
    def content(self) -> bytes:
        """
        The whole file.
        """
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)

    @property
    def size(self) -> int:
        """
        How many bytes it has.
        """
        return sum(map(len, self.parts))

    @property
    def sha256(self) -> str:
        """
        Its digest, in hexadecimal digits.
        """
        digest: Any = hashlib.sha256() if self.begun is None else self.begun.copy()
        for part in self.parts if self.begun is None else self.parts[-1:]:
            digest.update(part)
        return str(digest.hexdigest())


@frozen(kw_only=True)
class StoredArtifact:
    """
    Where an artifact lies, and by what it is recognised.
    """

    key: str
    sha256: str
    size: int
    """In bytes."""
    media_type: str = "application/pdf"
    role: str = "document"
