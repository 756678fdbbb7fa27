"""
A closer look: what is found only with the collaborators' help, no source being asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import evolve, frozen

from certcore.bootstrap._problems import Problems, failure, is_list, sentence
from certcore.bootstrap._resolving import Resolved
from certcore.bootstrap._tables import Tables
from certcore.config import join
from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Design,
    Issuer,
    LearningContext,
    Rule,
    Source,
)
from certcore.exceptions import CertcoreError, Problem
from certcore.plugins import Services
from certcore.registrar import Registrar
from certcore.rules import MinimumCompletion


_FACTS = ("completion", "grades", "facts")
"""Kinds of facts that a rule asks a source for."""


def look_at_designs(
    registrar: Registrar, found: Mapping[str, Resolved], tables: Tables, problems: Problems
) -> dict[str, tuple[str, ...]]:
    """
    Look at the designs: are their assets there, and can they be drawn? Give what they remark.
    """
    remarks: dict[str, tuple[str, ...]] = {}
    seen: dict[tuple[str, str], CertificateConfiguration] = {}
    for each in found.values():
        if each.made is not None and each.made.type.design is not None:
            type_ = each.made.type
            # the rule is looked at where it stands: see look_at_rules
            lone = evolve(each.made, type=evolve(type_, source=None))
            seen.setdefault((each.made.type.design.name, type_.issuer.key), lone)
    for name in tables.designs.keys() - {name for name, _ in seen}:
        variants = tables.designs[name]
        if variants:
            seen[name, ""] = _alone(Design(name=name, variants=variants))
    for (name, _), configuration in sorted(seen.items()):
        try:
            inspection = registrar.inspect(configuration)
        except Exception as exc:  # noqa: BLE001  # a plugin may raise anything
            first = next(iter(tables.files.designs[name].values()))
            problems.wrong(first, "", f"can't be prepared: {failure(exc)}")
            continue
        for problem in inspection.problems:
            problems.add(problem)
        remarks |= inspection.remarks
    return remarks


def look_at_logos(registrar: Registrar, tables: Tables, problems: Problems) -> None:
    """
    Look whether the issuers' logos are among the assets.
    """
    for name, issuer in tables.issuers.items():
        if issuer is not None and issuer.logo:
            entry = tables.files.named["issuers"][name]
            try:
                registrar.assets.read(issuer.logo)
            except CertcoreError as exc:
                problems.wrong(entry, join(entry.path, "logo"), sentence(exc))
            except Exception as exc:  # noqa: BLE001  # as above
                said = f"can't be read: {failure(exc)}"
                problems.wrong(entry, join(entry.path, "logo"), said)


def look_at_rules(
    services: Services, found: Mapping[str, Resolved], tables: Tables, problems: Problems
) -> None:
    """
    Refuse rules that ask for facts which their source can't give.
    """
    given: dict[str, frozenset[str] | None] = {}
    for each in found.values():
        source = each.source
        if source is None:
            continue
        if source.name not in given:
            given[source.name] = _facts_of(source, services, tables, problems)
        facts = given[source.name]
        for asking in _rules(each):
            for problem in _unanswerable(asking, facts, source) if facts is not None else ():
                problems.add(problem)


@frozen
class _Asking:
    """
    A rule, and where it stands.
    """

    rule: Rule
    table: Any
    path: str
    file: str


def _rules(resolved: Resolved) -> Iterator[_Asking]:
    origin, read = resolved.origin, resolved.context
    if resolved.rule is not None and origin is not None:
        path = join(origin.path, "rule")
        yield _Asking(resolved.rule, origin.table["rule"], path, origin.file)
    for place, rule in enumerate(read.rules if read else ()):
        if rule is not None and read is not None:
            table, path = read.table.steps[place].rule, join(read.step_path(place), "rule")
            yield _Asking(rule, table, path, read.entry.file)


def _unanswerable(asking: _Asking, facts: frozenset[str], source: Source) -> Iterator[Problem]:
    gives = " and ".join(each for each in _FACTS if each in facts) or "nothing"
    kinds = {fact.kind for fact in asking.rule.facts}
    for kind in _FACTS:
        if kind in kinds and kind not in facts:
            # a plugin's rule has no key of that name
            for path in [*_asked(asking.table, kind, asking.path)] or [asking.path]:
                said = f"{source.name!r} ({source.provider}) gives {gives}, not {kind}."
                hint = "Take it out, or name a source that has it."
                yield Problem(path, said, hint, asking.file)


def _alone(design: Design) -> CertificateConfiguration:
    """
    Give a design something to be looked at with, where nothing that is whole uses it.
    """
    return CertificateConfiguration(
        context=LearningContext(key=design.name),
        type=CertificateType(
            key="design",
            rule=MinimumCompletion(1),
            design=design,
            issuer=Issuer(verification="https://certs.example/v/{code}"),
        ),
    )


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


def _asked(table: Any, kind: str, path: str) -> Iterator[str]:
    """
    Walk the places of a rule that ask for facts of that kind.
    """
    if is_list(table):
        for place, inner in enumerate(table):
            yield from _asked(inner, kind, join(path, place))
        return
    for name, value in cast("Mapping[str, Any]", table).items():
        if name == kind:
            yield join(path, name)
        elif name in {"all_of", "any_of", "every_step"}:
            yield from _asked(value, kind, join(path, name))
