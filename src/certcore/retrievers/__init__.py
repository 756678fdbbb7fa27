"""
Built-in sources of learner progress.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import Retriever
from certcore.retrievers._options import (
    FileColumns,
    FileContext,
    FileOptions,
    ReportContext,
    ReportOptions,
)


__all__ = [
    "FileColumns",
    "FileContext",
    "FileOptions",
    "ReportContext",
    "ReportOptions",
    "certcore_retrievers",
]


@contextmanager
def _build_files(options: FileOptions, services: Services) -> Generator[Retriever]:
    # each builder imports what it builds: looking for plugins stays cheap
    from certcore.retrievers._files import FileRetriever  # noqa: PLC0415

    yield FileRetriever(options, services)


@contextmanager
def _build_reports(options: ReportOptions, services: Services) -> Generator[Retriever]:
    from certcore.retrievers._openedx_reports import ReportRetriever  # noqa: PLC0415

    yield ReportRetriever(options, services)


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [
        provider(
            "files",
            FileOptions,
            _build_files,
            summary="CSV files or JSON lines, their columns named",
            context_options=FileContext,
        ),
        provider(
            "openedx-reports",
            ReportOptions,
            _build_reports,
            summary="Open edX grade and profile reports, as an instructor downloads them",
            context_options=ReportContext,
        ),
    ]
