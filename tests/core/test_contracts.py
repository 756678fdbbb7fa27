"""
The fakes, and the built-in providers that need nobody else, keep their ports' promises.
"""

from __future__ import annotations

import inspect

import pytest

from certcore.assets._folder import FolderAssets
from certcore.notifiers._outbox import OutboxNotifier
from certcore.storage._disk import DiskStore
from certcore.testing import MemoryAssets, MemoryOutbox, MemoryStore
from certcore.testing.contracts import (
    ArtifactStoreContract,
    AssetStoreContract,
    LedgerContract,
    NotifierContract,
)


class TestMemoryStore(ArtifactStoreContract):
    """
    A store in memory.
    """

    @pytest.fixture(params=[False, True], ids=["without links", "with links"])
    def store(self, request):
        """
        An empty store.
        """
        return MemoryStore(links=request.param)


class TestDiskStore(ArtifactStoreContract):
    """
    A store in a folder.
    """

    @pytest.fixture
    def store(self, tmp_path):
        """
        An empty store.
        """
        return DiskStore(tmp_path / "out", durable=False)


class TestMemoryAssets(AssetStoreContract):
    """
    Assets in memory.
    """

    @pytest.fixture
    def assets(self, contents):
        """
        Assets of these contents.
        """
        return MemoryAssets(contents)


class TestFolderAssets(AssetStoreContract):
    """
    Assets in a folder.
    """

    @pytest.fixture
    def assets(self, contents, tmp_path):
        """
        A folder of these contents.
        """
        for slug, content in contents.items():
            (tmp_path / slug).write_bytes(content)
        return FolderAssets(tmp_path, max_bytes=1000)


class TestMemoryOutbox(NotifierContract):
    """
    A notifier in memory.
    """

    @pytest.fixture
    def notifier(self):
        """
        An empty outbox.
        """
        return MemoryOutbox()


class TestOutboxNotifier(NotifierContract):
    """
    A notifier that writes files.
    """

    @pytest.fixture
    def notifier(self, tmp_path):
        """
        An empty folder.
        """
        return OutboxNotifier(tmp_path)


def test_no_promise_hides_another():
    """
    The parts of a contract don't have tests of the same name, of which only one would run.
    """
    names = [
        name
        for part in LedgerContract.__mro__
        for name, _ in inspect.getmembers(part, inspect.isfunction)
        if name in vars(part) and name.startswith("test_")
    ]

    assert len(names) > 80
    assert sorted(set(names)) == sorted(names)
