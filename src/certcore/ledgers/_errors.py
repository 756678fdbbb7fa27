"""
What databases raise, in the ledger's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from certcore._interrupts import pass_on_interrupt
from certcore.exceptions import LedgerBusyError, LedgerError
from certcore.ledgers._addresses import place


class ConflictError(LedgerBusyError):
    """
    The database gave this transaction up in favour of another: it may be done once more.
    """


class InDoubtError(LedgerError):
    """
    Nobody knows whether a transaction was committed.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=True)


Kind: TypeAlias = Literal[
    "busy",
    "broken",
    "cannot write",
    "crowded",
    "foreign",
    "forbidden",
    "full",
    "given up",
    "lost",
    "not let in",
    "nowhere",
    "read only",
    "unreachable",
]

_SAID: Mapping[Kind, str] = {
    "broken": "the disk of the ledger {} can't be written: it is full, over its quota or broken",
    "busy": "somebody else has held the ledger {} for too long; try again when they are done",
    "cannot write": "the ledger {} can't be written: look at the rights of its file and folder",
    "crowded": (
        "the server of the ledger {} takes no more connections; try again, or let it take more"
    ),
    "forbidden": (
        "the ledger {} refuses: its user lacks a right there. To make its tables it takes CREATE, "
        "ALTER and INDEX; after that SELECT, INSERT, UPDATE and DELETE do"
    ),
    "foreign": (
        "the ledger {} isn't a SQLite database; was it overwritten? Put a backup back: "
        "with a new ledger everybody would be awarded again"
    ),
    "full": "the disk of the ledger {} is full; make room and run again",
    "lost": "the connection to the ledger {} was lost; nothing was written, try again",
    "not let in": (
        "the ledger {} refuses its user: are name and password right, and may it connect from here?"
    ),
    "nowhere": "there is no database for the ledger {}: make it, or mend the address",
    "read only": "the ledger {} can only be read just now; is its server a replica?",
    "unreachable": (
        "the ledger {} can't be reached: is its server running, and are host and port right?"
    ),
}

_MENDED_BY_HAND: frozenset[Kind] = frozenset(
    {"cannot write", "forbidden", "foreign", "not let in", "nowhere"}
)
"""What doesn't pass by itself."""

_SQLITE: Mapping[str, Kind] = {
    "database is locked": "busy",
    "disk is full": "full",
    "disk I/O error": "broken",
    "not a database": "foreign",
    "readonly": "cannot write",
    "unable to open": "cannot write",
}
"""By its words."""

_POSTGRESQL: Mapping[str, Kind] = {
    "25006": "read only",
    "40001": "given up",
    "40P01": "given up",
    "42501": "forbidden",
    "53100": "full",
    "53300": "crowded",
    "55P03": "given up",
}
"""By its code for the state."""

_NO_CONNECTION: Mapping[str, Kind] = {
    "too many c": "crowded",
    "authentication failed": "not let in",
    "no password supplied": "not let in",
    "no pg_hba.conf entry": "not let in",
    'role "': "not let in",
    "remaining connection slots": "crowded",
    "permission denied": "forbidden",
    "does not exist": "nowhere",
}
"""By PostgreSQL's words, which come without a code where there is no connection, in this order."""

_MARIADB: Mapping[int, Kind] = {
    1020: "given up",
    1021: "full",
    1040: "crowded",
    1044: "forbidden",
    1045: "not let in",
    1049: "nowhere",
    1114: "full",
    1142: "forbidden",
    1203: "crowded",
    1205: "given up",
    1213: "given up",
    1226: "crowded",
    1227: "forbidden",
    1290: "read only",
    # a savepoint that is gone: the whole transaction was given up
    1305: "given up",
    1698: "not let in",
    1792: "read only",
    2002: "unreachable",
    2003: "unreachable",
    2005: "unreachable",
}
"""By its number of the error."""

_WITH_VALUES = (DataError, IntegrityError)
"""Of these a server says which values it didn't like."""


@contextmanager
def translated(engine: sa.Engine) -> Generator[None, None, None]:
    """
    Turn what the database raises into a LedgerError that says which ledger it is and what to do.
    """
    try:
        yield
    except _WITH_VALUES as exc:
        pass_on_interrupt(exc)
        raise _translate(exc, engine) from None
    except SQLAlchemyError as exc:
        pass_on_interrupt(exc)
        raise _translate(exc, engine) from exc


def conflict(engine: sa.Engine) -> ConflictError:
    """
    Say that somebody else was quicker.
    """
    return ConflictError(_SAID["busy"].format(place(engine.url)), retryable=True)


def in_doubt(engine: sa.Engine) -> InDoubtError:
    """
    Say that the connection was lost while a transaction was being committed.
    """
    return InDoubtError(
        f"the connection to the ledger {place(engine.url)} was lost while something was being "
        "written; whether it was kept isn't known: look before you do it again"
    )


def _translate(exc: SQLAlchemyError, engine: sa.Engine) -> LedgerError:
    kind = _kind(exc, engine)
    where = place(engine.url)
    if kind is None:
        return LedgerError(f"the ledger {where} failed: {_words(exc)}", retryable=True)
    if kind == "given up":
        return conflict(engine)
    raised = LedgerBusyError if kind == "busy" else LedgerError
    return raised(_SAID[kind].format(where), retryable=kind not in _MENDED_BY_HAND)


def _kind(exc: SQLAlchemyError, engine: sa.Engine) -> Kind | None:
    if isinstance(exc, PoolTimeout):
        return "busy"
    if not isinstance(exc, DBAPIError):
        return None
    if exc.connection_invalidated:
        return "lost"
    cause: Any = exc.orig
    return _KINDS[engine.dialect.name](cause)


def _of_sqlite(cause: Any) -> Kind | None:
    return _spoken(str(cause), _SQLITE)


def _of_postgresql(cause: Any) -> Kind | None:
    if cause.sqlstate is None:
        return _spoken(str(cause), _NO_CONNECTION) or "unreachable"
    return _POSTGRESQL.get(cause.sqlstate)


def _of_mariadb(cause: Any) -> Kind | None:
    return _MARIADB.get(cause.args[0])


_KINDS: Mapping[str, Callable[[Any], Kind | None]] = {
    "sqlite": _of_sqlite,
    "postgresql": _of_postgresql,
    "mariadb": _of_mariadb,
}
"""By the name of the dialect."""


def _spoken(said: str, kinds: Mapping[str, Kind]) -> Kind | None:
    return next((kind for words, kind in kinds.items() if words in said), None)


def _words(exc: SQLAlchemyError) -> str:
    """
    Give the database's words, never the statement or its parameters: there are names in them.
    """
    if isinstance(exc, InvalidRequestError):
        return str(exc)
    if not isinstance(exc, DBAPIError):
        return type(exc).__name__
    cause: Any = exc.orig
    if isinstance(exc, _WITH_VALUES):
        return f"{type(cause).__name__} {getattr(cause, 'sqlstate', '')}".rstrip()
    return str(cause.args[-1]).partition("\n")[0]
