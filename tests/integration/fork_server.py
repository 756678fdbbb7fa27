"""
Runs projects in processes that begin at once, since everything is loaded already, and kills them.

Reads a JSON object a line and answers with one: `folder` is the project's, `later` by how many
seconds its clock is ahead, `signal` what it dies of and `after` how many seconds; without a signal
it may live. The answer has `status`, as a shell would see it, and `seconds`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
import time
import traceback

from pathlib import Path
from types import FrameType

from certcore.bootstrap import load_project


class AheadClock:
    """
    A clock that is ahead: what a process before this one had leased is free again.
    """

    def __init__(self, seconds: float) -> None:
        self._ahead = dt.timedelta(seconds=seconds)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self._ahead


def run(folder: str, later: float) -> None:
    with load_project(Path(folder)).registrar(clock=AheadClock(later)) as registrar:
        for name in registrar.catalog.keys():  # noqa: SIM118  # a port, not a dict
            registrar.issue(name)


def interrupt(number: int, frame: FrameType | None) -> None:
    # what the command line makes of SIGTERM
    raise KeyboardInterrupt


def child(folder: str, later: float) -> None:
    status = 1
    # the answer is the server's alone; a library prints what it was at when it is interrupted
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        signal.signal(signal.SIGTERM, interrupt)
        run(folder, later)
        status = 0
        # from here on it ends of itself: what measures coverage still writes at its exit
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except KeyboardInterrupt:
        status = 130
    except BaseException:  # noqa: BLE001  # it is told, and the answer says so
        traceback.print_exc()
    finally:
        # whatever happens: it must not go on as a second server
        os._exit(status)


def serve() -> None:
    for line in sys.stdin:
        wanted = json.loads(line)
        if wanted.get("load"):
            # in this process, so that those to come have everything
            run(wanted["folder"], 0)
            print("{}", flush=True)
            continue
        begin = time.perf_counter()
        process = os.fork()
        if process == 0:
            child(wanted["folder"], wanted.get("later", 0))
        if wanted.get("signal"):
            time.sleep(wanted["after"])
            os.kill(process, wanted["signal"])
        _, status = os.waitpid(process, 0)
        answer = {
            "status": os.waitstatus_to_exitcode(status),
            "seconds": time.perf_counter() - begin,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
