"""
One configuration made ready to be run: its source asked, its rule bound, everything checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from attrs import evolve, frozen

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Fact,
    FactKind,
    LearningContext,
    Rule,
)
from certcore.exceptions import ConfigurationError, Problem
from certcore.ports import Ledger, Retriever
from certcore.registrar._collaborators import Collaborators
from certcore.rules import EveryStep


_FROM_ELSEWHERE = {"steps", "holds"}
"""Kinds of facts that no source declares: the context says which steps, the ledger what is held."""


def bound_rule(configuration: CertificateConfiguration) -> Rule:
    """
    Give the rule as it stands in the configuration's context.

    On a pathway, a rule that doesn't speak of steps is asked of every step.
    """
    rule = configuration.type.rule
    if configuration.context.kind == "pathway" and Fact("steps") not in rule.facts:
        rule = EveryStep(rule)
    return rule.bind(configuration.context)


@frozen
class Setup:
    """
    A configuration with what its source says, and its rule as it stands there.
    """

    configuration: CertificateConfiguration
    rule: Rule
    retriever: Retriever | None

    @property
    def context(self) -> LearningContext:
        return self.configuration.context


def set_up(configuration: CertificateConfiguration, collaborators: Collaborators) -> Setup:
    """
    Ask the source what it knows of the context.

    Raises:
        certcore.exceptions.ConfigurationError:
            If the source can't give what the rule asks for, or nobody gives the context a name.

        certcore.exceptions.RetrievalError:
            If the source fails.
    """
    source = configuration.type.source
    retriever = None if source is None else collaborators.retriever(source)
    context = configuration.context
    if retriever is not None:
        context = context.completed_by(retriever.describe(context.key))
    completed = evolve(configuration, context=context)
    rule = bound_rule(completed)
    problems = list(_fact_problems(completed.type, rule, retriever))
    if not context.name:
        problems.append(
            Problem(
                f"contexts.{context.alias or context.key}.name",
                "is missing, and the source doesn't know it either.",
            )
        )
    if problems:
        raise ConfigurationError(problems)
    return Setup(completed, rule, retriever)


def unanswerable(
    configuration: CertificateConfiguration, collaborators: Collaborators
) -> tuple[Problem, ...]:
    """
    Say what a rule asks for that its source can't give; the source itself isn't asked.
    """
    source = configuration.type.source
    retriever = None if source is None else collaborators.retriever(source)
    return tuple(_fact_problems(configuration.type, bound_rule(configuration), retriever))


def _fact_problems(
    type_: CertificateType, rule: Rule, retriever: Retriever | None
) -> Iterator[Problem]:
    if retriever is None or type_.source is None:
        return
    given = set(retriever.facts)
    asked = {fact.kind for fact in rule.facts} - _FROM_ELSEWHERE
    for kind in get_args(FactKind):
        if kind in asked - given:
            gives = " and ".join(sorted(given)) or "nothing"
            yield Problem(
                f"types.{type_.key}.rule",
                f"asks for {kind}; {type_.source.name!r} ({type_.source.provider}) gives {gives}.",
            )


def check_realm(configuration: CertificateConfiguration, ledger: Ledger) -> None:
    """
    Refuse a source whose learner ids aren't the ones that were awarded before.

    Raises:
        certcore.exceptions.ConfigurationError:
            If everybody would look like somebody new.
    """
    source = configuration.type.source
    if source is None:
        return
    known = frozenset[str]().union(*(ledger.realms(key) for key in configuration.keys))
    if known and source.realm not in known:
        raise ConfigurationError(
            [
                Problem(
                    f"sources.{source.name}.realm",
                    f"{source.realm!r}: {configuration.name} has awarded learners of "
                    f"{', '.join(map(repr, sorted(known)))}, and would award all of them again.",
                    "Keep the realm; it outlives a new address.",
                )
            ]
        )
