"""
Safety of runs: who owns one, how often what fails is tried, what is held, what is written down.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from typing import Any

import pytest

from certcore.domain import (
    LearningContext,
    NoteKind,
    RunStatus,
    Schedule,
    Skipped,
    Slot,
    Status,
)
from certcore.exceptions import GenerationError, SlotTakenError
from certcore.ports import CertificateFilter
from certcore.testing import MemoryCatalog


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


# who owns a run


def taken_over(bureau: Any, configuration: Any) -> None:
    """
    Let somebody else take the run of a slot for dead.
    """
    now = bureau.clock.advance(hours=7)
    run = bureau.ledger.open_run(
        configuration.key, name="", slot="noon", now=now, stale_before=now - dt.timedelta(hours=6)
    )
    assert 1 == run.fence


def test_whose_run_was_taken_over_loses_it(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What it made is recorded; the end of the run is somebody else's to record.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()
    bureau.generator.prepare = late(bureau, lambda: taken_over(bureau, configuration))

    with pytest.raises(SlotTakenError, match="has had its run for noon"):
        registrar.issue(configuration, slot="noon")

    (run,) = registrar.runs()
    assert (RunStatus.RUNNING, {}) == (run.status, run.counts)
    assert ["ada@example.org"] == bureau.told()
    assert [] == [each for each in bureau.heard if each == "done"]


def test_an_interrupt_is_an_interrupt(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Also for whoever has lost the run.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()

    def interrupt() -> None:
        taken_over(bureau, configuration)
        raise KeyboardInterrupt

    bureau.generator.prepare = late(bureau, interrupt)

    with pytest.raises(KeyboardInterrupt):
        registrar.issue(configuration, slot="noon")

    assert RunStatus.RUNNING is registrar.runs()[0].status


def late(bureau: Any, act: Any) -> Any:
    """
    Do something before the first certificate is made.
    """
    real = bureau.generator.prepare

    class Late:
        def __init__(self, prepared: Any) -> None:
            self._prepared = prepared

        def __getattr__(self, name: str) -> Any:
            return getattr(self._prepared, name)

        def generate(self, certificate: Any) -> Any:
            act()
            return self._prepared.generate(certificate)

    return lambda design, assets: Late(real(design, assets))


# how often


def fail_for_days(bureau: Any, registrar: Any, configuration: Any) -> int:
    """
    Run every hour for a week; give how often it was tried.
    """
    tried = len(bureau.generator.made)
    for _ in range(7 * 24):
        bureau.clock.advance(hours=1)
        registrar.issue(configuration)
    return len(bureau.generator.made) - tried


def test_what_may_pass_is_not_tried_for_ever(bureau: Any, registrar: Any, person: Any) -> None:
    """
    After twenty attempts it rests until somebody asks for it or its inputs change.
    """
    bureau.give(person("ada"))
    bureau.generator.failing = {"ada"}
    bureau.generator.error = GenerationError("the font server is away", retryable=True)
    configuration = bureau.configuration()

    assert 20 == fail_for_days(bureau, registrar, configuration)
    (certificate,) = registrar.find()
    assert (Status.FAILED, None) == (certificate.status, certificate.next_attempt_at)
    assert 1 == registrar.issue(configuration).count("resting")

    registrar.issue(configuration, retry=True)
    assert 19 == fail_for_days(bureau, registrar, configuration)

    bureau.generator.failing = set()
    bureau.give(person("ada", name="Ada López"))
    assert 1 == registrar.issue(configuration).count("issued")


def test_a_failure_that_passes_in_time(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nobody needs to do anything.
    """
    bureau.give(person("ada"))
    bureau.generator.failing = {"ada"}
    bureau.generator.error = GenerationError("the font server is away", retryable=True)
    configuration = bureau.configuration()
    registrar.issue(configuration)
    bureau.clock.advance(hours=6)
    bureau.generator.failing = set()

    assert 1 == registrar.issue(configuration).count("finished")


# what is held


def test_held_by_hand(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nothing is awarded and nobody is told until somebody ends it; the reason and who said so stay.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()

    registrar.hold(configuration, reason="the exam board meets", actor="ruiz")

    (hold,) = registrar.holds()
    held = registrar.issue(configuration)
    assert ("the exam board meets", "ruiz") == (hold.reason, hold.by)
    assert (RunStatus.STOPPED, "Held: the exam board meets") == (held.status, held.message)
    assert () == registrar.find()
    assert registrar.unhold(configuration)
    assert not registrar.unhold(configuration)
    assert 1 == registrar.issue(configuration).count("issued")


def test_an_allowance_is_for_one_run(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Who holds by hand means it until it is ended; and `max_new` is another question.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(max_new=1)
    registrar.hold(configuration, reason="r", actor="ruiz")
    registrar.allow(configuration, actor="ruiz")

    allowed, after = registrar.issue(configuration), registrar.issue(configuration)

    assert (1, RunStatus.STOPPED) == (allowed.count("issued"), after.status)
    bureau.give(*(person(f"u{n}") for n in range(2)))
    registrar.allow(configuration, actor="ruiz")
    assert RunStatus.HELD is registrar.issue(configuration).status


def test_too_many_are_counted_once_each(bureau: Any, registrar: Any, person: Any) -> None:
    """
    However often they come, before there are too many or after.
    """
    bureau.give(*(person(f"u{n % 700}") for n in range(1500)), person("bob", 0.1))

    run = registrar.issue(bureau.configuration(max_new=5))

    assert (RunStatus.HELD, 700, 800) == (
        run.status,
        run.count("withheld"),
        run.count("duplicate"),
    )
    assert run.message.startswith("700 learners would get a new certificate; max_new is 5.")
    assert (1501, 1) == (run.count("retrieved"), run.count("not-yet"))


# what is written down


def test_bad_records_do_not_hide_a_failure(bureau: Any, registrar: Any, person: Any) -> None:
    """
    So many notes are kept of each kind.
    """
    bureau.give(
        *(Skipped(where=f"line {n}", reason="no id") for n in range(300)),
        *(person(f"v{n}", None) for n in range(300)),
        person("ada"),
        person("bob"),
    )
    bureau.generator.failing = {"ada"}

    run = registrar.issue(bureau.configuration())

    kinds: Counter[NoteKind] = Counter(note.kind for note in run.notes)
    assert {"skipped": 250, "unknown": 250, "failed": 1} == dict(kinds)
    assert run.notes == registrar.run(run.id).notes


def test_a_sweep_that_fails_keeps_some_notes(bureau: Any, person: Any) -> None:
    """
    A broken design doesn't fill the ledger from there either.
    """
    configuration = bureau.configuration(max_new=None)
    bureau.give(*(person(f"u{n}") for n in range(300)))
    bureau.generator.failing = {f"u{n}" for n in range(300)}
    with bureau.registrar() as registrar:
        awarded = registrar.award(configuration)
    catalog = MemoryCatalog([configuration])
    with bureau.registrar(catalog=catalog) as registrar:
        registrar.sweep()
        run = registrar.run(awarded.run.id)

    assert (300, 250) == (run.count("failed"), len(run.notes))


def test_a_schedule_that_ended_by_what_the_source_says(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    The learners aren't read, and nothing is issued; by hand, it still can be.
    """
    ended = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    bureau.retriever.contexts["course-8"] = LearningContext(key="course-8", name="8", end=ended)
    configuration = bureau.configuration(
        context=LearningContext(key="course-8"), schedule=Schedule(cron="0 6 * * *")
    )
    bureau.give(person("ada"))
    slot = registrar.due(configuration)
    assert slot is not None

    run = registrar.issue(configuration, slot=slot)

    said = "The schedule ended on 2026-03-31. Nothing was issued."
    assert (RunStatus.STOPPED, said) == (run.status, run.message)
    assert [] == bureau.retriever.requests
    assert registrar.due(configuration) is None
    in_time = Slot(due=ended, begins=ended)
    assert 1 == registrar.issue(configuration, slot=in_time).count("issued")
    assert 1 == registrar.issue(configuration).count("held")
