"""
The public API as its users write it. Read by type checkers, never run.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import assert_type

from attrs import frozen

from certcore.config import (
    OptionDescription,
    RuleReader,
    SecretRef,
    describe,
    dump,
    load,
    option,
    read_rule,
    structure,
)
from certcore.domain import (
    Alert,
    Certificate,
    CertificateConfiguration,
    CertificateType,
    Decision,
    Fact,
    FactKind,
    Finding,
    Learner,
    LearnerProgress,
    LearningContext,
    Missing,
    Notice,
    Progress,
    Receipt,
    Rule,
    Run,
    Skipped,
    Statement,
    Status,
    Step,
    Verdict,
    normalize_code,
    transition,
)
from certcore.exceptions import CollaboratorError, ConfigurationError, Problem, RetrievalError
from certcore.plugins import NoOptions, PluginRegistry, Provider, Services, hookimpl, provider
from certcore.ports import Catalog, Clock, Notifier, RetrievalRequest, Retriever
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


# Somebody who writes a plugin


@frozen(kw_only=True)
class AcmeOptions:
    base_url: str = option("Address of the campus, https://campus.example")
    token: SecretRef = option("API token")
    page_size: int = option("Learners a page", default=100, minimum=1, maximum=1000)


assert_type(structure({}, AcmeOptions), AcmeOptions)
assert_type(describe(AcmeOptions), tuple[OptionDescription, ...])


class Acme:
    def __init__(self, realm: str, rows: Iterable[Mapping[str, str]]) -> None:
        self._realm = realm
        self._rows = rows

    @property
    def facts(self) -> Collection[FactKind]:
        return {"completion", "grades"}

    def describe(self, key: str) -> LearningContext:
        if not key:
            msg = "campus knows no course without a name"
            raise RetrievalError(msg, retryable=False)
        return LearningContext(key=key, name=key.title())

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        for row in self._rows:
            yield Skipped.unless(self._progress, row, learner=row.get("uid"))

    def check(self, context: LearningContext) -> Iterator[Finding]:
        yield Finding(level="ok", message=f"{context.key} can be read")

    def _progress(self, row: Mapping[str, str]) -> LearnerProgress:
        return LearnerProgress(
            learner=Learner(realm=self._realm, id=row["uid"]), completion=float(row["done"])
        )


class Pigeon:
    channel = "pigeon"
    repeatable = False

    def send(self, notice: Notice) -> Receipt:
        return Receipt(response=f"flew to {notice.certificate.id}")

    def alert(self, alert: Alert) -> Receipt:
        return Receipt(response=f"flew with {alert.subject}")


@contextmanager
def build(options: AcmeOptions, services: Services) -> Generator[Retriever, None, None]:
    yield Acme(services.realm, [{"uid": "ada", "done": options.token.reveal()}])


@contextmanager
def build_pigeon(_options: NoOptions, _services: Services) -> Generator[Notifier, None, None]:
    yield Pigeon()


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [provider("acme", AcmeOptions, build, summary="In-house campus")]


@hookimpl
def certcore_notifiers() -> Iterable[Provider]:
    return [provider("pigeon", NoOptions, build_pigeon)]


@hookimpl
def certcore_run_closed(run: Run) -> None:
    assert_type(run.count("issued"), int)
    run.count("isued")  # type: ignore[arg-type]  # there is no such count


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
