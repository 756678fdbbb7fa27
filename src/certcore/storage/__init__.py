"""
Built-in stores for the files of certificates.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import url2pathname

from attrs import frozen

from certcore.config import option
from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import ArtifactStore


__all__ = ["DiskOptions"]


@frozen(kw_only=True)
class DiskOptions:
    """
    Which folder the files lie in.
    """

    path: str = option(
        "Folder, relative to the project's: certificates; or its address, file:///srv/certificates",
        default="certificates",
    )
    durable: bool = option("Whether a stored file survives a loss of power", default=True)


@contextmanager
def _build_disk(options: DiskOptions, services: Services) -> Generator[ArtifactStore]:
    from certcore.storage._disk import DiskStore  # noqa: PLC0415  # loaded where it is used

    path = options.path
    if path.startswith("file:"):
        path = url2pathname(urlsplit(path).path)
    yield DiskStore(services.folder / path, durable=options.durable)


@hookimpl
def certcore_artifact_stores() -> list[Provider]:
    return [
        provider(
            "disk",
            DiskOptions,
            _build_disk,
            summary="A folder; it has no addresses, so files are attached or served by a page",
            schemes=("file",),
        )
    ]
