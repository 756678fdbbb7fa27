"""
Finding plugins, and what they offer.
"""

from __future__ import annotations

import logging
import traceback
import types

from collections.abc import Collection, Iterable, Mapping
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
        self._manager = _Manager("certcore")
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
            except Exception as exc:  # noqa: BLE001  # an observer's fault is the observer's
                # where, and of what kind: what it says may hold a name or an address
                last = traceback.extract_tb(exc.__traceback__)[-1]
                log.error(  # noqa: TRY400  # as above
                    "observer %s of %s failed: %s in %s, line %s",
                    implementation.plugin_name,
                    hook,
                    type(exc).__name__,
                    last.filename,
                    last.lineno,
                )

    def _load(self, point: EntryPoint) -> None:
        owner = point.dist.name if point.dist else point.name
        # several entry points of one distribution are several plugins
        if point.name not in owner or self._manager.has_plugin(owner):
            owner = f"{owner} ({point.name})"
        try:
            plugin = point.load()
        except (Exception, SystemExit) as exc:  # noqa: BLE001  # importing it may do anything
            self._refuse(owner, f"can't be loaded: {_said(exc)}", exc)
            return
        self._register(plugin, owner)

    def _register(self, plugin: object, owner: str) -> None:
        wrong = _misspelt(plugin, self._known)
        if wrong:
            self._refuse(owner, wrong)
            return
        try:
            self._manager.register(plugin, owner)
        except ValueError as exc:
            self._refuse(owner, "is there already: it, or another of that name", exc)
            return
        except pluggy.PluginValidationError as exc:
            # pluggy before 1.7 leaves those of its hooks that came first
            self._manager.unregister(plugin, owner)
            self._refuse(owner, f"can't be registered: {exc}", exc)
            return
        for kind, hook in _HOOKS.items():
            try:
                offered = self._offered(plugin, hook)
            except Exception as exc:  # noqa: BLE001  # a hook may raise anything
                self._refuse(owner, f"can't be asked for {hook}: {_said(exc)}", exc)
                continue
            for each in offered:
                self._add(kind, each, owner)

    def _offered(self, plugin: object, hook: str) -> list[object]:
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin is plugin:
                return list(implementation.function())
        return []

    def _add(self, kind: ProviderKind, offered: object, owner: str) -> None:
        if not isinstance(offered, Provider):
            self._refuse(owner, f"offers a {type(offered).__name__}: a provider is wanted")
            return
        if offered.api != API:
            self._problems.append(IncompatibleProviderError(owner, offered.name, offered.api, API))
            return
        try:
            describe(offered.options)
            if offered.context_options is not None:
                describe(offered.context_options)
        except Exception as exc:  # noqa: BLE001  # resolving annotations may raise anything
            why = str(exc) if isinstance(exc, TypeError) else _said(exc)
            self._refuse(owner, f"offers {offered.name!r} with options that can't be: {why}", exc)
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


def _said(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}"


def _is_function(found: object) -> bool:
    # asked of its type: a lazy object among a module's globals may raise when it is touched
    return issubclass(type(found), (types.FunctionType, types.MethodType))


class _Manager(pluggy.PluginManager):
    """
    Looks at a plugin's functions and at nothing else of it.
    """

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        if not _is_function(getattr(plugin, name, None)):
            return None
        return super().parse_hookimpl_opts(plugin, name)


def _misspelt(plugin: object, known: Collection[str]) -> str:
    """
    Say what is wrong with the names of a plugin's hooks; nothing if they are right.
    """
    marked: dict[str, str] = {}
    for name in dir(plugin):
        found = getattr(plugin, name, None)
        marks = getattr(found, "certcore_impl", None) if _is_function(found) else None
        if marks is not None:
            marked[name] = marks["specname"] or name
    strange = sorted(name for name, hook in marked.items() if hook not in known)
    if strange:
        return f"implements {', '.join(strange)}: there is no such hook"
    bare = sorted(name for name in known if hasattr(plugin, name) and name not in marked)
    return f"has {', '.join(bare)}: mark it with @hookimpl" if bare else ""
