"""
What all parts of the SQL ledger share: transactions, slots, rows.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import unicodedata

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa

from certcore.config import dump, load
from certcore.domain import (
    LONGEST_KEY,
    AwardIdentity,
    Certificate,
    DeliveryStatus,
    Failure,
    LearnerKey,
    Statement,
    Status,
    StoredArtifact,
)
from certcore.exceptions import LedgerError, NotFoundError
from certcore.ledgers import _schema as t
from certcore.ledgers._addresses import place
from certcore.ledgers._errors import translated
from certcore.ledgers._slots import slot_of
from certcore.ledgers._transactions import transaction


Row: TypeAlias = Any
"""A row of a result; how it is typed differs between the versions of SQLAlchemy."""

_T = TypeVar("_T")

_PIECE = 10_000
"""How many values one statement asks for at most; SQLite takes 32,766."""

UNMADE = frozenset({Status.PENDING.value, Status.FAILED.value})
"""Statuses of what has no file yet."""

_C = t.certificates.c

_EACH = 500
"""How many rows one statement gives values of their own: a batch."""


class Part:
    """
    A part of the ledger.
    """

    def __init__(self, engine: sa.Engine, slot_key: bytes) -> None:
        self._engine = engine
        self._reader = engine.execution_options(certcore_reading=True)
        self._slot_key = slot_key
        self.patience: float = engine.get_execution_options()["certcore_patience"]

    def _writing(self) -> AbstractContextManager[sa.Connection]:
        return transaction(self._engine)

    @contextmanager
    def _reading(self) -> Generator[sa.Connection, None, None]:
        with translated(self._engine), self._reader.begin() as connection:
            yield connection

    def _check_key(self, connection: sa.Connection) -> None:
        """
        Refuse to go on where another ledger was copied into this one since it was opened.

        Raises:
            certcore.exceptions.LedgerError:
                If slots have another key now: everybody would be awarded again.
        """
        said = sa.select(t.meta.c.value).where(t.meta.c.name == "slot_key")
        if connection.execute(said).scalar_one() != self._slot_key.hex():
            raise LedgerError(
                f"another ledger was copied into {place(self._engine.url)} since it was opened; "
                "start again"
            )

    def _slot(self, identity: AwardIdentity) -> str:
        return slot_of(self._slot_key, identity)

    def _token(self, delivery: str, resends: int) -> str:
        """
        Derive the token of a message's link: the same each time it is handed over.
        """
        # no identity's digest: that message would begin with the length of a context of 1.8 GB
        message = b"link\0%s\0%d" % (delivery.encode(), resends)
        digest = hmac.new(self._slot_key, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def pieces(values: Iterable[_T], size: int = _PIECE) -> Iterator[list[_T]]:
    """
    Cut into lists that a statement has room for.
    """
    left = iter(values)
    while piece := list(islice(left, size)):
        yield piece


def update_each(
    connection: sa.Connection,
    table: sa.Table,
    rows: Mapping[str, Mapping[str, Any]],
    **same: Any,
) -> None:
    """
    Update rows of those ids, each with values of its own, in one statement for a batch.
    """
    for ids in pieces(rows, _EACH):
        own = {
            name: sa.case(
                {id_: sa.literal(rows[id_][name], table.c[name].type) for id_ in ids},
                value=table.c.id,
            )
            for name in rows[ids[0]]
        }
        connection.execute(sa.update(table).where(table.c.id.in_(ids)).values(**own, **same))


def free(now: dt.datetime) -> sa.ColumnElement[bool]:
    """
    Nobody works on it.
    """
    return sa.or_(_C.lease_until.is_(None), _C.lease_until <= now)


def folded(text: str) -> str:
    """
    Fold what people are searched by: case and the way an accent is composed don't matter.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def search_text(learner: LearnerKey, statement: Statement) -> str:
    """
    Give what somebody may be found by, folded, each on a line of its own.
    """
    who = statement.recipient
    found = (learner.id, who.username, who.email, who.name)
    return "\n".join(folded(text) for text in found if text)


def history_row(
    certificate: str,
    verb: str,
    *,
    actor: str,
    now: dt.datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> dict[str, Any]:
    """
    Give the row that says what happened.
    """
    return {
        "certificate_id": certificate,
        "at": now,
        "verb": verb,
        "actor": actor[:LONGEST_KEY],
        "reason": reason,
        "before": before,
        "after": after,
    }


def load_certificates(connection: sa.Connection, rows: Iterable[Row]) -> tuple[Certificate, ...]:
    """
    Make certificates of their rows, with their files.
    """
    found = tuple(rows)
    # a file that is recorded between the two questions isn't of what was read
    stored = _artifacts(connection, [row.id for row in found if row.status not in UNMADE])
    return tuple(_certificate(row, stored.get(row.id)) for row in found)


def cancel_unsent(connection: sa.Connection, *certificates: str, now: dt.datetime) -> None:
    """
    Cancel the messages about certificates that nobody was sent.
    """
    unsent = [
        status.value
        for status in (DeliveryStatus.PENDING, DeliveryStatus.FAILED, DeliveryStatus.NO_ADDRESS)
    ]
    connection.execute(
        sa.update(t.deliveries)
        .where(t.deliveries.c.certificate_id.in_(certificates), t.deliveries.c.status.in_(unsent))
        .values(status=DeliveryStatus.CANCELLED.value, settled_at=now)
    )


def one_row(connection: sa.Connection, certificate: str, *, lock: bool = True) -> Row:
    """
    Give a certificate's row, locked where the database locks rows. Raises NotFoundError.
    """
    query = sa.select(t.certificates).where(_C.id == certificate)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError("certificate", certificate)
    return row


def statement_values(learner: LearnerKey, statement: Statement) -> dict[str, Any]:
    """
    Give the columns that hold a statement.
    """
    return {"statement": dump(statement), "search": search_text(learner, statement)}


def _artifacts(connection: sa.Connection, ids: list[str]) -> Mapping[str, StoredArtifact]:
    if not ids:
        return {}
    rows = connection.execute(
        sa.select(t.artifacts).where(
            t.artifacts.c.certificate_id.in_(ids), t.artifacts.c.role == "document"
        )
    )
    return {
        row.certificate_id: StoredArtifact(
            key=row.store_key,
            sha256=row.sha256,
            size=row.size,
            media_type=row.media_type,
            role=row.role,
        )
        for row in rows
    }


def _certificate(row: Row, artifact: StoredArtifact | None) -> Certificate:
    return Certificate(
        id=row.id,
        code=row.code,
        learner=LearnerKey(row.realm, row.learner_id),
        statement=load(row.statement, Statement),
        status=Status(row.status),
        run=row.run_id,
        artifact=artifact,
        design_digest=row.design_digest,
        engine=row.engine,
        issued_at=row.issued_at,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        failure=load(row.failure, Failure) if row.failure else None,
        reason=row.reason,
        replaces=row.replaces,
        replaced_by=row.replaced_by,
        quiet=row.quiet,
    )
