"""
Holds that are set, lifted and ended while a run is at work; and under a type's old key.
"""

from __future__ import annotations

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import Hold, RunStatus, Schedule


BOARD = "Held: the board meets"


def renamed(configuration: Any) -> Any:
    """
    The same, its type's key changed.
    """
    return evolve(configuration, type=evolve(configuration.type, key="passed", was="completion"))


def meanwhile(target: Any, method: str, act: Any) -> None:
    """
    Do something once, right after a method is called for the first time.
    """
    real = getattr(target, method)

    def acting(*given: Any, **said: Any) -> Any:
        setattr(target, method, real)
        result = real(*given, **said)
        act()
        return result

    setattr(target, method, acting)


def reasons(registrar: Any) -> list[tuple[str, str]]:
    return [(hold.reason, hold.allowed_by) for hold in registrar.holds()]


def test_a_hold_set_during_an_allowed_run_stays(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It isn't the one that was lifted: it goes on, and nobody is told.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration(max_new=1)
    assert RunStatus.HELD is registrar.issue(configuration).status
    registrar.allow(configuration, actor="ruiz")
    meanwhile(
        bureau.ledger,
        "award",
        lambda: registrar.hold(configuration, reason="the board meets", actor="ruiz"),
    )

    run = registrar.issue(configuration)

    assert (RunStatus.STOPPED, BOARD, 2) == (run.status, run.message, run.count("issued"))
    assert [("the board meets", "")] == reasons(registrar)
    assert [] == bureau.told()


def test_a_hold_set_while_a_run_judges(bureau: Any, registrar: Any, person: Any) -> None:
    """
    No more is awarded, and what an earlier run left isn't sent.
    """
    bureau.give(*(person(f"u{n}") for n in range(900)))
    configuration = bureau.configuration(max_new=None)
    meanwhile(
        bureau.ledger,
        "award",
        lambda: registrar.hold(configuration, reason="the board meets", actor="ruiz"),
    )

    run = registrar.issue(configuration)

    assert (RunStatus.STOPPED, BOARD) == (run.status, run.message)
    assert 0 < run.count("issued") < 900
    assert [] == bureau.told()


def test_a_hold_set_before_a_run_delivers(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whatever waits goes on waiting.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()
    registrar.award(configuration)
    meanwhile(
        bureau.generator,
        "prepare",
        lambda: registrar.hold(configuration, reason="the board meets", actor="ruiz"),
    )

    run = registrar.issue(configuration)

    assert (RunStatus.STOPPED, BOARD) == (run.status, run.message)
    assert [] == bureau.told()


def test_a_hold_ended_during_a_run_is_not_set_again(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    Whoever ended it meant it.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()
    registrar.hold(configuration, reason="the board meets", actor="ruiz")
    registrar.allow(configuration, actor="ruiz")
    meanwhile(bureau.ledger, "award", lambda: registrar.unhold(configuration))

    run = registrar.issue(configuration)

    assert (RunStatus.DONE, ()) == (run.status, registrar.holds())
    assert ["ada@example.org"] == bureau.told()


def test_too_many_leave_a_hold_by_hand(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is there until somebody ends it, whoever lets too many through.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration(max_new=1)
    registrar.hold(configuration, reason="the board meets", actor="ruiz")
    registrar.allow(configuration, actor="ruiz")

    run = registrar.issue(configuration)

    assert (RunStatus.HELD, 2) == (run.status, run.count("withheld"))
    assert run.message.startswith("2 learners would get a new certificate; max_new is 1.")
    assert run.message.endswith("Held by hand as well: the board meets")
    assert [("the board meets", "")] == reasons(registrar)


def test_an_interrupted_chore_leaves_no_run(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What is done before a run is no part of it: the slot is free.
    """
    bureau.give(person("ada"))

    def interrupt() -> None:
        raise KeyboardInterrupt

    meanwhile(bureau.ledger, "chores", interrupt)
    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration(), slot="noon")

    assert () == registrar.runs()
    assert RunStatus.DONE is registrar.issue(bureau.configuration(), slot="noon").status


def test_a_slot_tried_again_counts_its_last_attempt(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    Not more learners than there are.
    """
    bureau.give(*(person(f"u{n}") for n in range(600)))
    configuration = bureau.configuration(max_new=None)
    bureau.retriever.fail_after = 550
    failed = registrar.issue(configuration, slot="noon")
    bureau.retriever.fail_after = None

    run = registrar.issue(configuration, slot="noon")

    assert (RunStatus.FAILED, 500) == (failed.status, failed.count("retrieved"))
    assert (failed.id, RunStatus.DONE, 600) == (run.id, run.status, run.count("retrieved"))


# under a type's old key


@pytest.mark.parametrize("count", [0, 2])
def test_a_renamed_type_is_held(bureau: Any, registrar: Any, person: Any, count: int) -> None:
    """
    By the hold from before; an allowance is for one run of it.
    """
    bureau.give(person("ada"))
    old = bureau.configuration(schedule=Schedule(cron="0 6 * * *"))
    at = bureau.clock.now()
    bureau.ledger.hold(
        Hold(configuration=old.key, name="", reason="r", by="ruiz", at=at, count=count)
    )
    new = renamed(old)

    assert registrar.due(new) is None
    assert "Held: r" == registrar.issue(new).message
    assert registrar.allow(new, actor="ruiz")
    assert 1 == registrar.issue(new).count("issued")
    assert ([] if count else [("r", "")]) == reasons(registrar)


def test_a_renamed_type_has_one_hold(bureau: Any, registrar: Any) -> None:
    """
    A newer one takes the older one's place, and one word ends it.
    """
    registrar.hold(bureau.configuration(), reason="r", actor="ruiz")
    new = renamed(bureau.configuration())

    registrar.hold(new, reason="s", actor="ruiz")

    assert [("s", "")] == reasons(registrar)
    registrar.unhold(new)
    registrar.hold(bureau.configuration(), reason="r", actor="ruiz")
    assert registrar.unhold(new)
    assert () == registrar.holds()


def test_a_renamed_type_has_its_runs(bureau: Any, registrar: Any) -> None:
    """
    The newest first; a slot that was served is served.
    """
    old = bureau.configuration(schedule=Schedule(cron="0 6 * * *"))
    new = renamed(old)
    served = registrar.issue(old, slot=registrar.due(old))
    by_hand = [registrar.issue(new), registrar.issue(old)]

    assert registrar.due(new) is None
    ids = [by_hand[1].id, by_hand[0].id, served.id]
    assert ids == [run.id for run in registrar.runs(new)]
    assert ids[:2] == [run.id for run in registrar.runs(new, limit=2)]


def test_a_renamed_type_releases_its_messages(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Those of both keys.
    """
    bureau.give(person("ada"))
    old = bureau.configuration(release="by hand")
    registrar.issue(old)

    assert 1 == registrar.release(renamed(old), actor="ruiz")
