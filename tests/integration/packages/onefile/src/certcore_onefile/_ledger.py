"""
A ledger that is written whole, each time something in it changes.
"""

import functools
import inspect
import sqlite3
import threading

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certcore.exceptions import LedgerError
from certcore.testing import MemoryLedger


BEGIN_BOOK = "INSERT INTO book SELECT ? WHERE NOT EXISTS (SELECT 1 FROM book)"


class OneFileLedger(MemoryLedger):
    """
    Decides as the ledger in memory does, and keeps what it decided in a file.

    SQLite gives what a file alone doesn't: a lock that goes with the process that had it, and a
    commit that is there after a loss of power or isn't.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._name = path.name
        self._lock = threading.RLock()
        self._deciding = False
        self._written: bytes | None = None
        with self._told():
            self._file = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=30
            )
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute("CREATE TABLE IF NOT EXISTS book (state BLOB NOT NULL)")
            self._file.execute(BEGIN_BOOK, [self.dump()])

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """
        Let one method read what there is, decide, and write: nobody else does so meanwhile.
        """
        with self._lock:
            if self._deciding:
                yield  # one method that calls another is still one transaction
                return
            self._deciding = True
            try:
                with self._told():
                    self._file.execute("BEGIN IMMEDIATE")
                    try:
                        self._read()
                        yield
                        self._write()
                        self._file.execute("COMMIT")
                    except BaseException:
                        # half of a decision must not stay in memory either
                        self._written = None
                        self._file.execute("ROLLBACK")
                        raise
            finally:
                self._deciding = False

    def _read(self) -> None:
        (state,) = self._file.execute("SELECT state FROM book").fetchone()
        if state != self._written:
            self.load(state)
            self._written = state

    def _write(self) -> None:
        state = self.dump()
        if state != self._written:
            self._file.execute("UPDATE book SET state = ?", [state])
            self._written = state

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            later = isinstance(exc, sqlite3.OperationalError)
            raise LedgerError(f"{self._name} can't be used: {exc}", retryable=later) from exc


def _in_transaction(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def decide(self: OneFileLedger, *args: Any, **named: Any) -> Any:
        with self.transaction():
            return method(self, *args, **named)

    return decide


# all of them, those included that a later version adds
for _name, _method in inspect.getmembers(MemoryLedger, inspect.isfunction):
    if not _name.startswith("_") and _name not in {"close", "dump", "load"}:
        setattr(OneFileLedger, _name, _in_transaction(_method))
