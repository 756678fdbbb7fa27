"""
From tables to configurations: names looked up, everything merged, all problems told.
"""

from __future__ import annotations

import zoneinfo

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import fields_dict

from certcore.bootstrap import _schema as s
from certcore.bootstrap._contexts import Contexts
from certcore.bootstrap._files import Entry, ProjectFiles
from certcore.bootstrap._merging import Setting, merge, origin_of
from certcore.bootstrap._times import instant, read_gate, read_schedule
from certcore.config import join, problems_of, read_rule, structure
from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Design,
    MessageTemplate,
    Rule,
    Validity,
)
from certcore.exceptions import ConfigurationError, Problem
from certcore.plugins import PluginRegistry, Services


_T = TypeVar("_T")


class Resolver(Contexts):
    """
    Resolves a project's tables; each problem is told once, with its file and path.
    """

    def __init__(self, files: ProjectFiles, registry: PluginRegistry, services: Services) -> None:
        super().__init__(files, registry, services)
        self.configurations: dict[str, CertificateConfiguration] = {}
        self.settings: dict[str, tuple[Setting, ...]] = {}
        self.broken: dict[str, list[Problem]] = {}
        """Problems of configurations that can't be used, by name."""

    def resolve(self) -> None:
        """
        Look at every table.
        """
        named = self._files.named
        self._issuers = self._each(named["issuers"], self._issuer)
        self._sources = self._each(named["sources"], self._source)
        self._contexts = self._each(named["contexts"], self._context_table)
        for entry in named["types"].values():
            self._unknown(entry, s.TYPE_KEYS)
        self._layers = {key: self._type_layers(key) for key in named["types"]}
        defaults = self._files.single.get("defaults")
        if defaults is not None:
            self._unknown(defaults, s.DEFAULT_KEYS)
        self._designs = {
            name: self._design(variants) for name, variants in self._files.designs.items()
        }
        for entry in self._files.configurations:
            self._configuration(entry)
        self._unused_types()

    def _unused_types(self) -> None:
        """
        Look at types that no configuration uses as well: they are wrong before they are needed.
        """
        used = {entry.table.get("type") for entry in self._files.configurations}
        for key, entry in self._files.named["types"].items():
            extended = {e.table.get("extends") for e in self._files.named["types"].values()}
            if key in used or key in extended:
                continue
            merged, settings = merge(self._below(key))
            self._type(key, merged, settings, entry)

    # configurations

    def _configuration(self, entry: Entry) -> None:
        self._unknown(entry, s.CONFIGURATION_KEYS)
        before = len(self.problems)
        type_key, alias = entry.table.get("type"), entry.table.get("context")
        for name, value in (("context", alias), ("type", type_key)):
            if not isinstance(value, str):
                self._wrong(entry, join(entry.path, name), "is missing.")
        if not isinstance(type_key, str) or not isinstance(alias, str):
            return
        name = f"{alias}/{type_key}"
        context = self._named("context", self._contexts, alias, entry, join(entry.path, "context"))
        known = self._named(
            "type", self._files.named["types"], type_key, entry, join(entry.path, "type")
        )
        if name in self.settings:
            self._wrong(entry, entry.path, f"{name} stands here twice.")
            return
        if known is None:
            self._break(name, before)
            return
        merged, self.settings[name] = merge([*self._below(type_key), entry])
        configuration = self._build(type_key, alias, context, merged, entry)
        if configuration is None or context is None:
            self._break(name, before)
        else:
            self.configurations[name] = configuration

    def _break(self, name: str, before: int) -> None:
        # what was told before, of a table that several share, is this one's problem as well
        self.broken[name] = self.problems[before:] or list(self.problems)

    def _build(
        self,
        type_key: str,
        alias: str,
        context: s.ContextTable | None,
        merged: dict[str, Any],
        entry: Entry,
    ) -> CertificateConfiguration | None:
        settings = self.settings[f"{alias}/{type_key}"]
        made = self._type(type_key, merged, settings, entry)
        if made is None or context is None:
            return None
        type_, table = made
        zone = zoneinfo.ZoneInfo(type_.issuer.time_zone)
        try:
            return CertificateConfiguration(
                context=self._context(alias, context, type_.source, zone),
                type=type_,
                enabled=table.enabled,
                schedule=self._said(
                    lambda: read_schedule(table.schedule, zone), settings, "schedule", entry
                ),
                gate=self._said(lambda: read_gate(table.gate, zone), settings, "gate", entry),
                max_new=None if table.max_new == "unlimited" else table.max_new,
                cycle=table.cycle,
                release=table.release
                if table.release is None or isinstance(table.release, str)
                else instant(table.release, zone),
                quiet=table.quiet,
            )
        except ConfigurationError as exc:
            self._told(exc)
            return None

    def _said(
        self, read: Callable[[], _T], settings: tuple[Setting, ...], name: str, entry: Entry
    ) -> _T:
        try:
            return read()
        except (ValueError, zoneinfo.ZoneInfoNotFoundError) as exc:
            problems = problems_of(exc, path=name)
            raise ConfigurationError(self._located(problems, settings, entry)) from exc

    def _type(
        self, key: str, merged: dict[str, Any], settings: tuple[Setting, ...], entry: Entry
    ) -> tuple[CertificateType, s.SettingsTable] | None:
        """
        Make a type of what was merged for it.
        """
        before = len(self.problems)
        wanted = {
            name: v for name, v in merged.items() if name not in {"extends", "context", "type"}
        }
        known = fields_dict(s.SettingsTable)
        try:
            # unknown keys were told where they stand
            table = structure({n: v for n, v in wanted.items() if n in known}, s.SettingsTable)
        except ConfigurationError as exc:
            self._told(ConfigurationError(self._located(exc.problems, settings, entry)))
            return None

        def missing(name: str, message: str = "is missing.", hint: str = "") -> None:
            where = self._files.named["types"][key]
            self._wrong(where, f"{where.path}.{name}", message, hint)

        def look_up(name: str, kind: str, found: Mapping[str, _T | None], value: str) -> _T | None:
            setting = origin_of(settings, name)
            at = Entry({}, setting.where, setting.file) if setting else entry
            return self._named(kind, found, value, at, f"{at.path}.{name}")

        issuer = source = None
        if table.issuer is not None:
            issuer = look_up("issuer", "issuer", self._issuers, table.issuer)
        elif len(self._issuers) == 1:
            issuer = next(iter(self._issuers.values()))
        else:
            missing("issuer")
        if table.source is not None:
            source = look_up("source", "source", self._sources, table.source)
        else:
            missing("source")
        design = None
        if table.design is not None:
            design = look_up("design", "design", self._designs, table.design)
        else:
            missing("design")
        rule = None
        if table.rule is not None:
            rule = self._rule(table.rule, "rule", settings, entry)
        else:
            missing("rule", hint="Such as rule = { grades = { Total = 0.60 } }.")
        if len(self.problems) > before or not (issuer and source and design and rule):
            return None
        message = table.message
        return (
            CertificateType(
                key=key,
                title=table.title,
                rule=rule,
                design=Design(name=table.design or "", variants=_first(design, issuer.language)),
                issuer=issuer,
                source=source,
                message=MessageTemplate(
                    subject=message.subject, text=message.text, html=message.html
                ),
                validity=Validity(duration=table.validity),
                was=table.was,
            ),
            table,
        )

    def _rule(
        self, table: Any, path: str, settings: tuple[Setting, ...], entry: Entry
    ) -> Rule | None:
        try:
            return read_rule(table, path=path, readers=self._rule_readers())
        except ConfigurationError as exc:
            self._told(ConfigurationError(self._located(exc.problems, settings, entry)))
            return None


def _first(variants: Mapping[str, Any], language: str) -> dict[str, Any]:
    """
    Put the issuer's own language first: it serves whoever has none of the others.
    """
    first = [tag for tag in ("", language) if tag in variants]
    rest = [tag for tag in variants if tag not in first]
    return {tag: variants[tag] for tag in (*first, *rest)}
