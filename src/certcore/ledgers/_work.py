"""
From an award to a recorded file.
"""

from __future__ import annotations

import datetime as dt
import uuid

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from certcore.config import dump
from certcore.domain import ConfigurationKey, DeliveryStatus, Failure, Purpose, Status, new_id
from certcore.ledgers import _schema as t
from certcore.ledgers._base import (
    Part,
    Row,
    cancel_unsent,
    history_row,
    load_certificates,
    pieces,
)
from certcore.ports import Leased, Result


_C = t.certificates.c


def _free(now: dt.datetime) -> sa.ColumnElement[bool]:
    """
    Nobody works on it.
    """
    return sa.or_(_C.lease_until.is_(None), _C.lease_until <= now)


def _workable(now: dt.datetime) -> sa.ColumnElement[bool]:
    """
    Nobody works on it, and somebody should.
    """
    return sa.or_(
        sa.and_(_C.status == Status.PENDING.value, _free(now)),
        sa.and_(_C.status == Status.FAILED.value, _C.next_attempt_at <= now),
    )


def _leased() -> sa.ColumnElement[bool]:
    """
    Somebody took it and nobody has put it away since.
    """
    return sa.and_(_C.status == Status.PENDING.value, _C.lease.is_not(None))


class Work(Part):
    """
    Lease, record, fail.
    """

    def lease(
        self, ids: Iterable[str], *, owner: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        # one lease is told from another by more than its owner's name, who may ask twice
        lease = f"{owner}:{uuid.uuid4().hex}"
        with self._writing() as connection:
            return tuple(
                leased
                for piece in pieces(ids)
                for leased in self._lease(connection, piece, lease, until, now)
            )

    @staticmethod
    def _lease(
        connection: sa.Connection, ids: list[str], lease: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        connection.execute(
            sa.update(t.certificates)
            .where(_C.id.in_(ids), _workable(now))
            .values(
                status=Status.PENDING.value,
                lease=lease,
                lease_until=until,
                fence=_C.fence + 1,
                attempts=_C.attempts + 1,
                changed_at=now,
            )
        )
        rows = connection.execute(
            sa.select(t.certificates).where(_C.id.in_(ids), _C.lease == lease).order_by(_C.id)
        ).all()
        fences = {row.id: int(row.fence) for row in rows}
        return tuple(
            Leased(certificate, fences[certificate.id])
            for certificate in load_certificates(connection, rows)
        )

    def renew(self, fences: Mapping[str, int], *, until: dt.datetime) -> frozenset[str]:
        mine: list[str] = []
        with self._writing() as connection:
            for piece in pieces(fences):
                rows = connection.execute(
                    sa.select(_C.id, _C.fence).where(_C.id.in_(piece), _leased()).with_for_update()
                ).all()
                held = [str(row.id) for row in rows if row.fence == fences[row.id]]
                connection.execute(
                    sa.update(t.certificates).where(_C.id.in_(held)).values(lease_until=until)
                )
                mine += held
        return frozenset(mine)

    def due(
        self, *, now: dt.datetime, configuration: ConfigurationKey | None = None, limit: int = 500
    ) -> tuple[str, ...]:
        query = sa.select(_C.id).where(_workable(now)).order_by(_C.id).limit(limit)
        if configuration is not None:
            query = query.where(
                _C.context_key == configuration.context, _C.type_key == configuration.type
            )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    def record(
        self, results: Sequence[Result], *, actor: str, now: dt.datetime
    ) -> Mapping[str, bool]:
        by_id = {result.certificate: result for result in results}
        with self._writing() as connection:
            won = [
                row
                for piece in pieces(by_id)
                for row in connection.execute(
                    sa.select(_C.id, _C.fence, _C.replaces)
                    .where(_C.id.in_(piece), _leased())
                    .with_for_update()
                ).all()
                if row.fence == by_id[row.id].fence
            ]
            if won:
                self._issue(connection, [(row, by_id[row.id]) for row in won], actor, now)
                for row in won:
                    if row.replaces:
                        self._supersede(connection, row, actor, now)
        winners = {row.id for row in won}
        return {certificate: certificate in winners for certificate in by_id}

    @staticmethod
    def _issue(
        connection: sa.Connection,
        won: Sequence[tuple[Row, Result]],
        actor: str,
        now: dt.datetime,
    ) -> None:
        results = [result for _, result in won]
        connection.execute(
            sa.update(t.certificates)
            .where(_C.id == sa.bindparam("b_id"))
            .values(
                status=Status.ISSUED.value,
                issued_at=now,
                changed_at=now,
                lease=None,
                lease_until=None,
                next_attempt_at=None,
                failure=None,
                failure_inputs=None,
            ),
            [
                {
                    "b_id": result.certificate,
                    "design_digest": result.design_digest,
                    "engine": result.engine,
                }
                for result in results
            ],
        )
        connection.execute(
            sa.insert(t.artifacts),
            [
                {
                    "certificate_id": result.certificate,
                    "role": result.artifact.role,
                    "store_key": result.artifact.key,
                    "sha256": result.artifact.sha256,
                    "size": result.artifact.size,
                    "media_type": result.artifact.media_type,
                    "stored_at": now,
                }
                for result in results
            ],
        )
        told = [
            _delivery_row(result, "reissue" if row.replaces else "award")
            for row, result in won
            if result.channel
        ]
        if told:
            connection.execute(sa.insert(t.deliveries), told)
        connection.execute(
            sa.insert(t.history),
            [
                history_row(
                    result.certificate,
                    "record",
                    actor=actor,
                    now=now,
                    before=Status.PENDING.value,
                    after=Status.ISSUED.value,
                )
                for result in results
            ],
        )

    @staticmethod
    def _supersede(connection: sa.Connection, new: Row, actor: str, now: dt.datetime) -> None:
        """
        Hand the old certificate's slot to its successor.
        """
        slot = connection.execute(sa.select(_C.slot).where(_C.id == new.replaces)).scalar_one()
        connection.execute(
            sa.update(t.certificates)
            .where(_C.id == new.replaces)
            .values(status=Status.SUPERSEDED.value, slot=None, replaced_by=new.id, changed_at=now)
        )
        connection.execute(sa.update(t.certificates).where(_C.id == new.id).values(slot=slot))
        cancel_unsent(connection, new.replaces, now)
        connection.execute(
            sa.insert(t.history),
            [
                history_row(
                    new.replaces,
                    "supersede",
                    actor=actor,
                    now=now,
                    before=Status.ISSUED.value,
                    after=Status.SUPERSEDED.value,
                )
            ],
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
        with self._writing() as connection:
            mine = connection.execute(
                sa.update(t.certificates)
                .where(_C.id == certificate, _C.fence == fence, _leased())
                .values(
                    status=Status.FAILED.value,
                    failure=dump(failure),
                    failure_inputs=failure.inputs,
                    next_attempt_at=next_attempt_at,
                    lease=None,
                    lease_until=None,
                    changed_at=now,
                )
            ).rowcount
            if mine:
                connection.execute(
                    sa.insert(t.history),
                    [
                        history_row(
                            certificate,
                            "fail",
                            actor=actor,
                            now=now,
                            before=Status.PENDING.value,
                            after=Status.FAILED.value,
                            reason=failure.code,
                        )
                    ],
                )
        return bool(mine)


def _delivery_row(result: Result, purpose: Purpose) -> dict[str, Any]:
    status = DeliveryStatus.PENDING if result.address else DeliveryStatus.NO_ADDRESS
    return {
        "id": new_id(),
        "certificate_id": result.certificate,
        "channel": result.channel,
        "purpose": purpose,
        "status": status.value,
        "address": result.address,
        "not_before": result.not_before,
        "on_hold": result.on_hold,
    }
