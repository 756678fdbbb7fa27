"""
The record of awards: who was awarded what, where its file lies, who was told.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from certcore.domain import (
    AwardIdentity,
    Certificate,
    Chore,
    ConfigurationKey,
    Delivery,
    Failure,
    HistoryEntry,
    Hold,
    LearnerKey,
    Note,
    Run,
    RunStatus,
    Statement,
)
from certcore.ports._ledger_values import (
    Award,
    Candidate,
    CertificateFilter,
    Leased,
    Result,
    Settlement,
    Standing,
)


class Ledger(Protocol):
    """
    The only place that decides. Each method is one transaction; values go in and come out.

    Every method raises `certcore.exceptions.LedgerError` if the ledger can't be reached, is locked
    for too long, or was written by a version that no longer admits this one. Times are aware and in
    UTC.
    """

    def held(self, identities: Collection[AwardIdentity]) -> Mapping[AwardIdentity, Standing]:
        """
        Say which of these are taken.
        """
        ...

    def holds_any(
        self, learners: Collection[LearnerKey], contexts: Collection[str]
    ) -> Mapping[LearnerKey, frozenset[tuple[str, str]]]:
        """
        Say which certificates, as (context key, type key), these learners hold in these contexts.
        """
        ...

    def award(
        self,
        candidates: Sequence[Candidate],
        *,
        run: int | None,
        actor: str,
        now: dt.datetime,
        quiet: bool = False,
    ) -> tuple[Award, ...]:
        """
        Award each candidate whose slot is free; give what became of each, in order.

        Awarded certificates are PENDING, with a verification code of their own and without a lease.
        Of two transactions that award the same identity, one gives `new`; so does the first of two
        candidates for the same person in one call. An award that somebody works on is `refreshed`
        without its statement being touched: the file must show what the row says. With `quiet`,
        nobody is to be told of those that are `new`; what was awarded before stays as it was.
        """
        ...

    def lease(
        self, ids: Iterable[str], *, owner: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        """
        Take those that are free to be worked on: PENDING without a live lease, or FAILED and due.

        Each of them belongs to one owner at a time; the others are left out.
        """
        ...

    def renew(self, fences: Mapping[str, int], *, until: dt.datetime) -> frozenset[str]:
        """
        Prolong leases; give the ids of those that are still the caller's.
        """
        ...

    def due(
        self, *, now: dt.datetime, configuration: ConfigurationKey | None = None, limit: int = 500
    ) -> tuple[str, ...]:
        """
        Give ids of certificates that nobody works on and somebody should, the oldest first.
        """
        ...

    def record(
        self, results: Sequence[Result], *, actor: str, now: dt.datetime
    ) -> Mapping[str, bool]:
        """
        Make certificates ISSUED and open their deliveries; say for each id whether the fence held.

        A reissue takes the slot of the certificate it replaces in the same transaction, and its
        message has the purpose `reissue`.
        """
        ...

    def fail(
        self,
        certificate: str,
        *,
        fence: int,
        failure: Failure,
        next_attempt_at: dt.datetime | None,
        actor: str,
        now: dt.datetime,
    ) -> bool:
        """
        Make a certificate FAILED; say whether the fence held.
        """
        ...

    # a certificate's further life; each raises IllegalTransitionError or NotFoundError

    def retry(self, ids: Collection[str], *, actor: str, now: dt.datetime) -> int:
        """
        Make those of them that are FAILED PENDING again; give how many were.
        """
        ...

    def cancel(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        """
        Stop an award that isn't issued yet; its slot stays taken.
        """
        ...

    def revoke(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        """
        Take a certificate back: its code says so, its file is withdrawn, unsent messages cancelled.
        """
        ...

    def reinstate(
        self, certificate: str, *, reason: str, actor: str, now: dt.datetime
    ) -> Certificate:
        """
        Undo a revocation.
        """
        ...

    def annul(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        """
        Declare a certificate issued by mistake: its slot is free again.
        """
        ...

    def replace(
        self, certificate: str, statement: Statement, *, reason: str, actor: str, now: dt.datetime
    ) -> Certificate:
        """
        Award a successor, PENDING; the old one stays good until the successor is recorded.

        The successor isn't quiet, even if the old one was: somebody asked for it. Taking the old
        one back or declaring it a mistake cancels a successor that isn't recorded yet.
        """
        ...

    def forget(self, certificate: str, *, actor: str, now: dt.datetime) -> Certificate:
        """
        Blank what is personal, keep the rest; the slot stays taken.

        What it replaced, and what replaced it or is to, is about the same person and is forgotten
        in the same transaction, each with its history, its messages and work on its files; those
        forgotten before stay as they are. A successor that isn't recorded yet has replaced nothing:
        forgetting it leaves the old one good.
        """
        ...

    def get(self, certificate: str) -> Certificate:
        """
        Give a certificate by its id. Raises NotFoundError.
        """
        ...

    def by_code(self, code: str) -> Certificate | None:
        """
        Give the certificate of a normalized verification code.
        """
        ...

    def by_digest(self, sha256: str) -> Certificate | None:
        """
        Give the certificate whose file has these bytes.
        """
        ...

    def find(
        self, wanted: CertificateFilter, *, after: str = "", limit: int = 100
    ) -> tuple[Certificate, ...]:
        """
        Give certificates in the order of their ids, from the one behind `after` on.
        """
        ...

    def history(self, certificate: str) -> tuple[HistoryEntry, ...]:
        """
        Give what happened to a certificate, the oldest first.
        """
        ...

    def realms(self, configuration: ConfigurationKey) -> frozenset[str]:
        """
        Give the realms of the learners whom this configuration has awarded.
        """
        ...

    # deliveries

    def deliveries(self, certificate: str) -> tuple[Delivery, ...]:
        """
        Give the messages about a certificate.
        """
        ...

    def deliveries_due(
        self,
        *,
        now: dt.datetime,
        channel: str,
        configuration: ConfigurationKey | None = None,
        limit: int = 500,
    ) -> tuple[str, ...]:
        """
        Give ids of messages that may go out now, the oldest first.
        """
        ...

    def sending(
        self, delivery: str, *, now: dt.datetime, settled: Settlement | None = None
    ) -> Delivery | None:
        """
        Mark a message as being handed over and give it; None if it may not be any more.

        Only here it comes with the `token` of its link: at least 32 characters that an address may
        have, derived from the ledger's secret and kept as a digest. It is the same each time, so
        that a repeated message says the same. `settled` records how the message before this one
        ended, in the same transaction.
        """
        ...

    def by_token(self, token: str) -> Certificate | None:
        """
        Give the certificate whose mailed link has that token.
        """
        ...

    def settle(self, settlement: Settlement, *, now: dt.datetime) -> None:
        """
        Record how handing a message over ended; what was sent, cancelled or forgotten stays so.
        """
        ...

    def recover_deliveries(
        self, *, channel: str, repeatable: bool, before: dt.datetime, now: dt.datetime
    ) -> int:
        """
        Settle messages whose handing over began before that time and was never recorded.

        Repeatable ones are PENDING again, the others UNKNOWN. Gives how many there were.
        """
        ...

    def release(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        """
        Let the messages go that wait for somebody; give how many.
        """
        ...

    def resend(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        """
        Let messages that FAILED, or wait for another attempt, be tried at once; give how many.
        """
        ...

    # runs

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
        left its slot unserved and is taken over: the same run is RUNNING from now on, with the
        counters that it has. Of several who ask at the same time, one gets it.
        """
        ...

    def count(
        self,
        run: int,
        counts: Mapping[str, int],
        *,
        missing: Mapping[str, int] | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        """
        Add to a run's counters, and keep what is worth looking into. Raises NotFoundError.
        """
        ...

    def close_run(self, run: int, status: RunStatus, *, message: str, now: dt.datetime) -> Run:
        """
        End a run and give it whole. Raises NotFoundError.
        """
        ...

    def run(self, run: int) -> Run:
        """
        Give a run. Raises NotFoundError.
        """
        ...

    def runs(
        self, *, configuration: ConfigurationKey | None = None, limit: int = 20
    ) -> tuple[Run, ...]:
        """
        Give runs, the newest first, without their notes.
        """
        ...

    # holds

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
        was at it, and what this worker did last may have undone what a later chore had done: a
        withdrawal that was slow, of a file that has been restored since. A chore that fits the
        certificate's status as it is now is opened then, unless there is one of its kind, so that
        the file ends where the status says, whoever was slow.
        """
        ...

    def close(self) -> None:
        """
        Let go of connections.
        """
        ...
