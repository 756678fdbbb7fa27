"""
Runs, and what keeps a configuration from running.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from attrs import evolve

from certcore.domain import LONGEST_KEY, ConfigurationKey, Hold, Note, Run, RunStatus
from certcore.exceptions import NotFoundError
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row
from certcore.ledgers._dialects import insert_once, upsert
from certcore.ledgers._transactions import repeated


_R = t.runs.c


class Runs(Part):
    """
    One run per configuration and slot, with its counters.
    """

    @repeated
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
        this = sa.and_(_of(t.runs, configuration), _R.slot == slot)
        which = sa.select(_R.id).where(this)
        with self._writing() as connection:
            taken_over = connection.execute(
                sa.update(t.runs)
                .where(this, _unserved(stale_before))
                .values(**begun, fence=_R.fence + 1, message="", ended_at=None)
            ).rowcount
            if taken_over:
                # its figures are those of the last attempt
                for table in (t.run_counts, t.run_notes):
                    connection.execute(sa.delete(table).where(table.c.run_id.in_(which)))
            else:
                first = sa.insert(t.runs).values(
                    context_key=configuration.context,
                    type_key=configuration.type,
                    name=name,
                    slot=slot,
                    **begun,
                )
                there = connection.execute(which).scalar_one_or_none()
                if there is not None or not insert_once(connection, first):
                    return None
            return _run(connection, connection.execute(which).scalar_one())

    @repeated
    def count(
        self,
        run: int,
        counts: Mapping[str, int],
        *,
        missing: Mapping[str, int] | None = None,
        notes: Sequence[Note] = (),
        fence: int | None = None,
    ) -> bool:
        rows = [
            {"run_id": run, "kind": kind, "name": name, "value": value}
            for kind, values in (("count", counts), ("missing", missing or {}))
            for name, value in _short(values).items()
            if value
        ]
        with self._writing() as connection:
            # locked only by whoever has a fence: the others don't wait for each other
            known = sa.select(_R.fence).where(_R.id == run)
            locked = known if fence is None else known.with_for_update()
            latest = connection.execute(locked).scalar_one_or_none()
            if latest is None:
                raise NotFoundError("run", str(run))
            if fence not in {None, latest}:
                return False
            if rows:
                # added, not set: several workers count for one run
                added = upsert(
                    connection,
                    t.run_counts,
                    lambda new: {"value": t.run_counts.c.value + new["value"]},
                )
                connection.execute(added, rows)
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
            return True

    @repeated
    def close_run(
        self,
        run: int,
        status: RunStatus,
        *,
        message: str,
        now: dt.datetime,
        fence: int | None = None,
    ) -> Run | None:
        mine = sa.true() if fence is None else _R.fence == fence
        with self._writing() as connection:
            closed = connection.execute(
                sa.update(t.runs)
                .where(_R.id == run, mine)
                .values(status=status.value, message=message, ended_at=now)
            ).rowcount
            found = _run(connection, run)
            return found if closed else None

    def run(self, run: int) -> Run:
        with self._reading() as connection:
            return _run(connection, run)

    def runs(
        self,
        *,
        configuration: ConfigurationKey | None = None,
        slot: str | None = None,
        limit: int = 20,
    ) -> tuple[Run, ...]:
        query = sa.select(t.runs).order_by(_R.id.desc()).limit(limit)
        if slot is not None:
            query = query.where(_R.slot == slot)
        if configuration is not None:
            query = query.where(
                _R.context_key == configuration.context, _R.type_key == configuration.type
            )
        with self._reading() as connection:
            return _runs(connection, connection.execute(query).all())


def _short(values: Mapping[str, int]) -> Mapping[str, int]:
    """
    Cut the names of counts to what a column holds, and add up what is the same then.

    A criterion's name has the length of what somebody called a column.
    """
    cut: Counter[str] = Counter()
    for name, value in values.items():
        cut[name.replace("\0", "")[:LONGEST_KEY]] += value
    return cut


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
            fence=row.fence,
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

    @repeated
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
                upsert(connection, t.holds, lambda _: values).values(
                    context_key=hold.configuration.context,
                    type_key=hold.configuration.type,
                    **values,
                )
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

    @repeated
    def allow(self, configuration: ConfigurationKey, *, actor: str) -> bool:
        with self._writing() as connection:
            return bool(
                connection.execute(
                    sa.update(t.holds).where(_of(t.holds, configuration)).values(allowed_by=actor)
                ).rowcount
            )

    @repeated
    def unhold(self, configuration: ConfigurationKey) -> bool:
        with self._writing() as connection:
            return bool(
                connection.execute(sa.delete(t.holds).where(_of(t.holds, configuration))).rowcount
            )

    @repeated
    def alert_once(self, configuration: ConfigurationKey, cause: str, *, now: dt.datetime) -> bool:
        digest = hashlib.sha256(cause.encode()).hexdigest()
        told = sa.select(t.alerts.c.cause).where(
            _of(t.alerts, configuration), t.alerts.c.cause == digest
        )
        first = sa.insert(t.alerts).values(
            context_key=configuration.context,
            type_key=configuration.type,
            cause=digest,
            told_at=now,
        )
        with self._writing() as connection:
            if connection.execute(told).first() is not None:
                return False
            return insert_once(connection, first)

    @repeated
    def clear_alerts(self, configuration: ConfigurationKey) -> None:
        with self._writing() as connection:
            connection.execute(sa.delete(t.alerts).where(_of(t.alerts, configuration)))


def _of(table: sa.Table, configuration: ConfigurationKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.context_key == configuration.context, table.c.type_key == configuration.type
    )
