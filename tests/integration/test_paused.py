"""
A process that is paused, taken for dead and wakes up again overwrites nothing.
"""

from __future__ import annotations

import datetime as dt
import email
import os
import signal
import subprocess
import sys
import textwrap

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from certcore.bootstrap import load_project
from certcore.domain import RunStatus, Status


CONFIGURATION = "welding/completion"
LEARNERS = 3

# stops itself in the middle of its work, as somebody else's SIGSTOP would, or a laptop's lid
PAUSED = textwrap.dedent(
    """
    import os, signal, sys

    from certcore.bootstrap import load_project
    from certcore.exceptions import SlotTakenError

    folder, port, method = sys.argv[1:]


    class Pausing:
        def __init__(self, real):
            self._real = real
            self._paused = False

        def __getattr__(self, name):
            found = getattr(self._real, name)
            if name != method:
                return found

            def call(*args, **said):
                result = found(*args, **said)
                if not self._paused:
                    self._paused = True
                    os.kill(os.getpid(), signal.SIGSTOP)
                return result

            return call


    project = load_project(folder)
    with project.registrar() as real:
        given = {port: Pausing(getattr(real, port) if port != "notifier" else real._notifier())}
        with project.registrar(**given) as registrar:
            try:
                print(registrar.issue("welding/completion", slot="noon").status.value)
            except SlotTakenError as taken:
                print(taken)
    """
)


class LaterClock:
    """
    The time when every lease has run out and every run that goes on is taken for dead.
    """

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(hours=7)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes can't be paused here")
@pytest.mark.parametrize(
    "port, method",
    [
        ("ledger", "lease"),
        ("store", "put"),
        ("store", "sync"),
        ("ledger", "record"),
        ("notifier", "send"),
    ],
)
def test_who_wakes_up_late_overwrites_nothing(
    make_project: Callable[..., Path], ledger_url: str, port: str, method: str
) -> None:
    """
    One certificate each, one file, one message; and the run is whose it is now.
    """
    folder = make_project(LEARNERS, ledger=ledger_url)
    process = subprocess.Popen(
        [sys.executable, "-c", PAUSED, str(folder), port, method],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _, how = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(how)
        with load_project(folder).registrar(clock=LaterClock()) as registrar:
            run = registrar.issue(CONFIGURATION, slot="noon")
        before = files(folder)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    said, _ = process.communicate()

    assert (0, "welding/completion has had its run for noon\n") == (process.returncode, said)
    assert (RunStatus.DONE, "", 1) == (run.status, run.message, run.fence)
    assert before == files(folder)
    with load_project(folder).registrar() as registrar:
        assert run == registrar.run(run.id)
        found = registrar.find()
        assert {"u0", "u1", "u2"} == {each.learner.id for each in found}
        assert [Status.ISSUED] * LEARNERS == [each.status for each in found]
        for certificate in found:
            verbs = Counter(entry.verb for entry in registrar.history(certificate.id))
            assert {"award": 1, "record": 1} == dict(verbs)
            assert certificate.artifact is not None
            assert certificate.artifact.key in before
            messages = registrar.deliveries(certificate.id)
            assert ["sent"] == [message.status.value for message in messages]
    assert LEARNERS == len(before)
    told = Counter(
        email.message_from_bytes(path.read_bytes())["To"]
        for path in (folder / "outbox").glob("*.eml")
    )
    assert {f"u{number}@example.org": 1 for number in range(LEARNERS)} == dict(told)


def files(folder: Path) -> dict[str, bytes]:
    """
    Give what lies in the store, and what is in it.
    """
    store = folder / "certificates"
    return {
        str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.pdf"))
    }
