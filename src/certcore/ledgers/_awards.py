"""
From an eligible learner to an award.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from attrs import evolve
from sqlalchemy.dialects import sqlite

from certcore.config import load
from certcore.domain import (
    AwardIdentity,
    Failure,
    LearnerKey,
    Statement,
    Status,
    new_code,
    new_id,
)
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row, history_row, pieces, statement_values
from certcore.ports import Award, AwardKind, Candidate, Standing


_C = t.certificates.c

_KINDS: Mapping[Status, AwardKind] = {
    Status.PENDING: "refreshed",
    Status.FAILED: "resting",
    Status.ISSUED: "held",
}


class Awards(Part):
    """
    Award, and what is awarded already.
    """

    def held(self, identities: Collection[AwardIdentity]) -> Mapping[AwardIdentity, Standing]:
        slots = {self._slot(identity): identity for identity in identities}
        with self._reading() as connection:
            rows = [
                row
                for piece in pieces(slots)
                for row in connection.execute(
                    sa.select(_C.slot, _C.id, _C.status, _C.failure).where(_C.slot.in_(piece))
                )
            ]
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
            rows = [
                row
                for piece in pieces({learner.id for learner in learners})
                for row in connection.execute(
                    sa.select(_C.realm, _C.learner_id, _C.context_key, _C.type_key).where(
                        _C.learner_id.in_(piece),
                        _C.context_key.in_(contexts),
                        _C.status == Status.ISSUED.value,
                    )
                )
            ]
        found: dict[LearnerKey, set[tuple[str, str]]] = {learner: set() for learner in learners}
        for row in rows:
            # compared here and not there: a database may take `Ada` and `ada` for one
            holder = LearnerKey(row.realm, row.learner_id)
            if holder in found:
                found[holder].add((row.context_key, row.type_key))
        return {learner: frozenset(held) for learner, held in found.items()}

    def award(
        self,
        candidates: Sequence[Candidate],
        *,
        run: int | None,
        actor: str,
        now: dt.datetime,
        quiet: bool = False,
    ) -> tuple[Award, ...]:
        slots = [self._slot(candidate.identity) for candidate in candidates]
        by_slot: dict[str, Candidate] = {}
        for slot, candidate in zip(slots, candidates, strict=True):
            # somebody named twice is one person: the later statement, the earlier dates
            earlier = by_slot.get(slot, candidate).statement
            by_slot[slot] = evolve(candidate, statement=_dated(candidate.statement, earlier))
        with self._writing() as connection:
            taken = self._taken(connection, by_slot)
            rows = {
                slot: _new_row(slot, candidate, run, now, quiet=quiet)
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
        awards: list[Award] = []
        for slot in slots:
            row = taken[slot]
            if row.id in new:
                new.remove(row.id)
                awards.append(Award("new", row.id))
            else:
                awards.append(Award(_KINDS.get(Status(row.status), "blocked"), row.id))
        return tuple(awards)

    @staticmethod
    def _taken(connection: sa.Connection, slots: Iterable[str]) -> dict[str, Row]:
        return {
            row.slot: row
            for piece in pieces(slots)
            for row in connection.execute(
                sa.select(_C.slot, _C.id, _C.status, _C.statement, _C.lease_until).where(
                    _C.slot.in_(piece)
                )
            )
        }

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
            new = _dated(candidate.statement, old)
            if new != old:
                changed.append({"b_id": row.id, **statement_values(candidate.learner, new)})
        if changed:
            connection.execute(
                sa.update(t.certificates)
                .where(_C.id == sa.bindparam("b_id"))
                # whoever let a lease run out has made the older statement's file
                .values(fence=_C.fence + 1, lease=None, lease_until=None, changed_at=now),
                changed,
            )


def _dated(statement: Statement, dates: Statement) -> Statement:
    """
    Give a statement with the dates of an earlier one.
    """
    return evolve(
        statement,
        awarded_at=dates.awarded_at,
        earned_at=dates.earned_at,
        expires_at=dates.expires_at,
    )


def _new_row(
    slot: str, candidate: Candidate, run: int | None, now: dt.datetime, *, quiet: bool
) -> dict[str, Any]:
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
        "quiet": quiet,
        "awarded_at": said.awarded_at,
        "expires_at": said.expires_at,
        "changed_at": now,
        **statement_values(candidate.learner, said),
    }
