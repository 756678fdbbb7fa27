"""
What is due, who serves it, and what is passed over.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import Gate, Moment, Run, RunStatus, Schedule
from certcore.exceptions import RetrievalError, SlotTakenError


NIGHTLY = Schedule(cron="0 6 * * *")
TODAY = "2026-07-01T06:00:00Z"
TOMORROW = "2026-07-02T06:00:00Z"


def serve(registrar: Any, configuration: Any) -> Run | None:
    """
    Do what whoever wakes certcore does.
    """
    slot = registrar.due(configuration)
    if slot is None:
        return None
    run: Run = registrar.issue(configuration, slot=slot)
    return run


def test_a_slot_is_served_once(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Until the next one; how often anybody looks doesn't matter.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(schedule=NIGHTLY)

    first, again = serve(registrar, configuration), serve(registrar, configuration)
    assert TOMORROW == str(registrar.next_due(configuration))
    bureau.clock.advance(days=1)
    second = serve(registrar, configuration)

    assert first is not None
    assert second is not None
    assert again is None
    assert [TODAY, TOMORROW] == [first.slot, second.slot]
    assert dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC) == first.due
    assert (1, 0) == (first.count("issued"), second.count("issued"))


def test_a_run_by_hand_serves_no_slot(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nor does a word that somebody made up.
    """
    configuration = bureau.configuration(schedule=NIGHTLY)

    by_hand = registrar.issue(configuration)
    other = registrar.issue(configuration, slot="2026-07-01")

    assert (None, None) == (by_hand.due, other.due)
    assert TODAY == str(registrar.due(configuration))


def test_whoever_comes_second_is_told(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Two who saw the same slot at the same time: one run.
    """
    configuration = bureau.configuration(schedule=NIGHTLY)
    slot = registrar.due(configuration)
    registrar.issue(configuration, slot=slot)

    with pytest.raises(SlotTakenError, match=f"welding/completion has had its run for {TODAY}"):
        registrar.issue(configuration, slot=slot)

    assert 1 == len(registrar.runs())


def test_award_here_make_there(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A worker that only awards serves the slot as well.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(schedule=NIGHTLY)

    awarded = registrar.award(configuration, slot=registrar.due(configuration))

    assert (TODAY, 1) == (awarded.run.slot, len(awarded.ids))
    assert registrar.due(configuration) is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"schedule": NIGHTLY, "enabled": False},
        {"schedule": NIGHTLY, "gate": Gate(close=Moment())},
        {"schedule": evolve(NIGHTLY, start=dt.datetime(2026, 7, 2, tzinfo=dt.UTC))},
    ],
)
def test_nothing_is_due(bureau: Any, registrar: Any, said: dict[str, Any]) -> None:
    """
    Without a schedule, switched off, when the gate is shut, before the start.
    """
    assert registrar.due(bureau.configuration(**said)) is None


def test_what_is_held_waits(bureau: Any, registrar: Any, person: Any) -> None:
    """
    And is served once somebody lets it, without waiting for the next time.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(schedule=NIGHTLY)
    registrar.hold(configuration, reason="r", actor="ruiz")

    assert serve(registrar, configuration) is None
    registrar.allow(configuration, actor="ruiz")
    run = serve(registrar, configuration)

    assert run is not None
    assert 1 == run.count("issued")


def test_too_many_serve_their_slot(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever lets them through needn't wait for the night: the next run by hand or by schedule will.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration(schedule=NIGHTLY, max_new=1)

    held, waiting = serve(registrar, configuration), serve(registrar, configuration)
    bureau.clock.advance(days=1)
    registrar.allow(configuration, actor="ruiz")
    allowed = serve(registrar, configuration)

    assert held is not None
    assert allowed is not None
    assert (RunStatus.HELD, None) == (held.status, waiting)
    assert (RunStatus.DONE, 2) == (allowed.status, allowed.count("issued"))


def test_a_slot_that_failed_is_served_again(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Later each time: a source that is down isn't asked all day long.
    """
    bureau.give(person("ada"))
    bureau.retriever.fail_after = 0
    bureau.retriever.error = RetrievalError("down")
    configuration = bureau.configuration(schedule=NIGHTLY)
    begun = bureau.clock.now()
    tried: list[float] = []
    for _ in range(12 * 60):
        run = serve(registrar, configuration)
        if run is not None:
            assert RunStatus.FAILED is run.status
            tried.append((bureau.clock.now() - begun) / dt.timedelta(minutes=1))
        bureau.clock.advance(minutes=1)

    bureau.retriever.fail_after = None
    bureau.clock.advance(hours=5)
    done = serve(registrar, configuration)

    assert [0, 1, 3, 7, 15, 31, 63, 127, 255, 511] == tried
    assert done is not None
    assert (TODAY, RunStatus.DONE, 10) == (done.slot, done.status, done.fence)
    assert 1 == len(registrar.runs())


def test_a_run_that_somebody_is_at(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is theirs for six hours; who hasn't ended it by then is dead.
    """
    configuration = bureau.configuration(schedule=NIGHTLY)
    bureau.give(person("ada"))
    opened = bureau.ledger.open_run(
        configuration.key, name=configuration.name, slot=TODAY, now=bureau.clock.now()
    )

    bureau.clock.advance(hours=6)
    meanwhile = serve(registrar, configuration)
    bureau.clock.advance(minutes=1)
    run = serve(registrar, configuration)

    assert meanwhile is None
    assert run is not None
    assert (opened.id, 1, 1) == (run.id, run.fence, run.count("issued"))
