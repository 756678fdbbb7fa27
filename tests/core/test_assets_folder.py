"""
Templates, fonts and images in a folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re

from pathlib import Path

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore import assets
from certcore.assets._folder import FolderAssets
from certcore.config import structure
from certcore.domain import Asset
from certcore.exceptions import AssetNotFoundError, ConfigurationError, StorageError
from certcore.plugins import PluginRegistry, Services


class FixedClock:
    def now(self) -> dt.datetime:
        return dt.datetime(2026, 5, 22, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "assets"
    (made / "fonts").mkdir(parents=True)
    (made / "logo.png").write_bytes(b"a logo")
    (made / "fonts" / "Lato-Regular.ttf").write_bytes(b"a font")
    (tmp_path / "secret.txt").write_text("secret")
    return made


@pytest.fixture
def store(folder: Path) -> FolderAssets:
    return FolderAssets(folder, max_bytes=100)


def test_reading(store: FolderAssets) -> None:
    """
    A slug is a name relative to the folder.
    """
    sha256 = hashlib.sha256(b"a font").hexdigest()

    assert Asset(slug="fonts/Lato-Regular.ttf", content=b"a font", sha256=sha256) == store.read(
        "fonts/Lato-Regular.ttf"
    )


def test_a_new_upload_is_seen(store: FolderAssets, folder: Path) -> None:
    """
    The newest bytes are given, with their own digest.
    """
    before = store.read("logo.png")
    (folder / "logo.png").write_bytes(b"another logo")
    after = store.read("logo.png")

    assert b"another logo" == after.content
    assert before.sha256 != after.sha256


def test_accents_may_be_decomposed(store: FolderAssets, folder: Path) -> None:
    """
    A file that was named on a Mac is found by the name that was typed.
    """
    (folder / "man\u0303ana.pdf").write_bytes(b"a template")

    assert b"a template" == store.read("ma\u00f1ana.pdf").content


@pytest.mark.parametrize(
    "slug, hint",
    [
        ("logo.pgn", "Did you mean 'logo.png'?"),
        ("LOGO.PNG", "Did you mean 'logo.png'?"),
        ("Lato-Regular.ttf", "Did you mean 'fonts/Lato-Regular.ttf'?"),
        ("font/Lato-Regular.ttf", "Did you mean 'fonts/Lato-Regular.ttf'?"),
        ("logo.png/below", "Did you mean 'logo.png'?"),
        ("zebra", ""),
    ],
)
def test_what_is_missing(store: FolderAssets, folder: Path, slug: str, hint: str) -> None:
    """
    The error names what was probably meant.
    """
    with pytest.raises(AssetNotFoundError) as caught:
        store.read(slug)
    said = f"there is no asset {slug!r} in {folder}"
    assert (f"{said}. {hint}" if hint else said) == str(caught.value)


def test_there_is_no_folder(tmp_path: Path) -> None:
    """
    A project without assets may have no folder; the error then names it.
    """
    with pytest.raises(
        AssetNotFoundError, match=re.escape(f"no asset 'logo.png' in {tmp_path}/none")
    ):
        FolderAssets(tmp_path / "none", max_bytes=100).read("logo.png")


@pytest.mark.parametrize(
    "slug",
    [
        "",
        ".",
        "..",
        "../secret.txt",
        "fonts/../../secret.txt",
        "/etc/passwd",
        "C:\\x",
        "a\\b",
        "a\0b",
    ],
)
def test_slugs_stay_in_the_folder(store: FolderAssets, slug: str) -> None:
    """
    A slug that isn't a relative name is refused.
    """
    with pytest.raises(StorageError, match="can't name an asset: a name relative to the folder"):
        store.read(slug)


@given(
    slug=st.lists(st.sampled_from(["..", ".", "/", "secret.txt", "fonts", "~", "x"])).map("/".join)
)
def test_no_slug_leads_out(slug: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    However a slug is made up, nothing outside is read.
    """
    base = tmp_path_factory.getbasetemp()
    (base / "secret.txt").write_text("secret")
    (base / "inside" / "fonts").mkdir(parents=True, exist_ok=True)

    with pytest.raises(StorageError):
        FolderAssets(base / "inside", max_bytes=100).read(slug)


def test_links_stay_in_the_folder(store: FolderAssets, folder: Path, tmp_path: Path) -> None:
    """
    A symbolic link may lead to another asset, and nowhere else.
    """
    (folder / "same.png").symlink_to(folder / "logo.png")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "away").symlink_to(tmp_path)

    assert b"a logo" == store.read("same.png").content
    for slug in ("out.txt", "away/secret.txt"):
        with pytest.raises(StorageError, match="is a link out of the folder"):
            store.read(slug)


def test_the_folder_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    """
    An operator may keep the assets elsewhere.
    """
    (tmp_path / "linked").symlink_to(folder)

    assert b"a logo" == FolderAssets(tmp_path / "linked", max_bytes=100).read("logo.png").content


def test_what_is_no_file(store: FolderAssets, folder: Path) -> None:
    """
    A folder is refused, and so is a pipe, which would never end.
    """
    os.mkfifo(folder / "pipe")

    for slug in ("fonts", "pipe"):
        with pytest.raises(StorageError, match=f"the asset '{slug}' isn't a file"):
            store.read(slug)


def test_large_files(store: FolderAssets, folder: Path) -> None:
    """
    The limit is the largest size that is read.
    """
    (folder / "most.bin").write_bytes(bytes(100))
    (folder / "more.bin").write_bytes(bytes(101))

    assert 100 == len(store.read("most.bin").content)
    with pytest.raises(StorageError, match=r"'more\.bin' is larger than 100 bytes"):
        store.read("more.bin")


def test_what_the_system_refuses(store: FolderAssets) -> None:
    """
    Its own words are passed on.
    """
    with pytest.raises(StorageError, match="can't be read: File name too long"):
        store.read("x" * 300)


def test_the_provider(folder: Path, tmp_path: Path) -> None:
    """
    `folder` is the project's `assets`, with a limit of 50 MiB.
    """
    offered = PluginRegistry([assets], installed=False).get("asset store", "folder")
    options = structure({}, assets.FolderOptions)
    with offered.build(options, Services(clock=FixedClock(), folder=tmp_path)) as store:
        read = store.read("logo.png")

    assert offered.options is assets.FolderOptions
    assert assets.FolderOptions(path="assets", max_bytes=52_428_800) == options
    assert b"a logo" == read.content
    with pytest.raises(ConfigurationError, match=r"max_bytes: 0: a number from 1 up is wanted"):
        structure({"max_bytes": 0}, assets.FolderOptions)
