"""
Measure what the rows of a certificate cost: award, lease, record, delivery.

Batches are those of a run. What the ledger has written is then written once more, to a database of
its own with the same tables, by the bare driver with as many commits: that is what it is compared
with. Databases on servers are made for it and dropped again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sqlite3
import statistics
import tempfile
import time
import uuid

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from benchmarks._statements import candidates, results
from certcore.domain import DeliveryStatus
from certcore.ledgers import SqlOptions, certcore_ledgers
from certcore.plugins import Services
from certcore.ports import Candidate, Ledger, Settlement
from certcore.testing import FixedClock


AWARDED, CHUNK = 500, 100
"""How many a run awards in one transaction, and leases and records in one."""

STAGES = ("award", "lease", "record", "delivery")
TABLES = {
    "certcore_certificates": ("id",),
    "certcore_history": ("id",),
    "certcore_artifacts": ("certificate_id", "role"),
    "certcore_deliveries": ("id",),
}
"""What is written, and the keys of its rows."""

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)

Rows: TypeAlias = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
Took: TypeAlias = dict[str, tuple[float, float]]
"""Seconds by the clock, and of the processor in this process."""


class Database:
    """
    A ledger, and the bare driver's connection to the same database.
    """

    def __init__(self, ledger: Ledger, connection: Any, kind: str) -> None:
        self.ledger = ledger
        self.connection = connection
        self.mark = "?" if kind == "sqlite" else "%s"
        self._quote = "`" if kind == "mariadb" else '"'

    def _quoted(self, name: str) -> str:
        return f"{self._quote}{name}{self._quote}"

    def rows(self) -> Rows:
        """
        Read all that is in the tables.
        """
        found: Rows = {}
        for table, keys in TABLES.items():
            cursor = self.connection.cursor()
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # names of ours
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            found[table] = {tuple(row[key] for key in keys): row for row in rows}
        self.connection.commit()
        return found

    def write(self, before: Rows, rows: Rows) -> None:
        """
        Write these rows over what there was before, and commit.
        """
        cursor = self.connection.cursor()
        if self.mark == "?":
            cursor.execute("BEGIN IMMEDIATE")
        for table, written in rows.items():
            was = before[table]
            new = [row for key, row in written.items() if key not in was]
            if new:
                marks = ", ".join([self.mark] * len(new[0]))
                names = ", ".join(map(self._quoted, new[0]))
                said = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # names of ours
                cursor.executemany(said, [tuple(row.values()) for row in new])
            changed = {key: row for key, row in written.items() if key in was}
            if changed:
                differ = [
                    name
                    for name in next(iter(changed.values()))
                    if any(row[name] != was[key][name] for key, row in changed.items())
                ]
                sets = ", ".join(f"{self._quoted(name)} = {self.mark}" for name in differ)
                where = " AND ".join(f"{key} = {self.mark}" for key in TABLES[table])
                said = f"UPDATE {table} SET {sets} WHERE {where}"  # noqa: S608  # names of ours
                values = [(*(row[name] for name in differ), *key) for key, row in changed.items()]
                cursor.executemany(said, values)
        self.connection.commit()


@contextmanager
def server(url: str) -> Iterator[str]:
    """
    Give the address of a new database on a server, which is dropped afterwards.
    """
    name = f"certcore_bench_{uuid.uuid4().hex[:12]}"
    forced = " WITH (FORCE)" if url.startswith("postgres") else ""
    with closing(connect(url, autocommit=True)) as connection:
        connection.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.cursor().execute(f"DROP DATABASE {name}{forced}")


def connect(url: str, *, autocommit: bool = False) -> Any:
    """
    Connect by the bare driver.
    """
    at = urlsplit(url)
    if at.scheme == "sqlite":
        connection = sqlite3.connect(at.path, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection
    if at.scheme == "postgresql":
        import psycopg  # an extra

        return psycopg.connect(url, autocommit=autocommit)
    import pymysql  # an extra

    return pymysql.connect(
        host=at.hostname or "localhost",
        port=at.port or 3306,
        user=at.username,
        password=at.password or "",
        database=at.path.lstrip("/") or None,
        autocommit=autocommit,
        # as the ledger has it
        init_command="SET SESSION time_zone = '+00:00'",
    )


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Database]:
    """
    Open a ledger in a database of its own.
    """
    (provider,) = certcore_ledgers()
    with ExitStack() as stack:
        if url == "sqlite":
            folder.mkdir()
            own = f"sqlite:///{folder}/ledger.db"
            there = f"sqlite://{folder}/ledger.db"
        else:
            own = there = stack.enter_context(server(url))
        services = Services(clock=FixedClock(NOW), folder=folder)
        ledger = stack.enter_context(provider.build(SqlOptions(url=own), services))
        connection = stack.enter_context(closing(connect(there)))
        yield Database(ledger, connection, urlsplit(url).scheme or url)


class Round:
    """
    The same certificates, once by the ledger and once by the bare driver.
    """

    def __init__(self, ours: Database, bare: Database, count: int, number: int) -> None:
        self._ours = ours
        self._bare = bare
        self._wanted = candidates(count, number, NOW)
        self._ids: list[str] = []
        self._leased: list[Any] = []
        self.took: dict[str, Took] = {"certcore": {}, "bare": {}}

    def run(self) -> None:
        """
        Go through the stages.
        """
        for stage in STAGES:
            before = self._ours.rows()
            parts = list(getattr(self, f"_{stage}")())
            self._time("certcore", stage, parts)
            written = difference(before, self._ours.rows())
            cut = one_by_one if stage == "delivery" else evenly
            again = [
                partial(self._bare.write, before, rows) for rows in cut(before, written, len(parts))
            ]
            self._time("bare", stage, again)

    def _time(self, who: str, stage: str, parts: Sequence[Callable[[], object]]) -> None:
        clock, processor = time.perf_counter(), time.process_time()
        for part in parts:
            part()
        self.took[who][stage] = (time.perf_counter() - clock, time.process_time() - processor)

    def _award(self) -> Iterator[Callable[[], object]]:
        def award(wanted: Sequence[Candidate]) -> None:
            awards = self._ours.ledger.award(wanted, run=None, actor="bench", now=NOW)
            self._ids += [each.certificate for each in awards]

        return (partial(award, part) for part in chunks(self._wanted, AWARDED))

    def _lease(self) -> Iterator[Callable[[], object]]:
        until = NOW + dt.timedelta(hours=1)

        def lease(ids: Sequence[str]) -> None:
            self._leased += self._ours.ledger.lease(ids, owner="bench", until=until, now=NOW)

        return (partial(lease, part) for part in chunks(self._ids, CHUNK))

    def _record(self) -> Iterator[Callable[[], object]]:
        record = self._ours.ledger.record
        return (
            partial(record, part, actor="bench", now=NOW)
            for part in chunks(results(self._leased), CHUNK)
        )

    def _delivery(self) -> Iterator[Callable[[], object]]:
        ledger = self._ours.ledger
        ids = ledger.deliveries_due(now=NOW, channel="email", limit=len(self._ids))
        settled: Settlement | None = None
        for delivery in ids:
            # how the last one ended is written together with the start of the next
            yield partial(ledger.sending, delivery, now=NOW, settled=settled)
            settled = Settlement(delivery=delivery, status=DeliveryStatus.SENT)
        if settled is not None:
            yield partial(ledger.settle, settled, now=NOW)


def chunks(values: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """
    Cut into pieces of a size.
    """
    return [values[start : start + size] for start in range(0, len(values), size)]


def difference(before: Rows, after: Rows) -> Rows:
    """
    Give the rows that are new or not as they were.
    """
    return {
        table: {key: row for key, row in rows.items() if before[table].get(key) != row}
        for table, rows in after.items()
    }


def evenly(before: Rows, written: Rows, parts: int) -> Iterator[Rows]:
    """
    Share rows out among so many transactions.
    """
    del before
    for part in range(parts):
        yield {
            table: dict(list(rows.items())[part::parts]) for table, rows in written.items() if rows
        }


def one_by_one(before: Rows, written: Rows, parts: int) -> Iterator[Rows]:
    """
    Let each message be marked as being sent together with the end of the one before it.
    """
    del parts
    table = "certcore_deliveries"
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, row in written[table].items():
        begun = {**row, "status": "sending", "settled_at": before[table][key]["settled_at"]}
        yield {table: {key: begun, **last}}
        last = {key: row}
    yield {table: last}


def measure(url: str, folder: Path, *, count: int, rounds: int) -> list[dict[str, Took]]:
    """
    Give what each round took, by who wrote and stage.
    """
    with opened(url, folder / "ours") as ours, opened(url, folder / "bare") as bare:
        found = []
        for number in range(rounds):
            each = Round(ours, bare, count, number)
            each.run()
            found.append(each.took)
        if ours.rows() != bare.rows():
            raise SystemExit("the bare driver has written something else")
        return found


def main() -> None:
    """
    Measure and print.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "urls",
        nargs="*",
        default=["sqlite"],
        metavar="URL",
        help="sqlite, or a server and a database on it from which others can be made: "
        "postgresql://postgres@127.0.0.1:5432/postgres",
    )
    parser.add_argument("--count", type=int, default=1000, help="certificates a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    report: dict[str, Any] = {}
    print("| database | rows | us per certificate | CPU us | bare driver, us | times |")
    print("| --- | --- | --- | --- | --- | --- |")
    for url in args.urls:
        name = urlsplit(url).scheme or url
        with tempfile.TemporaryDirectory() as folder:
            report[name] = measure(url, Path(folder), count=args.count, rounds=args.rounds)
        for stage in STAGES:
            clock = [1e6 * each["certcore"][stage][0] / args.count for each in report[name]]
            processor = [1e6 * each["certcore"][stage][1] / args.count for each in report[name]]
            bare = [1e6 * each["bare"][stage][0] / args.count for each in report[name]]
            times = [ours / theirs for ours, theirs in zip(clock, bare, strict=True)]
            print(
                f"| {name} | {stage} | {middle(clock)} | {middle(processor)} | {middle(bare)} "
                f"| {statistics.median(times):.1f} |"
            )
    if args.json:
        args.json.write_text(json.dumps(report, indent=2), "utf-8")


def middle(values: Sequence[float]) -> str:
    """
    Show the median and the extremes.
    """
    return f"{statistics.median(values):,.0f} [{min(values):,.0f}..{max(values):,.0f}]"


if __name__ == "__main__":
    main()
