"""
A plugin for certcore: messages to learners in a Maildir, for another program to send.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from attrs import frozen

from certcore import hookimpl, option, provider
from certcore.plugins import Provider, Services
from certcore.ports import Notifier


@frozen(kw_only=True)
class MaildirOptions:
    """
    Where the Maildir is.
    """

    path: str = option("The folder, seen from the project's: post", default="post")


@contextmanager
def _build(options: MaildirOptions, services: Services) -> Iterator[Notifier]:
    from certcore_maildir._notifier import MaildirNotifier  # loaded when it is used

    yield MaildirNotifier(services.folder / options.path)


@hookimpl
def certcore_notifiers() -> Iterable[Provider]:
    return [provider("maildir", MaildirOptions, _build, summary="A Maildir, for others to send")]
