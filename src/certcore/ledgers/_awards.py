"""
From an eligible learner to an award.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from attrs import evolve

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
from certcore.ledgers._base import (
    UNMADE,
    Part,
    Row,
    free,
    history_row,
    pieces,
    statement_values,
    update_each,
)
from certcore.ledgers._dialects import insert_new
from certcore.ledgers._errors import conflict
from certcore.ledgers._slots import slot_of
from certcore.ledgers._transactions import repeated
from certcore.ports import Award, AwardKind, Candidate, Standing


_C = t.certificates.c

_STANDINGS = f"SELECT slot, id, status, failure FROM {t.certificates.name} WHERE slot IN"  # noqa: S608  # a name of ours

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
        key = self._slot_key
        slots = {slot_of(key, identity): identity for identity in identities}
        with self._reading() as connection:
            # asked about everybody in every run: building the statement would take most of the time
            mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
            rows = [
                row
                for piece in pieces(slots)
                for row in connection.exec_driver_sql(
                    f"{_STANDINGS} ({','.join([mark] * len(piece))})", tuple(piece)
                )
            ]
        return {
            slots[slot]: Standing(
                certificate=certificate,
                status=Status(status),
                failure=load(failure, Failure) if failure else None,
            )
            for slot, certificate, status, failure in rows
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

    @repeated
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
            self._check_key(connection)
            taken = self._taken(connection, by_slot)
            rows = {
                slot: _new_row(slot, candidate, run, now, quiet=quiet)
                for slot, candidate in by_slot.items()
                if slot not in taken
            }
            if rows:
                # in one order, whoever does it: two don't wait for each other's
                ordered = [rows[slot] for slot in sorted(rows)]
                connection.execute(insert_new(connection, t.certificates), ordered)
                taken |= self._taken(connection, rows)
                if len(taken) < len(by_slot):
                    # somebody had it when ours was inserted, and has let go of it since
                    raise conflict(self._engine)
                mine = [row for slot, row in rows.items() if taken[slot].id == row["id"]]
                if mine:
                    self._remember(connection, mine, actor, now)
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
                sa.select(_C.slot, _C.id, _C.status, _C.statement).where(_C.slot.in_(piece))
            )
        }

    @staticmethod
    def _remember(
        connection: sa.Connection, rows: Iterable[dict[str, Any]], actor: str, now: dt.datetime
    ) -> None:
        connection.execute(
            sa.insert(t.history),
            [
                history_row(row["id"], "award", actor=actor, now=now, after=row["status"])
                for row in rows
            ],
        )

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
        changed: dict[str, dict[str, Any]] = {}
        for row, candidate in found:
            if row.status in UNMADE:
                old = load(row.statement, Statement)
                new = _dated(candidate.statement, old)
                if new != old:
                    changed[row.id] = statement_values(candidate.learner, new)
        for piece in pieces(changed):
            # looked at again: somebody may have begun to work on it
            still = connection.execute(
                sa.select(_C.id)
                .where(_C.id.in_(piece), _C.status.in_(UNMADE), free(now))
                .order_by(_C.id)
                .with_for_update()
            ).scalars()
            update_each(
                connection,
                t.certificates,
                {certificate: changed[certificate] for certificate in still},
                # whoever let a lease run out has made the older statement's file
                fence=_C.fence + 1,
                lease=None,
                lease_until=None,
                changed_at=now,
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
