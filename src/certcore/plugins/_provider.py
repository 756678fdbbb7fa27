"""
What a plugin offers: a recipe for a collaborator, with a description of its options.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from certcore.config import OptionDescription, describe
from certcore.ports import Clock


API = 1
"""The version of the plugin interface that this certcore speaks."""

ProviderKind: TypeAlias = Literal[
    "retriever", "rule", "generator", "artifact store", "asset store", "notifier", "ledger"
]


@frozen(kw_only=True)
class Services:
    """
    What certcore hands to a provider that is being built.
    """

    clock: Clock
    folder: Path = field(factory=Path)
    """The project's folder: what relative paths in options are relative to."""
    realm: str = ""
    """Of the source that is being built."""


@frozen(kw_only=True)
class NoOptions:
    """
    For a provider that has nothing to be set.
    """


@frozen(kw_only=True)
class Provider:
    """
    A recipe for a collaborator.

    One instance is built per process and set of options, when it is first used, and closed with the
    Registrar; threads share it.
    """

    name: str
    options: type[Any]
    """An attrs class; of a generator, the class of its designs."""
    build: Callable[[Any, Services], AbstractContextManager[Any]]
    """Opens a collaborator. A rule's gives the rule itself. A generator's gets `NoOptions`."""
    summary: str = ""
    context_options: type[Any] | None = None
    """Of a retriever: an attrs class of what it needs to know of each context or step."""
    schemes: tuple[str, ...] = ()
    """Of a ledger or store: the URL schemes it serves."""
    api: int = API

    def describe(self) -> tuple[OptionDescription, ...]:
        """
        Describe the options. Raises TypeError if one of them isn't of a kind options can have.
        """
        return describe(self.options)


def provider(
    name: str,
    options: type[Any],
    build: Callable[[Any, Services], Any],
    *,
    summary: str = "",
    context_options: type[Any] | None = None,
    schemes: tuple[str, ...] = (),
    api: int = API,
) -> Provider:
    """
    Offer a collaborator under that name.

    Args:
        name: What a configuration says after `use`.

        options: An attrs class, its fields declared with `certcore.option`.

        build: Called with an instance of it and `Services`; gives a context manager.

        summary: One line for `certcore plugins`.

        context_options: Of a retriever: options of each context.

        schemes: Of a ledger or store: URL schemes.

        api: The version of the plugin interface that the plugin was written for.
    """
    return Provider(
        name=name,
        options=options,
        build=build,
        summary=summary,
        context_options=context_options,
        schemes=schemes,
        api=api,
    )
