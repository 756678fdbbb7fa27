"""
Who is to be told, and who was, in memory.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from attrs import evolve

from certcore.domain import Certificate, ConfigurationKey, Delivery, DeliveryStatus, Status
from certcore.ports import Settlement
from certcore.testing._ledger._state import Part, Post


class Deliveries(Part):
    """
    Messages: due, being sent, settled.
    """

    def deliveries(self, certificate: str) -> tuple[Delivery, ...]:
        with self._state.lock:
            return tuple(
                post.delivery
                for post in self._state.posts_in_order()
                if post.delivery.certificate == certificate
            )

    def deliveries_due(
        self,
        *,
        now: dt.datetime,
        channel: str,
        configuration: ConfigurationKey | None = None,
        limit: int = 500,
    ) -> tuple[str, ...]:
        state = self._state
        with state.lock:
            found = [
                post.delivery.id
                for post in state.posts_in_order()
                if post.delivery.channel == channel
                and self._may_go(post, now)
                and configuration in {None, state.entries[post.delivery.certificate].configuration}
            ]
        return tuple(found[:limit])

    def sending(
        self, delivery: str, *, now: dt.datetime, settled: Settlement | None = None
    ) -> Delivery | None:
        with self._state.lock:
            if settled is not None:
                self.settle(settled, now=now)
            post = self._state.posts.get(delivery)
            if post is None or not self._may_go(post, now):
                return None
            post.since = now
            post.change(status=DeliveryStatus.SENDING, attempts=post.delivery.attempts + 1)
            token = self._token(delivery)
            self._state.tokens[token] = post.delivery.certificate
            return evolve(post.delivery, token=token)

    def by_token(self, token: str) -> Certificate | None:
        with self._state.lock:
            about = self._state.tokens.get(token)
            return None if about is None else self._state.entries[about].certificate

    def _token(self, delivery: str) -> str:
        """
        Derive a token that is the same each time, and that nobody can guess.
        """
        return hmac.new(self._state.secret, delivery.encode(), hashlib.sha256).hexdigest()

    def settle(self, settlement: Settlement, *, now: dt.datetime) -> None:
        state = self._state
        with state.lock:
            post = state.posts.get(settlement.delivery)
            if post is None or post.delivery.status in {
                DeliveryStatus.SENT,
                DeliveryStatus.CANCELLED,
            }:
                return
            about = state.entries[post.delivery.certificate].certificate
            if about.status is Status.FORGOTTEN:
                # the server's words may hold an address
                return
            post.retry_at = settlement.retry_at
            post.change(
                status=settlement.status,
                response=settlement.response,
                settled_at=None if settlement.status is DeliveryStatus.PENDING else now,
            )

    def recover_deliveries(
        self, *, channel: str, repeatable: bool, before: dt.datetime, now: dt.datetime
    ) -> int:
        status = DeliveryStatus.PENDING if repeatable else DeliveryStatus.UNKNOWN
        with self._state.lock:
            stale = [
                post
                for post in self._state.posts.values()
                if post.delivery.status is DeliveryStatus.SENDING
                and post.delivery.channel == channel
                and post.since is not None
                and post.since < before
            ]
            for post in stale:
                post.change(status=status, settled_at=None if repeatable else now)
        return len(stale)

    def release(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        state = self._state
        with state.lock:
            waiting = [
                post
                for post in state.posts_in_order()
                if post.delivery.status is DeliveryStatus.PENDING
                and (
                    post.delivery.on_hold
                    or (post.delivery.not_before is not None and post.delivery.not_before > now)
                )
                and state.entries[post.delivery.certificate].configuration == configuration
            ]
            for post in waiting:
                post.change(on_hold=False, not_before=None)
                state.happened(post.delivery.certificate, "release", actor=actor, now=now)
        return len(waiting)

    def resend(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        state = self._state
        with state.lock:
            failed = [
                post
                for post in state.posts_in_order()
                if _refused(post, now)
                and state.entries[post.delivery.certificate].configuration == configuration
            ]
            for post in failed:
                post.retry_at = None
                post.change(status=DeliveryStatus.PENDING, attempts=0, settled_at=None)
                state.happened(post.delivery.certificate, "resend", actor=actor, now=now)
        return len(failed)

    def _may_go(self, post: Post, now: dt.datetime) -> bool:
        """
        Nothing keeps the message from being handed over.
        """
        message = post.delivery
        return (
            message.status is DeliveryStatus.PENDING
            and not message.on_hold
            and all(when is None or when <= now for when in (message.not_before, post.retry_at))
            and self._state.entries[message.certificate].certificate.status is Status.ISSUED
        )


def _refused(post: Post, now: dt.datetime) -> bool:
    """
    It failed, or waits for another attempt.
    """
    waits = post.retry_at is not None and post.retry_at > now
    status = post.delivery.status
    return status is DeliveryStatus.FAILED or (status is DeliveryStatus.PENDING and waits)
