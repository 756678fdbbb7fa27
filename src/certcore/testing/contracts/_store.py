"""
Everything that an artifact store promises.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from concurrent.futures import ThreadPoolExecutor

import pytest

from certcore.domain import Artifact, new_id
from certcore.exceptions import StorageError
from certcore.ports import ArtifactStore


_FILE = Artifact(content=b"%PDF-1.7 a certificate", media_type="application/pdf", extension="pdf")
_MINUTES = dt.timedelta(minutes=10)


class ArtifactStoreContract:
    """
    What an artifact store promises. Supply a fixture `store` that gives an empty one.
    """

    def test_what_is_put_can_be_opened(self, store: ArtifactStore) -> None:
        """
        The same bytes, under a key that names the certificate and the bytes.
        """
        certificate = new_id()
        digest = hashlib.sha256(_FILE.content).hexdigest()

        stored = store.put(certificate, _FILE)
        store.sync()

        assert store.open(stored.key) == _FILE.content
        assert stored.key.endswith(f"/{certificate}/{digest}.pdf")
        assert (stored.sha256, stored.size, stored.media_type) == (
            digest,
            len(_FILE.content),
            "application/pdf",
        )

    def test_putting_is_repeatable(self, store: ArtifactStore) -> None:
        """
        The same file again is the same entry.
        """
        certificate = new_id()

        assert store.put(certificate, _FILE) == store.put(certificate, _FILE)

    def test_versions_lie_side_by_side(self, store: ArtifactStore) -> None:
        """
        Other bytes get another key; those of before stay.
        """
        certificate = new_id()
        other = Artifact(content=b"", media_type="text/plain", extension="txt")

        first, second = store.put(certificate, _FILE), store.put(certificate, other)

        assert first.key != second.key
        assert store.open(first.key) == _FILE.content
        assert store.open(second.key) == b""

    def test_threads_share_it(self, store: ArtifactStore) -> None:
        """
        Many at once, each gets its own.
        """
        ids = [new_id() for _ in range(40)]

        def go(certificate: str) -> bytes:
            made = Artifact(content=certificate.encode())
            return store.open(store.put(certificate, made).key)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(go, ids)) == [each.encode() for each in ids]

    def test_what_is_kept_is_found_again(self, store: ArtifactStore) -> None:
        """
        Under its name, whatever certificates there are; and under no other.
        """
        name = f"designs/{'d' * 64}"

        assert store.kept(name) is None
        store.keep(name, b"how it looks")
        store.keep(name, b"how it looks")
        store.keep("designs/another_one-2", b"")
        store.sync()

        assert store.kept(name) == b"how it looks"
        assert store.kept("designs/another_one-2") == b""

    def test_what_is_not_there_cannot_be_opened(self, store: ArtifactStore) -> None:
        """
        The error names the key.
        """
        certificate = new_id()
        key = store.put(certificate, _FILE).key
        store.delete(key)

        with pytest.raises(StorageError, match=certificate):
            store.open(key)

    def test_what_is_withdrawn_may_be_restored(self, store: ArtifactStore) -> None:
        """
        Both may be repeated; meanwhile nobody gets at the file.
        """
        key = store.put(new_id(), _FILE).key

        store.withdraw(key)
        store.withdraw(key)
        with pytest.raises(StorageError):
            store.open(key)
        store.restore(key)
        store.restore(key)

        assert store.open(key) == _FILE.content

    @pytest.mark.parametrize("withdrawn", [False, True])
    def test_what_is_deleted_is_gone(self, store: ArtifactStore, *, withdrawn: bool) -> None:
        """
        Withdrawn or not, it can't be opened or restored any more; deleting may be repeated.
        """
        key = store.put(new_id(), _FILE).key
        if withdrawn:
            store.withdraw(key)

        store.delete(key)
        store.delete(key)

        with pytest.raises(StorageError):
            store.open(key)
        with pytest.raises(StorageError):
            store.restore(key)

    def test_a_link_is_an_address_or_nothing(self, store: ArtifactStore) -> None:
        """
        Stores without addresses say so.
        """
        key = store.put(new_id(), _FILE).key

        link = store.link(key, expires=_MINUTES, filename="6R2K.pdf")

        assert link is None or "://" in link
