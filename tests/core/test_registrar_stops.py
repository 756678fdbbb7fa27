"""
What stops a run, and what it can't do without.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.domain import (
    ConfigurationKey,
    Gate,
    Hold,
    Issuer,
    LearningContext,
    Moment,
    RunStatus,
    Source,
)
from certcore.exceptions import (
    ConfigurationError,
    GenerationError,
    UnknownProviderError,
)
from certcore.plugins import NoOptions
from certcore.rules import AnyOf, FactAtLeast, MinimumCompletion, MinimumGrades


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
    assert () == registrar.find()


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
