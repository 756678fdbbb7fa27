"""
What a dry run says is what the run does.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Learner,
    LearnerProgress,
    LearningContext,
    Run,
    Skipped,
    Source,
    Status,
)
from certcore.plugins import NoOptions, PluginRegistry, Provider, Services, hookimpl, provider
from certcore.ports import CertificateFilter
from certcore.registrar import Judgement, Registrar
from certcore.rules import AllOf, AnyOf, MinimumCompletion, MinimumGrades
from certcore.testing import (
    CannedRetriever,
    FixedClock,
    MemoryAssets,
    MemoryLedger,
    MemoryOutbox,
    MemoryStore,
    PlainDesign,
    PlainGenerator,
)


IDS = [f"u{number}" for number in range(8)]

fractions = st.sampled_from([0.0, 0.3, 0.59, 0.6, 0.9, 1.0])
leaves = st.one_of(
    fractions.map(MinimumCompletion),
    st.dictionaries(st.sampled_from(["Total", "Exam"]), fractions, min_size=1).map(MinimumGrades),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: AllOf(*rules)),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: AnyOf(*rules)),
    ),
    max_leaves=4,
)


@st.composite
def records(draw: Any) -> LearnerProgress | Skipped:
    """
    Draw somebody, who may come twice, have no name, or nothing to be judged by.
    """
    who = draw(st.sampled_from(IDS))
    if draw(st.integers(0, 9)) == 0:
        return Skipped(where="line 3", reason="no id", kind="bad-data")
    return LearnerProgress(
        learner=Learner(
            realm="school",
            id=who,
            name=draw(st.sampled_from(["", *[f"Learner {who}"] * 9])),
            email=f"{who}@example.org",
        ),
        completion=draw(st.none() | fractions),
        grades=draw(st.dictionaries(st.sampled_from(["Total", "Exam"]), fractions)),
    )


@st.composite
def earlier(draw: Any) -> list[tuple[str, str]]:
    """
    Draw what became of some of them before.
    """
    fates = st.sampled_from(["awarded", "failed", "failing", "issued", "revoked", "annulled"])
    return draw(st.lists(st.tuples(st.sampled_from(IDS), fates), unique_by=lambda each: each[0]))


class School:
    """
    An office in memory.
    """

    def __init__(self, rule: Any, learners: list[LearnerProgress | Skipped]) -> None:
        self.retriever = CannedRetriever(learners, contexts=[LearningContext(key="c7")])
        self.generator = PlainGenerator()
        self.ledger = MemoryLedger()
        self.clock = FixedClock()
        school = self

        @contextmanager
        def build(options: NoOptions, services: Services) -> Iterator[Any]:
            yield school.retriever

        @contextmanager
        def build_generator(options: NoOptions, services: Services) -> Iterator[Any]:
            yield school.generator

        class Plugin:
            @hookimpl
            def certcore_retrievers(self) -> list[Provider]:
                return [provider("canned", NoOptions, build)]

            @hookimpl
            def certcore_generators(self) -> list[Provider]:
                return [provider("plain", PlainDesign, build_generator)]

        self.registrar = Registrar(
            ledger=self.ledger,
            store=MemoryStore(),
            assets=MemoryAssets(),
            notifier=MemoryOutbox(),
            clock=self.clock,
            plugins=PluginRegistry([Plugin()], installed=False),
        )
        self.configuration = CertificateConfiguration(
            context=LearningContext(key="c7", name="Welding 1"),
            type=CertificateType(
                key="completion",
                rule=rule,
                design=PlainDesign(),
                source=Source(
                    name="campus", realm="school", provider="canned", options=NoOptions()
                ),
            ),
        )

    def happen(self, learner: str, fate: str) -> None:
        """
        Let somebody have been eligible once, and that have become of it.
        """
        before, self.retriever.learners = self.retriever.learners, []
        full = LearnerProgress(
            learner=Learner(realm="school", id=learner, name="Before", email="b@example.org"),
            completion=1.0,
            grades={"Total": 1.0, "Exam": 1.0},
        )
        self.retriever.learners.append(full)
        self.generator.failing = {learner} if fate in {"failed", "failing"} else set()
        self.generator.error.retryable = fate == "failing"
        if fate == "awarded":
            self.registrar.award(self.configuration)
        else:
            self.registrar.issue(self.configuration)
        found = self.ledger.find(CertificateFilter(), limit=100)
        (mine,) = [each for each in found if each.learner.id == learner]
        if fate in {"revoked", "annulled"}:
            act = {"revoked": self.registrar.revoke, "annulled": self.registrar.annul}[fate]
            act(mine.id, reason="", actor="tests")
        self.retriever.learners = before
        self.generator.failing = set()

    def statuses(self) -> dict[str, Status]:
        found = self.ledger.find(CertificateFilter(), limit=100)
        return {
            each.learner.id: each.status for each in found if each.status is not Status.ANNULLED
        }


@given(rules, st.lists(records(), max_size=12), earlier())
def test_a_dry_run_says_what_the_run_does(
    rule: Any, learners: list[LearnerProgress | Skipped], past: list[tuple[str, str]]
) -> None:
    """
    For whatever rule, whoever comes and whatever happened before.
    """
    school = School(rule, learners)
    for learner, fate in past:
        school.happen(learner, fate)
    # runs finish what earlier ones left: that is done before, so that one thing is compared
    school.clock.advance(dt.timedelta(hours=1))
    school.retriever.learners, now = [], school.retriever.learners
    school.registrar.issue(school.configuration)
    school.retriever.learners = now
    before = school.statuses()

    said: list[Judgement | Skipped] = []
    failed = ""
    try:
        said += school.registrar.evaluate(school.configuration)
    except Exception as exc:  # noqa: BLE001  # whatever it is, the run has to say the same
        failed = str(exc)
    assert before == school.statuses()
    run = school.registrar.issue(school.configuration)

    assert failed == run.message
    if not failed:
        assert_same(said, run, before, school.statuses())
    else:
        assert before == school.statuses()


def assert_same(
    said: list[Judgement | Skipped], run: Run, before: dict[str, Status], after: dict[str, Status]
) -> None:
    judged = [each for each in said if isinstance(each, Judgement)]
    outlooks = Counter(each.outlook for each in judged)
    people = {each.learner.id for each in judged if each.outlook == "new"}

    assert people == after.keys() - before.keys()
    assert {Status.ISSUED} >= {after[each] for each in people}
    # nobody else is touched, but for what was awarded and only now can be made
    for learner, status in before.items():
        waited = status in {Status.PENDING, Status.FAILED}
        assert after[learner] in ({status, Status.ISSUED} if waited else {status})
    assert len(said) == run.count("retrieved")
    assert len(said) - len(judged) == run.count("skipped")
    assert sum(each.decision.eligible for each in judged) == run.count("eligible")
    for name in ("not-yet", "unknown", "blocked", "lapsed", "pending"):
        assert outlooks[name] == run.count(name), name
    assert outlooks["held"] + outlooks["lapsed"] == run.count("held")
    assert len(people) == run.count("new")
