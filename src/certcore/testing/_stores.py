"""
Stores in memory.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import threading

from collections.abc import Mapping

from certcore.domain import Artifact, Asset, StoredArtifact
from certcore.exceptions import AssetNotFoundError, StorageError


class MemoryStore:
    """
    Keeps the files of certificates in memory. Threads may share it.

    Args:
        links: Whether there are addresses of files; without them, files are attached to messages.
    """

    def __init__(self, *, links: bool = False) -> None:
        self.files: dict[str, bytes] = {}
        """What can be opened, by its key."""
        self.withdrawn: dict[str, bytes] = {}
        """What was set aside, by its key."""
        self.beside: dict[str, bytes] = {}
        """What is kept that isn't a certificate's, by its name."""
        self.synced = 0
        """How often somebody asked for durability."""
        self.failing: StorageError | None = None
        """What `put` raises from now on; None: nothing."""
        self._links = links
        self._lock = threading.Lock()

    def put(self, certificate_id: str, artifact: Artifact) -> StoredArtifact:
        if self.failing is not None:
            raise self.failing
        digest = artifact.sha256
        key = f"{certificate_id[-2:]}/{certificate_id}/{digest}.{artifact.extension}"
        with self._lock:
            self.files[key] = artifact.content
        return StoredArtifact(
            key=key, sha256=digest, size=artifact.size, media_type=artifact.media_type
        )

    def sync(self) -> None:
        self.synced += 1

    def keep(self, name: str, content: bytes) -> None:
        self.beside[name] = content

    def kept(self, name: str) -> bytes | None:
        return self.beside.get(name)

    def open(self, key: str) -> bytes:
        with self._lock:
            if key not in self.files:
                raise StorageError(f"no file {key}")
            return self.files[key]

    def link(self, key: str, *, expires: dt.timedelta, filename: str) -> str | None:
        if not self._links:
            return None
        return f"memory://{key}?seconds={expires.total_seconds():.0f}&filename={filename}"

    def withdraw(self, key: str) -> None:
        with self._lock:
            if key in self.files:
                self.withdrawn[key] = self.files.pop(key)

    def restore(self, key: str) -> None:
        with self._lock:
            if key in self.withdrawn:
                self.files[key] = self.withdrawn.pop(key)
            elif key not in self.files:
                raise StorageError(f"no file {key}")

    def delete(self, key: str) -> None:
        with self._lock:
            self.files.pop(key, None)
            self.withdrawn.pop(key, None)


class MemoryAssets:
    """
    Gives assets from a mapping of their contents by slug.
    """

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        self.contents = dict(contents or {})
        """Content by slug; a changed one is a new version."""

    def read(self, slug: str) -> Asset:
        try:
            content = self.contents[slug]
        except KeyError:
            near = difflib.get_close_matches(slug, self.contents, n=3)
            hint = f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise AssetNotFoundError(f"there is no asset {slug!r}{hint}") from None
        return Asset(slug=slug, content=content, sha256=hashlib.sha256(content).hexdigest())
