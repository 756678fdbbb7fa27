"""
Finding plugins, and what they offer.
"""

from __future__ import annotations

import logging

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_args

import pluggy

from certcore.config import describe
from certcore.exceptions import (
    DuplicateProviderError,
    IncompatibleProviderError,
    PluginError,
    UnknownProviderError,
)
from certcore.plugins import hookspecs
from certcore.plugins._provider import API, Provider, ProviderKind


log = logging.getLogger(__name__)

GROUP = "certcore"
"""The entry-point group that plugins name themselves in."""

_HOOKS: Mapping[ProviderKind, str] = {
    "retriever": "certcore_retrievers",
    "rule": "certcore_rules",
    "generator": "certcore_generators",
    "artifact store": "certcore_artifact_stores",
    "asset store": "certcore_asset_stores",
    "notifier": "certcore_notifiers",
    "ledger": "certcore_ledgers",
}


class PluginRegistry:
    """
    Knows every provider of the installed plugins, the built-in ones included.

    A plugin that can't be used is named in `problems`, and the rest go on.

    Args:
        plugins: More plugins, as modules or objects with hook implementations.

        installed: Whether to look for installed ones.

    Raises:
        certcore.exceptions.DuplicateProviderError:
            If two plugins offer the same.
    """

    def __init__(self, plugins: Iterable[object] = (), *, installed: bool = True) -> None:
        self._manager = pluggy.PluginManager("certcore")
        self._manager.add_hookspecs(hookspecs)
        self._known = {name for name in vars(hookspecs) if name.startswith("certcore_")}
        self._providers: dict[ProviderKind, dict[str, Provider]] = {
            kind: {} for kind in get_args(ProviderKind)
        }
        self._owners: dict[tuple[ProviderKind, str], str] = {}
        self._problems: list[PluginError] = []
        if installed:
            for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
                self._load(point)
        for plugin in plugins:
            self._register(plugin, getattr(plugin, "__name__", type(plugin).__name__))

    @property
    def problems(self) -> tuple[PluginError, ...]:
        """
        What is wrong with the plugins that aren't used.
        """
        return tuple(self._problems)

    def providers(self, kind: ProviderKind) -> Mapping[str, Provider]:
        """
        Give the providers of a kind by name.
        """
        return dict(sorted(self._providers[kind].items()))

    def owner(self, kind: ProviderKind, name: str) -> str:
        """
        Give the name of the plugin that a provider comes from.
        """
        return self._owners[kind, name]

    def get(self, kind: ProviderKind, name: str) -> Provider:
        """
        Give a provider. Raises UnknownProviderError.
        """
        try:
            return self._providers[kind][name]
        except KeyError:
            raise UnknownProviderError(kind, name, self._providers[kind]) from None

    def of_options(self, kind: ProviderKind, options: object) -> Provider:
        """
        Give the provider whose options these are. Raises UnknownProviderError.
        """
        for offered in self._providers[kind].values():
            if type(options) is offered.options:
                return offered
        raise UnknownProviderError(kind, type(options).__name__, self._providers[kind])

    def of_scheme(self, kind: ProviderKind, scheme: str) -> Provider:
        """
        Give the provider that serves a URL scheme. Raises UnknownProviderError.
        """
        for offered in self._providers[kind].values():
            if scheme in offered.schemes:
                return offered
        schemes = [s for offered in self._providers[kind].values() for s in offered.schemes]
        raise UnknownProviderError(kind, scheme, schemes)

    def tell(self, hook: str, **what: Any) -> None:
        """
        Let observers know; an error of theirs is logged and changes nothing.
        """
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            try:
                implementation.function(*(what[name] for name in implementation.argnames))
            except Exception:  # an observer's fault is the observer's
                log.exception("observer %s of %s failed", implementation.plugin_name, hook)

    def _load(self, point: EntryPoint) -> None:
        owner = point.dist.name if point.dist else point.name
        try:
            plugin = point.load()
        except Exception as exc:  # noqa: BLE001  # a plugin may raise anything when it is imported
            self._refuse(owner, f"can't be loaded: {type(exc).__name__}: {exc}", exc)
            return
        # several entry points of one distribution are several plugins
        self._register(plugin, owner if point.name in owner else f"{owner} ({point.name})")

    def _register(self, plugin: object, owner: str) -> None:
        misspelt = sorted(
            name
            for name in dir(plugin)
            if getattr(getattr(plugin, name, None), "certcore_impl", None) is not None
            and name not in self._known
        )
        if misspelt:
            self._refuse(owner, f"implements {', '.join(misspelt)}: there is no such hook")
            return
        try:
            self._manager.register(plugin, owner)
        except (ValueError, pluggy.PluginValidationError) as exc:
            self._refuse(owner, str(exc), exc)
            return
        for kind, hook in _HOOKS.items():
            try:
                offered = self._offered(plugin, hook)
            except Exception as exc:  # noqa: BLE001  # as above
                self._refuse(owner, f"{hook} failed: {type(exc).__name__}: {exc}", exc)
                continue
            for each in offered:
                self._add(kind, each, owner)

    def _offered(self, plugin: object, hook: str) -> list[Provider]:
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin is plugin:
                return list(implementation.function())
        return []

    def _add(self, kind: ProviderKind, offered: Provider, owner: str) -> None:
        if offered.api != API:
            self._problems.append(IncompatibleProviderError(owner, offered.name, offered.api, API))
            return
        try:
            describe(offered.options)
            if offered.context_options is not None:
                describe(offered.context_options)
        except TypeError as exc:
            self._refuse(owner, f"offers {offered.name!r} with options that can't be: {exc}", exc)
            return
        known = self._owners.get((kind, offered.name))
        if known is not None:
            raise DuplicateProviderError(kind, offered.name, known, owner)
        self._providers[kind][offered.name] = offered
        self._owners[kind, offered.name] = owner

    def _refuse(self, owner: str, why: str, cause: BaseException | None = None) -> None:
        problem = PluginError(f"the plugin {owner} {why}")
        problem.__cause__ = cause
        log.warning("%s", problem)
        self._problems.append(problem)
