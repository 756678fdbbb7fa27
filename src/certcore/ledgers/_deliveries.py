"""
Who is to be told, and who was.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from collections.abc import Mapping

import sqlalchemy as sa

from attrs import evolve

from certcore.domain import Certificate, ConfigurationKey, Delivery, DeliveryStatus, Status
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row, history_row, load_certificates, pieces
from certcore.ledgers._transactions import repeated
from certcore.ports import Settlement


_C = t.certificates.c
_D = t.deliveries.c


class Deliveries(Part):
    """
    Messages: due, being sent, settled.
    """

    def deliveries(self, certificate: str) -> tuple[Delivery, ...]:
        query = sa.select(t.deliveries).where(_D.certificate_id == certificate).order_by(_D.id)
        with self._reading() as connection:
            return tuple(_delivery(row) for row in connection.execute(query))

    def deliveries_due(
        self,
        *,
        now: dt.datetime,
        channel: str,
        configuration: ConfigurationKey | None = None,
        limit: int = 500,
    ) -> tuple[str, ...]:
        query = (
            sa.select(_D.id)
            .join(t.certificates, _C.id == _D.certificate_id)
            .where(_D.channel == channel, _may_go(now), _C.status == Status.ISSUED.value)
            .order_by(_D.id)
            .limit(limit)
        )
        if configuration is not None:
            query = query.where(
                _C.context_key == configuration.context, _C.type_key == configuration.type
            )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    @repeated
    def sending(
        self, delivery: str, *, now: dt.datetime, settled: Settlement | None = None
    ) -> Delivery | None:
        with self._writing() as connection:
            if settled is not None:
                _settle(connection, settled, now)
            # looked at again: since it was listed, somebody may have revoked or put it off
            if _status(connection, delivery) != Status.ISSUED.value:
                return None
            row = connection.execute(
                sa.select(t.deliveries).where(_D.id == delivery, _may_go(now)).with_for_update()
            ).one_or_none()
            if row is None:
                return None
            begun = evolve(
                _delivery(row),
                status=DeliveryStatus.SENDING,
                attempts=row.attempts + 1,
                token=self._token(row.id, row.resends),
            )
            connection.execute(
                sa.update(t.deliveries)
                .where(_D.id == delivery)
                .values(
                    status=begun.status.value,
                    sending_since=now,
                    attempts=begun.attempts,
                    token_sha256=_digest(begun.token),
                )
            )
            return begun

    def by_token(self, token: str) -> Certificate | None:
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(t.certificates)
                .join(t.deliveries, _D.certificate_id == _C.id)
                .where(_D.token_sha256 == _digest(token))
            ).all()
            return next(iter(load_certificates(connection, rows)), None)

    @repeated
    def settle(self, settlement: Settlement, *, now: dt.datetime) -> None:
        with self._writing() as connection:
            _settle(connection, settlement, now)

    @repeated
    def recover_deliveries(
        self, *, channel: str, repeatable: bool, before: dt.datetime, now: dt.datetime
    ) -> int:
        status = DeliveryStatus.PENDING if repeatable else DeliveryStatus.UNKNOWN
        with self._writing() as connection:
            return connection.execute(
                sa.update(t.deliveries)
                .where(
                    _D.status == DeliveryStatus.SENDING.value,
                    _D.channel == channel,
                    _D.sending_since < before,
                )
                .values(status=status.value, settled_at=None if repeatable else now)
            ).rowcount

    def release(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        waiting = sa.and_(
            _of(configuration),
            _D.status == DeliveryStatus.PENDING.value,
            sa.or_(_D.on_hold.is_(True), _D.not_before > now),
        )
        free = {"on_hold": False, "not_before": None}
        return self._change(waiting, free, "release", actor=actor, now=now)

    def resend(self, configuration: ConfigurationKey, *, actor: str, now: dt.datetime) -> int:
        refused = sa.or_(
            _D.status == DeliveryStatus.FAILED.value,
            sa.and_(_D.status == DeliveryStatus.PENDING.value, _D.next_attempt_at > now),
        )
        failed = sa.and_(_of(configuration), refused)
        again = {
            "status": DeliveryStatus.PENDING.value,
            "attempts": 0,
            "next_attempt_at": None,
            "settled_at": None,
        }
        return self._change(failed, again, "resend", actor=actor, now=now)

    @repeated
    def _change(
        self,
        which: sa.ColumnElement[bool],
        values: Mapping[str, object],
        verb: str,
        *,
        actor: str,
        now: dt.datetime,
    ) -> int:
        with self._writing() as connection:
            rows = connection.execute(
                sa.select(_D.id, _D.certificate_id).where(which).order_by(_D.id).with_for_update()
            ).all()
            for piece in pieces(row.id for row in rows):
                connection.execute(sa.update(t.deliveries).where(_D.id.in_(piece)).values(values))
            if rows:
                connection.execute(
                    sa.insert(t.history),
                    [history_row(row.certificate_id, verb, actor=actor, now=now) for row in rows],
                )
        return len(rows)


def _of(configuration: ConfigurationKey) -> sa.ColumnElement[bool]:
    """
    The message is about a certificate of that configuration that is good.
    """
    return _D.certificate_id.in_(
        sa.select(_C.id).where(
            _C.context_key == configuration.context,
            _C.type_key == configuration.type,
            _C.status == Status.ISSUED.value,
        )
    )


def _digest(token: str) -> str:
    # a made-up one may have halves of characters in it
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _may_go(now: dt.datetime) -> sa.ColumnElement[bool]:
    """
    Nothing keeps the message from being handed over.
    """
    return sa.and_(
        _D.status == DeliveryStatus.PENDING.value,
        _D.on_hold.is_(False),
        sa.or_(_D.not_before.is_(None), _D.not_before <= now),
        sa.or_(_D.next_attempt_at.is_(None), _D.next_attempt_at <= now),
    )


def _status(connection: sa.Connection, delivery: str) -> str | None:
    """
    Give the status of the certificate that a message is about: it stays so for this transaction.
    """
    about = sa.select(_D.certificate_id).where(_D.id == delivery).scalar_subquery()
    status: str | None = connection.execute(
        sa.select(_C.status).where(_C.id == about).with_for_update(read=True)
    ).scalar_one_or_none()
    return status


def _settle(connection: sa.Connection, settlement: Settlement, now: dt.datetime) -> None:
    if _status(connection, settlement.delivery) == Status.FORGOTTEN.value:
        # the server's words may hold an address, which it mustn't get back
        return
    again = settlement.status is DeliveryStatus.PENDING
    connection.execute(
        sa.update(t.deliveries)
        .where(
            _D.id == settlement.delivery,
            # a straggler's late failure doesn't undo what another process recorded as sent
            _D.status.not_in([DeliveryStatus.SENT.value, DeliveryStatus.CANCELLED.value]),
        )
        .values(
            status=settlement.status.value,
            response=settlement.response,
            next_attempt_at=settlement.retry_at,
            settled_at=None if again else now,
        )
    )


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row.id,
        certificate=row.certificate_id,
        channel=row.channel,
        purpose=row.purpose,
        status=DeliveryStatus(row.status),
        address=row.address,
        attempts=row.attempts,
        not_before=row.not_before,
        on_hold=row.on_hold,
        response=row.response,
        settled_at=row.settled_at,
    )
