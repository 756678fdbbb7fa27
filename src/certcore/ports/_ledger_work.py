"""
From an eligible learner to a recorded file.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from certcore.domain import (
    AwardIdentity,
    ConfigurationKey,
    Failure,
    LearnerKey,
)
from certcore.ports._ledger_values import (
    Award,
    Candidate,
    Leased,
    Result,
    Standing,
)


class LedgerWork(Protocol):
    """
    From an eligible learner to a recorded file.
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
        self,
        *,
        now: dt.datetime,
        configuration: ConfigurationKey | None = None,
        after: str = "",
        limit: int = 500,
    ) -> tuple[str, ...]:
        """
        Give ids of certificates that nobody works on and somebody should, in the order of `find`:
        from the one behind `after` on.
        """
        ...

    def record(
        self, results: Sequence[Result], *, actor: str, now: dt.datetime
    ) -> Mapping[str, bool]:
        """
        Make certificates ISSUED and open their deliveries; say for each id whether the fence held.

        A reissue takes the slot of the certificate it replaces in the same transaction, and its
        message has the purpose `reissue`. If it is quiet and a message about the one it replaces
        waits or has failed, that message goes out about the reissue instead: with its purpose and
        release, to the address of the result if there is one.
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

    def retry(self, ids: Collection[str], *, actor: str, now: dt.datetime) -> int:
        """
        Make those of them that are FAILED PENDING again; give how many were.
        """
        ...
