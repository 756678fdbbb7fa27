"""
What a ledger promises about runs and holds.
"""

from __future__ import annotations

import datetime as dt

from concurrent.futures import ThreadPoolExecutor

import pytest

from attrs import evolve

from certcore.domain import Hold, Note, Run, RunStatus
from certcore.exceptions import NotFoundError
from certcore.ports import Ledger
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import BIOLOGY, HISTORY, LATER, MUCH_LATER, NOW


def _opened(ledger: Ledger, slot: str = "2026-07-01T06:00") -> Run:
    run = ledger.open_run(BIOLOGY, name="bio101/completion", slot=slot, now=NOW)
    assert run is not None
    return run


HELD = Hold(
    configuration=BIOLOGY,
    name="bio101/completion",
    reason="12,408 learners would get a new certificate",
    by="certcore",
    at=NOW,
    count=12_408,
)


class Runs(Suite):
    """
    One run per configuration and slot, with counters that add up.
    """

    def test_a_run_is_open_until_it_is_closed(self, ledger: Ledger) -> None:
        """
        It comes back whole.
        """
        run = _opened(ledger)

        closed = ledger.close_run(run.id, RunStatus.DONE, message="all well", now=LATER)

        assert run == Run(
            id=run.id,
            configuration=BIOLOGY,
            name="bio101/completion",
            slot="2026-07-01T06:00",
            status=RunStatus.RUNNING,
            started_at=NOW,
        )
        assert closed == evolve(run, status=RunStatus.DONE, message="all well", ended_at=LATER)
        assert ledger.run(run.id) == closed

    def test_a_slot_is_served_once(self, ledger: Ledger, another: Ledger) -> None:
        """
        Of those who begin the same run, one does; other slots and configurations are free.
        """

        def go(handle: Ledger) -> Run | None:
            return handle.open_run(BIOLOGY, name="bio101", slot="noon", now=NOW)

        with ThreadPoolExecutor() as pool:
            begun = list(pool.map(go, [ledger, another, ledger, another]))

        (run,) = [each for each in begun if each is not None]
        ledger.close_run(run.id, RunStatus.DONE, message="", now=NOW)
        assert go(ledger) is None
        assert ledger.open_run(HISTORY, name="hist200", slot="noon", now=NOW) is not None
        assert ledger.open_run(BIOLOGY, name="bio101", slot="evening", now=NOW) is not None

    @pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.INTERRUPTED])
    def test_an_unserved_slot_is_taken_over(self, ledger: Ledger, status: RunStatus) -> None:
        """
        The same run begins again: what it counts and notes is of its last attempt.
        """
        run = _opened(ledger)
        other = _opened(ledger, "other")
        note = Note(kind="skipped", where="line 3", reason="no name")
        for each in (run, other):
            ledger.count(each.id, {"issued": 2}, missing={"Total": 1}, notes=[note])
        ledger.close_run(run.id, status, message="the source is down", now=NOW)

        again = ledger.open_run(BIOLOGY, name="bio101/completion", slot=run.slot, now=LATER)

        assert again is not None
        assert again == evolve(run, fence=run.fence + 1, started_at=LATER)
        assert ledger.run(run.id) == again
        ledger.count(run.id, {"issued": 3}, fence=again.fence)
        assert ledger.run(run.id).counts == {"issued": 3}
        assert ledger.run(other.id) == evolve(
            other, counts={"issued": 2}, missing={"Total": 1}, notes=(note,)
        )

    @pytest.mark.parametrize("status", [RunStatus.DONE, RunStatus.HELD, RunStatus.STOPPED])
    def test_a_served_slot_is_not_taken_over(self, ledger: Ledger, status: RunStatus) -> None:
        """
        However long ago it was.
        """
        run = _opened(ledger)
        closed = ledger.close_run(run.id, status, message="all well", now=NOW)

        again = ledger.open_run(
            BIOLOGY, name=run.name, slot=run.slot, now=MUCH_LATER, stale_before=MUCH_LATER
        )

        assert (again, ledger.run(run.id)) == (None, closed)

    def test_a_run_that_nobody_ended_is_taken_over(self, ledger: Ledger) -> None:
        """
        Once it has been running since before that time; until then it is somebody's.
        """
        run = _opened(ledger)

        def go(stale_before: dt.datetime | None) -> Run | None:
            return ledger.open_run(
                BIOLOGY, name=run.name, slot=run.slot, now=LATER, stale_before=stale_before
            )

        assert [go(None), go(NOW)] == [None, None]
        again = evolve(run, fence=run.fence + 1, started_at=LATER)
        assert go(NOW + dt.timedelta(microseconds=1)) == again
        assert go(LATER) is None

    def test_whose_run_was_taken_over_can_not_end_it(self, ledger: Ledger) -> None:
        """
        Nor count for it, once it is somebody else's: not even when that one has ended it.
        """
        run = _opened(ledger)
        again = ledger.open_run(
            BIOLOGY, name=run.name, slot=run.slot, now=MUCH_LATER, stale_before=MUCH_LATER
        )
        assert again is not None

        def lose() -> None:
            note = Note(kind="skipped", where="line 3", reason="no name")
            assert not ledger.count(run.id, {"issued": 2}, notes=[note], fence=run.fence)
            lost = ledger.close_run(
                run.id, RunStatus.INTERRUPTED, message="", now=LATER, fence=run.fence
            )
            assert lost is None

        lose()
        assert ledger.run(run.id) == again
        assert ledger.count(run.id, {"issued": 3}, fence=again.fence)
        closed = ledger.close_run(
            run.id, RunStatus.DONE, message="", now=MUCH_LATER, fence=again.fence
        )
        lose()

        assert closed == evolve(
            again, status=RunStatus.DONE, ended_at=MUCH_LATER, counts={"issued": 3}
        )
        assert ledger.run(run.id) == closed
        # whoever works on what it began has no fence, and counts
        assert ledger.count(run.id, {"issued": 1})
        assert ledger.run(run.id).count("issued") == 4

    @pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.RUNNING])
    def test_one_of_many_takes_a_run_over(
        self, ledger: Ledger, another: Ledger, status: RunStatus
    ) -> None:
        """
        Of those who ask at the same time.
        """
        run = _opened(ledger)
        ledger.close_run(run.id, status, message="", now=NOW)

        def go(handle: Ledger) -> Run | None:
            return handle.open_run(
                BIOLOGY, name=run.name, slot=run.slot, now=MUCH_LATER, stale_before=LATER
            )

        with ThreadPoolExecutor() as pool:
            begun = list(pool.map(go, [ledger, another, ledger, another]))

        assert [each.id for each in begun if each is not None] == [run.id]

    def test_counters_add_up(self, ledger: Ledger, another: Ledger) -> None:
        """
        Whoever counts at the same time, nothing is lost.
        """
        run = _opened(ledger)

        def go(handle: Ledger) -> None:
            for _ in range(5):
                handle.count(run.id, {"issued": 2, "failed": 0}, missing={"Total": 1})

        with ThreadPoolExecutor() as pool:
            list(pool.map(go, [ledger, another, ledger, another]))
        ledger.count(run.id, {"new": 1})

        found = ledger.run(run.id)
        assert found.counts == {"issued": 40, "new": 1}
        assert found.missing == {"Total": 20}
        assert (found.count("issued"), found.count("failed")) == (40, 0)

    def test_notes_are_kept_in_order(self, ledger: Ledger) -> None:
        """
        A run has them; a list of runs leaves them out.
        """
        run, other = _opened(ledger), _opened(ledger, "other")
        notes = tuple(
            Note(kind="skipped", where=f"line {number}", reason="no name", learner=f"l{number}")
            for number in range(5)
        )

        ledger.count(run.id, {}, notes=notes[:2])
        ledger.count(run.id, {}, notes=notes[2:])

        assert ledger.run(run.id).notes == notes
        assert ledger.run(other.id).notes == ()
        assert all(each.notes == () for each in ledger.runs())

    def test_runs_come_the_newest_first(self, ledger: Ledger) -> None:
        """
        With their counters, of one configuration or slot if wanted, so many.
        """
        runs = [_opened(ledger, str(number)) for number in range(4)]
        other = ledger.open_run(HISTORY, name="hist200", slot="0", now=NOW)
        assert other is not None
        ledger.count(runs[3].id, {"issued": 3})

        found = ledger.runs(configuration=BIOLOGY)

        assert found == (evolve(runs[3], counts={"issued": 3}), *reversed(runs[:3]))
        assert ledger.runs()[0] == other
        assert ledger.runs(slot="0") == (other, runs[0])
        assert ledger.runs(configuration=BIOLOGY, slot="0") == (runs[0],)
        assert len(ledger.runs(limit=2)) == 2

    def test_an_unknown_run_is_not_found(self, ledger: Ledger) -> None:
        """
        An unknown run is named in the error.
        """
        with pytest.raises(NotFoundError, match="run '77'"):
            ledger.run(77)
        with pytest.raises(NotFoundError, match="run '77'"):
            ledger.close_run(77, RunStatus.DONE, message="", now=NOW)
        with pytest.raises(NotFoundError, match="run '77'"):
            ledger.close_run(77, RunStatus.DONE, message="", now=NOW, fence=0)
        with pytest.raises(NotFoundError, match="run '77'"):
            ledger.count(77, {}, fence=0)
        with pytest.raises(NotFoundError, match="run '77'"):
            ledger.count(77, {"issued": 1}, notes=[Note(kind="failed", where="x", reason="")])
        assert _opened(ledger).counts == {}


class Holds(Suite):
    """
    What waits for somebody, and who was told.
    """

    def test_a_hold_lasts_until_it_is_ended(self, ledger: Ledger) -> None:
        """
        It is listed as it was written, then gone.
        """
        ledger.hold(HELD)

        held = ledger.holds()

        assert held == (HELD,)
        assert ledger.unhold(BIOLOGY)
        assert ledger.holds() == ()
        assert not ledger.unhold(BIOLOGY)

    def test_a_newer_hold_takes_the_place_of_the_older(self, ledger: Ledger) -> None:
        """
        One per configuration, and an earlier allowance is used up.
        """
        ledger.hold(HELD)
        ledger.allow(BIOLOGY, actor="m.ruiz")
        newer = evolve(HELD, count=13_000, at=LATER)
        other = evolve(HELD, configuration=HISTORY)

        ledger.hold(newer)
        ledger.hold(other)

        assert ledger.holds() == (other, newer)

    def test_one_run_may_be_allowed(self, ledger: Ledger) -> None:
        """
        Whose word it was is kept; what isn't held can't be allowed.
        """
        ledger.hold(HELD)

        allowed = ledger.allow(BIOLOGY, actor="m.ruiz")

        assert allowed
        assert ledger.holds() == (evolve(HELD, allowed_by="m.ruiz"),)
        assert not ledger.allow(HISTORY, actor="m.ruiz")

    def test_a_cause_is_told_once(self, ledger: Ledger, another: Ledger) -> None:
        """
        Until it is gone; another cause, or another configuration's, is told too.
        """
        told = [
            ledger.alert_once(BIOLOGY, "not-permitted", now=NOW),
            another.alert_once(BIOLOGY, "not-permitted", now=LATER),
            ledger.alert_once(BIOLOGY, "throttled " + "x" * 500, now=NOW),
            ledger.alert_once(HISTORY, "not-permitted", now=NOW),
        ]

        ledger.clear_alerts(BIOLOGY)

        assert told == [True, False, True, True]
        assert ledger.alert_once(BIOLOGY, "not-permitted", now=LATER)
        assert not ledger.alert_once(HISTORY, "not-permitted", now=LATER)
