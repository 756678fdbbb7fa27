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
    Design,
    Fact,
    FactKind,
    LearningContext,
    Rule,
)
from certcore.exceptions import CertcoreError, ConfigurationError, Problem
from certcore.ports import AssetStore, Ledger, PreparedDesign, Retriever
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


class Designs:
    """
    The variants of a configuration's design, each prepared when it is first wanted.
    """

    def __init__(
        self,
        configuration: CertificateConfiguration,
        collaborators: Collaborators,
        assets: AssetStore,
    ) -> None:
        self._type = configuration.type
        self._issuer = configuration.type.issuer
        self._collaborators = collaborators
        self._assets = assets
        self._prepared: dict[str, PreparedDesign] = {}

    @property
    def design(self) -> Design:
        if self._type.design is None:
            raise ConfigurationError(
                [Problem(f"types.{self._type.key}.design", "is missing: how is it to look?")]
            )
        return self._type.design

    def language_for(self, language: str) -> str:
        """
        Choose the variant for a recipient's language.
        """
        return self.design.language_for(language)

    def prepared(self, language: str) -> PreparedDesign:
        """
        Give the variant for a recipient's language, ready to generate.
        """
        tag = self.language_for(language)
        if tag not in self._prepared:
            variant = self.design.variants[tag]
            generator = self._collaborators.generator(variant)
            prepared = generator.prepare(variant, self._assets)
            self._check(prepared)
            self._prepared[tag] = prepared
        return self._prepared[tag]

    def prepare_all(self) -> None:
        """
        Prepare every variant.

        Raises:
            certcore.exceptions.ConfigurationError:
                With the problems of all of them.
        """
        problems: list[Problem] = []
        for tag in self.design.variants:
            name = f"{self.design.name}.{tag}" if tag else self.design.name
            try:
                self.prepared(tag)
            except ConfigurationError as exc:
                problems += [evolve(p, file=p.file or f"designs/{name}.toml") for p in exc.problems]
            except CertcoreError as exc:
                problems.append(
                    Problem("", f"{exc}.".replace("..", "."), file=f"designs/{name}.toml")
                )
        if problems:
            raise ConfigurationError(problems)

    def _check(self, prepared: PreparedDesign) -> None:
        if "verification.address" in prepared.placeholders and not self._issuer.verification:
            raise ConfigurationError(
                [
                    Problem(
                        "elements",
                        "{verification.address} is printed, and "
                        f"issuers.{self._issuer.key}.verification isn't set.",
                        'Set it, "https://certs.example/v/{code}", or print {verification.code}.',
                    )
                ]
            )
