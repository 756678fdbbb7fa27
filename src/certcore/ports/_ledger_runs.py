"""
Runs, what keeps a configuration from running, and work on files.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping, Sequence
from typing import Protocol

from certcore.domain import (
    Chore,
    ConfigurationKey,
    Hold,
    Note,
    Run,
    RunStatus,
)


class LedgerRuns(Protocol):
    """
    Runs, what keeps a configuration from running, and work on files.
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
        """
        Begin a run; None if somebody else has that slot, or a run has served it.

        A run that FAILED or was INTERRUPTED, or that has been RUNNING since before `stale_before`,
        left its slot unserved and is taken over: the same run is RUNNING from now on, with the next
        higher fence and without counters and notes, so that they are of its last attempt. Of
        several who ask at the same time, one gets it.
        """
        ...

    def count(
        self,
        run: int,
        counts: Mapping[str, int],
        *,
        missing: Mapping[str, int] | None = None,
        notes: Sequence[Note] = (),
        fence: int | None = None,
    ) -> bool:
        """
        Add to a run's counters, and keep what is worth looking into. Raises NotFoundError.

        With a fence, only if nobody has taken the run over since; say whether it was done. Without
        one, whoever works on what the run has begun counts for it.
        """
        ...

    def close_run(
        self,
        run: int,
        status: RunStatus,
        *,
        message: str,
        now: dt.datetime,
        fence: int | None = None,
    ) -> Run | None:
        """
        End a run and give it whole. Raises NotFoundError.

        With a fence: None, and the run is left alone, if somebody has taken it over since.
        """
        ...

    def run(self, run: int) -> Run:
        """
        Give a run. Raises NotFoundError.
        """
        ...

    def runs(
        self,
        *,
        configuration: ConfigurationKey | None = None,
        slot: str | None = None,
        limit: int = 20,
    ) -> tuple[Run, ...]:
        """
        Give runs, the newest first, without their notes: all, or a configuration's, or a slot's.
        """
        ...

    def hold(self, hold: Hold) -> None:
        """
        Stop a configuration until somebody releases or allows it.
        """
        ...

    def holds(self) -> tuple[Hold, ...]:
        """
        Give the configurations that wait for somebody.
        """
        ...

    def allow(self, configuration: ConfigurationKey, *, actor: str) -> bool:
        """
        Let one run of a held configuration through; False if it isn't held.
        """
        ...

    def unhold(self, configuration: ConfigurationKey) -> bool:
        """
        End a hold; False if there was none.
        """
        ...

    def alert_once(self, configuration: ConfigurationKey, cause: str, *, now: dt.datetime) -> bool:
        """
        Say whether this cause is to be told now: the first time since it was last gone.
        """
        ...

    def clear_alerts(self, configuration: ConfigurationKey) -> None:
        """
        Forget which causes were told: the configuration works again.
        """
        ...

    def chores(self, *, limit: int = 100) -> tuple[Chore, ...]:
        """
        Give work on files that is still to be done.
        """
        ...

    def finish_chore(self, chore: int, *, error: str = "", now: dt.datetime) -> None:
        """
        Record that a chore is done or, with an error, that it was tried.

        If it isn't open any more, it was superseded or finished by somebody else while this worker
        was at it, and what this worker did last, even if it failed half-way, may have undone what a
        later chore had done: a withdrawal that was slow, of a file restored since. A chore that
        fits the certificate's status as it is now is opened then, unless there is one of its kind,
        so that the file ends where the status says, whoever was slow.
        """
        ...
