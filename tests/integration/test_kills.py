"""
Killed at any moment, nothing is lost and nothing is done twice.
"""

from __future__ import annotations

import email
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from attrs import define

from certcore.bootstrap import load_project
from certcore.domain import ConfigurationKey, Status
from certcore.ports import CertificateFilter


LEARNERS = 10
TOLD = {f"u{n}@example.org" for n in range(LEARNERS) if n % 10 != 9}
LEASE = 120
"""Seconds by which a clock goes on after a death: longer than a lease."""
ENDS = {
    -signal.SIGKILL: "killed",
    # before it could say that it would rather be interrupted
    -signal.SIGTERM: "killed",
    130: "interrupted",
    0: "done",
}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes can't be forked here")


@define
class Server:
    """
    Starts processes that have everything loaded, and kills them.
    """

    process: subprocess.Popen[str]

    def ask(self, folder: Path, **wanted: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"folder": str(folder), **wanted}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """
    A server that has nothing loaded yet.
    """
    # an interrupt in the midst of what measures coverage leaves it waiting for itself
    unmeasured = {key: val for key, val in os.environ.items() if not key.startswith("COVERAGE_")}
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("fork_server.py"))],
        env=unmeasured,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Server(process)
        assert process.stdin is not None
        process.stdin.close()


def assert_complete(folder: Path, key: str) -> None:
    """
    Who is eligible has one certificate, one file and one message, and nobody else has any.
    """
    wanted = CertificateFilter(configuration=ConfigurationKey(key, "completion"))
    with load_project(folder).registrar() as registrar:
        found = registrar.find(wanted, limit=1000)
        per_learner = Counter(certificate.learner.id for certificate in found)

        assert [] == [each.failure for each in found if each.status is not Status.ISSUED]
        assert TOLD == {f"{learner}@example.org" for learner in per_learner}
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
    assert TOLD == set(told)
    assert {1} == set(told.values())
    assert not list((folder / "certificates").rglob("*.tmp*"))


@define
class Round:
    """
    A project that is killed until it is left alone.
    """

    server: Server
    make_project: Callable[..., Path]
    ledger: str
    seconds: float
    """What one run takes."""
    seed: int

    def play(self, kills: int) -> Counter[str]:
        """
        Kill so often, let it end, look; give how many died of what and how many had ended before.
        """
        moments = random.Random(self.seed)  # noqa: S311  # no secret
        key = f"course-{os.getpid()}-{self.seed}"
        folder = self.make_project(LEARNERS, name=key, key=key, ledger=self.ledger)
        ends: Counter[str] = Counter()
        for number in range(kills):
            died_of = moments.choice([signal.SIGKILL, signal.SIGTERM])
            answer = self.server.ask(
                folder,
                later=number * LEASE,
                signal=int(died_of),
                # early ones hit a run's beginning, late ones its end; each run has less to do
                after=moments.uniform(0, self.seconds / (1 + number / 2)),
            )
            ends[ENDS[answer["status"]]] += 1
        assert 0 == self.server.ask(folder, later=kills * LEASE)["status"]
        assert_complete(folder, key)
        return ends


@pytest.fixture
def play(
    server: Server, make_project: Callable[..., Path], ledger_url: str
) -> Callable[[int, int], Counter[str]]:
    """
    Play a round of so many kills.
    """
    # what this loads, its children have
    server.ask(make_project(1, name="first", key="first", ledger=ledger_url), load=True)
    folder = make_project(LEARNERS, name="second", key="second", ledger=ledger_url)
    whole = server.ask(folder)["seconds"]

    def play(seed: int, kills: int) -> Counter[str]:
        return Round(server, make_project, ledger_url, whole, seed).play(kills)

    return play


def test_killed_at_random_moments(play: Callable[[int, int], Counter[str]]) -> None:
    """
    Forty kills in rounds of five; after each round, one more run finishes the work.
    """
    ends = sum((play(seed, 5) for seed in range(8)), Counter[str]())

    assert 40 == ends.total()
    # else nothing was shown
    assert ends["killed"] + ends["interrupted"] >= 10


@pytest.mark.soak
def test_killed_very_often(play: Callable[[int, int], Counter[str]]) -> None:
    """
    Thousands of kills; `CERTCORE_KILLS` says how many on each database.
    """
    kills = int(os.environ.get("CERTCORE_KILLS", "3600"))
    begin = time.perf_counter()
    ends: Counter[str] = Counter()
    for seed in range(1000, 1000 + kills // 5):
        ends += play(seed, 5)

    print(f"\n{ends.total()} kills in {time.perf_counter() - begin:.0f} s: {dict(ends)}")
    assert ends["killed"] + ends["interrupted"] >= kills // 4
