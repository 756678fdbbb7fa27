"""
What is particular to a ledger in a SQLite file: other processes, full disks, foreign files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
import traceback

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from certcore.config import SecretRef
from certcore.domain import Status
from certcore.exceptions import LedgerBusyError, LedgerError, LedgerVersionError
from certcore.ledgers import SqlOptions, certcore_ledgers
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.plugins import Services
from certcore.ports import CertificateFilter
from certcore.testing import FixedClock
from certcore.testing.contracts._samples import (
    BIOLOGY,
    LATER,
    NOW,
    PURGED,
    award,
    candidate,
    crowd,
    issue,
    lease,
    message,
    record,
    result,
    statement,
)


SHORT = dt.timedelta(milliseconds=200)
PROLOGUE = """
import datetime as dt, sys
from pathlib import Path
from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.testing.contracts._samples import *
ledger = open_ledger(SqlOptions(url="sqlite:///ledger.db"), Path(sys.argv[1]))
def wait():
    print("ready", flush=True)
    sys.stdin.readline()
"""


def opened(folder: Path, **options: object) -> SqlLedger:
    """
    Open the ledger of a folder.
    """
    return open_ledger(SqlOptions(url="sqlite:///ledger.db", **options), folder)


def other_process(script: str, folder: Path) -> subprocess.Popen[str]:
    """
    Start another process that opens the ledger and goes on with that script.
    """
    return subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + textwrap.dedent(script), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def at_once(script: str, folder: Path, processes: int) -> list[list[str]]:
    """
    Let processes go through a script at the same time; give the lines that each printed.
    """
    started = [other_process(script, folder) for _ in range(processes)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60) for process in started]
    assert [errors for _, errors in said] == [""] * processes
    return [output.split() for output, _ in said]


@pytest.fixture
def ledger(tmp_path):
    """
    A ledger that doesn't wait long for others.
    """
    ledger = opened(tmp_path, busy_timeout=SHORT)
    yield ledger
    ledger.close()


def pragma(ledger: SqlLedger, name: str) -> object:
    """
    Ask SQLite how a connection is set.
    """
    with ledger._engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize("durable, synchronous", [(True, 2), (False, 1)])
def test_how_a_file_is_opened(tmp_path, *, durable, synchronous):
    """
    With a write-ahead log, so that readers don't wait; each commit synced unless one opts out.
    """
    ledger = opened(tmp_path, durable=durable)

    found = (pragma(ledger, "journal_mode"), pragma(ledger, "synchronous"))

    ledger.close()
    assert found == ("wal", synchronous)


def test_two_processes_award_the_same(tmp_path):
    """
    Each of 200 identities is new to one of them, and both name the same certificate.
    """
    said = at_once(
        """
        people = crowd(200)
        wait()
        for start in range(0, 200, 20):
            for each in ledger.award(people[start:start + 20], run=None, actor="t", now=NOW):
                print(f"{each.kind}:{each.certificate}")
        """,
        tmp_path,
        2,
    )

    kinds = Counter(line.split(":")[0] for lines in said for line in lines)
    one, other = ([line.split(":")[1] for line in lines] for lines in said)
    assert kinds == {"new": 200, "refreshed": 200}
    assert one == other
    assert len(set(one)) == 200


def test_two_processes_lease_the_same(ledger, tmp_path):
    """
    Each of 200 certificates is leased to one of them.
    """
    ids = award(ledger, *crowd(200))

    said = at_once(
        """
        ids = ledger.due(now=NOW)
        wait()
        for start in range(0, 200, 10):
            for each in ledger.lease(ids[start:start + 10], owner="t", until=LATER, now=NOW):
                print(each.certificate.id)
        """,
        tmp_path,
        2,
    )

    assert sorted(id_ for lines in said for id_ in lines) == sorted(ids)


def test_many_processes_make_the_ledger(tmp_path):
    """
    Those that come first at the same time make one ledger and go on.
    """
    script = PROLOGUE.replace("ledger = open", "print('ready', flush=True); input(); ledger = open")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script + "print(award(ledger)[0])", str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in started:
        process.stdout.readline()

    said = [process.communicate("go\n", timeout=60) for process in started]

    assert [errors for _, errors in said] == [""] * 6
    assert len({output for output, _ in said}) == 1


def test_a_killed_process_takes_nothing_with_it(tmp_path):
    """
    What was committed is there; what wasn't left nothing half-done.
    """
    process = other_process(
        """
        for number in range(10_000):
            people = [candidate(f"{number}-{each}") for each in range(7)]
            print(*award(ledger, *people), flush=True)
        """,
        tmp_path,
    )
    committed = [process.stdout.readline().split() for _ in range(5)]
    process.kill()
    process.communicate()

    ledger = opened(tmp_path)
    found = [each.id for each in ledger.find(CertificateFilter(), limit=100_000)]
    ledger.close()

    assert {id_ for ids in committed for id_ in ids} <= set(found)
    assert len(found) % 7 == 0


def test_locked_by_another_process(ledger, tmp_path):
    """
    After the timeout there is a clear error; reading goes on, and nothing is lost.
    """
    (before,) = award(ledger)
    process = other_process(
        """
        with ledger._writing() as connection:
            wait()
        """,
        tmp_path,
    )
    process.stdout.readline()

    with pytest.raises(LedgerBusyError, match="somebody else has held the ledger") as caught:
        award(ledger, candidate("eva"))
    read = ledger.get(before)
    process.communicate("go\n", timeout=60)

    assert caught.value.retryable
    assert read.id == before
    assert award(ledger, candidate("eva"), candidate()) != [before, before]
    assert len(ledger.find(CertificateFilter())) == 2


def test_waits_for_another_process(tmp_path):
    """
    Before the timeout, somebody else's transaction is merely waited for.
    """
    patient = opened(tmp_path, busy_timeout=dt.timedelta(seconds=30))
    process = other_process(
        """
        with ledger._writing() as connection:
            wait()
        """,
        tmp_path,
    )
    process.stdout.readline()
    threading.Timer(0.2, process.communicate, ["go\n"]).start()

    found = award(patient)

    patient.close()
    assert len(found) == 1


def test_one_connection_in_memory_is_waited_for(tmp_path):
    """
    A thread that doesn't get its turn is told so.
    """
    ledger = open_ledger(SqlOptions(url="sqlite://", busy_timeout=SHORT), tmp_path)

    with ledger._engine.connect(), pytest.raises(LedgerBusyError):
        ledger.runs()

    ledger.close()


def in_meta(folder: Path, **values: str) -> None:
    """
    Write into the ledger's table about itself.
    """
    connection = sqlite3.connect(folder / "ledger.db")
    for name, value in values.items():
        connection.execute("UPDATE certcore_meta SET value = ? WHERE name = ?", (value, name))
    connection.commit()
    connection.close()


def test_a_newer_ledger_that_admits_us(ledger, tmp_path):
    """
    Tables of a newer version may still be worked with.
    """
    (before,) = award(ledger)
    in_meta(tmp_path, schema="99")

    newer = opened(tmp_path)

    assert award(newer) == [before]
    newer.close()


def test_a_newer_ledger_that_does_not(ledger, tmp_path):
    """
    The error says which version there is, and what to do.
    """
    in_meta(tmp_path, schema="99", admits="98")

    with pytest.raises(LedgerVersionError, match=r"version 99.*knows version 1: upgrade certcore"):
        opened(tmp_path)


def test_what_is_no_database(tmp_path):
    """
    A file of something else is named for what it isn't, and left alone.
    """
    (tmp_path / "ledger.db").write_text("Learner;Name\n" * 500)

    with pytest.raises(LedgerError, match="isn't a SQLite database"):
        opened(tmp_path)

    assert (tmp_path / "ledger.db").read_text() == "Learner;Name\n" * 500


def test_a_missing_folder(tmp_path):
    """
    The folder is named.
    """
    with pytest.raises(LedgerError, match=f"there is no folder {tmp_path}/var"):
        open_ledger(SqlOptions(url="sqlite:///var/ledger.db"), tmp_path)


def test_a_folder_in_the_place_of_the_file(tmp_path):
    """
    What can't be opened is a matter of the file and its folder.
    """
    (tmp_path / "ledger.db").mkdir()

    with pytest.raises(LedgerError, match="look at the rights of its file and folder"):
        opened(tmp_path)


def test_a_file_that_can_only_be_read():
    """
    The error says where to look.
    """
    # rights don't stop root, so that another process becomes somebody else and tries
    script = """
        import os, sys
        from pathlib import Path
        from certcore.exceptions import LedgerError
        from certcore.ledgers import SqlOptions
        from certcore.ledgers._sql import open_ledger
        open_ledger(SqlOptions(url="sqlite://"), Path()).close()
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            open_ledger(SqlOptions(url="sqlite:///ledger.db"), Path(sys.argv[1]))
        except LedgerError as exc:
            print(exc, flush=True)
        os._exit(0)  # nothing that runs at exit may still write files
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        opened(folder).close()
        (folder / "ledger.db").chmod(0o444)
        folder.chmod(0o555)

        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), name],
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

        folder.chmod(0o755)
    assert (done.stdout, done.stderr) == (
        "the ledger can't be written: look at the rights of its file and folder\n",
        "",
    )


@pytest.mark.parametrize(
    "url, said",
    [
        ("ledger.db", "address isn't one: sqlite:///ledger.db is wanted"),
        ("postgresql://certs:hunter2@db/certs", "keeps a SQLite file and not postgresql"),
        ("sqlite+aiosqlite:///ledger.db", r"not sqlite\+aiosqlite"),
    ],
)
def test_other_addresses(tmp_path, url, said):
    """
    What isn't SQLite is refused, without showing a password.
    """
    with pytest.raises(LedgerError, match=said) as caught:
        open_ledger(SqlOptions(url=url), tmp_path)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_full_disk(ledger):
    """
    A clear error without anybody's name in it; what was committed stays, what wasn't is undone.
    """
    before = award(ledger, *crowd(3))
    pages = pragma(ledger, "page_count")
    ledger._engine.dispose()

    def cramped(connection: sqlite3.Connection, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    sa.event.listen(ledger._engine, "connect", cramped)
    with pytest.raises(LedgerError, match="disk is full; make room and run again") as caught:
        award(ledger, *(candidate(f"{number}") for number in range(500)))
    sa.event.remove(ledger._engine, "connect", cramped)
    ledger._engine.dispose()

    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.retryable
    assert [word for word in PURGED if word in told] == []
    assert sorted(each.id for each in ledger.find(CertificateFilter())) == sorted(before)
    assert len(award(ledger, candidate("eva"))) == 1


def test_a_quota(tmp_path):
    """
    A process that may write no more is told, keeps what it has, and goes on once it may.
    """
    process = other_process(
        """
        import resource
        from certcore.exceptions import LedgerError
        from certcore.ports import CertificateFilter
        before = award(ledger, *crowd(3))
        size = (Path(sys.argv[1]) / "ledger.db-wal").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10_000, hard))
        try:
            award(ledger, *(candidate(f"{number}") for number in range(500)))
        except LedgerError as exc:
            print(exc, exc.retryable)
        print(len(ledger.find(CertificateFilter(), limit=1000)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        print(len(award(ledger, candidate("eva"))))
        """,
        tmp_path,
    )

    output, errors = process.communicate(timeout=60)

    assert errors == ""
    assert output.splitlines() == [
        "the ledger's disk can't be written: it is full, over its quota or broken True",
        "3",
        "1",
    ]


def test_any_other_error(ledger, tmp_path):
    """
    What nobody thought of is passed on in the database's words alone.
    """
    (id_,) = award(ledger)
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("DROP TABLE certcore_history")
    connection.close()

    with pytest.raises(LedgerError) as caught:
        ledger.cancel(id_, reason="Ada López", actor="tests", now=NOW)

    assert str(caught.value) == "the ledger failed: no such table: certcore_history"
    assert "Ada" not in str(caught.value.__cause__)
    assert ledger.get(id_).status is Status.PENDING


def in_ledger(folder: Path, statement: str, *values: str) -> list[tuple[object, ...]]:
    """
    Go behind a ledger's back.
    """
    connection = sqlite3.connect(folder / "ledger.db")
    found = connection.execute(statement, values).fetchall()
    connection.commit()
    connection.close()
    return found


def test_who_is_half_forgotten_is_forgotten_wholly(ledger, tmp_path):
    """
    A certificate that was forgotten before, however that came, doesn't keep the others.
    """
    old = issue(ledger)
    new = ledger.replace(old.id, statement(), reason="", actor="tests", now=NOW)
    record(ledger, result(lease(ledger, new.id)))
    in_ledger(
        tmp_path, "UPDATE certcore_certificates SET status = 'forgotten' WHERE id = ?", old.id
    )

    ledger.forget(new.id, actor="tests", now=NOW)

    assert ledger.get(new.id).status is Status.FORGOTTEN
    assert [entry.verb for entry in ledger.history(old.id)][-1] == "supersede"


def test_a_token_is_kept_as_a_digest(ledger, tmp_path):
    """
    Whoever reads the messages in the file has no link; whoever opens the ledger makes the same.
    """
    post = message(ledger, issue(ledger))

    token = ledger.sending(post.id, now=NOW).token

    ((kept,),) = in_ledger(tmp_path, "SELECT token_sha256 FROM certcore_deliveries")
    written = in_ledger(tmp_path, "SELECT * FROM certcore_deliveries")
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(written)


def test_a_token_hangs_on_the_secret_and_on_how_often(ledger, tmp_path):
    """
    Another ledger's message of the same id, or a resend, has another link; the last one works.
    """
    certificate = issue(ledger)
    post = message(ledger, certificate)
    tokens = [ledger.sending(post.id, now=NOW).token]
    again = "UPDATE certcore_deliveries SET status = 'pending', resends = resends + 1"

    in_ledger(tmp_path, again)
    tokens.append(ledger.sending(post.id, now=NOW).token)
    in_ledger(tmp_path, again)
    in_meta(tmp_path, slot_key="00" * 32)
    other = opened(tmp_path)
    tokens.append(other.sending(post.id, now=NOW).token)

    assert len(set(tokens)) == 3
    assert [other.by_token(token) for token in tokens] == [None, None, certificate]
    other.close()


def test_times_of_other_zones(ledger):
    """
    An instant is the same instant when it is read back, in UTC.
    """
    madrid = dt.timezone(dt.timedelta(hours=2))

    certificate = issue(ledger, not_before=LATER.astimezone(madrid))

    assert message(ledger, certificate).not_before == LATER
    assert message(ledger, certificate).not_before.tzinfo is dt.UTC


def statements(ledger: SqlLedger, size: int) -> list[int]:
    """
    Count the statements of an award, a lease and a record of so many.
    """
    counts = Counter[str]()

    def counted(*args: object) -> None:
        counts["now"] += 1

    found = []
    sa.event.listen(ledger._engine, "before_cursor_execute", counted)
    people = [candidate(f"{size}-{number}") for number in range(size)]
    ids = award(ledger, *people)
    found.append(counts.pop("now"))
    leased = ledger.lease(ids, owner="tests", until=LATER, now=NOW)
    found.append(counts.pop("now"))
    won = record(ledger, *(result(each) for each in leased))
    found.append(counts.pop("now"))
    award(ledger, *people)
    ledger.held([each.identity for each in people])
    found.append(counts.pop("now"))
    sa.event.remove(ledger._engine, "before_cursor_execute", counted)
    assert won == [True] * size
    return found


def test_five_hundred_take_no_more_statements_than_one(ledger):
    """
    The database is asked per batch and not per certificate.
    """
    few, many = statements(ledger, 2), statements(ledger, 500)

    assert few == many
    assert max(many) <= 6


def test_long_lists_are_cut(ledger):
    """
    More certificates than a statement has room for are leased, renewed and retried all the same.
    """

    def usual(connection: sqlite3.Connection, record: object) -> None:
        # distributions allow more
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)

    ledger._engine.dispose()
    sa.event.listen(ledger._engine, "connect", usual)
    ids = award(ledger, *(candidate(f"{number}") for number in range(3)))
    long = [*ids, *(f"{number:032x}" for number in range(33_000))]

    leased = ledger.lease(long, owner="tests", until=LATER, now=NOW)
    fences = dict.fromkeys(long, 1)
    people = [candidate(number).identity for number in [*long, "2"]]

    assert sorted(each.certificate.id for each in leased) == sorted(ids)
    assert ledger.renew(fences, until=LATER) == set(ids)
    assert ledger.retry(long, actor="tests", now=NOW) == 0
    assert list(ledger.held(people)) == people[-1:]
    assert (
        len(ledger.holds_any([each.learner for each in people], {BIOLOGY.context})) == len(long) + 1
    )


def test_the_provider_opens_and_closes_a_ledger(tmp_path, monkeypatch):
    """
    It lies in the project's folder, its address may stand in the environment.
    """
    monkeypatch.setenv("CERTCORE_LEDGER_URL", "sqlite:///ledger.db")
    (provider,) = certcore_ledgers()
    options = SqlOptions(url=SecretRef(env="CERTCORE_LEDGER_URL"))

    with provider.build(options, Services(clock=FixedClock(), folder=tmp_path)) as ledger:
        (id_,) = award(ledger)
        lease(ledger, id_)

    assert (provider.name, provider.schemes) == ("sql", ("sqlite",))
    again = opened(tmp_path)
    assert again.due(now=LATER, configuration=BIOLOGY) == (id_,)
    again.close()
