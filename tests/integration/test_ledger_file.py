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
import traceback

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


def test_one_connection_in_memory_is_waited_for(tmp_path):
    """
    A thread that doesn't get its turn is told so.
    """
    ledger = open_ledger(SqlOptions(url="sqlite://", busy_timeout=SHORT), tmp_path)

    with (
        ledger._engine.connect(),
        pytest.raises(LedgerBusyError, match="held the ledger in memory for too long"),
    ):
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

    with pytest.raises(LedgerVersionError, match=r"version 99.*knows version 2: upgrade certcore"):
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
    said = "can't be written: look at the rights of its file and folder"
    assert (done.stdout, done.stderr) == (
        f"the ledger {name}/ledger.db {said}\n",
        "",
    )


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
    with pytest.raises(LedgerError, match=r"ledger\.db is full; make room and run again") as caught:
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
    said = "can't be written: it is full, over its quota or broken"
    assert output.splitlines() == [
        f"the disk of the ledger {tmp_path}/ledger.db {said} True",
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

    assert str(caught.value) == (
        f"the ledger {tmp_path}/ledger.db failed: no such table: certcore_history"
    )
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

    assert (provider.name, provider.schemes) == (
        "sql",
        ("sqlite", "postgresql", "postgres", "mariadb", "mysql"),
    )
    again = opened(tmp_path)
    assert again.due(now=LATER, configuration=BIOLOGY) == (id_,)
    again.close()
