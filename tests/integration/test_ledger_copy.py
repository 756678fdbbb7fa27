"""
A ledger is moved to another database, whole or not at all.
"""

from __future__ import annotations

import json
import runpy
import shutil
import signal
import subprocess
import sys
import textwrap
import tracemalloc

from collections.abc import Generator, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from certcore.domain import Note
from certcore.exceptions import LedgerError, LedgerVersionError
from certcore.ledgers import SqlOptions, copy_ledger, describe_ledger, open_ledger
from certcore.ledgers import _schema as t
from certcore.ports import LedgerRecord
from certcore.testing.contracts import LedgerCopyingContract
from certcore.testing.contracts._ledger_copying import fill, seen
from certcore.testing.contracts._samples import (
    BIOLOGY,
    NOW,
    award,
    candidate,
    crowd,
    issue,
)


LEDGERS = Path(__file__).parent / "ledgers"


@pytest.fixture
def ledger(ledger_url: str) -> Generator[Any, None, None]:
    """
    An empty ledger in a file, then on each server.
    """
    with open_ledger(SqlOptions(url=ledger_url, durable=False), Path()) as ledger:
        yield ledger


@pytest.fixture
def another(ledger: Any, ledger_url: str) -> Generator[Any, None, None]:
    """
    The same, opened once more.
    """
    with open_ledger(SqlOptions(url=ledger_url, durable=False), Path()) as another:
        yield another


class TestFile(LedgerCopyingContract):
    """
    The contract on a file, from and into a ledger in memory.
    """

    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Generator[Any, None, None]:
        """
        An empty ledger.
        """
        with open_ledger(SqlOptions(url="sqlite:///ledger.db", durable=False), tmp_path) as ledger:
            yield ledger


@pytest.fixture(scope="module")
def opened(server_url: str) -> Generator[Any, None, None]:
    """
    A ledger on each server, for all tests of the contract.
    """
    with open_ledger(SqlOptions(url=server_url, durable=False), Path()) as opened:
        yield opened


class TestServers(LedgerCopyingContract):
    """
    The contract on each server, from and into a ledger in memory.
    """

    @pytest.fixture
    def ledger(self, opened: Any) -> Any:
        """
        An empty ledger.
        """
        with opened._engine.begin() as connection:
            for table in set(t.metadata.tables.values()) - {t.meta}:
                connection.execute(sa.delete(table))
        return opened


@pytest.fixture
def full(tmp_path: Path) -> Generator[Any, None, None]:
    """
    A ledger in a file with everything in it.
    """
    with open_ledger(SqlOptions(url="sqlite:///full.db"), tmp_path) as full:
        fill(full)
        yield full


def test_every_table_is_copied(full: Any, ledger: Any) -> None:
    """
    To the last column, whatever is in there, also in those that aren't read back by others.
    """
    copied = copy_ledger(full, ledger)

    assert list(full.records()) == list(ledger.records())
    assert {name.removeprefix("certcore_") for name in t.metadata.tables} - {"meta"} == set(copied)
    assert [] == [name for name, number in copied.items() if not number]


def test_new_rows_are_numbered_behind_the_copied_ones(full: Any, ledger: Any) -> None:
    """
    Also by a database that counts elsewhere than in the table, and hasn't counted before.
    """
    copy_ledger(full, ledger)
    run = ledger.open_run(BIOLOGY, name="bio101", slot="next", now=NOW)
    ledger.count(run.id, {}, notes=[Note(kind="failed", where="x", reason="y")])
    ledger.revoke(issue(ledger).id, reason="", actor="m.ruiz", now=NOW)

    def numbers(of: Any, table: str) -> set[Any]:
        return {each.values["id"] for each in of.records() if each.table == table}

    for table in ("runs", "run_notes", "history", "chores"):
        new = numbers(ledger, table) - numbers(full, table)
        assert new
        assert min(new) > max(numbers(full, table))


def test_a_ledger_of_the_first_version(tmp_path: Path, ledger: Any) -> None:
    """
    A pilot that was begun long ago goes to a server as it is.
    """
    shutil.copy(LEDGERS / "schema-1.db", tmp_path / "old.db")
    said = json.loads((LEDGERS / "schema-1.json").read_text("utf-8"))
    everything = runpy.run_path(str(LEDGERS / "make_schema_1.py"))["everything"]

    with open_ledger(SqlOptions(url="sqlite:///old.db"), tmp_path) as old:
        copy_ledger(old, ledger)

    assert said["everything"] == everything(ledger)
    assert said["tokens"] == {token: ledger.by_token(token).id for token in said["tokens"]}


def test_it_is_read_as_it_was_at_one_moment(ledger: Any, another: Any, tmp_path: Path) -> None:
    """
    What somebody awards while it is read is in no table of the copy.
    """
    before = award(ledger, *crowd(3))
    records = ledger.records()
    begun = list(islice(records, 2))

    award(another, candidate("late"))

    rest = [*begun, *records]
    assert before == [each.values["id"] for each in rest if each.table == "certificates"]
    assert before == [each.values["certificate_id"] for each in rest if each.table == "history"]


def test_memory_does_not_grow_with_the_ledger(ledger: Any) -> None:
    """
    Rows stream, out of it and into it.
    """

    def peak() -> int:
        records = ledger.records()
        tracemalloc.start()
        assert sum(1 for _ in records) > 1000
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    award(ledger, *crowd(600))
    list(ledger.records())
    few = peak()
    award(ledger, *(candidate(f"more-{number}") for number in range(1800)))

    assert peak() < 2 * few


def test_rows_are_written_as_they_come(full: Any, ledger: Any) -> None:
    """
    Nothing is gathered before it is written: batches of 500 are.
    """
    award(full, *crowd(1200))
    sizes: list[int] = []

    def counted(*said: Any) -> None:
        if "INSERT INTO certcore_certificates" in said[2] and said[5]:
            sizes.append(len(said[3]))

    sa.event.listen(ledger._engine, "before_cursor_execute", counted)
    copy_ledger(full, ledger)

    *whole, rest = sizes
    assert [500, 500] == whole
    assert rest < 500


def test_killed_in_the_middle_it_is_empty(
    full: Any, ledger: Any, ledger_url: str, tmp_path: Path
) -> None:
    """
    The copy is one transaction: who is killed leaves nothing, and the next one is whole.
    """
    award(full, *crowd(1200))
    script = """
        import os, signal, sys
        from pathlib import Path
        from certcore.ledgers import SqlOptions, open_ledger

        def dying(records):
            for record in records:
                if record.table == "history":
                    os.kill(os.getpid(), signal.SIGKILL)
                yield record

        full, to = (SqlOptions(url=url) for url in sys.argv[2:])
        folder = Path(sys.argv[1])
        with open_ledger(full, folder) as source, open_ledger(to, folder) as target:
            target.take(dying(source.records()))
    """
    before = seen(ledger)

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path, "sqlite:///full.db", ledger_url],
        check=False,
        timeout=60,
    )

    assert -signal.SIGKILL == done.returncode
    assert before == seen(ledger)
    assert {} == describe_ledger(SqlOptions(url=ledger_url), tmp_path).certificates
    copy_ledger(full, ledger)
    assert seen(full) == seen(ledger)


def test_what_a_newer_one_wrote_is_not_copied(ledger: Any, tmp_path: Path) -> None:
    """
    There may be tables and columns in it that this software doesn't know.
    """
    with ledger._engine.begin() as connection:
        connection.execute(sa.update(t.meta).where(t.meta.c.name == "schema").values(value="99"))

    with (
        open_ledger(SqlOptions(url="sqlite://"), tmp_path) as target,
        pytest.raises(LedgerVersionError, match="written by a newer certcore"),
    ):
        copy_ledger(ledger, target)


class Forgetful:
    """
    A ledger that says it has taken everything.
    """

    def records(self) -> Generator[LedgerRecord, None, None]:
        raise AssertionError("it is copied to, and not from")

    def take(self, records: Iterable[LedgerRecord]) -> Mapping[str, int]:
        return {"certificates": sum(each.table == "certificates" for each in records) - 1}


def test_a_copy_that_lost_something_is_noticed(full: Any) -> None:
    """
    What arrived is counted, table by table, whatever ledger it is.
    """
    with pytest.raises(
        LedgerError, match=r"isn't whole.* it has 10 of 11 certificates, 0 of 2 old_codes"
    ):
        copy_ledger(full, Forgetful())


def test_records_show_nobody(full: Any) -> None:
    """
    Whoever logs one shows no names, no addresses and no random value.
    """
    shown = {repr(record) for record in full.records()}

    assert {"LedgerRecord(table='meta')", "LedgerRecord(table='certificates')"} <= shown
