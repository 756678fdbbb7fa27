"""
What plugin authors test with: fakes for each port, contract suites, Hypothesis strategies.

The fakes stand here. Contract suites are at `certcore.testing.contracts` and need pytest,
strategies at `certcore.testing.strategies` and need Hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from certcore.testing._catalog import MemoryCatalog
    from certcore.testing._clock import FixedClock
    from certcore.testing._generator import PlainDesign, PlainGenerator
    from certcore.testing._ledger import MemoryLedger
    from certcore.testing._outbox import MemoryOutbox
    from certcore.testing._project import MemoryProject, ProjectRun
    from certcore.testing._retriever import CannedRetriever
    from certcore.testing._stores import MemoryAssets, MemoryStore


__all__ = [
    "CannedRetriever",
    "FixedClock",
    "MemoryAssets",
    "MemoryCatalog",
    "MemoryLedger",
    "MemoryOutbox",
    "MemoryProject",
    "MemoryStore",
    "PlainDesign",
    "PlainGenerator",
    "ProjectRun",
]

# certcore's pytest plugin lies in this package, and is loaded wherever certcore is installed, also
# by those who test something else: nothing is imported before it is asked for
_HOMES = {
    "CannedRetriever": "_retriever",
    "FixedClock": "_clock",
    "MemoryAssets": "_stores",
    "MemoryCatalog": "_catalog",
    "MemoryLedger": "_ledger",
    "MemoryOutbox": "_outbox",
    "MemoryProject": "_project",
    "MemoryStore": "_stores",
    "PlainDesign": "_generator",
    "PlainGenerator": "_generator",
    "ProjectRun": "_project",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
