"""
What is to run when, what was run, and what waits for somebody.
"""

from __future__ import annotations

import datetime as dt

from certcore.domain import CertificateConfiguration, Hold, Run, RunStatus, Slot
from certcore.registrar._fulfilling import next_attempt
from certcore.registrar._premises import Premises, Wanted


STALE = dt.timedelta(hours=6)
"""A run that began so long ago and hasn't ended is taken for dead."""


class Agenda(Premises):
    """
    The part of a Registrar that knows what is due and what is held.
    """

    def due(self, wanted: Wanted) -> Slot | None:
        """
        Give the slot of a configuration's schedule that is to be served now, by `issue(slot=...)`.

        None if there is none, if somebody has served it or is doing so, or if the configuration is
        held or switched off. A slot whose run failed is to be served again, later each time.
        """
        configuration, now = self.configuration(wanted), self._clock.now()
        slot = configuration.last_due(now)
        if slot is None or self._office().refusal(configuration, allowed=True):
            return None
        runs = self._runs(configuration, slot=str(slot))
        return slot if all(_unserved(run, now) for run in runs) else None

    def next_due(self, wanted: Wanted) -> Slot | None:
        """
        Give the next slot of a configuration's schedule to come; None if there is none any more.
        """
        return self.configuration(wanted).next_due(self._clock.now())

    def runs(self, wanted: Wanted | None = None, *, limit: int = 20) -> tuple[Run, ...]:
        """
        Give runs, the newest first, without their notes.
        """
        if wanted is None:
            return self.ledger.runs(limit=limit)
        return tuple(self._runs(self.configuration(wanted), limit=limit)[:limit])

    def _runs(
        self, configuration: CertificateConfiguration, *, slot: str | None = None, limit: int = 20
    ) -> list[Run]:
        """
        Give those under each of its keys, the newest first.
        """
        found = [
            run
            for key in configuration.keys
            for run in self.ledger.runs(configuration=key, slot=slot, limit=limit)
        ]
        return sorted(found, key=lambda run: run.id, reverse=True)

    def hold(self, wanted: Wanted, *, reason: str, actor: str) -> None:
        """
        Stop a configuration: nothing is awarded and no message is sent until somebody ends it.
        """
        configuration = self.configuration(wanted)
        self.ledger.hold(
            Hold(
                configuration=configuration.key,
                name=configuration.name,
                reason=reason,
                by=actor,
                at=self._clock.now(),
            )
        )
        for old in configuration.keys[1:]:
            # one hold, not two
            self.ledger.unhold(old)

    def unhold(self, wanted: Wanted) -> bool:
        """
        End a hold; False if there was none.
        """
        return sum(self.ledger.unhold(key) for key in self.configuration(wanted).keys) > 0

    def allow(self, wanted: Wanted, *, actor: str) -> bool:
        """
        Let one run of a held configuration through; False if it isn't held.

        A hold because of too many new certificates ends with that run, one by hand goes on.
        """
        keys = self.configuration(wanted).keys
        return sum(self.ledger.allow(key, actor=actor) for key in keys) > 0

    def release(self, wanted: Wanted, *, actor: str) -> int:
        """
        Let the messages of a configuration go that wait for somebody; give how many.
        """
        keys, now = self.configuration(wanted).keys, self._clock.now()
        return sum(self.ledger.release(key, actor=actor, now=now) for key in keys)


def _unserved(run: Run, now: dt.datetime) -> bool:
    """
    Say whether a slot is to be served again, after this run.
    """
    if run.status is RunStatus.RUNNING:
        return run.started_at < now - STALE
    if run.status not in {RunStatus.FAILED, RunStatus.INTERRUPTED}:
        return False
    # who asks every five minutes needn't read a whole course every five minutes, and fail
    return next_attempt(run.fence + 1, run.ended_at or run.started_at) <= now
