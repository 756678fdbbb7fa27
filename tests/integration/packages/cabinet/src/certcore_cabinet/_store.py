"""
Files in a table.
"""

import datetime as dt
import hashlib
import sqlite3
import threading

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from certcore.domain import Artifact, StoredArtifact
from certcore.exceptions import StorageError


SCHEMA = """
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS files (
    key TEXT PRIMARY KEY, content BLOB NOT NULL, withdrawn INTEGER NOT NULL
);
"""
PUT = "INSERT OR REPLACE INTO files VALUES (?, ?, 0)"


class Cabinet:
    """
    Keeps each file in a row. Threads may share it, and processes the file.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        with self._told("be opened"):
            # each statement is a transaction of its own
            self._database = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=30
            )
            self._database.executescript(SCHEMA)

    def close(self) -> None:
        self._database.close()

    def put(self, certificate_id: str, artifact: Artifact) -> StoredArtifact:
        # the key names the bytes: what is put twice is the same
        digest = hashlib.sha256(artifact.content).hexdigest()
        key = f"{certificate_id[-2:].lower()}/{certificate_id}/{digest}.{artifact.extension}"
        self._do(PUT, key, artifact.content)
        return StoredArtifact(
            key=key,
            sha256=digest,
            size=len(artifact.content),
            media_type=artifact.media_type,
        )

    def sync(self) -> None:
        pass  # with synchronous = FULL, what is committed is on the disk

    def keep(self, name: str, content: bytes) -> None:
        self._do(PUT, name, content)

    def kept(self, name: str) -> bytes | None:
        return self._content(name)

    def open(self, key: str) -> bytes:
        content = self._content(key)
        if content is None:
            raise StorageError(f"{self._name} has no file {key}")
        return content

    def link(self, key: str, *, expires: dt.timedelta, filename: str) -> str | None:
        return None  # there are no addresses: files are attached to messages

    def withdraw(self, key: str) -> None:
        self._do("UPDATE files SET withdrawn = 1 WHERE key = ?", key)

    def restore(self, key: str) -> None:
        if not self._do("UPDATE files SET withdrawn = 0 WHERE key = ?", key):
            raise StorageError(f"{self._name} has no file {key}")

    def delete(self, key: str) -> None:
        self._do("DELETE FROM files WHERE key = ?", key)

    def _content(self, key: str) -> bytes | None:
        wanted = "SELECT content FROM files WHERE key = ? AND NOT withdrawn"
        with self._told("be read"), self._lock:
            row = self._database.execute(wanted, [key]).fetchone()
        return None if row is None else row[0]

    def _do(self, statement: str, *values: object) -> int:
        with self._told("be written"), self._lock:
            return self._database.execute(statement, values).rowcount

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            # another process may have it, a disk may be full: later may be better
            later = isinstance(exc, sqlite3.OperationalError)
            raise StorageError(f"{self._name} can't {what}: {exc}", retryable=later) from exc
