"""
Time as the HTTP layer sees it: it passes, and it can be waited for.
"""

from __future__ import annotations

import datetime as dt
import threading
import time

from contextvars import ContextVar
from typing import Protocol

from certcore.exceptions import CertcoreError


class Time(Protocol):
    """
    Tells time and waits. Thread-safe. Tests have one that only pretends to.
    """

    def monotonic(self) -> float:
        """
        Give seconds since some moment.
        """
        ...

    def now(self) -> dt.datetime:
        """
        Give the aware time of day.
        """
        ...

    def sleep(self, seconds: float) -> None:
        """
        Let that time pass.
        """
        ...


class StoppedError(CertcoreError):
    """
    Others have failed, and nobody wants the result any more.
    """


STOP: ContextVar[threading.Event | None] = ContextVar("certcore.http.stop", default=None)
"""Set where calls run in threads: whether they are to end."""


class SystemTime:
    """
    The machine's time. Whoever waits wakes up at once where calls in threads are stopped.
    """

    def monotonic(self) -> float:
        """
        Give seconds since some moment.
        """
        return time.monotonic()

    def now(self) -> dt.datetime:
        """
        Give the time of day in UTC.
        """
        return dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        """
        Let that time pass, unless stopped.
        """
        stop = STOP.get()
        if stop is None:
            time.sleep(seconds)
        else:
            stop.wait(seconds)
            go_on()


def go_on() -> None:
    """
    Raise StoppedError where nobody wants the result any more.
    """
    stop = STOP.get()
    if stop is not None and stop.is_set():
        raise StoppedError
