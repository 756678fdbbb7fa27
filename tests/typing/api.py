"""
The public API as its users write it. Read by type checkers, never run.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping
from typing import assert_type

from attrs import frozen

import certcore

from certcore.config import (
    RuleReader,
    dump,
    load,
    option,
    read_rule,
    structure,
)
from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    CertificateType,
    Decision,
    Fact,
    Learner,
    LearnerProgress,
    LearningContext,
    Missing,
    Progress,
    Rule,
    Skipped,
    Statement,
    Status,
    Step,
    Verdict,
    normalize_code,
    transition,
)
from certcore.exceptions import CollaboratorError, ConfigurationError, Problem
from certcore.generators import Pdf, Text
from certcore.plugins import PluginRegistry, Provider
from certcore.ports import (
    Catalog,
    Clock,
)
from certcore.registrar import Judgement, Outcome, Registrar, Verification, Wanted
from certcore.rules import (
    AllOf,
    AnyOf,
    EveryStep,
    FactAtLeast,
    MinimumCompletion,
    MinimumGrades,
)


# Somebody who uses the library

rule = MinimumCompletion(0.90) & MinimumGrades({"Total": 0.60})
assert_type(rule, AllOf)
assert_type(rule | FactAtLeast("hours", 20), AnyOf)
assert_type(AnyOf(rule, rule, at_least=2), AnyOf)
assert_type(rule.facts, frozenset[Fact])
assert_type(rule.bind(LearningContext(key="x")), AllOf)
assert_type(MinimumCompletion(1).bind(LearningContext(key="x")), MinimumCompletion)

pathway = LearningContext(
    key="data",
    kind="pathway",
    name="Data Science",
    end=dt.datetime(2026, 7, 31, tzinfo=dt.UTC),
    steps=(Step(course="ds1"), Step(course="ds2", alternatives=("stats",), holds="completion")),
)
welding = CertificateConfiguration(
    context=LearningContext(key="course-7", name="Welding 1"),
    type=CertificateType(key="completion", rule=EveryStep(rule)),
)
ada = LearnerProgress(
    learner=Learner(realm="school", id="4711", name="Ada López"),
    completion=0.95,
    grades={"Total": 0.83},
)
decision = rule.evaluate(ada)
assert_type(decision, Decision)
assert_type(decision.missing, Missing)
assert_type([item.required for item in decision.missing], list[float | None])

assert_type(load(dump(decision), Decision), Decision)
assert_type(normalize_code("6R2K"), str | None)
assert_type(transition(Status.PENDING, "record"), Status)
transition(Status.PENDING, "publish")  # type: ignore[arg-type]  # there is no such verb


drawn = CertificateType(
    key="completion",
    rule=rule,
    design=Pdf(
        template="diploma.pdf",
        elements={"name": Text(text="{recipient.name}", at=(148.5, 98), size=34)},
    ),
)
Text(text="{recipient.name}", at="middle")  # type: ignore[arg-type]  # a point is wanted


def issue(wanted: Wanted) -> str:
    with Registrar(ledger="sqlite:///ledger.db", store="out/") as registrar:
        assert_type(registrar, Registrar)
        outcome = registrar.issue_for(wanted, ada)
        assert_type(outcome, Outcome)
        assert_type(outcome.certificate, Certificate | None)
        assert_type(registrar.look_at(wanted, "4711"), Judgement)
        assert_type(registrar.verify("6R2K"), Verification)
        assert_type(registrar.issue(wanted).count("issued"), int)
        for judged in registrar.evaluate(wanted):
            assert_type(judged, Judgement | Skipped)
        if outcome.certificate is None or outcome.certificate.artifact is None:
            return outcome.failure
        return outcome.certificate.artifact.key


issue(welding)
issue(welding.key)
issue(("course-7", "completion"))
issue("welding/completion")
issue(7)  # type: ignore[arg-type]  # no configuration goes by a number
assert_type(certcore.Registrar.load("certcore.toml"), Registrar)


def explain(error: ConfigurationError | CollaboratorError) -> str:
    if isinstance(error, ConfigurationError):
        assert_type(error.problems, tuple[Problem, ...])
        return "\n".join(str(problem) for problem in error.problems)
    assert_type(error.retry_after, float | None)
    return error.message


def public(certificate: Certificate) -> Statement:
    return certificate.statement


# Somebody who writes a rule


@frozen
class Attended:
    """
    Met by whoever came to so many sessions.
    """

    sessions: int

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset({Fact("facts", "sessions")})

    def evaluate(self, progress: Progress) -> Decision:
        came = progress.facts.get("sessions")
        verdict = (
            Verdict.UNKNOWN
            if came is None
            else Verdict.MET
            if came >= self.sessions
            else Verdict.UNMET
        )
        return Decision(verdict=verdict, kind="other", name="sessions", actual=came)

    def bind(self, context: LearningContext) -> Attended:
        return self


@frozen(kw_only=True)
class AttendedOptions:
    sessions: int = option("How many sessions", minimum=1)


attended: Rule = Attended(3)
assert_type(rule & attended, AllOf)
assert_type(AllOf(attended, rule).rules, tuple[Rule, ...])


def read_attended(table: object) -> Rule:
    return Attended(structure(table, AttendedOptions).sessions)


readers: Mapping[str, RuleReader] = {"attended": read_attended}
assert_type(read_rule({"attended": {"sessions": 3}}, readers=readers), Rule)


# Somebody who puts it together


class NoClock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class OneConfiguration:
    def keys(self) -> tuple[str, ...]:
        return ("welding/completion",)

    def get(self, key: str) -> CertificateConfiguration:
        return welding

    def revision(self) -> str:
        return "1"


clock: Clock = NoClock()
catalog: Catalog = OneConfiguration()
registry = PluginRegistry(installed=False)
assert_type(registry.get("retriever", "acme"), Provider)
registry.get("retreiver", "acme")  # type: ignore[arg-type]  # there is no such kind
