"""
Promises that were broken once: each test failed before its fix.
"""

from __future__ import annotations

import datetime as dt
import logging

from pathlib import Path
from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    Gate,
    Learner,
    LearningContext,
    Moment,
    RunStatus,
    Skipped,
    Status,
)
from certcore.exceptions import (
    LedgerBusyError,
    NotFoundError,
    StorageError,
)
from certcore.ports import CertificateFilter
from certcore.registrar import Registrar
from certcore.testing import MemoryStore


def renamed(configuration: Any) -> Any:
    """
    The same, its type's key changed.
    """
    return evolve(configuration, type=evolve(configuration.type, key="passed", was="completion"))


def catalog_of(*configurations: Any) -> Any:
    """
    A catalog that knows these by name and by key.
    """

    class Catalog:
        def keys(self) -> tuple[str, ...]:
            return tuple(each.name for each in configurations)

        def get(self, key: str) -> Any:
            for each in configurations:
                if key in {each.name, *map(str, each.keys)}:
                    return each
            raise NotFoundError("configuration", key)

        def revision(self) -> str:
            return "1"

    return Catalog()


def of_learner(bureau: Any, learner: str) -> list[str]:
    found = bureau.ledger.find(CertificateFilter(), limit=1000)
    return [each.status.value for each in found if each.learner.id == learner]


def test_a_renamed_type_finishes_what_the_old_one_awarded(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    Pending or failed under the old key: that one is issued, and no second one, whatever the limit.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"bob"}
    registrar.award(bureau.configuration())
    registrar.issue(evolve(bureau.configuration(), max_new=0))
    bureau.generator.failing.clear()
    bureau.give(person("ada"), person("bob"), person("cyd"))
    registrar.award(bureau.configuration(), slot="cyd")

    new = renamed(bureau.configuration(max_new=0))
    run = registrar.issue(new)
    retried = registrar.issue(new, retry=True)

    assert (RunStatus.DONE, 0, 1, 1) == (
        run.status,
        run.count("new"),
        run.count("issued"),
        run.count("finished"),
    )
    assert 1 == retried.count("issued")
    assert ["issued"] == of_learner(bureau, "ada") == of_learner(bureau, "bob")
    assert ["issued"] == of_learner(bureau, "cyd")


def test_a_claim_under_a_renamed_type(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What failed under the old key is made, and nothing awarded besides.
    """
    bureau.generator.failing = {"ada"}
    registrar.issue_for(bureau.configuration(), person("ada"))
    bureau.generator.failing.clear()

    outcome = registrar.issue_for(renamed(bureau.configuration()), person("ada"))

    assert outcome.certificate.status is Status.ISSUED
    assert ["issued"] == of_learner(bureau, "ada")


def test_a_renamed_type_keeps_its_realm(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The guard knows the old key as well.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    bureau.realm = "campus"

    run = registrar.issue(renamed(bureau.configuration()))

    assert "would award all of them again" in run.message


class Refusing(MemoryStore):
    """
    Takes no file of one learner.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error
        self.refused = ""

    def put(self, certificate_id: str, artifact: Any) -> Any:
        if b"Learner ada" in artifact.content:
            raise self._error
        return super().put(certificate_id, artifact)


@pytest.mark.parametrize(
    "error, said",
    [
        (StorageError("the name is too long"), "the name is too long"),
        (ValueError("no"), "the store failed: ValueError: no"),
    ],
)
def test_a_file_the_store_refuses_is_one_learners_trouble(
    bureau: Any, person: Any, error: Exception, said: str
) -> None:
    """
    The others get theirs, in this run and in the next.
    """
    bureau.give(person("ada"), person("bob"))
    with bureau.registrar(store=Refusing(error)) as registrar:
        run = registrar.issue(bureau.configuration())
        bureau.give(person("ada"), person("bob"), person("cyd"))
        again = registrar.issue(bureau.configuration())

    assert (1, 1) == (run.count("issued"), run.count("failed"))
    assert [said] == [note.reason for note in run.notes]
    assert 1 == again.count("issued")


def test_a_ledger_that_fails_within_the_store_stops_the_run(bureau: Any, person: Any) -> None:
    """
    What certcore raises on purpose for everybody isn't put down to one learner.
    """
    bureau.give(person("ada"))
    with bureau.registrar(store=Refusing(LedgerBusyError("locked"))) as registrar:
        assert "locked" == registrar.issue(bureau.configuration()).message
    assert ["pending"] == of_learner(bureau, "ada")


def test_sweep_passes_over_what_nobody_knows_any_more(bureau: Any, person: Any) -> None:
    """
    A configuration that is gone keeps neither the others nor the work on files.
    """
    gone = bureau.configuration()
    there = bureau.configuration(
        context=LearningContext(key="course-8", alias="eight", name="Eight")
    )
    bureau.give(person("ada"), person("bob"))
    with bureau.registrar() as registrar:
        made = registrar.issue_for(gone, person("zoe")).certificate
        registrar.award(gone)
        registrar.award(there)
        bureau.ledger.revoke(made.id, reason="x", actor="ruiz", now=bureau.clock.now())
        assert 1 == registrar.sweep()
    bureau.generator.failing = {"ada"}

    class Catalog:
        def keys(self) -> tuple[str, ...]:
            return ("nine/completion", "eight/completion")

        def get(self, key: str) -> Any:
            if key in {"eight/completion", str(there.key)}:
                return there
            raise NotFoundError("configuration", key)

    with bureau.registrar(catalog=Catalog()) as registrar:
        # one issued, one failed, one message
        assert 3 == registrar.sweep()


def test_facts_handed_in_are_held_against_the_source(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    Its dates shut the gate; its realm says who is who.
    """
    ended = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    bureau.retriever.contexts["course-8"] = LearningContext(key="course-8", name="8", end=ended)
    configuration = bureau.configuration(
        context=LearningContext(key="course-8"), gate=Gate(close=Moment(anchor="end"))
    )
    stranger = evolve(person("ada"), learner=Learner(realm="webhook", id="ada", name="Ada"))

    assert "The gate is shut." == registrar.issue_for(configuration, person("ada")).failure
    with pytest.raises(NotFoundError, match="campus knows those of school"):
        registrar.issue_for(bureau.configuration(), stranger)
    with pytest.raises(NotFoundError, match="campus knows those of school"):
        registrar.issue_for(bureau.configuration(), Learner(realm="elsewhere", id="ada"))
    assert () == registrar.find()


def test_who_has_no_name_gets_none(bureau: Any, registrar: Any, person: Any) -> None:
    """
    In a run as well as in a claim.
    """
    bureau.give(person("ada", name="  "), person("bob"))

    run = registrar.issue(bureau.configuration())

    assert (1, 1) == (run.count("skipped"), run.count("new"))
    assert "no name" == run.notes[0].reason


def test_logs_hold_no_names(
    bureau: Any, registrar: Any, person: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Not even those that an exception's text holds.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"ada"}
    bureau.generator.error = ValueError("Learner ada <ada@example.org>")
    bureau.outbox.refuse("bob@example.org", ValueError("bob@example.org"))

    with caplog.at_level(logging.DEBUG):
        registrar.issue(bureau.configuration())

    assert "ValueError at " in caplog.text
    assert "example.org" not in caplog.text
    assert "Learner" not in caplog.text


def test_fulfilling_elsewhere_is_counted(bureau: Any, person: Any) -> None:
    """
    The run that awarded says what became of it.
    """
    configuration = bureau.configuration()
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"bob"}
    with bureau.registrar(catalog=catalog_of(configuration)) as registrar:
        awarded = registrar.award(configuration)
        registrar.fulfil(awarded.ids)

        run = registrar.run(awarded.run.id)
    assert (2, 1, 1) == (run.count("new"), run.count("issued"), run.count("failed"))
    assert ["failed"] == [note.kind for note in run.notes]


def test_a_dry_run_minds_the_realm(bureau: Any, registrar: Any, person: Any) -> None:
    """
    As the real one does; so does a check.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    bureau.realm = "campus"

    with pytest.raises(Exception, match="would award all of them again"):
        registrar.evaluate(bureau.configuration())
    assert ["error"] == [finding.level for finding in registrar.check(bureau.configuration())]


def test_a_dry_run_notices_a_misspelt_category(bureau: Any, registrar: Any, person: Any) -> None:
    """
    As the real one does.
    """
    bureau.give(person("ada", None))

    with pytest.raises(Exception, match="no learner has a grade for 'Total'"):
        list(registrar.evaluate(bureau.configuration()))


def test_a_retriever_may_give_a_list(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is read once.
    """
    bureau.retriever.retrieve = lambda request: [person("ada")]

    assert 1 == registrar.issue(bureau.configuration()).count("retrieved")


def test_paths_and_what_is_no_text(tmp_path: Path) -> None:
    """
    A path is a folder; a code that is no text is mistyped.
    """
    with Registrar(ledger="sqlite://", store=tmp_path / "out", folder=tmp_path) as registrar:
        assert registrar.store
        assert "mistyped" == registrar.verify(None).status  # type: ignore[arg-type]  # what isn't allowed is tried


def test_forgetting_reaches_back(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever is forgotten is forgotten in every certificate that was renewed, too.
    """
    made = registrar.issue_for(bureau.configuration(), person("ada")).certificate
    now = bureau.clock.now()
    new = bureau.ledger.replace(made.id, made.statement, reason="r", actor="ruiz", now=now)
    with bureau.registrar(catalog=catalog_of(bureau.configuration())) as office:
        office.fulfil([new.id])

    registrar.forget(new.id, actor="ruiz")

    assert "forgotten" == registrar.verify(made.code).status
    assert "forgotten" == registrar.verify(new.code).status
    assert {} == bureau.store.files


def test_what_could_not_be_read_is_told_where_nobody_can_be_judged(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    The rule may be right: the column is what has to be looked at.
    """
    unread = Skipped(where="line 2", reason="91: a fraction is wanted", learner="bob")
    bureau.give(unread, person("ada", None))
    some = registrar.issue(bureau.configuration())
    bureau.give(unread)
    none = registrar.issue(bureau.configuration())

    said = "1 records couldn't be used, the first: line 2: 91: a fraction is wanted."
    assert some.message.endswith(f"There are: none. {said}")
    assert f"Nobody can be judged: {said}" == none.message


def test_a_learner_nobody_knows(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A mistyped id isn't a success; it may be an address, so that it isn't written down.
    """
    bureau.give(person("ada"))
    said = "The source doesn't have {} that the run was for."

    run = registrar.issue(bureau.configuration(), learners=["adda"])
    runs = registrar.issue(bureau.configuration(), learners=["adda", "bob@example.org"])

    assert (RunStatus.FAILED, said.format("the learner")) == (run.status, run.message)
    assert said.format("any of the 2 learners") == runs.message


def test_a_preview_opens_no_ledger(bureau: Any) -> None:
    """
    Whoever only looks leaves no trace.
    """
    with bureau.registrar(ledger="nosuch://x") as registrar:
        assert registrar.preview(bureau.configuration()).artifact.content
        assert () == registrar.problems(bureau.configuration())
