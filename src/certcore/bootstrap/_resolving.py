"""
From tables to configurations: names looked up, everything merged, all problems told.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from attrs import frozen

from certcore.bootstrap import _schema as s
from certcore.bootstrap._contexts import Contexts, ReadContext
from certcore.bootstrap._layers import Layers, gate_of, message_of, schedule_of
from certcore.bootstrap._merging import Merged, Setting, merge
from certcore.bootstrap._problems import Entry, Problems
from certcore.bootstrap._tables import Tables
from certcore.bootstrap._times import instant
from certcore.config import join, near, structure
from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Design,
    Fact,
    Rule,
    Source,
    Validity,
)
from certcore.exceptions import Problem


_T = TypeVar("_T")

_NEEDED = ("issuer", "source", "design", "rule")
_HINTS = {"rule": "Such as rule = { grades = { Total = 0.60 } }."}


@frozen(kw_only=True)
class Resolved:
    """
    A configuration that stands in the files.
    """

    entry: Entry
    settings: tuple[Setting, ...] = ()
    context: ReadContext | None = None
    source: Source | None = None
    rule: Rule | None = None
    origin: Entry | None = None
    """The table that its rule stands in."""
    made: CertificateConfiguration | None = None
    problems: tuple[Problem, ...] = ()
    """Why nothing was made, if so."""


class Resolver:
    """
    Resolves a project's tables; each problem is told once, with its file and path.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._files = tables.files
        self._problems: Problems = tables.problems
        self._types = tables.files.named["types"]
        self._layers = Layers(tables)
        self._contexts = Contexts(tables)
        self.found: dict[str, Resolved] = {}
        """By name, in the order of the files."""
        for entry in self._files.configurations:
            self._configuration(entry)
        self._unused_types()

    def _unused_types(self) -> None:
        """
        Look whether types that nothing uses are whole: they are wrong before they are needed.
        """
        used = [entry.table.get("type") for entry in self._files.configurations]
        used += [entry.table.get("extends") for entry in self._types.values()]
        for key in self._types:
            if key not in used:
                self._complete(key, self._layers.below(key))

    def _complete(self, type_key: str, layers: Sequence[Entry]) -> None:
        """
        Tell what nobody says, where the type stands.
        """
        entry = self._types[type_key]
        for problem in self._problems.about(layers):
            if problem.path.endswith(".extends") or problem.path in {e.path for e in layers}:
                return  # who knows what would have stood there
        said = {name for layer in layers for name in layer.table}
        if len(self._tables.issuers) == 1:
            said.add("issuer")
        for name in _NEEDED:
            # what was misspelt isn't missing as well
            if name not in said and not any(near(key, [name]) for key in said - s.ALL_KEYS):
                path = join(entry.path, name)
                self._problems.wrong(entry, path, "is missing.", _HINTS.get(name, ""))

    def _configuration(self, entry: Entry) -> None:
        self._layers.check(entry, s.CONFIGURATION_KEYS)
        context_name = self._text(entry, "context")
        type_key = self._text(entry, "type")
        read = known = None
        if context_name:
            path = join(entry.path, "context")
            read = self._problems.looked_up(
                "context", self._contexts.found, context_name, entry, path
            )
        if type_key:
            path = join(entry.path, "type")
            known = self._problems.looked_up("type", self._types, type_key, entry, path)
        if not context_name or not type_key:
            return
        name = f"{context_name}/{type_key}"
        if name in self.found:
            other = self.found[name].entry
            said = f"{name}: {other.path} in {other.file} is this one as well."
            self._problems.wrong(entry, entry.path, said)
        elif known is None:
            self.found[name] = Resolved(entry=entry, problems=self._problems.about([entry]))
        else:
            self.found[name] = self._resolved(entry, context_name, read, type_key)

    def _text(self, entry: Entry, name: str) -> str | None:
        value = entry.table.get(name)
        path = join(entry.path, name)
        if value is None:
            self._problems.wrong(entry, path, "is missing.")
        elif not isinstance(value, str):
            self._problems.structured(value, str, entry, path)
        return value if isinstance(value, str) else None

    def _resolved(
        self, entry: Entry, alias: str, read: ReadContext | None, type_key: str
    ) -> Resolved:
        layers = [*self._layers.below(type_key), entry]
        merged = merge(layers)
        self._complete(type_key, layers)
        issuers = self._files.named["issuers"]
        sole = next(iter(issuers)) if len(issuers) == 1 else ""
        issuer = merged.table.get("issuer", sole)
        contexts = self._files.named["contexts"]
        context = [contexts[alias]] if alias in contexts else []
        involved = [
            *layers,
            *context,
            *_called(issuers, issuer),
            *_called(self._files.named["sources"], merged.table.get("source")),
        ]
        for variants in _called(self._files.designs, merged.table.get("design")):
            involved += variants.values()
        made = None
        if read is not None and not self._problems.about(involved):
            made = self._made(type_key, merged, read, issuer, entry)
        settings = [*merged.settings()]
        if "issuer" not in merged.table and sole:
            settings.append(Setting("issuer", sole, ""))
        for each in context:
            settings += [
                Setting(join("context", name), value, each.file, each.path)
                for name, value in each.table.items()
            ]
        return Resolved(
            entry=entry,
            settings=tuple(sorted(settings, key=lambda setting: setting.path)),
            context=read,
            source=next(iter(_called(self._tables.sources, merged.table.get("source"))), None),
            rule=self._layers.rule(merged.origin("rule")),
            origin=merged.origin("rule"),
            made=made,
            problems=self._problems.about(involved),
        )

    def _made(
        self, type_key: str, merged: Merged, read: ReadContext, issuer_name: str, entry: Entry
    ) -> CertificateConfiguration | None:
        own = {name: value for name, value in merged.table.items() if name in s.SETTINGS}
        table = structure(own, s.SettingsTable)
        issuer = self._tables.issuers[issuer_name]
        source = self._tables.sources[table.source or ""]
        variants = self._tables.designs[table.design or ""]
        rule = self._layers.rule(merged.origin("rule"))
        assert issuer and source and variants and rule  # noqa: S101, PT018  # nothing was told of them
        zone = zoneinfo.ZoneInfo(issuer.time_zone)
        if read.kind != "pathway" and Fact("steps") in rule.facts:
            said = f"{read.alias!r} is a {read.kind}, and the rule speaks of steps."
            self._problems.wrong(entry, join(entry.path, "context"), said)
            return None
        context = self._contexts.made(read, source, zone)
        if context is None:
            return None
        return CertificateConfiguration(
            context=context,
            type=CertificateType(
                key=type_key,
                title=table.title,
                rule=rule,
                design=_design(table.design or "", variants, issuer.language),
                issuer=issuer,
                source=source,
                message=message_of(table),
                validity=Validity(duration=table.validity),
                was=table.was,
            ),
            enabled=table.enabled,
            schedule=schedule_of(table, zone),
            gate=gate_of(table, zone),
            max_new=None if table.max_new == "unlimited" else table.max_new,
            cycle=table.cycle,
            release=instant(table.release, zone)
            if isinstance(table.release, dt.date)
            else table.release,
            quiet=table.quiet,
        )


def _called(entries: Mapping[str, _T], name: object) -> list[_T]:
    # what stands there may be of any type, and not every one can be looked up
    return [entry for key, entry in entries.items() if key == name]


def _design(name: str, variants: Mapping[str, Any], language: str) -> Design:
    """
    Put the issuer's own language first: it serves whoever has none of the others.
    """
    own = Design(variants=variants).language_for(language)
    return Design(
        name=name, variants={tag: variants[tag] for tag in dict.fromkeys([own, *variants])}
    )
