"""
Deliveries: who is to be told, and who was.
"""

from __future__ import annotations

import datetime as dt

from typing import Protocol

from certcore.domain import (
    Certificate,
    ConfigurationKey,
    Delivery,
)
from certcore.ports._ledger_values import (
    Settlement,
)


class LedgerMessages(Protocol):
    """
    Deliveries: who is to be told, and who was.
    """

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
