"""
A plugin for certcore: the files of certificates in one SQLite file.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from attrs import frozen

from certcore import hookimpl, option, provider
from certcore.plugins import Provider, Services
from certcore.ports import ArtifactStore


@frozen(kw_only=True)
class CabinetOptions:
    """
    Where the file is.
    """

    path: str = option("The file, seen from the project's folder", default="certificates.db")


@contextmanager
def _build(options: CabinetOptions, services: Services) -> Iterator[ArtifactStore]:
    from certcore_cabinet._store import Cabinet  # loaded when it is used

    with closing(Cabinet(services.folder / options.path)) as cabinet:
        yield cabinet


@hookimpl
def certcore_artifact_stores() -> Iterable[Provider]:
    return [provider("cabinet", CabinetOptions, _build, summary="One SQLite file for all files")]
