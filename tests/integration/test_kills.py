"""
Killed at any moment, nothing is lost and nothing is done twice.
"""

from __future__ import annotations

import datetime as dt
import email
import hashlib
import random
import signal
import subprocess
import sys
import time

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from certcore.bootstrap import load_project
from certcore.domain import Status
from certcore.ports import CertificateFilter


# what a user's own script would be, with leases short enough to wait for
RUN = """
import datetime, sys
from certcore.bootstrap import load_project
with load_project(sys.argv[1]).registrar(lease=datetime.timedelta(seconds=1)) as registrar:
    print("begun", flush=True)
    registrar.issue("welding/completion")
"""
LEARNERS = 60
ELIGIBLE = 54


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], stdout=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str], signal_: int | None = None) -> int:
    if signal_ is not None:
        process.send_signal(signal_)
    process.communicate(timeout=120)
    return process.returncode


def await_begun(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert "begun\n" == process.stdout.readline()


def wait_for_leases() -> None:
    time.sleep(1.1)


def assert_complete(folder: Path) -> None:
    """
    Who is eligible has one certificate, one file and one message, and nobody else has any.
    """
    with load_project(folder).registrar() as registrar:
        found = registrar.find(CertificateFilter(), limit=1000)
        per_learner = Counter(certificate.learner.id for certificate in found)

        assert {Status.ISSUED} == {certificate.status for certificate in found}
        assert {f"u{n}" for n in range(LEARNERS) if n % 10 != 9} == set(per_learner)
        assert {1} == set(per_learner.values())
        for certificate in found:
            assert certificate.artifact is not None
            content = registrar.store.open(certificate.artifact.key)
            assert certificate.artifact.sha256 == hashlib.sha256(content).hexdigest()
            messages = registrar.ledger.deliveries(certificate.id)
            assert ["sent"] == [message.status.value for message in messages]
    told = Counter(
        email.message_from_bytes(path.read_bytes())["To"]
        for path in (folder / "outbox").glob("*.eml")
    )
    assert ELIGIBLE == len(told)
    assert {1} == set(told.values())
    assert not list((folder / "certificates").rglob("*.tmp*"))


def test_one_run_is_complete(make_project: Callable[..., Path]) -> None:
    """
    Without a kill, the check that the others rely on holds.
    """
    folder = make_project(LEARNERS)

    assert 0 == end(start(folder))

    assert_complete(folder)


def kill_often(folder: Path, *, kills: int, seed: int) -> None:
    # the same moments each time, as far as a machine keeps time
    moments = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(kills):
        process = start(folder)
        await_begun(process)
        time.sleep(moments.uniform(0, 0.6))
        end(process, signal.SIGKILL)
    wait_for_leases()


def test_killed_at_random_moments(make_project: Callable[..., Path]) -> None:
    """
    After twenty kills, one more run finishes the work.
    """
    folder = make_project(LEARNERS)
    kill_often(folder, kills=20, seed=7)

    assert 0 == end(start(folder))

    assert_complete(folder)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_killed_very_often(make_project: Callable[..., Path], seed: int) -> None:
    """
    A hundred projects, five kills each.
    """
    folder = make_project(LEARNERS)
    kill_often(folder, kills=5, seed=seed)

    assert 0 == end(start(folder))

    assert_complete(folder)


def test_two_processes_at_once(make_project: Callable[..., Path]) -> None:
    """
    Two runs of one configuration at the same time issue each certificate once.
    """
    folder = make_project(LEARNERS)

    both = [start(folder), start(folder)]

    assert [0, 0] == [end(process) for process in both]
    assert_complete(folder)


def test_terminated_gracefully(make_project: Callable[..., Path]) -> None:
    """
    After an interrupt, the next run needn't wait for any lease.
    """
    folder = make_project(LEARNERS)
    process = start(folder)
    await_begun(process)
    time.sleep(0.25)
    end(process, signal.SIGINT)
    with load_project(folder).registrar(lease=dt.timedelta(hours=1)) as registrar:
        registrar.issue("welding/completion")

    assert_complete(folder)
