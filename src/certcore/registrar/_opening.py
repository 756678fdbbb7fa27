"""
From what somebody hands to a Registrar to the collaborator that is meant.
"""

from __future__ import annotations

import os

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from certcore.config import structure
from certcore.plugins import Provider, ProviderKind
from certcore.registrar._collaborators import Collaborators


Given: TypeAlias = Any
"""A collaborator, its address (`sqlite:///ledger.db`, `out/`), or a table: `use` and options."""

_DEFAULTS: Mapping[ProviderKind, str] = {
    "artifact store": "disk",
    "asset store": "folder",
    "notifier": "outbox",
    "ledger": "sql",
}
"""What a plain path is taken for."""


def open_given(kind: ProviderKind, given: Given, collaborators: Collaborators) -> Any:
    """
    Give the collaborator that is meant.

    Raises:
        certcore.exceptions.UnknownProviderError:
            If no plugin offers what is asked for.

        certcore.exceptions.ConfigurationError:
            If its options are wrong.
    """
    if isinstance(given, os.PathLike):
        given = os.fspath(cast("os.PathLike[str]", given))
    if isinstance(given, str):
        return collaborators.open(*_addressed(kind, given, collaborators))
    if isinstance(given, Mapping):
        return collaborators.open(
            *read_table(kind, cast("Mapping[str, Any]", given), collaborators)
        )
    return given


def read_table(
    kind: ProviderKind,
    table: Mapping[str, Any],
    collaborators: Collaborators,
    *,
    path: str = "",
    file: str = "",
) -> tuple[Provider, Any]:
    """
    Give the provider that a table names, and its options.
    """
    options = {name: value for name, value in table.items() if name != "use"}
    provider = collaborators.registry.get(kind, str(table.get("use", _DEFAULTS.get(kind, ""))))
    return provider, structure(options, provider.options, path=path, file=file)


def _addressed(
    kind: ProviderKind, address: str, collaborators: Collaborators
) -> tuple[Provider, Any]:
    scheme, separator, _ = address.partition("://")
    if separator:
        # `postgresql+psycopg://`: the driver is the provider's business
        provider = collaborators.registry.of_scheme(kind, scheme.partition("+")[0])
        return provider, structure({"url": address}, provider.options)
    provider = collaborators.registry.get(kind, _DEFAULTS[kind])
    return provider, structure({"path": address}, provider.options)
