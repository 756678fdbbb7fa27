"""
Tables of one version become those of the next, and nothing that is in them is lost.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import signal
import sqlite3
import subprocess
import sys

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from certcore.domain import Status
from certcore.exceptions import LedgerError, LedgerVersionError
from certcore.ledgers import (
    SqlOptions,
    describe_ledger,
    open_ledger,
    upgrade_ledger,
)
from certcore.ledgers import _schema as t
from certcore.ledgers._migrations import operations, revision
from certcore.ledgers._sql import engine_for
from certcore.testing.contracts._samples import BIOLOGY, HISTORY, LATER, NOW, candidate


LEDGERS = Path(__file__).parent / "ledgers"
OLD = runpy.run_path(str(LEDGERS / "make_schema_1.py"))
SAID = json.loads((LEDGERS / "schema-1.json").read_text("utf-8"))
FILE = SqlOptions(url="sqlite:///ledger.db")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """
    A folder with a ledger that the first version made.
    """
    shutil.copy(LEDGERS / "schema-1.db", tmp_path / "ledger.db")
    return tmp_path


def dump(file: Path) -> list[str]:
    """
    Read everything in a SQLite file, without changing it.
    """
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (found,) = connection.execute("SELECT value FROM certcore_meta WHERE name = 'schema'")
    return int(found[0])


def test_everything_in_an_old_ledger_reads_back(old: Path) -> None:
    """
    Certificates in each status with their codes, history and messages; runs, holds, chores; links
    that were mailed.
    """
    with open_ledger(FILE, old) as ledger:
        found = OLD["everything"](ledger)
        linked = {token: ledger.by_token(token) for token in SAID["tokens"]}

    assert SAID["everything"] == found
    assert SAID["tokens"] == {token: each.id for token, each in linked.items() if each}
    assert {status.value for status in Status} == {
        each["certificate"].get("status", "pending") for each in found["certificates"]
    }


def test_nobody_in_an_old_ledger_is_awarded_twice(old: Path) -> None:
    """
    The next run finds everybody, but for those whose certificate was declared a mistake.
    """
    people = [candidate(each, cycle="2026T1") for each in OLD["PEOPLE"]]
    with open_ledger(FILE, old) as ledger:
        run = ledger.open_run(BIOLOGY, name="bio101", slot="next", now=NOW)
        served = ledger.open_run(HISTORY, name="hist200", slot="held", now=LATER)
        awards = ledger.award(people, run=run.id, actor="run 5", now=LATER)

    assert served is None
    assert ["annulled0", "annulled1", "annulled2"] == [
        who.learner.id for who, each in zip(people, awards, strict=True) if each.kind == "new"
    ]


def test_a_copy_of_an_old_ledger_is_kept(old: Path) -> None:
    """
    As it was; who may read it is who might read the ledger; an earlier copy isn't touched.
    """
    (old / "ledger.db").chmod(0o640)
    (old / "ledger.db.v1-backup").write_text("somebody's")
    (old / "ledger.db.backup-unfinished").write_text("of somebody who was killed")

    with open_ledger(FILE, old):
        pass
    with open_ledger(FILE, old):
        pass

    copy = old / "ledger.db.v1-backup-2"
    assert dump(LEDGERS / "schema-1.db") == dump(copy)
    assert 0o640 == copy.stat().st_mode & 0o777
    assert "somebody's" == (old / "ledger.db.v1-backup").read_text()
    assert {"ledger.db", "ledger.db.v1-backup", copy.name} == {each.name for each in old.iterdir()}


def test_the_copy_has_what_is_in_the_log(old: Path) -> None:
    """
    What was committed and isn't in the file itself yet is in the copy.
    """
    with closing(sqlite3.connect(old / "ledger.db")) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE certcore_holds SET reason = 'written last'")
        connection.commit()
        with open_ledger(FILE, old):
            pass

    assert "written last" in "".join(dump(old / "ledger.db.v1-backup"))


def test_no_upgrade_without_a_copy(old: Path) -> None:
    """
    Where none can be made the ledger stays as it was, and the error says what couldn't be written.
    """
    (old / "ledger.db.backup-unfinished").mkdir()

    with pytest.raises(LedgerError, match=r"ledger\.db\.v1-backup can't be written") as caught:
        upgrade_ledger(FILE, old)

    assert "ledger.db has tables of version 1" in str(caught.value)
    assert dump(LEDGERS / "schema-1.db") == dump(old / "ledger.db")


def test_those_who_come_at_once_wait_for_the_first(old: Path) -> None:
    """
    One upgrades, and the others find it done: there is one copy.
    """
    script = (
        "import sys; from pathlib import Path\n"
        "from certcore.ledgers import SqlOptions, open_ledger\n"
        "import certcore.ledgers._sql\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with open_ledger(SqlOptions(url='sqlite:///ledger.db'), Path(sys.argv[1])) as ledger:\n"
        "    print(len(ledger.runs()))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(old)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()

    said = [process.communicate("go\n", timeout=60) for process in started]

    assert [("4\n", "")] * 4 == said
    assert {"ledger.db", "ledger.db.v1-backup"} == {each.name for each in old.iterdir()}
    assert t.SCHEMA == version(old / "ledger.db")


@contextmanager
def before_statement(number: int, what: Any) -> Generator[list[int], None, None]:
    """
    Do something before the so-manieth statement of whatever ledger; give how many there were.
    """
    seen: list[int] = []

    def counted(*_: object) -> None:
        seen.append(1)
        if len(seen) == number:
            what()

    sa.event.listen(sa.Engine, "before_cursor_execute", counted)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", counted)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_anywhere_it_is_of_one_version_or_the_other(old: Path, tmp_path: Path) -> None:
    """
    Before each statement of the upgrade: what is found then is whole, and the next one goes on.
    """
    before = dump(LEDGERS / "schema-1.db")
    shutil.copy(old / "ledger.db", tmp_path / "done.db")
    with before_statement(0, None) as seen:
        upgrade_ledger(SqlOptions(url="sqlite:///done.db"), tmp_path)
    found = []

    for number in range(1, len(seen) + 1):
        child = os.fork()
        if not child:
            try:
                with before_statement(number, die):
                    upgrade_ledger(FILE, old)
            finally:
                # whatever happens, it mustn't go on as a second run of the tests
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert signal.SIGKILL == os.WTERMSIG(status)
        found.append(dump(old / "ledger.db"))

    assert [before] * len(seen) == found
    with open_ledger(FILE, old) as ledger:
        assert SAID["everything"] == OLD["everything"](ledger)
    assert dump(tmp_path / "done.db") == dump(old / "ledger.db")


# all databases


@contextmanager
def engine_at(url: str) -> Iterator[sa.Engine]:
    engine = engine_for(SqlOptions(url=url), Path())
    try:
        yield engine
    finally:
        engine.dispose()


def make_old(url: str) -> None:
    """
    Make a ledger as the first version would have, with a run in it.
    """
    with engine_at(url) as engine, engine.begin() as connection:
        revision(1).upgrade(operations(connection))
        connection.execute(
            sa.insert(t.meta),
            [
                {"name": "schema", "value": "1"},
                {"name": "admits", "value": "1"},
                {"name": "slot_key", "value": "ab" * 32},
            ],
        )
        run = {"context_key": BIOLOGY.context, "type_key": BIOLOGY.type, "name": "bio", "slot": "s"}
        columns = [sa.column(name) for name in (*run, "status")]
        begun = sa.column("started_at", t.Instant)
        runs = sa.table("certcore_runs", *columns, begun)
        connection.execute(sa.insert(runs).values(**run, status="done", started_at=NOW))


def other_default(*said: Any) -> bool:
    """
    Alembic takes one empty string for another than the next, where databases write it otherwise.
    """
    _, _, _, found, _, wanted = said
    bare = [each and each.partition("::")[0].strip("()'") for each in (found, wanted)]
    return bool(bare[0] != bare[1])


def differences(url: str) -> list[Any]:
    """
    Compare the tables that there are with those that the software works with.
    """
    options = {"compare_type": True, "compare_server_default": other_default}
    with engine_at(url) as engine, engine.begin() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, t.metadata))


def test_all_revisions_make_what_is_made_at_once(ledger_url: str) -> None:
    """
    A ledger that was upgraded from version to version has the tables of a new one.
    """
    with engine_at(ledger_url) as engine, engine.begin() as connection:
        for each in range(1, t.SCHEMA + 1):
            revision(each).upgrade(operations(connection))

    assert [] == differences(ledger_url)


def test_a_new_ledger_has_the_tables_of_the_software(ledger_url: str) -> None:
    """
    Made at once, it needs no upgrade.
    """
    upgrade_ledger(SqlOptions(url=ledger_url), Path())

    state = describe_ledger(SqlOptions(url=ledger_url), Path())
    assert [] == differences(ledger_url)
    assert (t.SCHEMA, t.ADMITS, t.SCHEMA, ()) == (
        state.schema,
        state.admits,
        state.needed,
        state.missing,
    )


@pytest.mark.service("mariadb")
def test_both_ways_make_the_same_to_the_letter(mariadb_url: str) -> None:
    """
    Collations and engines, too, which Alembic doesn't compare.
    """

    def written() -> dict[str, str]:
        with engine_at(mariadb_url) as engine, engine.begin() as connection:
            return {
                name: connection.exec_driver_sql(f"SHOW CREATE TABLE {name}").one()[1]
                for name in t.metadata.tables
            }

    upgrade_ledger(SqlOptions(url=mariadb_url), Path())
    made = written()
    with engine_at(mariadb_url) as engine, engine.begin() as connection:
        t.metadata.drop_all(connection)
        for each in range(1, t.SCHEMA + 1):
            revision(each).upgrade(operations(connection))

    assert made == written()


@pytest.fixture(params=["postgresql", "mariadb"])
def own_server_url(request: pytest.FixtureRequest) -> str:
    """
    The address of an empty database on each server.
    """
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def test_an_old_ledger_on_a_server_waits_for_its_operator(own_server_url: str) -> None:
    """
    It isn't opened, and the error names the command; after that it is, with what is in it.
    """
    make_old(own_server_url)
    options = SqlOptions(url=own_server_url)

    with (
        pytest.raises(LedgerVersionError, match=r"version 1.*run 'certcore ledger upgrade'"),
        open_ledger(options, Path()),
    ):
        pass
    before = describe_ledger(options, Path())
    upgrade_ledger(options, Path())
    upgrade_ledger(options, Path())

    assert (1, 1, ("a fence for runs, and a table of other systems' codes",)) == (
        before.schema,
        before.admits,
        before.missing,
    )
    assert [] == differences(own_server_url)
    with open_ledger(options, Path()) as ledger:
        assert [("bio", "s")] == [(run.name, run.slot) for run in ledger.runs()]


class CutOffError(Exception):
    """
    Stands for whatever ends a process.
    """


def cut_off() -> None:
    raise CutOffError


def cut_off_anywhere(options: SqlOptions, *, each: int) -> set[int]:
    """
    Upgrade again and again, cut off before a later statement each time, until one comes through;
    give the versions that the ledger was said to be of meanwhile.
    """
    found = set[int]()
    number = 1
    while True:
        with before_statement(number, cut_off), suppress(CutOffError):
            upgrade_ledger(options, Path())
            return found
        found.add(describe_ledger(options, Path()).schema)
        number += each


def test_cut_off_anywhere_an_upgrade_can_be_taken_up(ledger_url: str) -> None:
    """
    MariaDB keeps what was done: the ledger is of the old version until everything is.
    """
    make_old(ledger_url)

    found = cut_off_anywhere(SqlOptions(url=ledger_url), each=1)

    # on MariaDB, there is still a lock to be let go when everything is done
    assert 1 in found
    assert found <= {1, t.SCHEMA}
    assert t.SCHEMA == describe_ledger(SqlOptions(url=ledger_url), Path()).schema
    assert [] == differences(ledger_url)


def test_cut_off_anywhere_a_ledger_can_be_made_after_all(ledger_url: str) -> None:
    """
    Some tables are no ledger yet.
    """
    found = cut_off_anywhere(SqlOptions(url=ledger_url), each=4)

    assert 0 in found
    assert found <= {0, t.SCHEMA}
    assert t.SCHEMA == describe_ledger(SqlOptions(url=ledger_url), Path()).schema
    assert [] == differences(ledger_url)


def test_a_newer_ledger_is_described_and_left_alone(ledger_url: str) -> None:
    """
    One that doesn't admit this software isn't opened; an upgrade has nothing to do.
    """
    options = SqlOptions(url=ledger_url)
    upgrade_ledger(options, Path())
    with engine_at(ledger_url) as engine, engine.begin() as connection:
        for name, value in (("schema", "99"), ("admits", "98")):
            connection.execute(sa.update(t.meta).where(t.meta.c.name == name).values(value=value))

    upgrade_ledger(options, Path())

    state = describe_ledger(options, Path())
    assert (99, 98, ()) == (state.schema, state.admits, state.missing)
    with (
        pytest.raises(LedgerVersionError, match=r"version 99.*knows version 2: upgrade certcore"),
        open_ledger(options, Path()),
    ):
        pass


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """
    Where there is no ledger none is made to be described.
    """
    state = describe_ledger(FILE, tmp_path)

    assert (0, {}) == (state.schema, state.certificates)
    assert [] == list(tmp_path.iterdir())
