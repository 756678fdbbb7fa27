"""
Runs: who gets a certificate, what is counted, what stops a run.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    ConfigurationKey,
    Gate,
    Hold,
    Issuer,
    LearningContext,
    Moment,
    RunStatus,
    Skipped,
    Source,
    Step,
)
from certcore.exceptions import (
    ConfigurationError,
    GenerationError,
    NotPermittedError,
    StorageError,
    UnknownProviderError,
)
from certcore.plugins import NoOptions
from certcore.ports import CertificateFilter
from certcore.registrar import StageProgress
from certcore.rules import AnyOf, EveryStep, FactAtLeast, MinimumCompletion, MinimumGrades


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


def test_too_many_are_held_and_nobody_gets_one(bureau: Any, registrar: Any, person: Any) -> None:
    """
    With the true count; an allowance lets one run through.
    """
    bureau.give(*(person(f"u{n}") for n in range(5)))
    configuration = bureau.configuration(max_new=3)

    held = registrar.issue(configuration)
    waiting = registrar.issue(configuration)
    assert registrar.allow(configuration, actor="ruiz")
    allowed = registrar.issue(configuration)

    assert (RunStatus.HELD, 5, 0) == (held.status, held.count("withheld"), held.count("new"))
    assert held.message.startswith("5 learners would get a new certificate; max_new is 3.")
    assert (RunStatus.STOPPED, 0) == (waiting.status, waiting.count("retrieved"))
    assert (RunStatus.DONE, 5) == (allowed.status, allowed.count("issued"))
    assert () == registrar.holds()
    assert not registrar.allow(configuration, actor="ruiz")


def test_as_many_as_may_be_new_are(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The limit itself is allowed; somebody who comes twice counts once, the last time.
    """
    bureau.give(person("ada", name="Ada"), person("bob"), person("ada", name="Ada López"))

    run = registrar.issue(bureau.configuration(max_new=2))

    assert (RunStatus.DONE, 2) == (run.status, run.count("issued"))
    names = {c.statement.recipient.name for c in registrar.find()}
    assert {"Ada López", "Learner bob"} == names


def test_unlimited_is_awarded_as_it_streams(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Even if the source fails at the end.
    """
    bureau.give(*(person(f"u{n}") for n in range(1100)))
    bureau.retriever.fail_after = 1100

    run = registrar.issue(bureau.configuration(max_new=None))

    assert (RunStatus.FAILED, 1000) == (run.status, run.count("issued"))


def test_the_gate(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nothing is issued before it opens and after it closes, unless on purpose.
    """
    bureau.give(person("ada"))
    gate = Gate(
        open=Moment(anchor="start"), close=Moment(offset=dt.timedelta(days=14), anchor="end")
    )
    configuration = bureau.configuration(gate=gate)
    bureau.clock.set(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    early = registrar.issue(configuration)
    bureau.clock.set(dt.datetime(2026, 8, 1, tzinfo=dt.UTC))
    late = registrar.issue(configuration)
    on_purpose = registrar.issue(configuration, past_gate=True)

    assert (RunStatus.STOPPED, RunStatus.STOPPED) == (early.status, late.status)
    assert "opens on 2026-01-12" in early.message
    assert "ended on 2026-06-30 and the gate closed on 2026-07-14" in late.message
    assert 1 == on_purpose.count("issued")


def test_switched_off(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A configuration that isn't enabled does nothing.
    """
    bureau.give(person("ada"))

    run = registrar.issue(bureau.configuration(enabled=False))

    assert (RunStatus.STOPPED, "The configuration is switched off.") == (run.status, run.message)


def test_a_category_nobody_has_fails_the_run(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The message lists the names that were seen; nobody gets one by another way.
    """
    bureau.give(person("ada", facts={"hours": 3}), person("bob"))
    assert (
        RunStatus.DONE is registrar.issue(bureau.configuration(rule=FactAtLeast("hours", 5))).status
    )
    rule = AnyOf(
        MinimumGrades({"Total": 0.5}),
        MinimumGrades({"Homeworks": 0.5}),
        FactAtLeast("posts", 3),
        MinimumCompletion(0.5),
    )

    run = registrar.issue(bureau.configuration(rule=rule))

    assert RunStatus.FAILED is run.status
    assert "no learner has a grade for 'Homeworks'. There are: Total." in run.message
    assert "no learner has a fact for 'posts'. There are: hours." in run.message
    assert "the source gives nobody's completion." in run.message
    assert {} == by_status(bureau)


def test_a_completion_that_somebody_has(bureau: Any, registrar: Any, person: Any) -> None:
    """
    One learner who has the fact shows that the rule isn't misspelt.
    """
    bureau.give(person("ada", completion=0.9), person("bob"))

    run = registrar.issue(bureau.configuration(rule=MinimumCompletion(0.5)))

    assert (RunStatus.DONE, 1, 1) == (run.status, run.count("issued"), run.count("unknown"))


def test_nobody_at_all_is_no_misspelling(bureau: Any, registrar: Any) -> None:
    """
    An empty course isn't a wrong rule.
    """
    assert RunStatus.DONE is registrar.issue(bureau.configuration()).status


def test_a_rule_that_asks_for_more_than_the_source_gives(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    It is refused, and nothing is retrieved.
    """
    bureau.retriever.facts = frozenset({"grades"})
    configuration = bureau.configuration(rule=MinimumCompletion(0.5))

    run = registrar.issue(configuration)

    assert "asks for completion; 'campus' (canned) gives grades." in run.message
    assert [] == bureau.retriever.requests
    assert ["asks for completion; 'campus' (canned) gives grades."] == [
        problem.message for problem in registrar.problems(configuration)
    ]


def test_another_realm_is_refused(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Everybody would be somebody new.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    bureau.realm = "campus"

    run = registrar.issue(bureau.configuration())

    assert RunStatus.FAILED is run.status
    assert "would award all of them again" in run.message


def test_a_context_without_a_name(bureau: Any, registrar: Any) -> None:
    """
    What would be printed has to be known.
    """
    run = registrar.issue(bureau.configuration(context=LearningContext(key="course-8")))

    assert (
        "contexts.course-8.name: is missing, and the source doesn't know it either." in run.message
    )


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

    assert (1200, 1000) == (run.count("skipped"), len(run.notes))


@pytest.mark.parametrize(
    "missing, said", [("design", "is missing"), ("source", "where are the learners")]
)
def test_what_a_run_can_not_do_without(
    bureau: Any, registrar: Any, missing: str, said: str
) -> None:
    """
    The message says what is missing.
    """
    run = registrar.issue(bureau.configuration(type_={missing: None}))

    assert RunStatus.FAILED is run.status
    assert said in run.message


def test_a_source_nobody_offers(bureau: Any, registrar: Any) -> None:
    """
    It is named, with what there is.
    """
    source = Source(name="campus", realm="school", provider="blackboard", options=NoOptions())
    configuration = bureau.configuration(type_={"source": source})

    assert (
        "no retriever is called 'blackboard' (available: canned)"
        in registrar.issue(configuration).message
    )
    assert "sources.campus" == registrar.problems(configuration)[0].path
    with pytest.raises(UnknownProviderError):
        list(registrar.evaluate(configuration))


def test_a_qr_code_needs_an_address(bureau: Any, registrar: Any) -> None:
    """
    A design that prints the verification address is refused where there is none.
    """

    class Printing:
        digest, engine = "d", "e"
        placeholders = frozenset({"verification.address"})

    bureau.generator.prepare = lambda design, assets: Printing()
    configuration = bureau.configuration()

    problems = registrar.problems(configuration)

    assert "issuers.school.verification isn't set" in problems[0].message
    issuer = Issuer(key="school", name="S", verification="https://example.org/{code}")
    assert () == registrar.problems(bureau.configuration(type_={"issuer": issuer}))


def test_a_design_that_can_not_be_made(bureau: Any, registrar: Any) -> None:
    """
    Nobody is awarded; the file is named.
    """

    def broken(design: Any, assets: Any) -> Any:
        raise GenerationError("the template isn't a PDF")

    bureau.generator.prepare = broken

    run = registrar.issue(bureau.configuration())

    assert (RunStatus.FAILED, "designs/design.toml: the template isn't a PDF.") == (
        run.status,
        run.message,
    )


def test_a_renamed_type_is_the_same(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever has the old one has this one.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    renamed = bureau.configuration()
    renamed = evolve(renamed, type=evolve(renamed.type, key="passed", was="completion"))

    assert 1 == registrar.issue(renamed).count("held")


def test_holds_stop_a_configuration(bureau: Any, registrar: Any, person: Any) -> None:
    """
    And none but that one.
    """
    bureau.give(person("ada"))
    bureau.ledger.hold(
        Hold(
            configuration=ConfigurationKey("other", "completion"),
            name="other/completion",
            reason="r",
            by="ruiz",
            at=bureau.clock.now(),
        )
    )

    assert 1 == registrar.issue(bureau.configuration()).count("issued")


def test_configurations_have_to_exist(bureau: Any, registrar: Any) -> None:
    """
    Without a catalog there are no names.
    """
    with pytest.raises(ConfigurationError, match="no catalog"):
        registrar.issue("welding/completion")
