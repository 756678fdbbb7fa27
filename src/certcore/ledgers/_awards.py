"""
From an eligible learner to a recorded file.
"""

from __future__ import annotations

import datetime as dt
import uuid

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from attrs import evolve
from sqlalchemy.dialects import sqlite

from certcore.config import dump, load
from certcore.domain import (
    AwardIdentity,
    ConfigurationKey,
    DeliveryStatus,
    Failure,
    LearnerKey,
    Statement,
    Status,
    new_code,
    new_id,
)
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row, history_row, load_certificates, statement_values
from certcore.ports import Award, AwardKind, Candidate, Leased, Result, Standing


_C = t.certificates.c

_KINDS: Mapping[Status, AwardKind] = {
    Status.PENDING: "refreshed",
    Status.FAILED: "resting",
    Status.ISSUED: "held",
}


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


class Awards(Part):
    """
    Award, lease, record, fail.
    """

    def held(self, identities: Collection[AwardIdentity]) -> Mapping[AwardIdentity, Standing]:
        slots = {self._slot(identity): identity for identity in identities}
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(_C.slot, _C.id, _C.status, _C.failure).where(_C.slot.in_(slots))
            ).all()
        return {
            slots[row.slot]: Standing(
                certificate=row.id,
                status=Status(row.status),
                failure=load(row.failure, Failure) if row.failure else None,
            )
            for row in rows
        }

    def holds_any(
        self, learners: Collection[LearnerKey], contexts: Collection[str]
    ) -> Mapping[LearnerKey, frozenset[tuple[str, str]]]:
        with self._reading() as connection:
            rows = connection.execute(
                sa.select(_C.realm, _C.learner_id, _C.context_key, _C.type_key).where(
                    _C.learner_id.in_({learner.id for learner in learners}),
                    _C.context_key.in_(contexts),
                    _C.status == Status.ISSUED.value,
                )
            ).all()
        found: dict[LearnerKey, set[tuple[str, str]]] = {learner: set() for learner in learners}
        for row in rows:
            # compared here and not there: a database may take `Ada` and `ada` for one
            holder = LearnerKey(row.realm, row.learner_id)
            if holder in found:
                found[holder].add((row.context_key, row.type_key))
        return {learner: frozenset(held) for learner, held in found.items()}

    def award(
        self, candidates: Sequence[Candidate], *, run: int | None, actor: str, now: dt.datetime
    ) -> tuple[Award, ...]:
        by_slot = {self._slot(candidate.identity): candidate for candidate in candidates}
        with self._writing() as connection:
            taken = self._taken(connection, by_slot)
            rows = {
                slot: _new_row(slot, candidate, run, now)
                for slot, candidate in by_slot.items()
                if slot not in taken
            }
            if rows:
                connection.execute(
                    sqlite.insert(t.certificates).on_conflict_do_nothing(), list(rows.values())
                )
                taken |= self._taken(connection, rows)
                connection.execute(
                    sa.insert(t.history),
                    [
                        history_row(row["id"], "award", actor=actor, now=now, after=row["status"])
                        for slot, row in rows.items()
                        if taken[slot].id == row["id"]
                    ],
                )
            new = {row["id"] for row in rows.values()}
            self._refresh(
                connection,
                [(row, by_slot[slot]) for slot, row in taken.items() if row.id not in new],
                now,
            )
        return tuple(
            Award(
                "new" if row.id in new else _KINDS.get(Status(row.status), "blocked"),
                row.id,
            )
            for row in (taken[self._slot(candidate.identity)] for candidate in candidates)
        )

    @staticmethod
    def _taken(connection: sa.Connection, slots: Iterable[str]) -> dict[str, Row]:
        rows = connection.execute(
            sa.select(_C.slot, _C.id, _C.status, _C.statement, _C.lease_until).where(
                _C.slot.in_(list(slots))
            )
        )
        return {row.slot: row for row in rows}

    @staticmethod
    def _refresh(
        connection: sa.Connection,
        found: Sequence[tuple[Row, Candidate]],
        now: dt.datetime,
    ) -> None:
        """
        Let awards that aren't issued yet take the newer statement; id, code and dates stay.

        What somebody works on is left alone: its file must show what its row says.
        """
        changed: list[dict[str, Any]] = []
        for row, candidate in found:
            waiting = row.status in {Status.PENDING.value, Status.FAILED.value}
            if not waiting or (row.lease_until is not None and row.lease_until > now):
                continue
            old = load(row.statement, Statement)
            new = evolve(
                candidate.statement,
                awarded_at=old.awarded_at,
                earned_at=old.earned_at,
                expires_at=old.expires_at,
            )
            if new != old:
                changed.append({"b_id": row.id, **statement_values(candidate.learner, new)})
        if changed:
            connection.execute(
                sa.update(t.certificates).where(
                    _C.id == sa.bindparam("b_id"),
                    _C.status.in_([Status.PENDING.value, Status.FAILED.value]),
                ),
                changed,
            )

    def lease(
        self, ids: Iterable[str], *, owner: str, until: dt.datetime, now: dt.datetime
    ) -> tuple[Leased, ...]:
        wanted = list(ids)
        # one lease is told from another by more than its owner's name, who may ask twice
        lease = f"{owner}:{uuid.uuid4().hex}"
        with self._writing() as connection:
            connection.execute(
                sa.update(t.certificates)
                .where(_C.id.in_(wanted), _workable(now))
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
                sa.select(t.certificates)
                .where(_C.id.in_(wanted), _C.lease == lease)
                .order_by(_C.id)
            ).all()
            certificates = load_certificates(connection, rows)
        fences = {row.id: int(row.fence) for row in rows}
        return tuple(Leased(certificate, fences[certificate.id]) for certificate in certificates)

    def renew(self, fences: Mapping[str, int], *, until: dt.datetime) -> frozenset[str]:
        with self._writing() as connection:
            rows = connection.execute(
                sa.select(_C.id, _C.fence)
                .where(_C.id.in_(fences), _C.status == Status.PENDING.value)
                .with_for_update()
            ).all()
            mine = frozenset(str(row.id) for row in rows if row.fence == fences[row.id])
            connection.execute(
                sa.update(t.certificates).where(_C.id.in_(mine)).values(lease_until=until)
            )
        return mine

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
            rows = connection.execute(
                sa.select(_C.id, _C.fence, _C.replaces)
                .where(_C.id.in_(by_id), _C.status == Status.PENDING.value)
                .with_for_update()
            ).all()
            won = [row for row in rows if row.fence == by_id[row.id].fence]
            if won:
                results_won = [by_id[row.id] for row in won]
                self._issue(connection, results_won, actor, now)
                for row in won:
                    if row.replaces:
                        self._supersede(connection, row, actor, now)
        winners = {row.id for row in won}
        return {certificate: certificate in winners for certificate in by_id}

    @staticmethod
    def _issue(
        connection: sa.Connection, results: Sequence[Result], actor: str, now: dt.datetime
    ) -> None:
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
        told = [_delivery_row(result) for result in results if result.channel]
        if told:
            connection.execute(sqlite.insert(t.deliveries).on_conflict_do_nothing(), told)
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
                .where(_C.id == certificate, _C.fence == fence, _C.status == Status.PENDING.value)
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


def _new_row(slot: str, candidate: Candidate, run: int | None, now: dt.datetime) -> dict[str, Any]:
    said = candidate.statement
    return {
        "id": new_id(),
        "code": new_code(),
        "slot": slot,
        "status": Status.PENDING.value,
        "context_key": said.context.key,
        "type_key": said.type.key,
        "cycle": said.cycle,
        "realm": candidate.learner.realm,
        "learner_id": candidate.learner.id,
        "run_id": run,
        "awarded_at": said.awarded_at,
        "expires_at": said.expires_at,
        "changed_at": now,
        **statement_values(candidate.learner, said),
    }


def _delivery_row(result: Result) -> dict[str, Any]:
    status = DeliveryStatus.PENDING if result.address else DeliveryStatus.NO_ADDRESS
    return {
        "id": new_id(),
        "certificate_id": result.certificate,
        "channel": result.channel,
        "purpose": "award",
        "status": status.value,
        "address": result.address,
        "not_before": result.not_before,
        "on_hold": result.on_hold,
    }
