"""
A closer look: what is found only with the collaborators' help, no source being asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import evolve

from certcore.bootstrap._problems import Entry, Problems, failure, sentence
from certcore.bootstrap._resolving import Resolved
from certcore.bootstrap._tables import Tables
from certcore.config import join
from certcore.domain import CertificateConfiguration, Rule, Source
from certcore.exceptions import CertcoreError, Problem
from certcore.plugins import Services
from certcore.registrar import Registrar


_FACTS = ("completion", "grades", "facts")
"""Kinds of facts that a rule asks a source for."""


def look_at_designs(
    registrar: Registrar, found: Mapping[str, Resolved], tables: Tables, problems: Problems
) -> None:
    """
    Look at the designs and logos that are used: are their assets there, and can they be drawn?
    """
    seen: list[tuple[str, str]] = []
    for configuration in _made(found):
        type_ = configuration.type
        assert type_.design is not None  # noqa: S101  # none is made without
        if (type_.design.name, type_.issuer.key) in seen:
            continue
        seen.append((type_.design.name, type_.issuer.key))
        # the rule is looked at where it stands: see look_at_rules
        lone = evolve(configuration, type=evolve(type_, source=None))
        first = next(iter(tables.files.designs[type_.design.name].values()))
        try:
            for problem in registrar.problems(lone):
                problems.add(problem)
        except Exception as exc:  # noqa: BLE001  # a plugin may raise anything
            problems.wrong(first, "", f"can't be prepared: {failure(exc)}")
    for name, issuer in tables.issuers.items():
        if issuer is not None and issuer.logo:
            entry = tables.files.named["issuers"][name]
            try:
                registrar.assets.read(issuer.logo)
            except CertcoreError as exc:
                problems.wrong(entry, join(entry.path, "logo"), sentence(exc))


def look_at_rules(
    services: Services, found: Mapping[str, Resolved], tables: Tables, problems: Problems
) -> None:
    """
    Refuse rules that ask for facts which their source can't give.
    """
    given: dict[str, frozenset[str] | None] = {}
    for each in found.values():
        configuration, origin, read = each.made, each.origin, each.context
        if configuration is None or origin is None or read is None:
            continue
        source = configuration.type.source
        assert source is not None  # noqa: S101  # none is made without
        if source.name not in given:
            given[source.name] = _facts_of(source, services, tables, problems)
        facts = given[source.name]
        if facts is None:
            continue
        rules: list[tuple[Rule | None, Any, str, Entry]] = [
            (configuration.type.rule, origin.table["rule"], join(origin.path, "rule"), origin)
        ]
        for place, (rule, step) in enumerate(zip(read.rules, read.table.steps, strict=True)):
            rules.append((rule, step.rule, join(read.step_path(place), "rule"), read.entry))
        for rule, table, path, entry in rules:
            for kind in sorted({fact.kind for fact in rule.facts} if rule else ()):
                if kind in _FACTS and kind not in facts:
                    _refuse(
                        kind, facts, source, [*_asked(table, kind, path)] or [path], entry, problems
                    )


def _made(found: Mapping[str, Resolved]) -> Iterator[CertificateConfiguration]:
    for each in found.values():
        if each.made is not None:
            yield each.made


def _facts_of(
    source: Source, services: Services, tables: Tables, problems: Problems
) -> frozenset[str] | None:
    """
    Tell what a source can give; None if it can't be opened, which is told.
    """
    entry = tables.files.named["sources"][source.name]
    provider = tables.registry.get("retriever", source.provider)
    try:
        with provider.build(source.options, evolve(services, realm=source.realm)) as retriever:
            return frozenset(retriever.facts)
    except CertcoreError as exc:
        problems.wrong(entry, entry.path, sentence(exc))
    except Exception as exc:  # noqa: BLE001  # a plugin may raise anything
        plugin = tables.registry.owner("retriever", source.provider)
        problems.wrong(entry, entry.path, f"the plugin {plugin} can't open it: {failure(exc)}")
    return None


def _refuse(
    kind: str,
    facts: frozenset[str],
    source: Source,
    paths: list[str],
    entry: Entry,
    problems: Problems,
) -> None:
    gives = " and ".join(each for each in _FACTS if each in facts) or "nothing"
    for path in paths:
        problems.add(
            Problem(
                path,
                f"{source.name!r} ({source.provider}) gives {gives}, not {kind}.",
                "Take it out, or name a source that has it.",
                entry.file,
            )
        )


def _asked(table: Any, kind: str, path: str) -> Iterator[str]:
    """
    Walk the places of a rule that ask for facts of that kind.
    """
    if isinstance(table, list):
        for place, inner in enumerate(cast("list[Any]", table)):
            yield from _asked(inner, kind, join(path, place))
        return
    for name, value in cast("Mapping[str, Any]", table).items():
        if name == kind:
            yield join(path, name)
        elif name in {"all_of", "any_of", "every_step"}:
            yield from _asked(value, kind, join(path, name))
