"""
Transactions: whole or not at all, and once more where the database gave one up.
"""

from __future__ import annotations

import random
import threading
import time

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa

from sqlalchemy.exc import DBAPIError

from certcore.ledgers._errors import ConflictError, InDoubtError, in_doubt, translated


_P = ParamSpec("_P")
_T = TypeVar("_T")

_LONGEST_PAUSE = 1.0
"""In seconds."""


class Patient(Protocol):
    """
    What waits for others.
    """

    patience: float
    """For how many seconds."""


_S = TypeVar("_S", bound=Patient)


@contextmanager
def transaction(engine: sa.Engine) -> Generator[sa.Connection, None, None]:
    """
    Do what is inside in one transaction, committed at its end.

    Raises:
        certcore.ledgers._errors.InDoubtError:
            If the connection was lost while it was being committed.
    """
    _let_go(engine)
    with (
        translated(engine),
        engine.connect() as connection,
        _kept(engine, connection),
        connection.begin() as begun,
    ):
        yield connection
        try:
            begun.commit()
        except DBAPIError as exc:
            if exc.connection_invalidated:
                raise in_doubt(engine) from exc
            raise


class _Begun(threading.local):
    """
    The connections on which this thread has begun a transaction, each by its pool.
    """

    def __init__(self) -> None:
        self.connections: dict[int, sa.Connection] = {}


_begun = _Begun()


@contextmanager
def _kept(engine: sa.Engine, connection: sa.Connection) -> Generator[None, None, None]:
    of_thread = _begun.connections
    of_thread[id(engine.pool)] = connection
    try:
        yield
    finally:
        # what is collected late, after an interrupt, doesn't touch what came after it
        if of_thread.get(id(engine.pool)) is connection:
            del of_thread[id(engine.pool)]


def _let_go(engine: sa.Engine) -> None:
    """
    Give up a transaction of this thread that an interrupt kept from being ended.

    A signal can come between any two steps, also between entering a `with` and being in it, and
    then nobody rolls back as long as the traceback is looked at: whoever tidies up in the meantime
    would wait for a lock of their own.
    """
    left = _begun.connections.pop(id(engine.pool), None)
    if left is not None:
        left.close()


def repeated(method: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
    """
    Do a method once more where its transaction was given up in favour of another one.

    Nothing of it was written then. After the ledger's time for waiting is over, the error passes.
    """

    @wraps(method)
    def tried(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        until = time.monotonic() + self.patience
        pause = 0.01
        while True:
            try:
                return method(self, *args, **kwargs)
            except ConflictError:
                if time.monotonic() >= until:
                    raise
            # two that got in each other's way don't come back at the same time
            time.sleep(random.uniform(0, pause))  # noqa: S311  # no secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    return tried


def settled(method: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
    """
    Do a method once more, too, where nobody knows whether it was committed: it does no harm twice.
    """

    @wraps(method)
    def tried(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(self, *args, **kwargs)
        except InDoubtError:
            return method(self, *args, **kwargs)

    return tried
