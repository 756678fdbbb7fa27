"""
A certificate's further life.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from attrs import evolve

from certcore.config import dump, load
from certcore.domain import (
    Certificate,
    DeliveryStatus,
    Evidence,
    LearnerKey,
    Recipient,
    Statement,
    Status,
    Verb,
    new_code,
    new_id,
    transition,
)
from certcore.exceptions import IllegalTransitionError
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Row, history_row, one_row, statement_values
from certcore.ledgers._reading import Reading


_C = t.certificates.c
_D = t.deliveries.c

_UNSENT = [
    DeliveryStatus.PENDING.value,
    DeliveryStatus.FAILED.value,
    DeliveryStatus.NO_ADDRESS.value,
]


class Lifecycle(Reading):
    """
    Revoke, reinstate, annul, cancel, replace, forget.
    """

    def retry(self, ids: Collection[str], *, actor: str, now: dt.datetime) -> int:
        with self._writing() as connection:
            rows = connection.execute(
                sa.select(_C.id)
                .where(_C.id.in_(ids), _C.status == Status.FAILED.value)
                .with_for_update()
            ).scalars()
            failed = list(rows)
            if failed:
                connection.execute(
                    sa.update(t.certificates)
                    .where(_C.id.in_(failed))
                    .values(
                        status=Status.PENDING.value,
                        attempts=0,
                        next_attempt_at=None,
                        changed_at=now,
                    )
                )
                connection.execute(
                    sa.insert(t.history),
                    [
                        history_row(
                            certificate,
                            "retry",
                            actor=actor,
                            now=now,
                            before=Status.FAILED.value,
                            after=Status.PENDING.value,
                        )
                        for certificate in failed
                    ],
                )
        return len(failed)

    def cancel(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(certificate, "cancel", reason=reason, actor=actor, now=now)

    def revoke(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(
            certificate, "revoke", reason=reason, actor=actor, now=now, chore="withdraw"
        )

    def reinstate(
        self, certificate: str, *, reason: str, actor: str, now: dt.datetime
    ) -> Certificate:
        return self._move(
            certificate, "reinstate", reason=reason, actor=actor, now=now, chore="restore"
        )

    def annul(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(
            certificate, "annul", reason=reason, actor=actor, now=now, chore="withdraw"
        )

    def forget(self, certificate: str, *, actor: str, now: dt.datetime) -> Certificate:
        with self._writing() as connection:
            row = one_row(connection, certificate)
            blank = _blanked(load(row.statement, Statement))
            connection.execute(
                sa.update(t.certificates)
                .where(_C.id == certificate)
                .values(statement=dump(blank), search="", learner_id=certificate, failure=None)
            )
            connection.execute(
                sa.update(t.deliveries)
                .where(_D.certificate_id == certificate)
                .values(address="", response="")
            )
            self._apply(connection, row, "forget", reason="", actor=actor, now=now, chore="forget")
        return self.get(certificate)

    def replace(
        self, certificate: str, statement: Statement, *, reason: str, actor: str, now: dt.datetime
    ) -> Certificate:
        successor = new_id()
        with self._writing() as connection:
            row = one_row(connection, certificate)
            transition(Status(row.status), "supersede")
            pending = connection.execute(
                sa.select(_C.id).where(_C.replaces == certificate)
            ).scalar_one_or_none()
            if pending is not None:
                raise IllegalTransitionError("replace", "being replaced already")
            learner = LearnerKey(row.realm, row.learner_id)
            connection.execute(
                sa.insert(t.certificates).values(
                    id=successor,
                    code=new_code(),
                    replaces=certificate,
                    status=Status.PENDING.value,
                    context_key=statement.context.key,
                    type_key=statement.type.key,
                    cycle=statement.cycle,
                    realm=row.realm,
                    learner_id=row.learner_id,
                    awarded_at=statement.awarded_at,
                    expires_at=statement.expires_at,
                    changed_at=now,
                    **statement_values(learner, statement),
                )
            )
            connection.execute(
                sa.insert(t.history),
                [
                    history_row(
                        successor,
                        "replace",
                        actor=actor,
                        now=now,
                        after=Status.PENDING.value,
                        reason=reason,
                    )
                ],
            )
        return self.get(successor)

    def _move(
        self,
        certificate: str,
        verb: Verb,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        chore: str = "",
    ) -> Certificate:
        with self._writing() as connection:
            row = one_row(connection, certificate)
            self._apply(connection, row, verb, reason=reason, actor=actor, now=now, chore=chore)
        return self.get(certificate)

    @staticmethod
    def _apply(
        connection: sa.Connection,
        row: Row,
        verb: Verb,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        chore: str = "",
    ) -> None:
        target = transition(Status(row.status), verb)
        values: dict[str, Any] = {
            "status": target.value,
            "reason": reason,
            "changed_at": now,
            # whoever works on it loses
            "fence": _C.fence + 1,
            "lease": None,
            "lease_until": None,
        }
        if not target.holds_slot:
            values["slot"] = None
        connection.execute(sa.update(t.certificates).where(_C.id == row.id).values(values))
        if target is not Status.ISSUED:
            connection.execute(
                sa.update(t.deliveries)
                .where(_D.certificate_id == row.id, _D.status.in_(_UNSENT))
                .values(status=DeliveryStatus.CANCELLED.value, settled_at=now)
            )
        if chore:
            keys = connection.execute(
                sa.select(t.artifacts.c.store_key).where(t.artifacts.c.certificate_id == row.id)
            ).scalars()
            opened = [
                {"kind": chore, "certificate_id": row.id, "store_key": key, "opened_at": now}
                for key in keys
            ]
            if opened:
                connection.execute(sa.insert(t.chores), opened)
        connection.execute(
            sa.insert(t.history),
            [
                history_row(
                    row.id,
                    verb,
                    actor=actor,
                    now=now,
                    before=row.status,
                    after=target.value,
                    reason=reason,
                )
            ],
        )


def _blanked(statement: Statement) -> Statement:
    """
    Take out what is personal: who, and on what evidence.
    """
    decision = statement.evidence.decision
    return evolve(
        statement,
        recipient=Recipient(name=""),
        evidence=Evidence(decision=evolve(decision, children=(), actual=None, note="")),
    )
