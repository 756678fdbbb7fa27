"""
Generate, store, record: from an award to a file. May go on in another process than the award.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import os
import platform
import threading

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import Factory, define, evolve

from certcore._interrupts import pass_on_interrupt
from certcore.domain import CertificateConfiguration, Failure, Note, Status
from certcore.exceptions import CertcoreError, CollaboratorError, LedgerError, StorageError
from certcore.plugins import PluginRegistry
from certcore.ports import ArtifactStore, Clock, Leased, Ledger, Result
from certcore.registrar._designs import Designs, KeptDesigns
from certcore.registrar._faults import place_of
from certcore.registrar._statements import inputs_digest


log = logging.getLogger(__name__)

CHUNK = 100
"""Certificates leased, stored and recorded together."""

_FIRST_PAUSE = dt.timedelta(minutes=1)
_LONGEST_PAUSE = dt.timedelta(hours=6)
_ATTEMPTS = 20
"""After so many, within three days, what may pass hasn't passed: it rests as if it couldn't."""


def next_attempt(
    attempts: int, now: dt.datetime, *, retry_after: float | None = None
) -> dt.datetime:
    """
    Say when to try again: later each time, up to a ceiling, and not before the other side said.
    """
    doubled: int = 2 ** min(max(attempts - 1, 0), 20)
    pause = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
    return now + max(pause, dt.timedelta(seconds=retry_after or 0))


@define(kw_only=True)
class Fulfilled:
    """
    What became of certificates that were to be made.
    """

    issued: int = 0
    failed: int = 0
    lost: int = 0
    """Taken over by somebody else in the meantime."""
    busy: int = 0
    """Somebody else works on them, or they aren't to be made any more."""
    no_address: int = 0
    """Issued, but nobody knows where to send the message."""
    notes: list[Note] = Factory(list[Note])


class Fulfiller:
    """
    Makes the files of one configuration's certificates.
    """

    def __init__(
        self,
        configuration: CertificateConfiguration,
        designs: Designs,
        *,
        ledger: Ledger,
        store: ArtifactStore,
        clock: Clock,
        plugins: PluginRegistry,
        channel: str,
        lease: dt.timedelta,
        actor: str,
    ) -> None:
        self._configuration = configuration
        self._designs = KeptDesigns(designs, store)
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._plugins = plugins
        self._channel = channel
        self._lease = lease
        self._actor = actor
        self._owner = f"{platform.node()}:{os.getpid()}:{threading.get_ident()}"

    def fulfil(
        self,
        ids: Iterable[str],
        *,
        watch: Callable[[int], None],
        done: Fulfilled | None = None,
    ) -> Fulfilled:
        """
        Make these, a chunk at a time; one that fails doesn't stop the others.

        `done` is added to as it goes on, so that whoever gave it knows it even after an interrupt.

        Raises:
            certcore.exceptions.StorageError:
                If the store failed; what is recorded stays, the rest is free to be taken up again.

            certcore.exceptions.LedgerError:
                If the ledger failed; likewise.
        """
        done = Fulfilled() if done is None else done
        rest = iter(ids)
        while chunk := list(itertools.islice(rest, CHUNK)):
            now = self._clock.now()
            leased = self._ledger.lease(chunk, owner=self._owner, until=now + self._lease, now=now)
            done.busy += len(chunk) - len(leased)
            self._chunk(leased, done)
            watch(done.issued + done.failed)
        return done

    def _chunk(self, leased: Sequence[Leased], done: Fulfilled) -> None:
        fences = {each.certificate.id: each.fence for each in leased}
        made: list[tuple[Leased, Result]] = []
        until = self._clock.now() + self._lease / 2
        try:
            for each in leased:
                if self._clock.now() >= until:
                    mine = self._prolong(fences)
                    done.lost += len(fences) - len(mine)
                    fences = {key: fence for key, fence in fences.items() if key in mine}
                    until = self._clock.now() + self._lease / 2
                if each.certificate.id not in fences:
                    continue
                result = self._make(each, done)
                if result is not None:
                    made.append((each, result))
        finally:
            # also when the store is full or somebody interrupts: what is made is not made in vain
            for each, _ in made:
                fences.pop(each.certificate.id, None)
            try:
                self._record(made, done)
            finally:
                self._let_go(fences)

    def _prolong(self, fences: Mapping[str, int]) -> frozenset[str]:
        """
        Keep what is leased; give what is still ours.
        """
        return self._ledger.renew(fences, until=self._clock.now() + self._lease)

    def _make(self, leased: Leased, done: Fulfilled) -> Result | None:
        certificate = leased.certificate
        said = certificate.statement
        inputs = ""
        try:
            design = self._designs.design_for(certificate)
            inputs = inputs_digest(said, design)
            artifact = design.generate(certificate)
        except CertcoreError as exc:
            self._fail(leased, exc, inputs, done)
            return None
        except Exception as exc:  # noqa: BLE001  # a generator's bug is this learner's trouble alone
            self._fail(leased, _bug("generator", certificate.id, exc), inputs, done)
            return None
        try:
            stored = self._store.put(certificate.id, artifact)
        except StorageError as exc:
            if exc.retryable:
                # the store is full or away: that is everybody's trouble, and not for ever
                raise
            self._fail(leased, exc, inputs, done)
            return None
        except CertcoreError:
            raise
        except Exception as exc:  # noqa: BLE001  # as above
            self._fail(leased, _bug("store", certificate.id, exc), inputs, done)
            return None
        release = self._configuration.release
        return Result(
            certificate=certificate.id,
            fence=leased.fence,
            artifact=stored,
            design_digest=design.digest,
            engine=design.engine,
            channel="" if certificate.quiet or self._configuration.quiet else self._channel,
            address=said.recipient.email,
            not_before=release if isinstance(release, dt.datetime) else None,
            on_hold=release == "by hand",
        )

    def _fail(self, leased: Leased, exc: CertcoreError, inputs: str, done: Fulfilled) -> None:
        pass_on_interrupt(exc)
        certificate, now = leased.certificate, self._clock.now()
        retryable = isinstance(exc, CollaboratorError) and exc.retryable
        retry_after = exc.retry_after if isinstance(exc, CollaboratorError) else None
        failure = Failure(
            code=exc.code if isinstance(exc, CollaboratorError) else "configuration",
            message=str(exc),
            retryable=retryable,
            retry_after=retry_after,
            inputs=inputs,
        )
        mine = self._ledger.fail(
            certificate.id,
            fence=leased.fence,
            failure=failure,
            next_attempt_at=next_attempt(certificate.attempts, now, retry_after=retry_after)
            if retryable and certificate.attempts < _ATTEMPTS
            else None,
            actor=self._actor,
            now=now,
        )
        if mine:
            done.failed += 1
            log.warning("certificate %s failed: %s", certificate.id, failure.code)
            done.notes.append(
                Note(
                    kind="failed",
                    where=certificate.id,
                    reason=failure.message,
                    learner=str(certificate.learner),
                )
            )
        else:
            done.lost += 1

    def _record(self, made: Sequence[tuple[Leased, Result]], done: Fulfilled) -> None:
        if not made:
            return
        self._designs.keep(result.design_digest for _, result in made)
        # files are durable before the ledger says that they are there
        self._store.sync()
        now = self._clock.now()
        recorded = self._ledger.record([result for _, result in made], actor=self._actor, now=now)
        for each, result in made:
            if not recorded[each.certificate.id]:
                done.lost += 1
                continue
            done.issued += 1
            done.no_address += bool(result.channel and not result.address)
            issued = evolve(
                each.certificate,
                status=Status.ISSUED,
                artifact=result.artifact,
                design_digest=result.design_digest,
                engine=result.engine,
                issued_at=now,
            )
            self._plugins.tell("certcore_certificate_issued", certificate=issued)

    def _let_go(self, fences: dict[str, int]) -> None:
        """
        Give back what was leased and isn't made, so that the next run needn't wait.

        What failed is no longer leased; its fence is simply not found.
        """
        if fences:
            try:
                self._ledger.renew(fences, until=self._clock.now())
            except LedgerError:
                # the lease runs out by itself
                log.warning("%d leases couldn't be given back", len(fences))


def _bug(who: str, certificate: str, exc: Exception) -> CollaboratorError:
    """
    Tell of an exception that no port allows.
    """
    log.error("certificate %s: the %s failed: %s", certificate, who, place_of(exc))
    error = CollaboratorError(f"the {who} failed: {type(exc).__name__}: {exc}")
    error.__cause__ = exc
    return error
