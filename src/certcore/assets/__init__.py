"""
Built-in stores for templates, fonts and images.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from attrs import frozen

from certcore.config import option
from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import AssetStore


__all__ = ["FolderOptions"]


@frozen(kw_only=True)
class FolderOptions:
    """
    Which folder the assets lie in.
    """

    path: str = option("Folder, relative to the project's: assets", default="assets")
    max_bytes: int = option(
        "Largest file that is read", default=50 * 1024 * 1024, unit="bytes", minimum=1
    )


@contextmanager
def _build_folder(options: FolderOptions, services: Services) -> Generator[AssetStore]:
    from certcore.assets._folder import FolderAssets  # noqa: PLC0415  # loaded where it is used

    yield FolderAssets(services.folder / options.path, max_bytes=options.max_bytes)


@hookimpl
def certcore_asset_stores() -> list[Provider]:
    return [
        provider(
            "folder",
            FolderOptions,
            _build_folder,
            summary="A folder; a slug is a name relative to it",
        )
    ]
