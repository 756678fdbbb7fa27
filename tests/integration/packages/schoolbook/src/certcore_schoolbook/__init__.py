"""
A plugin for certcore: learners and results from the school's own database.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import frozen

from certcore import hookimpl, option, provider
from certcore.plugins import Provider, Services
from certcore.ports import Retriever


@frozen(kw_only=True)
class SchoolbookOptions:
    """
    Where the school keeps its results.
    """

    path: str = option("The database, seen from the project's folder: school.db")


@contextmanager
def _build(options: SchoolbookOptions, services: Services) -> Iterator[Retriever]:
    from certcore_schoolbook._retriever import Schoolbook  # loaded when it is used

    yield Schoolbook(services.folder / options.path, realm=services.realm)


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [provider("schoolbook", SchoolbookOptions, _build, summary="The school's database")]
