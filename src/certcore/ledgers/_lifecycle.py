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
from certcore.ledgers._base import (
    UNMADE,
    Row,
    cancel_unsent,
    history_row,
    load_certificates,
    one_row,
    pieces,
    statement_values,
)
from certcore.ledgers._chores import open_chores
from certcore.ledgers._reading import Reading
from certcore.ledgers._transactions import repeated


_C = t.certificates.c
_D = t.deliveries.c
_N = t.run_notes.c


class Lifecycle(Reading):
    """
    Revoke, reinstate, annul, cancel, replace, forget.
    """

    @repeated
    def retry(self, ids: Collection[str], *, actor: str, now: dt.datetime) -> int:
        with self._writing() as connection:
            return sum(self._retry(connection, piece, actor, now) for piece in pieces(ids))

    @staticmethod
    def _retry(
        connection: sa.Connection, ids: Collection[str], actor: str, now: dt.datetime
    ) -> int:
        failed = list(
            connection.execute(
                sa.select(_C.id)
                .where(_C.id.in_(ids), _C.status == Status.FAILED.value)
                .order_by(_C.id)
                .with_for_update()
            ).scalars()
        )
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

    @repeated
    def forget(self, certificate: str, *, actor: str, now: dt.datetime) -> Certificate:
        with self._writing() as connection:
            row = one_row(connection, certificate)
            transition(Status(row.status), "forget")
            # the newest first: a successor that isn't made yet isn't merely called off
            for each in _chain(connection, row):
                self._blank(connection, each)
                self._apply(
                    connection, each, "forget", reason="", actor=actor, now=now, chore="forget"
                )
            return _loaded(connection, certificate)

    @staticmethod
    def _blank(connection: sa.Connection, row: Row) -> None:
        """
        Take a learner out of everything that is kept about a certificate.
        """
        connection.execute(
            sa.update(t.certificates)
            .where(_C.id == row.id)
            .values(
                statement=dump(_blanked(load(row.statement, Statement))),
                search="",
                learner_id=row.id,
                failure=None,
                failure_inputs=None,
            )
        )
        # whoever has an old code is still told that it was forgotten: its digest stays
        connection.execute(
            sa.update(t.old_codes).where(t.old_codes.c.certificate_id == row.id).values(code="")
        )
        mine = _D.certificate_id == row.id
        # what is on its way can't be called back, and how it ends can't be kept
        connection.execute(
            sa.update(t.deliveries)
            .where(mine, _D.status == DeliveryStatus.SENDING.value)
            .values(status=DeliveryStatus.UNKNOWN.value)
        )
        connection.execute(sa.update(t.deliveries).where(mine).values(address="", response=""))
        # reasons are free text; what failed says only how, but a form of its own isn't worth it
        connection.execute(
            sa.update(t.history).where(t.history.c.certificate_id == row.id).values(reason="")
        )
        learner = str(LearnerKey(row.realm, row.learner_id))
        connection.execute(
            sa.update(t.run_notes).where(_N.location == row.id).values(learner="", reason="")
        )
        # of a record that was skipped, a run knows the id without its realm
        connection.execute(
            sa.update(t.run_notes)
            .where(sa.or_(_N.learner.in_([learner, row.learner_id]), _N.location == learner))
            .values(learner="", reason="", location="")
        )

    @repeated
    def replace(
        self,
        certificate: str,
        statement: Statement,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        design: str = "",
        quiet: bool = False,
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
                    design_digest=design,
                    quiet=quiet,
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
            return _loaded(connection, successor)

    @repeated
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
            return _loaded(connection, certificate)

    def _apply(
        self,
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
        if row.status in UNMADE:
            # a successor that never came to be: another one may be made
            values["replaces"] = None
        connection.execute(sa.update(t.certificates).where(_C.id == row.id).values(values))
        if target is not Status.ISSUED:
            cancel_unsent(connection, row.id, now=now)
            self._call_off(connection, row.id, reason=reason, actor=actor, now=now)
        if chore:
            open_chores(connection, row.id, chore, now)
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

    def _call_off(
        self,
        connection: sa.Connection,
        replaced: str,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
    ) -> None:
        """
        Cancel the successor of a certificate that isn't good any more, if it isn't issued yet.
        """
        successor = connection.execute(
            sa.select(t.certificates)
            .where(_C.replaces == replaced, _C.status.in_(UNMADE))
            .with_for_update()
        ).one_or_none()
        if successor is not None:
            self._apply(connection, successor, "cancel", reason=reason, actor=actor, now=now)


def _loaded(connection: sa.Connection, certificate: str) -> Certificate:
    return load_certificates(connection, [one_row(connection, certificate)])[0]


def _chain(connection: sa.Connection, row: Row) -> list[Row]:
    """
    Give what replaced a certificate, itself and what it replaced, the newest first; then what was
    to replace it and was called off.

    Those forgotten before are left out. A successor that isn't made yet hasn't replaced anything:
    seen from it, the old one isn't part of the chain.
    """
    found = [row]
    newer = sa.select(t.certificates).with_for_update()
    while after := connection.execute(newer.where(_C.replaces == found[0].id)).one_or_none():
        found.insert(0, after)
    while found[-1].replaces and found[-1].status not in UNMADE:
        found.append(one_row(connection, found[-1].replaces))
    found += connection.execute(_drafts(row).with_for_update()).all()
    return [each for each in found if each.status != Status.FORGOTTEN.value]


def _drafts(row: Row) -> sa.Select[Any]:
    """
    Ask for successors that were called off: they name the learner, and are linked to nothing.
    """
    return sa.select(t.certificates).where(
        *(
            column == getattr(row, column.name)
            for column in (_C.realm, _C.learner_id, _C.context_key, _C.type_key, _C.cycle)
        ),
        _C.status.in_([Status.CANCELLED.value, Status.ANNULLED.value]),
        _C.slot.is_(None),
        _C.issued_at.is_(None),
        _C.id != row.id,
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
