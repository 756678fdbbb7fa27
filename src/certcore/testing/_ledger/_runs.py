"""
Runs, and what keeps a configuration from running, in memory.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import evolve

from certcore.domain import ConfigurationKey, Hold, Note, Run, RunStatus
from certcore.exceptions import NotFoundError
from certcore.testing._ledger._state import Part


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    added = Counter(one)
    added.update(other)
    return {name: value for name, value in added.items() if value}


class Runs(Part):
    """
    One run per configuration and slot, with its counters.
    """

    def open_run(
        self,
        configuration: ConfigurationKey,
        *,
        name: str,
        slot: str,
        now: dt.datetime,
        stale_before: dt.datetime | None = None,
    ) -> Run | None:
        runs = self._state.executions
        with self._state.lock:
            for found in runs.values():
                if (found.configuration, found.slot) == (configuration, slot):
                    return self._take_over(found, now, stale_before)
            run = Run(
                id=len(runs) + 1,
                configuration=configuration,
                name=name,
                slot=slot,
                started_at=now,
            )
            runs[run.id] = run
            return run

    def _take_over(
        self, run: Run, now: dt.datetime, stale_before: dt.datetime | None
    ) -> Run | None:
        """
        Begin a run again that left its slot unserved.
        """
        stale = (
            run.status is RunStatus.RUNNING
            and stale_before is not None
            and run.started_at < stale_before
        )
        if not stale and run.status not in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
            return None
        self._state.executions[run.id] = evolve(
            run,
            status=RunStatus.RUNNING,
            fence=run.fence + 1,
            started_at=now,
            ended_at=None,
            message="",
            counts={},
            missing={},
            notes=(),
        )
        return self._state.executions[run.id]

    def count(
        self,
        run: int,
        counts: Mapping[str, int],
        *,
        missing: Mapping[str, int] | None = None,
        notes: Sequence[Note] = (),
        fence: int | None = None,
    ) -> bool:
        with self._state.lock:
            found = self.run(run)
            if fence not in {None, found.fence}:
                return False
            self._state.executions[run] = evolve(
                found,
                counts=_sum(found.counts, counts),
                missing=_sum(found.missing, missing or {}),
                notes=(*found.notes, *notes),
            )
            return True

    def close_run(
        self,
        run: int,
        status: RunStatus,
        *,
        message: str,
        now: dt.datetime,
        fence: int | None = None,
    ) -> Run | None:
        with self._state.lock:
            found = self.run(run)
            if fence not in {None, found.fence}:
                return None
            closed = evolve(found, status=status, message=message, ended_at=now)
            self._state.executions[run] = closed
            return closed

    def run(self, run: int) -> Run:
        with self._state.lock:
            try:
                return self._state.executions[run]
            except KeyError:
                raise NotFoundError("run", str(run)) from None

    def runs(
        self,
        *,
        configuration: ConfigurationKey | None = None,
        slot: str | None = None,
        limit: int = 20,
    ) -> tuple[Run, ...]:
        with self._state.lock:
            found = [
                evolve(run, notes=())
                for run in reversed(self._state.executions.values())
                if configuration in {None, run.configuration} and slot in {None, run.slot}
            ]
        return tuple(found[:limit])


class Holds(Part):
    """
    Configurations that wait for somebody, and what was told of them.
    """

    def hold(self, hold: Hold) -> None:
        with self._state.lock:
            self._state.waiting[hold.configuration] = hold

    def holds(self) -> tuple[Hold, ...]:
        with self._state.lock:
            return tuple(sorted(self._state.waiting.values(), key=lambda hold: hold.at))

    def allow(self, configuration: ConfigurationKey, *, actor: str) -> bool:
        with self._state.lock:
            found = self._state.waiting.get(configuration)
            if found is None:
                return False
            self._state.waiting[configuration] = evolve(found, allowed_by=actor)
            return True

    def unhold(self, configuration: ConfigurationKey) -> bool:
        with self._state.lock:
            return self._state.waiting.pop(configuration, None) is not None

    def alert_once(self, configuration: ConfigurationKey, cause: str, *, now: dt.datetime) -> bool:
        del now  # nobody asks for it
        with self._state.lock:
            fresh = (configuration, cause) not in self._state.told
            self._state.told.add((configuration, cause))
            return fresh

    def clear_alerts(self, configuration: ConfigurationKey) -> None:
        with self._state.lock:
            self._state.told = {each for each in self._state.told if each[0] != configuration}
