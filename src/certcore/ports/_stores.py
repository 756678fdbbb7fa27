"""
Where files lie.
"""

from __future__ import annotations

import datetime as dt

from typing import Protocol

from certcore.domain import Artifact, Asset, StoredArtifact


class AssetStore(Protocol):
    """
    Templates, fonts and images by slug.
    """

    def read(self, slug: str) -> Asset:
        """
        Give the newest version of an asset.

        Raises:
            certcore.exceptions.AssetNotFoundError:
                If there is none; it names near misses.
        """
        ...


class ArtifactStore(Protocol):
    """
    The files of certificates. Private: nobody gets at one but through a link. Thread-safe.
    """

    def put(self, certificate_id: str, artifact: Artifact) -> StoredArtifact:
        """
        Store a file under `<prefix>/<certificate id>/<sha256>.<extension>`.

        The key names the bytes, so that a put can only write what is there already or nothing.
        Whole or not at all; durable once `sync` has returned.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be stored; nothing half-written is left under the key.
        """
        ...

    def sync(self) -> None:
        """
        Return once everything put so far would survive a loss of power.
        """
        ...

    def keep(self, name: str, content: bytes) -> None:
        """
        Keep something that isn't a certificate's, such as a design: `designs/<digest>`.

        A name is a word in lower case, a slash, and up to 64 letters, digits, hyphens and
        underscores. Repeatable: what is kept under a name again may take the place of what was.
        Whole or not at all; durable once `sync` has returned.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be kept.
        """
        ...

    def kept(self, name: str) -> bytes | None:
        """
        Give what is kept under a name, or None.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be read.
        """
        ...

    def open(self, key: str) -> bytes:
        """
        Give a file's content.

        Raises:
            certcore.exceptions.StorageError:
                If there is none, or it can't be read.
        """
        ...

    def link(self, key: str, *, expires: dt.timedelta, filename: str) -> str | None:
        """
        Give an address that shows the file for so long, or None where the store has no addresses.
        """
        ...

    def withdraw(self, key: str) -> None:
        """
        Take a file away from every link, keeping it. Repeatable.
        """
        ...

    def restore(self, key: str) -> None:
        """
        Bring a withdrawn file back. Repeatable.
        """
        ...

    def delete(self, key: str) -> None:
        """
        Delete a file for good, withdrawn or not. Repeatable.
        """
        ...
