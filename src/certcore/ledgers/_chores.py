"""
Work on files that transitions left to be done.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from certcore.domain import Chore, Status
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Part, Row, one_row
from certcore.ledgers._transactions import repeated


_H = t.chores.c

_FITTING = {
    Status.ISSUED.value: "restore",
    # it was issued before, and nobody has moved its file
    Status.SUPERSEDED.value: "restore",
    Status.REVOKED.value: "withdraw",
    Status.ANNULLED.value: "withdraw",
    Status.FORGOTTEN.value: "forget",
}
"""What brings a file to where it belongs; a certificate that has one is in one of these."""


def open_chores(connection: sa.Connection, certificate: str, kind: str, now: dt.datetime) -> None:
    """
    Leave work on the files of a certificate; it takes the place of what wasn't done yet.
    """
    connection.execute(
        sa.update(t.chores)
        .where(_H.certificate_id == certificate, _H.done_at.is_(None))
        .values(done_at=now)
    )
    keys = connection.execute(
        sa.select(t.artifacts.c.store_key).where(t.artifacts.c.certificate_id == certificate)
    ).scalars()
    opened = [
        {"kind": kind, "certificate_id": certificate, "store_key": key, "opened_at": now}
        for key in keys
    ]
    if opened:
        connection.execute(sa.insert(t.chores), opened)


class Chores(Part):
    """
    List them, and say how they ended.
    """

    def chores(self, *, limit: int = 100) -> tuple[Chore, ...]:
        query = (
            sa.select(t.chores)
            .where(_H.done_at.is_(None))
            .order_by(_H.attempts, _H.id)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(
                Chore(
                    id=row.id,
                    kind=row.kind,
                    certificate=row.certificate_id,
                    key=row.store_key,
                    opened_at=row.opened_at,
                    attempts=row.attempts,
                )
                for row in connection.execute(query)
            )

    @repeated
    def finish_chore(self, chore: int, *, error: str = "", now: dt.datetime) -> None:
        with self._writing() as connection:
            tried = connection.execute(
                sa.update(t.chores)
                .where(_H.id == chore, _H.done_at.is_(None))
                .values(
                    done_at=None if error else now,
                    error=error,
                    attempts=_H.attempts + 1,
                )
            ).rowcount
            if tried:
                return
            # also if it failed: what it did before that is done
            late = connection.execute(sa.select(t.chores).where(_H.id == chore)).one_or_none()
            if late is not None:
                self._put_right(connection, late, now)

    @staticmethod
    def _put_right(connection: sa.Connection, late: Row, now: dt.datetime) -> None:
        """
        Undo, by another chore, what a worker did who came too late.
        """
        status = one_row(connection, late.certificate_id).status
        kind = _FITTING[status]
        if kind == late.kind:
            # what it did is what is wanted
            return
        already = connection.execute(
            sa.select(_H.id).where(
                _H.certificate_id == late.certificate_id,
                _H.kind == kind,
                _H.done_at.is_(None),
            )
        ).first()
        if already is None:
            open_chores(connection, late.certificate_id, kind, now)
