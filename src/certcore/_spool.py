"""
Joins in bounded memory: rows wait in a private file on disk until what belongs to them has come.
"""

from __future__ import annotations

import json
import sqlite3

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias

from certcore.exceptions import RetrievalError


BATCH = 500
"""How many rows are looked at together; below the number of parameters any SQLite takes."""

_CACHE_KIB = 4096

Value: TypeAlias = Any
"""What a row holds: None, texts, finite numbers, lists and tables of them."""


class Spool:
    """
    A temporary database of tables, gone when it is closed, whatever happens to the process.

    Use it as a context manager; by one thread at a time.
    """

    def __init__(self) -> None:
        with _told():
            # an empty name: SQLite makes a file that only this process can open, and unlinks it
            # at once. It is touched only when the cache is full.
            self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            for pragma in (
                "journal_mode = OFF",
                "synchronous = OFF",
                f"cache_size = -{_CACHE_KIB}",
            ):
                self._database.execute(f"PRAGMA {pragma}")
        self._tables = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """
        Drop all rows. Safe to repeat.
        """
        self._database.close()

    def table(self) -> SpoolTable:
        """
        Open one more table, empty.
        """
        self._tables += 1
        return SpoolTable(self._database, f"rows_{self._tables}")


class SpoolTable:
    """
    Values by key, in the order in which they came; of two with one key, the last stays.
    """

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self._database = database
        # the table's name is ours: no value of anybody's gets into a statement
        self._insert = f"INSERT OR REPLACE INTO {name} (key, value) VALUES (?, ?)"  # noqa: S608
        self._select = f"SELECT key, value FROM {name} WHERE key IN "  # noqa: S608
        self._page = (
            f"SELECT place, key, value FROM {name} WHERE place > ? ORDER BY place LIMIT {BATCH}"  # noqa: S608
        )
        self._count = f"SELECT count(*) FROM {name}"  # noqa: S608
        with _told():
            database.execute(
                f"CREATE TABLE {name} (place INTEGER PRIMARY KEY,"
                " key TEXT NOT NULL UNIQUE, value TEXT NOT NULL)"
            )

    def __len__(self) -> int:
        with _told():
            (count,) = self._database.execute(self._count).fetchone()
        return int(count)

    def put(self, rows: Sequence[tuple[str, Value]]) -> list[tuple[str, Value]]:
        """
        Add rows, and give those that they replace, the ones among themselves included.

        Raises:
            certcore.exceptions.RetrievalError:
                If there is no room for temporary files; the spool can only be closed then.
        """
        replaced: list[tuple[str, Value]] = []
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            known = self.get([key for key, _ in batch])
            for key, value in batch:
                if key in known:
                    replaced.append((key, known[key]))
                known[key] = value
            with _told():
                self._database.execute("BEGIN")
                self._database.executemany(
                    self._insert, ((key, _written(value)) for key, value in batch)
                )
                self._database.execute("COMMIT")
        return replaced

    def get(self, keys: Collection[str]) -> dict[str, Value]:
        """
        Give the values of those of the keys that are there.
        """
        wanted = list(keys)
        found: dict[str, Value] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            with _told():
                rows = self._database.execute(f"{self._select}({marks})", batch).fetchall()
            found.update((key, json.loads(value)) for key, value in rows)
        return found

    def pages(self) -> Iterator[list[tuple[str, Value]]]:
        """
        Give all rows in order, some hundred at a time.
        """
        place = 0
        while True:
            with _told():
                rows = self._database.execute(self._page, (place,)).fetchall()
            if not rows:
                return
            place = rows[-1][0]
            yield [(key, json.loads(value)) for _, key, value in rows]


def _written(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise RetrievalError(
            f"temporary data can't be kept: {exc}. Is there room on the disk of temporary files?",
            retryable=True,
        ) from exc
