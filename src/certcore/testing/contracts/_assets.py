"""
Everything that an asset store promises.
"""

from __future__ import annotations

import hashlib

from collections.abc import Mapping

import pytest

from certcore.exceptions import AssetNotFoundError
from certcore.ports import AssetStore


class AssetStoreContract:
    """
    What an asset store promises.

    Supply a fixture `assets` that gives one which holds what the fixture `contents` says.
    """

    @pytest.fixture
    def contents(self) -> Mapping[str, bytes]:
        """
        What the store is to hold, by slug.
        """
        return {"diploma.pdf": b"%PDF-1.7", "logo.png": b"\x89PNG", "empty.txt": b""}

    def test_what_is_there_is_read(self, assets: AssetStore, contents: Mapping[str, bytes]) -> None:
        """
        Content and digest belong together.
        """
        read = {slug: assets.read(slug) for slug in contents}

        assert {slug: asset.content for slug, asset in read.items()} == contents
        for slug, asset in read.items():
            assert (asset.slug, asset.sha256) == (
                slug,
                hashlib.sha256(contents[slug]).hexdigest(),
            )

    def test_near_misses_are_named(self, assets: AssetStore) -> None:
        """
        A slug that isn't there is an error that says which one may be meant.
        """
        with pytest.raises(AssetNotFoundError, match=r"'dipolma\.pdf'.*diploma\.pdf"):
            assets.read("dipolma.pdf")
