"""
Reading a project's tables one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from attrs import fields_dict

from certcore.bootstrap import _schema as s
from certcore.bootstrap._files import Entry, ProjectFiles
from certcore.bootstrap._reporting import Reporter
from certcore.config import join, structure
from certcore.domain import Issuer, Rule, Source
from certcore.exceptions import CertcoreError, ConfigurationError, Problem
from certcore.plugins import PluginRegistry, Services


_SOURCE_KEYS = frozenset(fields_dict(s.SourceTable))


class Tables(Reporter):
    """
    Issuers, sources, types and designs as they stand in the files.
    """

    def __init__(self, files: ProjectFiles, registry: PluginRegistry, services: Services) -> None:
        self._files = files
        self._registry = registry
        self._services = services
        self._layers: dict[str, list[Entry]] = {}
        self.problems: list[Problem] = [*files.problems]

    def _issuer(self, name: str, entry: Entry) -> Issuer:
        table = structure(entry.table, s.IssuerTable, path=entry.path, file=entry.file)
        return Issuer(
            key=name,
            name=table.name,
            logo=table.logo,
            time_zone=table.time_zone,
            language=table.language,
            sender=table.sender,
            verification=table.verification,
            page=table.page,
        )

    def _source(self, name: str, entry: Entry) -> Source:
        own = {key: value for key, value in entry.table.items() if key in _SOURCE_KEYS}
        table = structure(own, s.SourceTable, path=entry.path, file=entry.file)
        try:
            provider = self._registry.get("retriever", table.use)
        except CertcoreError as exc:
            problem = Problem(join(entry.path, "use"), f"{exc}.", file=entry.file)
            raise ConfigurationError([problem]) from exc
        rest = {key: value for key, value in entry.table.items() if key not in _SOURCE_KEYS}
        options: Any = structure(
            anchored(rest, self._files.folder), provider.options, path=entry.path, file=entry.file
        )
        return Source(name=name, realm=table.realm, provider=table.use, options=options)

    def _context_table(self, name: str, entry: Entry) -> s.ContextTable:
        del name
        return structure(entry.table, s.ContextTable, path=entry.path, file=entry.file)

    def _type_layers(self, key: str) -> list[Entry]:
        """
        Give the tables that make up a type, the one it extends first.
        """
        layers: list[Entry] = []
        seen: list[str] = []
        current: str | None = key
        while current is not None:
            entry = self._files.named["types"][current]
            layers.insert(0, entry)
            seen.append(current)
            parent = entry.table.get("extends")
            if parent is None:
                break
            path = join(entry.path, "extends")
            if parent in seen:
                self._wrong(entry, path, f"{parent!r} extends this one in turn.")
                break
            known = self._files.named["types"]
            found = self._named("type", known, str(parent), entry, path)
            current = str(parent) if found is not None else None
        return layers

    def _below(self, type_key: str) -> list[Entry]:
        defaults = self._files.single.get("defaults")
        return [*([defaults] if defaults else []), *self._layers[type_key]]

    def _design(self, variants: Mapping[str, Entry]) -> Mapping[str, Any] | None:
        """
        Read a design's variants; None if one of them is wrong.
        """
        made: dict[str, Any] = {}
        for language, entry in variants.items():
            table = dict(entry.table)
            use = table.pop("use", "pdf")
            try:
                provider = self._registry.get("generator", use)
                made[language] = structure(table, provider.options, file=entry.file)
            except ConfigurationError as exc:
                self._told(exc)
            except CertcoreError as exc:
                self._wrong(entry, "use", f"{exc}.")
        return made if len(made) == len(variants) else None

    def _rule_readers(self) -> dict[str, Callable[[Any], Rule]]:
        def reader(build: Callable[..., Any], options: type) -> Callable[[Any], Rule]:
            return lambda value: cast("Rule", build(structure(value, options), self._services))

        return {
            name: reader(provider.build, provider.options)
            for name, provider in self._registry.providers("rule").items()
        }


def anchored(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """
    Make files of secrets relative to the project, wherever the command is started.
    """
    return {
        name: {"file": str(folder / str(value["file"]))}
        if isinstance(value, Mapping) and set(cast("Mapping[str, Any]", value)) == {"file"}
        else value
        for name, value in table.items()
    }
