"""
From an award to a file: whose it is to make.
"""

from __future__ import annotations

import datetime as dt
import uuid

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from certcore.config import dump
from certcore.domain import ConfigurationKey, Failure, Status
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, free, history_row, load_certificates, pieces
from certcore.ledgers._transactions import repeated, settled
from certcore.ports import Leased


_C = t.certificates.c


def _workable(now: dt.datetime) -> sa.ColumnElement[bool]:
    """
    Nobody works on it, and somebody should.
    """
    return sa.or_(
        sa.and_(_C.status == Status.PENDING.value, free(now)),
        sa.and_(_C.status == Status.FAILED.value, _C.next_attempt_at <= now),
    )


def _leased() -> sa.ColumnElement[bool]:
    """
    Somebody took it and nobody has put it away since.
    """
    return sa.and_(_C.status == Status.PENDING.value, _C.lease.is_not(None))


class Work(Part):
    """
    Lease, renew, fail.
    """

    def lease(
        self, ids: Iterable[str], *, owner: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        # one lease is told from another by more than its owner's name, who may ask twice
        return self._take(sorted(ids), f"{owner}:{uuid.uuid4().hex}", until, now)

    @settled
    @repeated
    def _take(
        self, ids: list[str], lease: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
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
        # locked in one order, whoever does it: two don't wait for each other's
        free_ones = connection.execute(
            sa.select(_C.id).where(_C.id.in_(ids), _workable(now)).order_by(_C.id).with_for_update()
        ).scalars()
        connection.execute(
            sa.update(t.certificates)
            .where(_C.id.in_(list(free_ones)))
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

    @settled
    @repeated
    def renew(self, fences: Mapping[str, int], *, until: dt.datetime) -> frozenset[str]:
        mine: list[str] = []
        with self._writing() as connection:
            for piece in pieces(sorted(fences)):
                rows = connection.execute(
                    sa.select(_C.id, _C.fence)
                    .where(_C.id.in_(piece), _leased())
                    .order_by(_C.id)
                    .with_for_update()
                ).all()
                held = [str(row.id) for row in rows if row.fence == fences[row.id]]
                connection.execute(
                    sa.update(t.certificates).where(_C.id.in_(held)).values(lease_until=until)
                )
                mine += held
        return frozenset(mine)

    def due(
        self,
        *,
        now: dt.datetime,
        configuration: ConfigurationKey | None = None,
        after: str = "",
        limit: int = 500,
    ) -> tuple[str, ...]:
        query = sa.select(_C.id).where(_workable(now), _C.id > after).order_by(_C.id).limit(limit)
        if configuration is not None:
            query = query.where(
                _C.context_key == configuration.context, _C.type_key == configuration.type
            )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    @repeated
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
