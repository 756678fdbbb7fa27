"""
Opening what a plugin offers, as a Registrar does it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certcore.config import structure
from certcore.plugins import NoOptions, PluginRegistry, ProviderKind, Services
from certcore.ports import Clock


@contextmanager
def opened(
    kind: ProviderKind, table: Mapping[str, Any], *, clock: Clock, folder: Path, realm: str
) -> Generator[Any, None, None]:
    """
    Give what an installed plugin's provider builds of a table, and close it afterwards.
    """
    own = {name: value for name, value in table.items() if name != "use"}
    provider = PluginRegistry().get(kind, str(table["use"]))
    # what a generator's provider describes are its designs: it has nothing to be set itself
    options = structure(own, NoOptions if kind == "generator" else provider.options)
    services = Services(clock=clock, folder=folder, realm=realm)
    with provider.build(options, services) as built:
        yield built
