"""
A plugin for certcore: a ledger for a small school, kept whole in one file.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from attrs import frozen

from certcore import hookimpl, option, provider
from certcore.plugins import Provider, Services
from certcore.ports import Ledger


@frozen(kw_only=True)
class OneFileOptions:
    """
    Where the ledger is.
    """

    path: str = option("The file, seen from the project's folder", default="ledger.book")


@contextmanager
def _build(options: OneFileOptions, services: Services) -> Iterator[Ledger]:
    from certcore_onefile._ledger import OneFileLedger  # loaded when it is used

    with closing(OneFileLedger(services.folder / options.path)) as ledger:
        yield ledger


@hookimpl
def certcore_ledgers() -> Iterable[Provider]:
    return [provider("onefile", OneFileOptions, _build, summary="One file, for a small school")]
