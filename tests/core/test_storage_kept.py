"""
What a folder keeps beside the files of certificates.
"""

from __future__ import annotations

import stat

from pathlib import Path

import pytest

from certcore.exceptions import StorageError
from certcore.storage._disk import DiskStore


NAME = f"designs/{'d' * 64}"


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "certificates")


def test_it_lies_under_its_name_and_is_private(store: DiskStore, tmp_path: Path) -> None:
    """
    As private as the files of certificates; nothing is left of writing it.
    """
    store.keep(NAME, b"how it looks")
    store.sync()

    path = tmp_path / "certificates" / NAME
    assert b"how it looks" == path.read_bytes()
    assert (0o600, 0o700) == tuple(
        stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)
    )
    assert [path] == list(path.parent.iterdir())


def test_what_is_damaged_is_mended(store: DiskStore, tmp_path: Path) -> None:
    """
    Loss of power leaves empty files; whoever keeps the same again makes it good.
    """
    store.keep(NAME, b"how it looks")
    (tmp_path / "certificates" / NAME).write_bytes(b"")

    store.keep(NAME, b"how it looks")

    assert b"how it looks" == store.kept(NAME)


@pytest.mark.parametrize(
    "name",
    ["", "designs", "designs/", "designs/../x", "/designs/x", "f5/x", "withdrawn/f5", "designs/é"],
)
def test_names_cannot_lead_elsewhere(store: DiskStore, name: str) -> None:
    """
    Neither out of the folder nor to where certificates lie.
    """
    with pytest.raises(StorageError, match="can't name something that is kept"):
        store.keep(name, b"")
    with pytest.raises(StorageError, match="can't name something that is kept"):
        store.kept(name)


def test_links_out_of_the_store_are_refused(store: DiskStore, tmp_path: Path) -> None:
    """
    Somebody's symbolic link isn't followed.
    """
    (tmp_path / "certificates" / "designs").symlink_to(tmp_path)

    for attempt in (lambda: store.keep(NAME, b""), lambda: store.kept(NAME)):
        with pytest.raises(StorageError, match="leads out of the store by a symbolic link"):
            attempt()


def test_what_cannot_be_read_is_an_error(store: DiskStore, tmp_path: Path) -> None:
    """
    Only what isn't there is nothing.
    """
    (tmp_path / "certificates" / NAME).mkdir(parents=True)

    with pytest.raises(StorageError, match="can't read designs/"):
        store.kept(NAME)
    assert store.kept("designs/other") is None
