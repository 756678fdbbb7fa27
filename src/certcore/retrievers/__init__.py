"""
Built-in sources of learner progress.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import Retriever
from certcore.retrievers._gradebook_options import (
    GradebookContext,
    GradebookKind,
    GradebookOptions,
)
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
    "GradebookContext",
    "GradebookKind",
    "GradebookOptions",
    "ReportContext",
    "ReportOptions",
    "certcore_retrievers",
]


@contextmanager
def _build_files(options: FileOptions, services: Services) -> Generator[Retriever]:
    # each builder imports what it builds: looking for plugins stays cheap
    from certcore.retrievers._files import FileRetriever  # noqa: PLC0415  # loads what only this retriever needs

    yield FileRetriever(options, services)


@contextmanager
def _build_reports(options: ReportOptions, services: Services) -> Generator[Retriever]:
    from certcore.retrievers._openedx_reports import ReportRetriever  # noqa: PLC0415  # loads what only this retriever needs

    yield ReportRetriever(options, services)


@contextmanager
def _build_gradebooks(options: GradebookOptions, services: Services) -> Generator[Retriever]:
    from certcore.retrievers._gradebooks import GradebookRetriever  # noqa: PLC0415  # loads what only this retriever needs

    yield GradebookRetriever(options, services)


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [
        provider(
            "files",
            FileOptions,
            _build_files,
            summary="CSV files, spreadsheets or JSON lines, their columns named",
            context_options=FileContext,
        ),
        provider(
            "gradebook",
            GradebookOptions,
            _build_gradebooks,
            summary="Gradebook exports of Open edX, Moodle and Canvas, recognised by their headers",
            context_options=GradebookContext,
        ),
        provider(
            "openedx-reports",
            ReportOptions,
            _build_reports,
            summary="Open edX grade and profile reports, as an instructor downloads them",
            context_options=ReportContext,
        ),
    ]
