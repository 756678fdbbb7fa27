"""
Joins in bounded memory: rows wait in a private file on disk until what belongs to them has come.

Rows are written a page at a time and read back in order, which costs next to nothing. Which of them
were replaced is found without an index of all keys: a filter of fixed size tells keys that may have
come before from those that can't, and only the former are looked up.
"""

from __future__ import annotations

import marshal
import sqlite3

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeAlias

from certcore.exceptions import RetrievalError


BATCH = 500
"""How many rows are looked at together; below the number of parameters any SQLite takes."""

_CACHE_KIB = 4096

_FILTER = 1 << 23
"""Bytes. Of a million keys one in nine is looked up, of ten million seven in ten."""

Row: TypeAlias = tuple[Any, ...]
"""Its key, a text, and None, texts, numbers, lists and tables of them."""


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
        # shared, however many tables there are: what it takes is to be bounded
        self._filter = bytearray(_FILTER)
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
        return SpoolTable(self._database, self._filter, self._tables)


class SpoolTable:
    """
    Rows by key, in the order in which they came; of those with one key, the last counts.
    """

    def __init__(self, database: sqlite3.Connection, seen: bytearray, number: int) -> None:
        self._database = database
        # by a key's hash: 0 it hasn't come, 1 it may have, 2 it may have more than once
        self._seen = seen
        self._salt = hash(("table", number))
        self._count = 0
        self._pages = 0
        self._indexed = 0
        # the tables' names are ours: no value of anybody's gets into a statement
        self._put = f"INSERT INTO pages_{number} (place, start, rows) VALUES (?, ?, ?)"  # noqa: S608  # a table of ours
        self._page = f"SELECT start, rows FROM pages_{number} WHERE place = ?"  # noqa: S608  # a table of ours
        self._page_with = (
            f"SELECT start, rows FROM pages_{number} WHERE start <= ? ORDER BY place DESC LIMIT 1"  # noqa: S608  # a table of ours
        )
        self._put_last = f"INSERT OR REPLACE INTO last_{number} (key, place) VALUES (?, ?)"  # noqa: S608  # a table of ours
        self._last = f"SELECT key, place FROM last_{number} WHERE key IN "  # noqa: S608  # a table of ours
        self._put_row = f"INSERT OR REPLACE INTO rows_{number} (key, row) VALUES (?, ?)"  # noqa: S608  # a table of ours
        self._row = f"SELECT key, row FROM rows_{number} WHERE key IN "  # noqa: S608  # a table of ours
        with _told():
            for table, columns in (
                ("pages", "place INTEGER PRIMARY KEY, start INTEGER NOT NULL, rows BLOB NOT NULL"),
                ("last", "key TEXT PRIMARY KEY, place INTEGER NOT NULL"),
                ("rows", "key TEXT PRIMARY KEY, row BLOB NOT NULL"),
            ):
                database.execute(f"CREATE TABLE {table}_{number} ({columns})")

    def put(self, rows: Sequence[Row]) -> None:
        """
        Add rows.

        Raises:
            certcore.exceptions.RetrievalError:
                If there is no room for temporary files; the spool can only be closed then.
        """
        seen, salt = self._seen, self._salt
        for start in range(0, len(rows), BATCH):
            batch = list(rows[start : start + BATCH])
            again: list[tuple[str, int]] = []
            for place, row in enumerate(batch, self._count):
                at = (hash(row[0]) ^ salt) % _FILTER
                if seen[at]:
                    seen[at] = 2
                    again.append((row[0], place))
                else:
                    seen[at] = 1
            with _told():
                self._database.execute("BEGIN")
                self._database.execute(self._put, (self._pages, self._count, marshal.dumps(batch)))
                self._database.executemany(self._put_last, again)
                self._database.execute("COMMIT")
            self._pages += 1
            self._count += len(batch)

    def get(self, keys: Collection[str]) -> dict[str, Row]:
        """
        Give the rows that count, of those of the keys that are there.
        """
        found: dict[str, Row] = {}
        if not self._count:
            return found
        self._index()
        for key, row in self._chosen(self._row, keys):
            found[key] = marshal.loads(row)  # noqa: S302  # nobody else can write there
        return found

    def last(self, keys: Collection[str]) -> dict[str, Row]:
        """
        Give the rows that count, of those of the keys that came more than once.
        """
        found: dict[str, Row] = {}
        start = 0
        rows: list[Row] = []
        # those that came together lie together
        for place in sorted(place for _, place in self._chosen(self._last, keys)):
            if not start <= place < start + len(rows):
                with _told():
                    start, packed = self._database.execute(self._page_with, (place,)).fetchone()
                rows = marshal.loads(packed)  # noqa: S302  # nobody else can write there
            at: int = place - start
            row = rows[at]
            found[row[0]] = row
        return found

    def pages(self) -> Iterator[tuple[list[Row], list[Row]]]:
        """
        Give all rows in order, some hundred at a time: those that count, and the replaced.
        """
        seen, salt = self._seen, self._salt
        for page in range(self._pages):
            start, rows = self._read(page)
            again = [row[0] for row in rows if seen[(hash(row[0]) ^ salt) % _FILTER] > 1]
            last = dict(self._chosen(self._last, again)) if again else {}
            if not last:
                yield rows, []
                continue
            counting: list[Row] = []
            replaced: list[Row] = []
            for place, row in enumerate(rows, start):
                counts = last.get(row[0], place) == place
                (counting if counts else replaced).append(row)
            yield counting, replaced

    def _read(self, page: int) -> tuple[int, list[Row]]:
        with _told():
            start, rows = self._database.execute(self._page, (page,)).fetchone()
        return start, marshal.loads(rows)  # noqa: S302  # nobody else can write there

    def _index(self) -> None:
        while self._indexed < self._pages:
            _, rows = self._read(self._indexed)
            with _told():
                self._database.execute("BEGIN")
                self._database.executemany(
                    self._put_row, ((row[0], marshal.dumps(row)) for row in rows)
                )
                self._database.execute("COMMIT")
            self._indexed += 1

    def _chosen(self, select: str, keys: Collection[str]) -> list[tuple[str, Any]]:
        wanted = list(keys)
        found: list[tuple[str, Any]] = []
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            with _told():
                found += self._database.execute(f"{select}({marks})", batch)
        return found


@contextmanager
def _told() -> Generator[None]:
    try:
        yield
    except sqlite3.Error as exc:
        raise RetrievalError(
            f"temporary data can't be kept: {exc}. Is there room on the disk of temporary files?",
            retryable=True,
        ) from exc
