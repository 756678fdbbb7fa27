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
    Hold,
    Issuer,
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
    NotificationError,
    SlotTakenError,
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


def test_quiet_is_remembered(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A quiet back-fill that was cut short tells nobody when a later run finishes it.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration()
    registrar.award(configuration, quiet=True)

    run = registrar.issue(configuration)

    assert (2, 0) == (run.count("issued"), run.count("sent"))
    assert [] == bureau.told()


def test_a_quiet_run_sends_nothing_at_all(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Not even what an earlier run left to be sent.
    """
    bureau.give(person("ada"))
    bureau.outbox.fail()
    registrar.issue(bureau.configuration())
    bureau.outbox.recover()
    bureau.clock.advance(hours=1)

    assert 0 == registrar.issue(bureau.configuration(), quiet=True).count("sent")
    assert 1 == registrar.issue(bureau.configuration()).count("sent")


def test_messages_go_out_though_the_gate_is_shut(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A date of release behind the gate's, a source that is away: neither keeps a promised message.
    """
    bureau.give(person("ada"))
    closes = Gate(close=Moment(at=bureau.clock.now() + dt.timedelta(days=1)))
    release = bureau.clock.now() + dt.timedelta(days=30)
    configuration = bureau.configuration(gate=closes, release=release)
    registrar.issue(configuration)
    bureau.clock.advance(days=31)

    run = registrar.issue(configuration)

    assert (RunStatus.STOPPED, 1) == (run.status, run.count("sent"))


def test_sweep_sends_messages(bureau: Any, person: Any) -> None:
    """
    Those of one configuration that is gone or broken don't keep the others.
    """
    configuration = bureau.configuration()
    with bureau.registrar(catalog=catalog_of(configuration)) as registrar:
        bureau.give(person("ada"))
        bureau.outbox.fail()
        registrar.issue(configuration)
        bureau.outbox.recover()
        bureau.clock.advance(hours=1)

        assert 1 == registrar.sweep()
        assert ["ada@example.org"] == bureau.told()


def test_a_claim_that_was_cut_short_is_told(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Asked again, whoever has the certificate gets the message about it, and only that one.
    """
    bureau.give(person("bob"))
    bureau.outbox.fail()
    registrar.issue(bureau.configuration())
    registrar.issue_for(bureau.configuration(), person("ada"))
    bureau.outbox.recover()
    bureau.clock.advance(hours=1)

    assert registrar.issue_for(bureau.configuration(), person("ada")).held
    assert ["ada@example.org"] == bureau.told()


@pytest.mark.parametrize("enabled", [True, False])
def test_held_or_switched_off_messages_wait(
    bureau: Any, registrar: Any, person: Any, *, enabled: bool
) -> None:
    """
    Also if they are asked for directly.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(release="by hand")
    registrar.issue(configuration)
    registrar.release(configuration, actor="ruiz")
    if enabled:
        bureau.ledger.hold(
            Hold(
                configuration=configuration.key,
                name=configuration.name,
                reason="too many",
                by="ruiz",
                at=bureau.clock.now(),
            )
        )

    assert 0 == registrar.deliver(evolve(configuration, enabled=enabled))
    assert [] == bureau.told()


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


def test_a_repeated_message_has_the_same_link(bureau: Any, person: Any) -> None:
    """
    The one that arrived first works as well.
    """
    bureau.outbox.repeatable = True
    issuer = Issuer(key="school", name="S", page="https://certs.example.org/c/{token}")
    configuration = bureau.configuration(type_={"issuer": issuer})
    bureau.give(person("ada"))

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            if name == "settle":
                return lambda settlement, **said: None
            return getattr(bureau.ledger, name)

    store = MemoryStore(links=True)
    with bureau.registrar(ledger=Forgetful(), store=store) as dying:
        dying.issue(configuration)
    bureau.clock.advance(minutes=1)
    with bureau.registrar(store=store) as registrar:
        registrar.issue(configuration)

        first, second = (notice.link for notice in bureau.outbox.notices)
        assert first == second
        assert registrar.redeem(first.rpartition("/")[2])


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


def test_an_alert_nobody_took_is_tried_again(bureau: Any, person: Any) -> None:
    """
    And whatever a notifier raises, the run is closed and told of.
    """
    bureau.give(person("ada"))
    bureau.retriever.fail_after = 0
    bureau.outbox.fail(RuntimeError("a bug"))
    with bureau.registrar(alerts=["ops@example.org"]) as registrar:
        registrar.issue(bureau.configuration())
        assert ["failed"] == bureau.heard
        bureau.outbox.recover()
        registrar.issue(bureau.configuration())

    assert 1 == len(bureau.outbox.alerts)


def test_a_slow_worker_keeps_its_leases(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It prolongs them; what it lost in the meantime it doesn't make.
    """
    bureau.give(*(person(f"u{n}") for n in range(4)))
    real = bureau.generator.prepare

    class Slow:
        def __init__(self, prepared: Any) -> None:
            self._prepared = prepared
            self.digest, self.engine = prepared.digest, prepared.engine
            self.placeholders = prepared.placeholders

        def generate(self, certificate: Any) -> Any:
            bureau.clock.advance(seconds=40)
            for each in bureau.ledger.find(CertificateFilter()):
                if each.learner.id == "u3" and each.status is Status.PENDING:
                    bureau.ledger.cancel(each.id, reason="x", actor="r", now=bureau.clock.now())
            return self._prepared.generate(certificate)

    bureau.generator.prepare = lambda design, assets: Slow(real(design, assets))

    run = registrar.issue(bureau.configuration())

    assert (3, 1) == (run.count("issued"), run.count("busy"))
    assert 3 == len(bureau.generator.made)


def test_counts_of_overlapping_runs_add_up(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever was awarded by another run in the meantime has one; who comes twice is a duplicate.
    """
    bureau.give(person("ada"), person("bob"), person("bob"), person("cyd", 0.1))
    configuration = bureau.configuration()
    real = bureau.ledger.award

    def award(candidates: Any, **said: Any) -> Any:
        bureau.ledger.award = real
        registrar.issue_for(configuration, person("ada"))
        return real(candidates, **said)

    bureau.ledger.award = award

    run = registrar.issue(configuration)

    names = ("new", "held", "not-yet", "duplicate")
    assert (4, 1, 1, 1, 1) == (run.count("retrieved"), *(run.count(name) for name in names))


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


def test_a_slot_whose_run_failed_can_be_served_again(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    A run that is done can't.
    """
    bureau.give(person("ada"))
    bureau.retriever.fail_after = 0
    assert RunStatus.FAILED is registrar.issue(bureau.configuration(), slot="s").status
    bureau.retriever.fail_after = None

    assert RunStatus.DONE is registrar.issue(bureau.configuration(), slot="s").status
    with pytest.raises(SlotTakenError, match="welding/completion has had its run for s"):
        registrar.issue(bureau.configuration(), slot="s")


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
        assert "mistyped" == registrar.verify(None).status  # type: ignore[arg-type]


def test_a_message_that_can_not_be_composed_has_not_gone_out(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    It is tried again: the store was away, not the server in doubt.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(release="by hand")
    registrar.issue(configuration)
    registrar.release(configuration, actor="ruiz")
    real = bureau.store.open

    def away(key: str) -> bytes:
        raise StorageError("away", retryable=True)

    bureau.store.open = away
    registrar.deliver(configuration)
    bureau.store.open = real
    bureau.clock.advance(hours=1)

    assert 1 == registrar.deliver(configuration)


def test_one_thousand_notes_are_enough(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A server that refuses everybody doesn't fill the ledger.
    """
    bureau.outbox.fail(NotificationError("554 no"))
    bureau.give(*(person(f"u{n}") for n in range(1100)))

    run = registrar.issue(bureau.configuration(max_new=None))

    assert (1100, 1000) == (run.count("undelivered"), len(run.notes))


def test_sweep_finishes_a_claim(bureau: Any, person: Any) -> None:
    """
    A claim has no run to be counted for.
    """
    configuration = bureau.configuration()
    bureau.store.failing = StorageError("away", retryable=True)
    with bureau.registrar(catalog=catalog_of(configuration)) as registrar:
        with pytest.raises(StorageError):
            registrar.issue_for(configuration, person("ada"))
        bureau.store.failing = None

        # the file, and the message
        assert 2 == registrar.sweep()
    assert ["ada@example.org"] == bureau.told()


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


def test_messages_that_failed_are_sent_again_when_asked_for(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    `retry` is for messages as well as for files.
    """
    bureau.give(person("ada"))
    bureau.outbox.fail(NotificationError("554 no"))
    registrar.issue(bureau.configuration())
    bureau.outbox.recover()

    assert 0 == registrar.issue(bureau.configuration()).count("sent")
    assert 1 == registrar.issue(bureau.configuration(), retry=True).count("sent")
    assert 0 == registrar.issue(bureau.configuration(), retry=True).count("sent")


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


def test_counts_add_up_after_a_retry(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What a run finishes of an earlier one is counted once.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"ada", "bob"}
    registrar.issue(bureau.configuration())
    bureau.generator.failing = {"bob"}

    run = registrar.issue(bureau.configuration(), retry=True)

    assert (2, 1, 1, 0, 0) == tuple(
        run.count(name) for name in ("retrieved", "issued", "failed", "held", "resting")
    )


def test_an_interrupted_run_says_what_it_did(bureau: Any, registrar: Any, person: Any) -> None:
    """
    How many were made and sent until then.
    """
    bureau.give(*(person(f"u{n}") for n in range(5)))
    real, sent = bureau.outbox.send, []

    def send(notice: Any) -> Any:
        if len(sent) == 3:
            raise KeyboardInterrupt
        sent.append(notice)
        return real(notice)

    bureau.outbox.send = send
    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration())

    run = registrar.runs()[0]
    assert (5, 3) == (run.count("issued"), run.count("sent"))


def test_a_learner_nobody_knows(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A mistyped id isn't a success.
    """
    bureau.give(person("ada"))

    run = registrar.issue(bureau.configuration(), learners=["adda"])

    assert (RunStatus.FAILED, "there is no learner 'adda'. The source has none of them.") == (
        run.status,
        run.message,
    )


def test_a_preview_opens_no_ledger(bureau: Any) -> None:
    """
    Whoever only looks leaves no trace.
    """
    with bureau.registrar(ledger="nosuch://x") as registrar:
        assert registrar.preview(bureau.configuration()).artifact.content
        assert () == registrar.problems(bureau.configuration())
