"""
Telling operators what needs them: once per cause, with what to type next.
"""

from __future__ import annotations

import hashlib
import logging

from collections.abc import Callable, Sequence

from certcore.domain import Alert, CertificateConfiguration, Run, RunStatus
from certcore.exceptions import CertcoreError
from certcore.ports import Ledger, Notifier


log = logging.getLogger(__name__)

Webhook = Callable[[str, Alert], None]
"""Posts an alert to an address that begins with https://."""


class Alarm:
    """
    Tells the alert addresses of runs that were held, failed or look suspicious.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        ledger: Ledger,
        notifier: Notifier | None,
        webhook: Webhook | None,
    ) -> None:
        self._addresses = tuple(addresses)
        self._ledger = ledger
        self._notifier = notifier
        self._webhook = webhook

    def after(self, configuration: CertificateConfiguration, run: Run) -> None:
        """
        Look at a run that has ended.
        """
        cause, todo = _cause(run)
        if not cause:
            if run.status is RunStatus.DONE:
                self._ledger.clear_alerts(configuration.key)
            return
        if not self._addresses:
            return
        assert run.ended_at is not None  # noqa: S101  # it has ended
        if not self._ledger.alert_once(configuration.key, cause, now=run.ended_at):
            return
        for address in self._addresses:
            digest = hashlib.sha256(f"{run.id}\0{address}".encode()).hexdigest()
            alert = Alert(
                id=digest[:32],
                address=address,
                sender=configuration.type.issuer.sender,
                subject=f"certcore: {run.name}: {run.status.value}",
                text=f"Run {run.id} of {run.name}.\n\n{cause}\n\n{todo}\n",
                at=run.ended_at,
            )
            self._tell(alert)

    def _tell(self, alert: Alert) -> None:
        # an alert that doesn't arrive must not make the run fail that it speaks of
        try:
            if alert.address.startswith(("https://", "http://")):
                if self._webhook is not None:
                    self._webhook(alert.address, alert)
            elif self._notifier is not None:
                self._notifier.alert(alert)
        except CertcoreError as exc:
            log.warning("an alert couldn't be sent: %s", type(exc).__name__)


def _cause(run: Run) -> tuple[str, str]:
    """
    Say what is wrong with a run, and what to do; nothing if it is as it should be.
    """
    if run.status is RunStatus.HELD:
        return run.message, (
            f"Who they are:            certcore evaluate {run.name}\n"
            f"Let one run through:     certcore allow {run.name}"
        )
    if run.status is RunStatus.FAILED:
        return run.message, f"When it is mended:       certcore issue {run.name}"
    if run.status is RunStatus.DONE:
        retrieved, skipped = run.count("retrieved"), run.count("skipped")
        look = f"Look at it:              certcore runs {run.id}"
        if not retrieved:
            return "The source gave no learners at all.", look
        if skipped * 2 > retrieved:
            return "More than half of the records couldn't be used.", look
        if run.count("failed"):
            return "Some certificates couldn't be made.", look
    return "", ""
