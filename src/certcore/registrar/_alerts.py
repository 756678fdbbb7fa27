"""
Telling operators what needs them: once per cause, with what to type next.
"""

from __future__ import annotations

import hashlib
import logging

from collections.abc import Callable, Sequence

from certcore.domain import Alert, CertificateConfiguration, Run, RunStatus
from certcore.ports import Ledger, Notifier
from certcore.registrar._faults import place_of


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
        told = [
            self._tell(self._alert(address, configuration, run, cause, todo))
            for address in self._addresses
        ]
        if not any(told):
            # nobody knows yet: the next run tries again
            self._ledger.clear_alerts(configuration.key)

    @staticmethod
    def _alert(
        address: str, configuration: CertificateConfiguration, run: Run, cause: str, todo: str
    ) -> Alert:
        assert run.ended_at is not None  # noqa: S101  # it has ended
        return Alert(
            id=hashlib.sha256(f"{run.id}\0{address}".encode()).hexdigest()[:32],
            address=address,
            sender=configuration.type.issuer.sender,
            subject=f"certcore: {run.name}: {run.status.value}",
            text=f"Run {run.id} of {run.name}.\n\n{cause}\n\n{todo}\n",
            at=run.ended_at,
        )

    def _tell(self, alert: Alert) -> bool:
        """
        Hand an alert over; say whether it was taken. The run doesn't fail with it.
        """
        try:
            if alert.address.startswith(("https://", "http://")):
                if self._webhook is None:
                    return False
                self._webhook(alert.address, alert)
            elif self._notifier is None:
                return False
            else:
                self._notifier.alert(alert)
        except Exception as exc:  # noqa: BLE001  # whatever a notifier or a webhook raises
            log.warning("an alert couldn't be sent: %s", place_of(exc))
            return False
        return True


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
