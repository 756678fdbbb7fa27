"""
What several processes do to one ledger at the same time, on each database.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import textwrap

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from certcore.domain import Status
from certcore.exceptions import LedgerBusyError
from certcore.ledgers import SqlOptions
from certcore.ledgers._base import one_row
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.ports import CertificateFilter
from certcore.testing.contracts._samples import NOW, award, candidate, crowd


PROLOGUE = """
import datetime as dt, sys
from pathlib import Path
from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.testing.contracts._samples import *
def wait():
    print("ready", flush=True)
    sys.stdin.readline()
"""
OPENED = PROLOGUE + "ledger = open_ledger(SqlOptions(url=sys.argv[1]), Path())\n"


@pytest.fixture
def opened(ledger_url):
    """
    Open the ledger, as often as one likes.
    """
    made: list[SqlLedger] = []

    def open_another(**options: object) -> SqlLedger:
        made.append(open_ledger(SqlOptions(url=ledger_url, **options), Path()))
        return made[-1]

    yield open_another
    for ledger in made:
        ledger.close()


@pytest.fixture
def start(ledger_url) -> Callable[..., subprocess.Popen[str]]:
    """
    Start another process that goes on with a script.
    """

    def start(script: str, prologue: str = OPENED) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", prologue + textwrap.dedent(script), ledger_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def at_once(processes: list[subprocess.Popen[str]]) -> list[list[str]]:
    """
    Let processes go on at the same time; give the lines that each printed.
    """
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in processes]
    assert [errors for _, errors in said] == [""] * len(processes)
    return [output.split() for output, _ in said]


def test_eight_processes_run_one_configuration(opened, start):
    """
    Of 200 learners, each gets one certificate with a code of its own, recorded by one of them.
    """
    ledger = opened()
    script = """
        import random
        people = crowd(200)
        random.shuffle(people)
        wait()
        for first in range(0, 200, 25):
            given = ledger.award(people[first : first + 25], run=None, actor="t", now=NOW)
            ids = [each.certificate for each in given]
            random.shuffle(ids)
            leased = ledger.lease(ids, owner="t", until=LATER, now=NOW)
            won = record(ledger, *(result(each) for each in leased))
            for each, mine in zip(leased, won, strict=True):
                print(f"{each.certificate.id}:{mine}")
        """

    said = at_once([start(script) for _ in range(8)])

    found = ledger.find(CertificateFilter(), limit=1000)
    assert Counter(line for lines in said for line in lines) == {
        f"{each.id}:True": 1 for each in found
    }
    assert {each.learner for each in found} == {each.learner for each in crowd(200)}
    assert [each.status for each in found] == [Status.ISSUED] * 200
    assert len({each.code for each in found}) == 200
    assert {tuple(entry.verb for entry in ledger.history(each.id)) for each in found} == {
        ("award", "record")
    }


def test_many_processes_make_the_ledger(start):
    """
    Those that come first at the same time make one ledger and go on.
    """
    script = """
        wait()
        ledger = open_ledger(SqlOptions(url=sys.argv[1]), Path())
        print(award(ledger)[0])
        """

    said = at_once([start(script, PROLOGUE) for _ in range(6)])

    assert [len(lines) for lines in said] == [1] * 6
    assert len({line for lines in said for line in lines}) == 1


def test_one_of_many_gets_a_slot(opened, start):
    """
    A run that several begin at the same time is begun by one, and taken over by one.
    """
    ledger = opened()
    script = """
        wait()
        for number in range(30):
            run = ledger.open_run(BIOLOGY, name="b", slot=f"slot {number}", now=NOW)
            print(f"{number}:{run is not None}")
            if run is not None:
                ledger.count(run.id, {"new": 1})
        """

    said = at_once([start(script) for _ in range(3)])

    begun = [line for lines in said for line in lines if line.endswith("True")]
    assert sorted(begun) == sorted(f"{number}:True" for number in range(30))
    assert [dict(run.counts) for run in ledger.runs(limit=100)] == [{"new": 1}] * 30


def test_a_killed_process_takes_nothing_with_it(opened, start):
    """
    What was committed is there; what wasn't left nothing half-done.
    """
    process = start(
        """
        for number in range(10_000):
            people = [candidate(f"{number}-{each}") for each in range(7)]
            print(*award(ledger, *people), flush=True)
        """
    )
    committed = [process.stdout.readline().split() for _ in range(5)]
    process.kill()
    process.communicate()

    found = [each.id for each in opened().find(CertificateFilter(), limit=100_000)]

    assert {id_ for ids in committed for id_ in ids} <= set(found)
    assert len(found) % 7 == 0


def test_held_by_somebody_else(opened):
    """
    After the timeout there is a clear error; reading goes on, and nothing is lost.
    """
    ledger, other = opened(busy_timeout=dt.timedelta(milliseconds=200)), opened()
    (before,) = award(ledger)

    with other._writing() as connection:
        one_row(connection, before)
        with pytest.raises(LedgerBusyError, match="somebody else has held the ledger") as caught:
            ledger.cancel(before, reason="", actor="tests", now=NOW)
        read = ledger.get(before)

    assert caught.value.retryable
    assert read.status is Status.PENDING
    assert ledger.cancel(before, reason="", actor="tests", now=NOW).status is Status.CANCELLED
    assert award(ledger, candidate("eva")) != [before]


def test_waits_for_somebody_else(opened):
    """
    Before the timeout, somebody else's transaction is merely waited for.
    """
    patient, other = opened(), opened()
    (before,) = award(patient)
    waiting = ThreadPoolExecutor(1)

    with other._writing() as connection:
        one_row(connection, before)
        found = waiting.submit(patient.cancel, before, reason="", actor="tests", now=NOW)
        with pytest.raises(TimeoutError):
            found.result(timeout=0.2)

    assert found.result().status is Status.CANCELLED
    waiting.shutdown()
