"""
Telling learners: one message per certificate, whatever happens in between.
"""

from __future__ import annotations

import datetime as dt
import logging

from collections import Counter
from collections.abc import Callable, Iterator

from attrs import Factory, define

from certcore._interrupts import pass_on_interrupt
from certcore.domain import (
    Attachment,
    Certificate,
    CertificateConfiguration,
    Delivery,
    DeliveryStatus,
    Note,
    Notice,
    format_code,
)
from certcore.exceptions import CertcoreError, CollaboratorError
from certcore.ports import ArtifactStore, Clock, Ledger, Notifier, Settlement
from certcore.registrar._faults import place_of
from certcore.registrar._fulfilling import next_attempt


log = logging.getLogger(__name__)

LONGEST_LINK = dt.timedelta(days=7)
"""No store gives a longer one."""

NOTES = 250
"""Notes kept of one run: enough to mend what is wrong, and no more than a page can show."""

_STALE = dt.timedelta(minutes=15)
_ATTEMPTS = 8
"""After so many temporary refusals a message has failed."""


@define
class Delivered:
    """
    What became of messages that were to be sent.
    """

    counts: Counter[str] = Factory(Counter[str])
    """By the status they have now."""
    notes: list[Note] = Factory(list[Note])


class Deliverer:
    """
    Sends the messages of one configuration.
    """

    def __init__(
        self,
        configuration: CertificateConfiguration,
        *,
        ledger: Ledger,
        store: ArtifactStore,
        notifier: Notifier,
        clock: Clock,
    ) -> None:
        self._configuration = configuration
        self._ledger = ledger
        self._store = store
        self._notifier = notifier
        self._clock = clock

    def deliver(
        self,
        done: Delivered,
        *,
        watch: Callable[[int], None],
        certificate: str | None = None,
    ) -> None:
        """
        Send what is due; `done` is added to as it goes on, so that an interrupt loses nothing.

        Args:
            watch: Is told how many were handed over.

            certificate: Send the messages about this one alone.
        """
        settled: Settlement | None = None
        self._recover()
        try:
            for delivery_id in self._due(certificate):
                # how the last one ended is written together with the start of the next
                delivery = self._ledger.sending(delivery_id, now=self._clock.now(), settled=settled)
                settled = None
                if delivery is None:
                    continue
                settled = self._send(delivery, done.notes)
                done.counts[settled.status.value] += 1
                watch(done.counts.total())
        finally:
            if settled is not None:
                self._ledger.settle(settled, now=self._clock.now())

    def _due(self, certificate: str | None) -> Iterator[str]:
        channel = self._notifier.channel
        if certificate is not None:
            for delivery in self._ledger.deliveries(certificate):
                if delivery.status is DeliveryStatus.PENDING and delivery.channel == channel:
                    yield delivery.id
            return
        for key in self._configuration.keys:
            seen: set[str] = set()
            while page := [
                delivery
                for delivery in self._ledger.deliveries_due(
                    now=self._clock.now(), channel=channel, configuration=key
                )
                # what was refused at the last moment isn't asked for again
                if delivery not in seen
            ]:
                seen = set(page)
                yield from page

    def _recover(self) -> None:
        """
        Settle what a process that died had begun to hand over.

        Where repeating does no harm, at once: a message that is being sent right now is merely sent
        twice, to the same place and with the same link.
        """
        now = self._clock.now()
        repeatable = self._notifier.repeatable
        self._ledger.recover_deliveries(
            channel=self._notifier.channel,
            repeatable=repeatable,
            before=now if repeatable else now - _STALE,
            now=now,
        )

    def _send(self, delivery: Delivery, notes: list[Note]) -> Settlement:
        try:
            notice = self._notice(delivery)
        except CertcoreError as exc:
            return self._refused(delivery, exc, notes)
        try:
            receipt = self._notifier.send(notice)
        except CertcoreError as exc:
            return self._refused(delivery, exc, notes)
        except Exception as exc:  # noqa: BLE001  # a notifier's bug is not the next learner's trouble
            pass_on_interrupt(exc)
            # whether it sent, nobody knows
            log.error("delivery %s: the notifier failed: %s", delivery.id, place_of(exc))  # noqa: TRY400  # its text may hold an address
            self._note(delivery, f"the notifier failed: {type(exc).__name__}", notes)
            return Settlement(
                delivery=delivery.id, status=DeliveryStatus.UNKNOWN, response=type(exc).__name__
            )
        return Settlement(
            delivery=delivery.id, status=DeliveryStatus.SENT, response=receipt.response
        )

    def _refused(self, delivery: Delivery, exc: CertcoreError, notes: list[Note]) -> Settlement:
        pass_on_interrupt(exc)
        log.warning("delivery %s was refused", delivery.id)
        self._note(delivery, str(exc), notes)
        if isinstance(exc, CollaboratorError) and exc.retryable and delivery.attempts < _ATTEMPTS:
            again = next_attempt(delivery.attempts, self._clock.now(), retry_after=exc.retry_after)
            return Settlement(
                delivery=delivery.id,
                status=DeliveryStatus.PENDING,
                response=str(exc),
                retry_at=again,
            )
        return Settlement(delivery=delivery.id, status=DeliveryStatus.FAILED, response=str(exc))

    @staticmethod
    def _note(delivery: Delivery, reason: str, notes: list[Note]) -> None:
        if len(notes) < NOTES:
            notes.append(Note(kind="undelivered", where=delivery.certificate, reason=reason))

    def _notice(self, delivery: Delivery) -> Notice:
        certificate = self._ledger.get(delivery.certificate)
        link, until, attachment = self._way_to_file(certificate, delivery.token)
        return Notice(
            id=delivery.id,
            purpose=delivery.purpose,
            address=delivery.address,
            certificate=certificate,
            issuer=self._configuration.type.issuer,
            template=self._configuration.type.message,
            link=link,
            link_until=until,
            attachment=attachment,
            at=self._clock.now(),
        )

    def _way_to_file(
        self, certificate: Certificate, token: str
    ) -> tuple[str, dt.datetime | None, Attachment | None]:
        """
        Find how the learner gets at the file: a page, a link for some days, or the file itself.
        """
        page = self._configuration.type.issuer.page
        if page:
            return page.replace("{token}", token), None, None
        artifact = certificate.artifact
        assert artifact is not None  # noqa: S101  # a delivery is opened together with its file
        filename = f"{format_code(certificate.code)}.{artifact.key.rpartition('.')[2]}"
        link = self._store.link(artifact.key, expires=LONGEST_LINK, filename=filename)
        if link is not None:
            return link, self._clock.now() + LONGEST_LINK, None
        content = self._store.open(artifact.key)
        return (
            "",
            None,
            Attachment(filename=filename, media_type=artifact.media_type, content=content),
        )
