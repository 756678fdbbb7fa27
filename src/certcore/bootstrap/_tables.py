"""
Reading a project's tables one by one: issuers, sources, designs, collaborators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from attrs import asdict, fields_dict, frozen

from certcore.bootstrap import _schema as s
from certcore.bootstrap._files import ProjectFiles
from certcore.bootstrap._problems import Entry, Problems, failure
from certcore.bootstrap._secrets import PASSWORD, anchored, passwords
from certcore.config import RuleReader, join, structure
from certcore.domain import Issuer, Rule, Source
from certcore.exceptions import ConfigurationError
from certcore.plugins import PluginRegistry, Provider, ProviderKind, Services


_SOURCE_KEYS = frozenset(fields_dict(s.SourceTable))

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "ledger": {"use": "sql", "url": "sqlite:///ledger.db"},
    "store": {"use": "disk"},
    "assets": {"use": "folder"},
    "notifier": {"use": "outbox"},
}
"""The embedded defaults: a ledger, the files and the messages beside certcore.toml."""


@frozen
class _Options:
    table: Mapping[str, Any]
    """As it was written, its secrets' files made the project's."""
    made: Any
    """An instance of the provider's options class."""


class Tables:
    """
    What a project's files say by name; None where it can't be used.
    """

    def __init__(self, files: ProjectFiles, registry: PluginRegistry, services: Services) -> None:
        self.files = files
        self.registry = registry
        self.problems: Problems = files.problems
        self.rule_readers = _rule_readers(registry, services)
        named = files.named
        self.issuers = {name: self._issuer(name, entry) for name, entry in named["issuers"].items()}
        self.sources = {name: self._source(name, entry) for name, entry in named["sources"].items()}
        self.designs = {name: self._design(variants) for name, variants in files.designs.items()}
        self.collaborators = {name: self._collaborator(name) for name in s.SINGLE_TABLES}

    def _issuer(self, name: str, entry: Entry) -> Issuer | None:
        table = self.problems.structured(entry.table, s.IssuerTable, entry, entry.path)
        return None if table is None else Issuer(key=name, **asdict(table))

    def _source(self, name: str, entry: Entry) -> Source | None:
        own = {key: value for key, value in entry.table.items() if key in _SOURCE_KEYS}
        rest = {key: value for key, value in entry.table.items() if key not in _SOURCE_KEYS}
        table = self.problems.structured(own, s.SourceTable, entry, entry.path)
        options = None
        if "use" in own:
            options = self._options("retriever", own["use"], rest, entry)
        if table is None or options is None:
            return None
        return Source(name=name, realm=table.realm, provider=table.use, options=options.made)

    def _design(self, variants: Mapping[str, Entry]) -> Mapping[str, Any] | None:
        """
        Read a design's variants; None if one of them is wrong.
        """
        made: dict[str, Any] = {}
        for language, entry in variants.items():
            if self.problems.about([entry]):
                continue  # it couldn't even be read
            table = dict(entry.table)
            provider = self._provider("generator", table.pop("use", "pdf"), entry)
            if provider is not None:
                if "language" in fields_dict(provider.options):
                    # what is written in Spanish has its dates in Spanish, whoever gets it
                    table.setdefault("language", language)
                made[language] = self.problems.structured(table, provider.options, entry, "")
        return None if self.problems.about(variants.values()) else made

    def _collaborator(self, name: str) -> Mapping[str, Any] | None:
        """
        Check a collaborator's table, and give it.
        """
        entry = self.files.single.get(name, Entry({}, name, self.files.main))
        default = _DEFAULTS[name]
        table = {"use": default["use"], **entry.table}
        if table["use"] == default["use"]:
            table = {**default, **table}
        use = table.pop("use")
        kind = cast("ProviderKind", s.SINGLE_TABLES[name])
        options = self._options(kind, use, table, entry)
        return None if options is None else {"use": use, **options.table}

    def _provider(self, kind: ProviderKind, use: object, entry: Entry) -> Provider | None:
        known = self.registry.providers(kind)
        return self.problems.looked_up(kind, known, use, entry, join(entry.path, "use"))

    def _options(
        self, kind: ProviderKind, use: object, table: Mapping[str, Any], entry: Entry
    ) -> _Options | None:
        hidden = set(passwords(table, entry.path))
        for path in hidden:
            self.problems.wrong(entry, path, *PASSWORD)
        provider = self._provider(kind, use, entry)
        if provider is None:
            return None
        written = anchored(table, provider.options, self.files.folder)
        try:
            made = structure(written, provider.options, path=entry.path)
        except ConfigurationError as exc:
            # what is said of a value may show it
            good = [problem for problem in exc.problems if problem.path not in hidden]
            self.problems.told(ConfigurationError(good), entry)
            return None
        return None if hidden else _Options(written, made)


def _rule_readers(registry: PluginRegistry, services: Services) -> Mapping[str, RuleReader]:
    def reader(provider: Provider) -> RuleReader:
        build = cast("Callable[[Any, Services], Rule]", provider.build)
        plugin = registry.owner("rule", provider.name)

        def read(value: Any) -> Rule:
            options = structure(value, provider.options)
            try:
                rule = build(options, services)
            except ValueError:  # ConfigurationError is one: it is about what was written
                raise
            except Exception as exc:
                raise ValueError(f"the plugin {plugin} can't make it: {failure(exc)}") from exc
            if not callable(getattr(rule, "evaluate", None)):
                said = f"the plugin {plugin} gives a {type(rule).__name__}, and no rule"
                raise ValueError(said)  # noqa: TRY004  # told like whatever is wrong with it
            return rule

        return read

    return {name: reader(provider) for name, provider in registry.providers("rule").items()}
