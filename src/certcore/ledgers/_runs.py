"""
Runs, and what keeps a configuration from running.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from attrs import evolve
from sqlalchemy.dialects import sqlite

from certcore.domain import ConfigurationKey, Hold, Note, Run, RunStatus
from certcore.exceptions import NotFoundError
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row


_R = t.runs.c


class Runs(Part):
    """
    One run per configuration and slot, with its counters.
    """

    def open_run(
        self,
        configuration: ConfigurationKey,
        *,
        name: str,
        slot: str,
        now: dt.datetime,
        stale_before: dt.datetime | None = None,
    ) -> Run | None:
        begun = {"status": RunStatus.RUNNING.value, "started_at": now}
        with self._writing() as connection:
            opened: int | None = connection.execute(
                sqlite.insert(t.runs)
                .values(
                    context_key=configuration.context,
                    type_key=configuration.type,
                    name=name,
                    slot=slot,
                    **begun,
                )
                .on_conflict_do_update(
                    index_elements=["context_key", "type_key", "slot"],
                    set_={**begun, "message": "", "ended_at": None},
                    where=_unserved(stale_before),
                )
                .returning(_R.id)
            ).scalar_one_or_none()
            return None if opened is None else _run(connection, opened)

    def count(
        self,
        run: int,
        counts: Mapping[str, int],
        *,
        missing: Mapping[str, int] | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        rows = [
            {"run_id": run, "kind": kind, "name": name, "value": value}
            for kind, values in (("count", counts), ("missing", missing or {}))
            for name, value in values.items()
            if value
        ]
        with self._writing() as connection:
            known = sa.select(_R.id).where(_R.id == run)
            if connection.execute(known).scalar_one_or_none() is None:
                raise NotFoundError("run", str(run))
            if rows:
                insert = sqlite.insert(t.run_counts)
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["run_id", "kind", "name"],
                        # added, not set: several workers count for one run
                        set_={"value": t.run_counts.c.value + insert.excluded.value},
                    ),
                    rows,
                )
            if notes:
                connection.execute(
                    sa.insert(t.run_notes),
                    [
                        {
                            "run_id": run,
                            "kind": note.kind,
                            "location": note.where,
                            "reason": note.reason,
                            "learner": note.learner,
                        }
                        for note in notes
                    ],
                )

    def close_run(self, run: int, status: RunStatus, *, message: str, now: dt.datetime) -> Run:
        with self._writing() as connection:
            connection.execute(
                sa.update(t.runs)
                .where(_R.id == run)
                .values(status=status.value, message=message, ended_at=now)
            )
            return _run(connection, run)

    def run(self, run: int) -> Run:
        with self._reading() as connection:
            return _run(connection, run)

    def runs(
        self, *, configuration: ConfigurationKey | None = None, limit: int = 20
    ) -> tuple[Run, ...]:
        query = sa.select(t.runs).order_by(_R.id.desc()).limit(limit)
        if configuration is not None:
            query = query.where(
                _R.context_key == configuration.context, _R.type_key == configuration.type
            )
        with self._reading() as connection:
            return _runs(connection, connection.execute(query).all())


def _unserved(stale_before: dt.datetime | None) -> sa.ColumnElement[bool]:
    """
    It ended without serving its slot, or nobody is at it any more.
    """
    ended = _R.status.in_([RunStatus.FAILED.value, RunStatus.INTERRUPTED.value])
    if stale_before is None:
        return ended
    stale = sa.and_(_R.status == RunStatus.RUNNING.value, _R.started_at < stale_before)
    return sa.or_(ended, stale)


def _run(connection: sa.Connection, run: int) -> Run:
    """
    Give a run with its notes.
    """
    row = connection.execute(sa.select(t.runs).where(_R.id == run)).one_or_none()
    if row is None:
        raise NotFoundError("run", str(run))
    notes = connection.execute(
        sa.select(t.run_notes).where(t.run_notes.c.run_id == run).order_by(t.run_notes.c.id)
    )
    return evolve(
        _runs(connection, [row])[0],
        notes=tuple(
            Note(kind=n.kind, where=n.location, reason=n.reason, learner=n.learner) for n in notes
        ),
    )


def _runs(connection: sa.Connection, rows: Sequence[Row]) -> tuple[Run, ...]:
    tallies = connection.execute(
        sa.select(t.run_counts).where(t.run_counts.c.run_id.in_([row.id for row in rows]))
    ).all()
    found: dict[tuple[int, str], dict[str, int]] = {}
    for tally in tallies:
        found.setdefault((tally.run_id, tally.kind), {})[tally.name] = tally.value
    return tuple(
        Run(
            id=row.id,
            configuration=ConfigurationKey(row.context_key, row.type_key),
            name=row.name,
            slot=row.slot,
            status=RunStatus(row.status),
            started_at=row.started_at,
            ended_at=row.ended_at,
            counts=found.get((row.id, "count"), {}),
            missing=found.get((row.id, "missing"), {}),
            message=row.message,
        )
        for row in rows
    )


class Holds(Part):
    """
    Configurations that wait for somebody, and what was told of them.
    """

    def hold(self, hold: Hold) -> None:
        values = {
            "name": hold.name,
            "reason": hold.reason,
            "held_by": hold.by,
            "held_at": hold.at,
            "awaiting": hold.count,
            "allowed_by": hold.allowed_by,
        }
        with self._writing() as connection:
            connection.execute(
                sqlite.insert(t.holds)
                .values(
                    context_key=hold.configuration.context,
                    type_key=hold.configuration.type,
                    **values,
                )
                .on_conflict_do_update(index_elements=["context_key", "type_key"], set_=values)
            )

    def holds(self) -> tuple[Hold, ...]:
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.holds).order_by(t.holds.c.held_at)).all()
        return tuple(
            Hold(
                configuration=ConfigurationKey(row.context_key, row.type_key),
                name=row.name,
                reason=row.reason,
                by=row.held_by,
                at=row.held_at,
                count=row.awaiting,
                allowed_by=row.allowed_by,
            )
            for row in rows
        )

    def allow(self, configuration: ConfigurationKey, *, actor: str) -> bool:
        with self._writing() as connection:
            return bool(
                connection.execute(
                    sa.update(t.holds).where(_of(t.holds, configuration)).values(allowed_by=actor)
                ).rowcount
            )

    def unhold(self, configuration: ConfigurationKey) -> bool:
        with self._writing() as connection:
            return bool(
                connection.execute(sa.delete(t.holds).where(_of(t.holds, configuration))).rowcount
            )

    def alert_once(self, configuration: ConfigurationKey, cause: str, *, now: dt.datetime) -> bool:
        digest = hashlib.sha256(cause.encode()).hexdigest()
        with self._writing() as connection:
            return bool(
                connection.execute(
                    sqlite.insert(t.alerts)
                    .values(
                        context_key=configuration.context,
                        type_key=configuration.type,
                        cause=digest,
                        told_at=now,
                    )
                    .on_conflict_do_nothing()
                ).rowcount
            )

    def clear_alerts(self, configuration: ConfigurationKey) -> None:
        with self._writing() as connection:
            connection.execute(sa.delete(t.alerts).where(_of(t.alerts, configuration)))


def _of(table: sa.Table, configuration: ConfigurationKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.context_key == configuration.context, table.c.type_key == configuration.type
    )
