"""
Built-in ways to tell learners.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from attrs import frozen

from certcore.config import option
from certcore.plugins import Provider, Services, hookimpl, provider
from certcore.ports import Notifier


__all__ = ["OutboxOptions"]


@frozen(kw_only=True)
class OutboxOptions:
    """
    Which folder messages are written to.
    """

    path: str = option("Folder, relative to the project's: outbox", default="outbox")


@contextmanager
def _build_outbox(options: OutboxOptions, services: Services) -> Generator[Notifier]:
    from certcore.notifiers._outbox import OutboxNotifier  # noqa: PLC0415  # loads the email package

    yield OutboxNotifier(services.folder / options.path)


@hookimpl
def certcore_notifiers() -> list[Provider]:
    return [
        provider(
            "outbox",
            OutboxOptions,
            _build_outbox,
            summary="A folder of .eml files: to look at, or for another program to send",
        )
    ]
