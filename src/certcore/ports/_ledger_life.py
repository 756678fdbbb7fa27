"""
A certificate's further life, and looking it up.
"""

from __future__ import annotations

import datetime as dt

from typing import Protocol

from certcore.domain import (
    Certificate,
    ConfigurationKey,
    HistoryEntry,
    Statement,
)
from certcore.ports._ledger_values import (
    CertificateFilter,
)


class LedgerLife(Protocol):
    """
    A certificate's further life, and looking it up.

    Transitions raise IllegalTransitionError where the status doesn't admit them, and NotFoundError.
    """

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
        self,
        certificate: str,
        statement: Statement,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        design: str = "",
        quiet: bool = False,
    ) -> Certificate:
        """
        Award a successor, PENDING; the old one stays good until the successor is recorded.

        Taking the old one back or declaring it a mistake cancels a successor that isn't recorded
        yet.

        Args:
            certificate: Id of the one that is replaced.

            statement: What the successor says.

            reason: Why, for the history.

            actor: Who wants it, for the history.

            now: When it is asked for.

            design: Digest of the design that the successor is to be made with; it is kept as the
                successor's until it is recorded.

            quiet: Don't tell anybody that it was replaced. Whether the old one was quiet doesn't
                matter: somebody asked. Who wasn't told of the old one yet is told of this one.
        """
        ...

    def forget(self, certificate: str, *, actor: str, now: dt.datetime) -> Certificate:
        """
        Blank what is personal, keep the rest; the slot stays taken.

        What it replaced, what replaced it or is to, and what was to replace it and was called off,
        is about the same person and is forgotten in the same transaction, each with its history,
        its messages and work on its files; those forgotten before stay as they are. A successor
        that isn't recorded yet has replaced nothing: forgetting it leaves the old one good.
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
