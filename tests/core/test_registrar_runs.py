"""
Runs: who gets a certificate, what is counted, what stops a run.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

from attrs import evolve

from certcore.domain import (
    LearningContext,
    RunStatus,
    Skipped,
    Step,
)
from certcore.exceptions import (
    GenerationError,
    NotPermittedError,
    StorageError,
)
from certcore.ports import CertificateFilter
from certcore.registrar import StageProgress
from certcore.rules import EveryStep, MinimumGrades


def by_status(bureau: Any) -> dict[str, str]:
    found = bureau.ledger.find(CertificateFilter(), limit=10_000)
    return {certificate.learner.id: certificate.status.value for certificate in found}


def test_everybody_counts_once(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The numbers add up to the records read.
    """
    bureau.give(
        person("ada"),
        person("bob", 0.4),
        person("cyd", None),
        Skipped(where="line 5", reason="no name", kind="no-name", learner="dan"),
    )

    run = registrar.issue(bureau.configuration())

    assert RunStatus.DONE is run.status
    assert {
        "retrieved": 4,
        "skipped": 1,
        "eligible": 1,
        "not-yet": 1,
        "unknown": 1,
        "new": 1,
        "issued": 1,
        "sent": 1,
    } == dict(run.counts)
    assert {"Total": 1, "no grade for 'Total'": 1} == dict(run.missing)
    assert [("unknown", "no grade for 'Total'"), ("skipped", "no name")] == [
        (note.kind, note.reason) for note in run.notes
    ]
    assert ["ada@example.org"] == bureau.told()
    assert ["ada issued", "done"] == bureau.heard


def test_repeating_is_harmless(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Learners who hold a certificate aren't given another, nor told again.
    """
    bureau.give(person("ada"), person("bob", 0.4))
    registrar.issue(bureau.configuration())

    again = registrar.issue(bureau.configuration())

    assert (0, 1, 1) == (again.count("new"), again.count("held"), again.count("not-yet"))
    assert ["ada@example.org"] == bureau.told()


def test_who_no_longer_meets_the_rule_keeps_it(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What was awarded stays, and is counted.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    bureau.give(person("ada", 0.2))

    run = registrar.issue(bureau.configuration())

    assert (1, 1) == (run.count("held"), run.count("lapsed"))
    assert {"ada": "issued"} == by_status(bureau)


def test_dry_run_decides_as_the_real_one(bureau: Any, registrar: Any, person: Any) -> None:
    """
    evaluate says who would get one, and writes nothing.
    """
    bureau.give(person("ada"), person("bob", 0.4), Skipped(where="line 4", reason="no id"))

    said = list(registrar.evaluate(bureau.configuration()))

    assert ["new", "not-yet"] == [each.outlook for each in said[:2]]
    assert "line 4" == said[2].where
    assert {} == by_status(bureau)
    run = registrar.issue(bureau.configuration())
    assert (1, 1) == (run.count("new"), run.count("not-yet"))


def test_only_some_learners(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A run can be restricted; a fact that only these lack doesn't fail it.
    """
    bureau.give(person("ada", None), person("bob"))

    run = registrar.issue(bureau.configuration(), learners=["ada"])

    assert (RunStatus.DONE, 1, 0) == (run.status, run.count("unknown"), run.count("new"))
    assert ["ada"] == [
        each.learner.id for each in registrar.evaluate(bureau.configuration(), learners=["ada"])
    ]


def test_one_learners_failure_is_that_learners(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The others get theirs; the reason is kept; repeating in vain isn't tried.
    """
    bureau.give(person("ada"), person("lixl"))
    bureau.generator.failing = {"lixl"}

    run = registrar.issue(bureau.configuration())
    again = registrar.issue(bureau.configuration())

    assert (1, 1) == (run.count("issued"), run.count("failed"))
    assert ["none of the design's fonts has that letter"] == [note.reason for note in run.notes]
    assert (0, 1, 1) == (again.count("failed"), again.count("pending"), again.count("resting"))
    assert {"ada": "issued", "lixl": "failed"} == by_status(bureau)


def test_what_failed_is_tried_again_when_its_inputs_change(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    A corrected name, or asking for it, is reason enough.
    """
    bureau.give(person("lixl", name="李"))
    bureau.generator.failing = {"lixl"}
    registrar.issue(bureau.configuration())
    bureau.give(person("lixl", name="Li"))

    changed = registrar.issue(bureau.configuration())
    bureau.generator.failing.clear()
    asked = registrar.issue(bureau.configuration(), retry=True)

    assert 1 == changed.count("failed")
    assert 1 == asked.count("issued")
    assert {"lixl": "issued"} == by_status(bureau)


def test_a_failure_that_may_pass_is_tried_when_its_time_has_come(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    Not before, and retrieved or not.
    """
    bureau.give(person("ada"))
    bureau.generator.failing = {"ada"}
    bureau.generator.error = GenerationError("busy", retryable=True, retry_after=600)
    registrar.issue(bureau.configuration())
    bureau.generator.failing.clear()

    early = registrar.issue(bureau.configuration())
    bureau.clock.advance(minutes=10)
    bureau.give(person("bob", 0.1))
    late = registrar.issue(bureau.configuration())

    assert (0, 1) == (early.count("issued"), early.count("resting"))
    assert 1 == late.count("issued")


def test_a_generators_bug_is_a_failure(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whatever a plugin raises, the others get theirs.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"ada"}
    bureau.generator.error = ZeroDivisionError("by zero")

    run = registrar.issue(bureau.configuration())

    assert (1, 1) == (run.count("issued"), run.count("failed"))
    assert "the generator failed: ZeroDivisionError: by zero" == run.notes[0].reason


def test_a_full_store_stops_the_run_and_loses_nothing(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    What was stored is recorded; the next run makes the rest without waiting.
    """

    class FullAfterOne(type(bureau.store)):  # type: ignore[misc]  # the fake's own class
        stored = 0

        def put(self, certificate_id: str, artifact: Any) -> Any:
            self.stored += 1
            if self.stored == 2:
                raise StorageError("the disk is full", retryable=True)
            return super().put(certificate_id, artifact)

    bureau.give(person("ada"), person("bob"), person("cyd"))
    with bureau.registrar(store=FullAfterOne()) as full:
        run = full.issue(bureau.configuration())
        again = full.issue(bureau.configuration())

    assert (RunStatus.FAILED, "the disk is full", 1) == (
        run.status,
        run.message,
        run.count("new") - 2,
    )
    assert (RunStatus.DONE, 2) == (again.status, again.count("issued"))
    assert {"ada": "issued", "bob": "issued", "cyd": "issued"} == by_status(bureau)


def test_a_source_that_fails_half_way_awards_nobody(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    The failure is the run's message; nothing is lost.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.retriever.fail_after = 1
    bureau.retriever.error = NotPermittedError("campus refused: 403")

    run = registrar.issue(bureau.configuration())

    assert (RunStatus.FAILED, "campus refused: 403") == (run.status, run.message)
    assert {} == by_status(bureau)


def test_the_source_knows_the_context(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Name and dates come from it, where the configuration leaves them open.
    """
    bureau.give(person("ada"))
    end = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    bureau.retriever.contexts["course-8"] = LearningContext(key="course-8", name="Eight", end=end)

    registrar.issue(bureau.configuration(context=LearningContext(key="course-8")))

    said = registrar.find()[0].statement.context
    assert ("Eight", end) == (said.name, said.end)


def test_a_pathway(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A plain rule is asked of every step; what met each is kept as evidence; a certificate counts.
    """
    context = LearningContext(
        key="path",
        kind="pathway",
        name="Path",
        steps=(Step(course="a"), Step(course="b", holds="completion")),
    )
    bureau.give(person("ada"))
    first = LearningContext(key="b", name="B")
    registrar.issue(bureau.configuration(context=first))
    progress = person("ada", None).learner
    with_a = person("ada", None, steps={"a": person("ada")})
    without = person("bob", None, steps={"a": person("bob")})
    bureau.give(with_a, without)

    run = registrar.issue(bureau.configuration(context=context))

    assert progress.key == with_a.learner.key
    assert (1, 1) == (run.count("issued"), run.count("unknown"))
    pathway = next(c for c in registrar.find() if c.statement.context.key == "path")
    steps = pathway.statement.evidence.decision.children
    assert ["a", "b"] == [step.name for step in steps]
    assert ["met", "met"] == [step.verdict.value for step in steps]


def test_a_rule_about_steps_is_taken_as_it_stands(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It isn't asked of every step once more.
    """
    context = LearningContext(
        key="path", kind="pathway", name="Path", steps=(Step(course="a"), Step(course="b"))
    )
    bureau.give(person("ada", None, steps={"a": person("ada"), "b": person("ada", 0.1)}))
    rule = EveryStep(MinimumGrades({"Total": 0.6}), at_least=1)

    run = registrar.issue(bureau.configuration(context=context, rule=rule))

    assert 1 == run.count("issued")


def test_progress_is_told(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Stage by stage, so that somebody can watch.
    """
    bureau.give(person("ada"), person("bob"))
    told: list[StageProgress] = []

    registrar.issue(bureau.configuration(), watch=told.append)

    assert {"retrieve", "issue", "deliver"} == {each.stage for each in told}
    assert 2 == max(each.done for each in told if each.stage == "issue")


def test_only_so_many_notes(bureau: Any, registrar: Any) -> None:
    """
    A broken file doesn't fill the ledger.
    """
    bureau.give(*(Skipped(where=f"line {n}", reason="no id") for n in range(1200)))

    run = registrar.issue(bureau.configuration())

    assert (1200, 250) == (run.count("skipped"), len(run.notes))


def test_a_renamed_type_is_the_same(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever has the old one has this one.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    renamed = bureau.configuration()
    renamed = evolve(renamed, type=evolve(renamed.type, key="passed", was="completion"))

    assert 1 == registrar.issue(renamed).count("held")
