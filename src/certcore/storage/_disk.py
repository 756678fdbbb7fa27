"""
A folder on a disk.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import logging
import os
import tempfile
import threading
import time

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from certcore.domain import Artifact, StoredArtifact
from certcore.exceptions import StorageError
from certcore.storage._keys import check_name, describe_artifact, digest_in


log = logging.getLogger(__name__)

_WITHDRAWN = "withdrawn"
"""Longer than any prefix of a key, so that no key leads here."""

_ABANDONED = 3600.0
"""Seconds after which nobody is still writing a temporary file."""

# what may be better a little later, without anybody mending anything but the room on the disk
_PASSING = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ESTALE,
        errno.ETIMEDOUT,
    }
)
_HINTS = {
    errno.EACCES: "certcore's user needs to read and write there",
    errno.EEXIST: "a file lies where a folder is wanted",
    errno.EFBIG: "the file is larger than the system lets this process write",
    errno.ENOSPC: "the disk is full; make room, then run again",
    errno.ENOTDIR: "a file lies where a folder is wanted",
    errno.EROFS: "the disk can only be read",
}


class DiskStore:
    """
    Keeps files in a private folder (0700, files 0600). Thread-safe; processes may share the folder.

    A file appears under its key whole or not at all: it is written beside its place and renamed.

    Args:
        root: The folder; made if it isn't there.

        durable: Whether `sync` waits for the disk.

    Raises:
        certcore.exceptions.StorageError:
            If the folder can't be made.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self._root = root.absolute()
        self._durable = durable
        self._lock = threading.Lock()
        self._unsynced: set[Path] = set()
        self._syncing = threading.Lock()
        self._doubted: set[Path] = set()
        with self._translated("can't be opened"):
            missing = [each for each in (self._root, *self._root.parents) if not each.exists()]
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            # an operator's own link to another disk is followed once, here
            self._root = self._root.resolve(strict=True)
            self._sync_folders({each.parent for each in missing})

    def put(self, certificate_id: str, artifact: Artifact) -> StoredArtifact:
        """
        Store a file, or make sure that the one under its key is sound.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be stored; nothing half-written is left under the key.
        """
        stored = describe_artifact(certificate_id, artifact)
        self._put(self._path(stored.key), artifact.parts, stored.key)
        return stored

    def keep(self, name: str, content: bytes) -> None:
        """
        Keep something that isn't a certificate's, or make sure that what is kept is sound.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be kept; nothing half-written is left under the name.
        """
        self._put(self._within(Path(check_name(name))), [content], name)

    def kept(self, name: str) -> bytes | None:
        """
        Give what is kept under a name, or None.

        Raises:
            certcore.exceptions.StorageError:
                If it can't be read.
        """
        path = self._within(Path(check_name(name)))
        with self._translated(f"can't read {name}"), suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    def sync(self) -> None:
        """
        Return once everything put so far would survive a loss of power.

        Raises:
            certcore.exceptions.StorageError:
                If the disk refuses; the next call tries again.
        """
        # One at a time: a file of this thread may be in the batch that another is busy with.
        with self._syncing:
            with self._lock:
                batch, self._unsynced = self._unsynced, set()
            try:
                with self._translated("can't be synced"):
                    for path in sorted(batch):
                        self._sync_file(path)
                    self._sync_folders({folder for path in batch for folder in self._above(path)})
            except StorageError:
                with self._lock:
                    self._unsynced |= batch
                self._doubted |= batch
                raise
            self._doubted -= batch

    def open(self, key: str) -> bytes:
        """
        Give a file's content, having compared it with the digest in its key.

        Raises:
            certcore.exceptions.StorageError:
                If there is none, it was withdrawn, it is damaged, or it can't be read.
        """
        sha256 = digest_in(key)
        path = self._path(key)
        with self._translated(f"can't read {key}"):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                withdrawn = self._path(key, _WITHDRAWN).exists()
                why = "it was withdrawn" if withdrawn else "there is none in this store"
                raise StorageError(f"no file {key}: {why}") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StorageError(f"the file {key} is damaged; bring it back from a backup")
        return content

    def link(self, key: str, *, expires: dt.timedelta, filename: str) -> str | None:
        """
        Give None: a folder has no addresses.
        """
        del key, expires, filename
        return None

    def withdraw(self, key: str) -> None:
        """
        Set a file aside. Repeatable; where there is none, there is nothing to be done.
        """
        self._move(self._path(key), self._path(key, _WITHDRAWN), f"can't withdraw {key}")

    def restore(self, key: str) -> None:
        """
        Bring a withdrawn file back. Repeatable.

        Raises:
            certcore.exceptions.StorageError:
                If there is none, withdrawn or not.
        """
        path = self._path(key)
        self._move(self._path(key, _WITHDRAWN), path, f"can't restore {key}")
        with self._translated(f"can't restore {key}"):
            found = path.is_file()
        if not found:
            raise StorageError(f"can't restore {key}: there is none in this store")

    def delete(self, key: str) -> None:
        """
        Delete a file for good, withdrawn or not, with what is left of attempts to write it.

        Repeatable.
        """
        for path in (self._path(key), self._path(key, _WITHDRAWN)):
            with self._translated(f"can't delete {key}"):
                path.unlink(missing_ok=True)
                self._clean(path.parent)
                self._sync_folders({path.parent})

    def _put(self, path: Path, parts: Sequence[bytes], name: str) -> None:
        with self._translated(f"can't store {name}"):
            self._make_folder(path.parent)
            self._clean(path.parent, before=time.time() - _ABANDONED)
            if not self._holds(path, parts):
                self._write(path, parts)
        if self._durable:
            with self._lock:
                # also what lay there before: whoever wrote it may not have synced it yet
                self._unsynced.add(path)

    def _path(self, key: str, area: str = "") -> Path:
        digest_in(key)
        return self._within(Path(area, key))

    def _within(self, inner: Path) -> Path:
        path = self._root / inner
        if not Path(os.path.realpath(path)).is_relative_to(self._root):
            raise StorageError(
                f"{inner.as_posix()!r} leads out of the store by a symbolic link; remove the link"
            )
        return path

    def _above(self, path: Path) -> list[Path]:
        return [folder for folder in path.parents if folder.is_relative_to(self._root)]

    def _make_folder(self, folder: Path) -> None:
        for each in reversed([folder, *self._above(folder)[:-1]]):
            each.mkdir(mode=0o700, exist_ok=True)

    def _holds(self, path: Path, parts: Sequence[bytes]) -> bool:
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            return False
        content = b"".join(parts)
        if found != content:
            # loss of power before a sync leaves files empty; the key says what belongs there
            log.warning("a damaged file is written anew: %s", path.name)
        return found == content

    def _write(self, path: Path, parts: Sequence[bytes]) -> None:
        number, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.writelines(parts)
                file.flush()
                if self._durable and hasattr(os, "posix_fadvise"):
                    # the disk starts writing now, while more is made, and `sync` waits less
                    os.posix_fadvise(number, 0, 0, os.POSIX_FADV_DONTNEED)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _clean(self, folder: Path, *, before: float | None = None) -> None:
        for left in folder.glob(".*.part"):
            with suppress(FileNotFoundError):
                if before is None or left.stat().st_mtime < before:
                    left.unlink()

    def _move(self, source: Path, target: Path, failed: str) -> None:
        with self._translated(failed):
            if source.exists():
                self._make_folder(target.parent)
                with suppress(FileNotFoundError):  # another process was quicker
                    source.replace(target)
            # repeated after a crash, there is nothing to be moved and still something to be synced
            self._sync_folders({*self._above(source), *self._above(target)})

    def _sync_file(self, path: Path) -> None:
        with suppress(FileNotFoundError):  # withdrawn or deleted meanwhile
            if path in self._doubted:
                # after a refused sync the system may take lost pages for written: write them again
                self._write(path, [path.read_bytes()])
            _sync(path, os.O_RDWR)

    def _sync_folders(self, folders: Iterable[Path]) -> None:
        if self._durable and hasattr(os, "O_DIRECTORY"):  # elsewhere folders can't be synced
            for folder in sorted(folders, reverse=True):
                with suppress(FileNotFoundError):
                    _sync(folder, os.O_RDONLY)

    @contextmanager
    def _translated(self, failed: str) -> Generator[None]:
        try:
            yield
        except OSError as exc:
            number = exc.errno or 0
            why = _HINTS.get(number) or exc.strerror or type(exc).__name__
            raise StorageError(
                f"the store {self._root} {failed}: {why}", retryable=number in _PASSING
            ) from exc


def _sync(path: Path, flags: int) -> None:
    number = os.open(path, flags)
    try:
        os.fsync(number)
    finally:
        os.close(number)
