"""
From an award to a recorded file, in memory.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterable, Mapping, Sequence

from certcore.domain import (
    ConfigurationKey,
    Delivery,
    DeliveryStatus,
    Failure,
    Status,
    new_id,
)
from certcore.ports import Leased, Result
from certcore.testing._ledger._state import Entry, Part, Post, slot


def _workable(entry: Entry, now: dt.datetime) -> bool:
    """
    Nobody works on it, and somebody should.
    """
    certificate = entry.certificate
    if certificate.status is Status.FAILED:
        return certificate.next_attempt_at is not None and certificate.next_attempt_at <= now
    free = entry.leased_until is None or entry.leased_until <= now
    return certificate.status is Status.PENDING and free


class Work(Part):
    """
    Lease, record, fail.
    """

    def lease(
        self, ids: Iterable[str], *, owner: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        del owner  # a fence is enough to tell one lease from another
        taken: list[Leased] = []
        with self._state.lock:
            for certificate in ids:
                entry = self._state.entries.get(certificate)
                if entry is not None and _workable(entry, now):
                    entry.change(status=Status.PENDING, attempts=entry.certificate.attempts + 1)
                    entry.leased_until = until
                    entry.fence += 1
                    taken.append(Leased(entry.certificate, entry.fence))
        return tuple(taken)

    def renew(self, fences: Mapping[str, int], *, until: dt.datetime) -> frozenset[str]:
        mine: set[str] = set()
        with self._state.lock:
            for certificate, fence in fences.items():
                entry = self._state.entries.get(certificate)
                if entry is not None and entry.is_held_by(fence):
                    entry.leased_until = until
                    mine.add(certificate)
        return frozenset(mine)

    def due(
        self,
        *,
        now: dt.datetime,
        configuration: ConfigurationKey | None = None,
        after: str = "",
        limit: int = 500,
    ) -> tuple[str, ...]:
        with self._state.lock:
            found = [
                entry.certificate.id
                for entry in self._state.in_order()
                if _workable(entry, now)
                and configuration in {None, entry.configuration}
                and entry.certificate.id > after
            ]
        return tuple(found[:limit])

    def record(
        self, results: Sequence[Result], *, actor: str, now: dt.datetime
    ) -> Mapping[str, bool]:
        won: dict[str, bool] = {}
        with self._state.lock:
            for result in results:
                entry = self._state.entries.get(result.certificate)
                mine = entry is not None and entry.is_held_by(result.fence)
                won[result.certificate] = mine
                if entry is not None and mine:
                    self._issue(entry, result, actor, now)
        return won

    def _issue(self, entry: Entry, result: Result, actor: str, now: dt.datetime) -> None:
        state = self._state
        entry.leased_until = None
        entry.change(
            status=Status.ISSUED,
            artifact=result.artifact,
            design_digest=result.design_digest,
            engine=result.engine,
            issued_at=now,
            next_attempt_at=None,
            failure=None,
        )
        state.happened(
            result.certificate,
            "record",
            actor=actor,
            now=now,
            before=Status.PENDING,
            after=Status.ISSUED,
        )
        old = entry.certificate.replaces
        if result.channel:
            delivery = Delivery(
                id=new_id(),
                certificate=result.certificate,
                channel=result.channel,
                purpose="reissue" if old else "award",
                status=DeliveryStatus.PENDING if result.address else DeliveryStatus.NO_ADDRESS,
                address=result.address,
                not_before=result.not_before,
                on_hold=result.on_hold,
            )
            state.posts[delivery.id] = Post(delivery)
        if old:
            if not result.channel:
                self._take_messages(old, result)
            self._supersede(state.entries[old], result.certificate, actor, now)

    def _take_messages(self, old: str, result: Result) -> None:
        for post in self._state.posts_about(old):
            if post.delivery.status in {DeliveryStatus.PENDING, DeliveryStatus.FAILED}:
                told = Delivery(
                    id=new_id(),
                    certificate=result.certificate,
                    channel=post.delivery.channel,
                    purpose=post.delivery.purpose,
                    address=result.address or post.delivery.address,
                    not_before=post.delivery.not_before,
                    on_hold=post.delivery.on_hold,
                )
                self._state.posts[told.id] = Post(told)

    def _supersede(self, old: Entry, successor: str, actor: str, now: dt.datetime) -> None:
        state = self._state
        state.slots[slot(old.certificate.identity)] = successor
        old.change(status=Status.SUPERSEDED, replaced_by=successor)
        state.cancel_unsent(old.certificate.id, now)
        state.happened(
            old.certificate.id,
            "supersede",
            actor=actor,
            now=now,
            before=Status.ISSUED,
            after=Status.SUPERSEDED,
        )

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
        with self._state.lock:
            entry = self._state.entries.get(certificate)
            if entry is None or not entry.is_held_by(fence):
                return False
            entry.leased_until = None
            entry.change(status=Status.FAILED, failure=failure, next_attempt_at=next_attempt_at)
            self._state.happened(
                certificate,
                "fail",
                actor=actor,
                now=now,
                before=Status.PENDING,
                after=Status.FAILED,
                reason=failure.code,
            )
            return True
