"""
A project: certcore.toml and what belongs to it.
"""

from __future__ import annotations

import hashlib

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from certcore.bootstrap._files import Entry, ProjectFiles, read_files
from certcore.bootstrap._merging import Setting
from certcore.bootstrap._resolving import Resolver
from certcore.bootstrap._schema import SINGLE_TABLES
from certcore.bootstrap._tables import anchored
from certcore.bootstrap._webhook import post_alert
from certcore.config import join, near, structure
from certcore.domain import CertificateConfiguration
from certcore.exceptions import CertcoreError, ConfigurationError, NotFoundError, Problem
from certcore.plugins import PluginRegistry, ProviderKind, Services
from certcore.registrar import Given, Registrar, SystemClock


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "ledger": {"use": "sql", "url": "sqlite:///ledger.db"},
    "store": {"use": "disk"},
    "assets": {"use": "folder"},
    "notifier": {"use": "outbox"},
}
"""The embedded defaults: a ledger, the files and the messages beside certcore.toml."""


class TomlCatalog:
    """
    The configurations of a project's files, as they were when they were read.
    """

    def __init__(self, resolver: Resolver, revision: str) -> None:
        self._resolver = resolver
        self._revision = revision

    def keys(self) -> tuple[str, ...]:
        return (*self._resolver.configurations, *self._resolver.broken)

    def get(self, key: str) -> CertificateConfiguration:
        found = self._resolver.configurations.get(key) or self._by_key(key)
        if found is not None:
            return found
        if key in self._resolver.broken:
            raise ConfigurationError(self._resolver.broken[key])
        names = self.keys()
        hint = near(key, names) or f"There are: {', '.join(names) or 'none'}."
        raise NotFoundError("configuration", key, hint)

    def _by_key(self, key: str) -> CertificateConfiguration | None:
        # other processes, and the ledger, know configurations by their keys and not by their names
        for configuration in self._resolver.configurations.values():
            if str(configuration.key) == key:
                return configuration
        return None

    def revision(self) -> str:
        return self._revision


class Project:
    """
    Everything that a project's files say, read and looked through.
    """

    def __init__(self, files: ProjectFiles, registry: PluginRegistry) -> None:
        self.folder = files.folder
        self._files = files
        self._registry = registry
        services = Services(clock=SystemClock(), folder=files.folder)
        self._resolver = Resolver(files, registry, services)
        self._resolver.resolve()
        self._given = {name: self._collaborator(name) for name in SINGLE_TABLES}
        self.alerts: tuple[str, ...] = self._alerts()
        self.catalog = TomlCatalog(self._resolver, _revision(files))

    @property
    def plugins(self) -> PluginRegistry:
        """
        The plugins that the project was read with.
        """
        return self._registry

    def problems(self) -> tuple[Problem, ...]:
        """
        Give everything wrong that can be found without asking a source.
        """
        found = [*self._resolver.problems]
        with self.registrar() as registrar:
            for configuration in self._resolver.configurations.values():
                for problem in registrar.problems(configuration):
                    if problem not in found:
                        found.append(problem)
        broken = [Problem("plugins", f"{problem}.") for problem in self._registry.problems]
        return (*broken, *found)

    def show(self, name: str) -> tuple[Setting, ...]:
        """
        Give a configuration's merged values, and where each stands. Raises NotFoundError.
        """
        if name not in self._resolver.settings:
            raise NotFoundError("configuration", name, near(name, self._resolver.settings))
        return self._resolver.settings[name]

    def registrar(self, **overrides: Any) -> Registrar:
        """
        Make a Registrar of the project, or one with another ledger, store or notifier.

        Raises:
            certcore.exceptions.ConfigurationError:
                If what it is to work with is wrong.
        """
        given: dict[str, Any] = {**self._given, **overrides}
        wrong = [
            problem
            for value in given.values()
            if isinstance(value, ConfigurationError)
            for problem in value.problems
        ]
        if wrong:
            raise ConfigurationError(wrong)
        return Registrar(
            catalog=self.catalog,
            alerts=self.alerts,
            webhook=post_alert,
            plugins=self._registry,
            folder=self.folder,
            **given,
        )

    def _collaborator(self, name: str) -> Given | ConfigurationError:
        """
        Check a collaborator's table; give what is wrong with it instead, for whoever needs it.
        """
        entry = self._files.single.get(name, Entry(_DEFAULTS[name], name, self._files.main))
        table = {**entry.table}
        table.setdefault("use", _DEFAULTS[name]["use"])
        kind = cast("ProviderKind", SINGLE_TABLES[name])
        options = anchored({k: v for k, v in table.items() if k != "use"}, self.folder)
        try:
            _no_password(name, options, entry.file)
            provider = self._registry.get(kind, table["use"])
            structure(options, provider.options, path=name, file=entry.file)
        except ConfigurationError as exc:
            self._resolver.problems.extend(exc.problems)
            return exc
        except CertcoreError as exc:
            problem = Problem(join(name, "use"), f"{exc}.", file=entry.file)
            self._resolver.problems.append(problem)
            return ConfigurationError([problem])
        return {"use": table["use"], **options}

    def _alerts(self) -> tuple[str, ...]:
        value = self._files.alerts
        try:
            return structure(value, tuple[str, ...], path="alerts", file=self._files.main)
        except ConfigurationError as exc:
            self._resolver.problems.extend(exc.problems)
            return ()


def _no_password(name: str, options: Mapping[str, Any], file: str) -> None:
    url = options.get("url")
    if isinstance(url, str) and "@" in url.partition("://")[2]:
        problem = Problem(
            join(name, "url"),
            "a password may stand in the file.",
            'Write url = { env = "NAME" }.',
            file,
        )
        raise ConfigurationError([problem])


def _revision(files: ProjectFiles) -> str:
    digest = hashlib.sha256()
    entries = [
        *(entry for named in files.named.values() for entry in named.values()),
        *files.single.values(),
        *files.configurations,
        *(entry for variants in files.designs.values() for entry in variants.values()),
    ]
    for entry in entries:
        digest.update(f"{entry.file}\0{entry.path}\0{entry.table!r}\0".encode())
    return digest.hexdigest()


def load_project(
    path: str | Path = "certcore.toml", *, plugins: PluginRegistry | None = None
) -> Project:
    """
    Read a project: a folder with a certcore.toml in it, or that file.

    What is wrong with single tables is told by `Project.problems`, and by whoever needs them.

    Raises:
        certcore.exceptions.ConfigurationError:
            If the file can't be read at all.
    """
    file = Path(path)
    if file.is_dir():
        file /= "certcore.toml"
    return Project(read_files(file.absolute()), plugins or PluginRegistry())


def load_registrar(path: str | Path = "certcore.toml") -> Registrar:
    """
    Make a Registrar of a project. Raises as `load_project` and `Project.registrar`.
    """
    return load_project(path).registrar()
