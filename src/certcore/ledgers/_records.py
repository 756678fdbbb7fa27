"""
From a file that is made to a certificate that is issued.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from certcore.domain import DeliveryStatus, Purpose, Status, new_id
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row, cancel_unsent, history_row, pieces, update_each
from certcore.ledgers._errors import InDoubtError
from certcore.ledgers._transactions import repeated
from certcore.ports import Result


_C = t.certificates.c
_D = t.deliveries.c

_UNTOLD = (DeliveryStatus.PENDING.value, DeliveryStatus.FAILED.value)
"""Of messages that have an address, and that nobody got."""


class Records(Part):
    """
    Record files.
    """

    def record(
        self, results: Sequence[Result], *, actor: str, now: dt.datetime
    ) -> Mapping[str, bool]:
        by_id = {result.certificate: result for result in results}
        try:
            winners = self._record(by_id, actor, now)
        except InDoubtError:
            # a file that is recorded under our fence was recorded by us
            winners = self._recorded(by_id) | self._record(by_id, actor, now)
        return {certificate: certificate in winners for certificate in by_id}

    @repeated
    def _record(
        self, results: Mapping[str, Result], actor: str, now: dt.datetime
    ) -> frozenset[str]:
        with self._writing() as connection:
            won = [
                row
                for row in self._locked(connection, results)
                if row.status == Status.PENDING.value and row.lease is not None
            ]
            if won:
                self._issue(connection, [(row, results[row.id]) for row in won], actor, now)
                successors = [row for row in won if row.replaces]
                if successors:
                    quiet = [row for row in successors if not results[row.id].channel]
                    self._take_messages(connection, quiet, results)
                    self._supersede(connection, successors, actor, now)
        return frozenset(row.id for row in won)

    @repeated
    def _recorded(self, results: Mapping[str, Result]) -> frozenset[str]:
        with self._writing() as connection:
            return frozenset(
                row.id
                for row in self._locked(connection, results)
                if row.status == Status.ISSUED.value
            )

    @staticmethod
    def _locked(connection: sa.Connection, results: Mapping[str, Result]) -> list[Row]:
        """
        Give the rows whose fence is still the result's.

        Whoever is still committing them, for somebody whose connection was cut, is waited for.
        """
        return [
            row
            for piece in pieces(sorted(results))
            for row in connection.execute(
                sa.select(_C.id, _C.fence, _C.status, _C.lease, _C.replaces)
                .where(_C.id.in_(piece))
                .order_by(_C.id)
                .with_for_update()
            )
            if row.fence == results[row.id].fence
        ]

    @staticmethod
    def _issue(
        connection: sa.Connection,
        won: Sequence[tuple[Row, Result]],
        actor: str,
        now: dt.datetime,
    ) -> None:
        results = [result for _, result in won]
        made_alike: dict[tuple[str, str], list[str]] = {}
        for result in results:
            how = (result.design_digest, result.engine)
            made_alike.setdefault(how, []).append(result.certificate)
        for (design, engine), ids in made_alike.items():
            for piece in pieces(ids):
                connection.execute(
                    sa.update(t.certificates)
                    .where(_C.id.in_(piece))
                    .values(
                        status=Status.ISSUED.value,
                        issued_at=now,
                        changed_at=now,
                        lease=None,
                        lease_until=None,
                        next_attempt_at=None,
                        failure=None,
                        failure_inputs=None,
                        design_digest=design,
                        engine=engine,
                    )
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
    def _take_messages(
        connection: sa.Connection, quiet: Sequence[Row], results: Mapping[str, Result]
    ) -> None:
        """
        Have those told of a certificate who weren't yet, by the quiet one that replaces it.
        """
        newer = {str(row.replaces): results[row.id] for row in quiet}
        rows = [
            row
            for piece in pieces(sorted(newer))
            for row in connection.execute(
                sa.select(t.deliveries)
                .where(_D.certificate_id.in_(piece), _D.status.in_(_UNTOLD))
                .order_by(_D.id)
                .with_for_update()
            )
        ]
        taken = [
            {
                "id": new_id(),
                "certificate_id": newer[row.certificate_id].certificate,
                "channel": row.channel,
                "purpose": row.purpose,
                "status": DeliveryStatus.PENDING.value,
                "address": newer[row.certificate_id].address or row.address,
                "not_before": row.not_before,
                "on_hold": row.on_hold,
            }
            for row in rows
        ]
        if taken:
            connection.execute(sa.insert(t.deliveries), taken)

    @staticmethod
    def _supersede(
        connection: sa.Connection, successors: Sequence[Row], actor: str, now: dt.datetime
    ) -> None:
        """
        Hand the slots of old certificates to their successors.
        """
        newer = {str(row.replaces): str(row.id) for row in successors}
        slots: dict[str, str] = {}
        for piece in pieces(sorted(newer)):
            rows = connection.execute(
                sa.select(_C.id, _C.slot).where(_C.id.in_(piece)).order_by(_C.id).with_for_update()
            )
            slots |= {row.id: row.slot for row in rows}
        update_each(
            connection,
            t.certificates,
            {old: {"replaced_by": new} for old, new in newer.items()},
            status=Status.SUPERSEDED.value,
            slot=None,
            changed_at=now,
        )
        update_each(
            connection, t.certificates, {newer[old]: {"slot": slot} for old, slot in slots.items()}
        )
        for piece in pieces(newer):
            cancel_unsent(connection, *piece, now=now)
        connection.execute(
            sa.insert(t.history),
            [
                history_row(
                    old,
                    "supersede",
                    actor=actor,
                    now=now,
                    before=Status.ISSUED.value,
                    after=Status.SUPERSEDED.value,
                )
                for old in newer
            ],
        )


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
