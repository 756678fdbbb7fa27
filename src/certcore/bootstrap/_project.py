"""
A project: certcore.toml and what belongs to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from certcore.bootstrap._alerts import read_alerts, revealed
from certcore.bootstrap._catalog import TomlCatalog
from certcore.bootstrap._files import ProjectFiles, read_files
from certcore.bootstrap._looking import look_at_designs, look_at_logos, look_at_rules
from certcore.bootstrap._merging import Setting
from certcore.bootstrap._problems import Entry, Problems, sentence
from certcore.bootstrap._resolving import Resolver
from certcore.bootstrap._schema import SINGLE_TABLES
from certcore.bootstrap._tables import Tables
from certcore.bootstrap._webhook import post_alert
from certcore.config import near, structure
from certcore.exceptions import ConfigurationError, NotFoundError, Problem
from certcore.plugins import PluginRegistry, ProviderKind, Services
from certcore.registrar import Inspection, Registrar, SystemClock


class Project:
    """
    Everything that a project's files say, read and looked through.
    """

    def __init__(self, files: ProjectFiles, registry: PluginRegistry) -> None:
        self.folder = files.folder
        self._files = files
        self._services = Services(clock=SystemClock(), folder=files.folder)
        self._tables = Tables(files, registry, self._services)
        self._alerts = read_alerts(files)
        self._found = Resolver(self._tables).found
        self.alerts: tuple[str, ...] = tuple(str(alert) for alert in self._alerts)
        """Who is told of runs that need somebody; a secret address is shown as its name."""
        self.catalog = TomlCatalog(self._found, files.digest.hexdigest())

    @property
    def plugins(self) -> PluginRegistry:
        """
        The plugins that the project was read with.
        """
        return self._tables.registry

    def problems(self) -> tuple[Problem, ...]:
        """
        Give everything wrong that can be found without asking a source. Writes nothing.
        """
        return self.inspect().problems

    def inspect(self) -> Inspection:
        """
        Find all `problems`, and what the designs say of the files that they make.
        """
        closer = Problems()
        remarks: dict[str, tuple[str, ...]] = {}
        if self._tables.collaborators["assets"] is not None:
            # designs need neither, and to look at them must not make them
            with self.registrar(ledger=None, store=None, notifier=None, alerts=()) as registrar:
                remarks = look_at_designs(registrar, self._found, self._tables, closer)
                look_at_logos(registrar, self._tables, closer)
        look_at_rules(self._services, self._found, self._tables, closer)
        broken = (Problem("plugins", sentence(problem)) for problem in self.plugins.problems)
        problems = dict.fromkeys((*broken, *self._files.problems.found, *closer.found))
        return Inspection(problems=tuple(problems), remarks=remarks)

    def show(self, name: str) -> tuple[Setting, ...]:
        """
        Give a configuration's merged values, and where each stands. Raises NotFoundError.
        """
        if name not in self._found:
            names = tuple(self._found)
            hint = near(name, names) or f"There are: {', '.join(names) or 'none'}."
            raise NotFoundError("configuration", name, hint)
        return self._found[name].settings

    def options(self, name: str) -> Any:
        """
        Give the options of a collaborator, `ledger` say: an instance of its provider's class.

        Raises:
            certcore.exceptions.ConfigurationError:
                If they are wrong.
        """
        given = self._tables.collaborators[name]
        if given is None:
            entry = self._files.single.get(name, Entry({}, name, self._files.main))
            raise ConfigurationError(self._files.problems.about([entry]))
        kind = cast("ProviderKind", SINGLE_TABLES[name])
        table = {key: value for key, value in given.items() if key != "use"}
        return structure(table, self.plugins.get(kind, given["use"]).options)

    def registrar(self, **overrides: Any) -> Registrar:
        """
        Make a Registrar of the project, or one with another ledger, store or notifier.

        Raises:
            certcore.exceptions.ConfigurationError:
                If what it is to work with is wrong.
        """
        single = self._files.single
        collaborators = self._tables.collaborators
        wrong = [
            single.get(name, Entry({}, name, self._files.main))
            for name, given in collaborators.items()
            if given is None and name not in overrides
        ]
        if wrong:
            raise ConfigurationError(self._files.problems.about(wrong))
        given: dict[str, Any] = {
            "catalog": self.catalog,
            "webhook": post_alert,
            "plugins": self.plugins,
            "folder": self.folder,
            **collaborators,
            **overrides,
        }
        if "alerts" not in given:
            given["alerts"] = revealed(self._alerts, self._files)
        return Registrar(**given)


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
