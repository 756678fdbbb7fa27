"""
A clock that stands still.
"""

from __future__ import annotations

import datetime as dt
import threading


class FixedClock:
    """
    Tells the same time until it is told to go on.

    Args:
        at: The instant it starts with; 1 July 2026, 12:00 UTC, if that doesn't matter.
    """

    def __init__(self, at: dt.datetime = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)) -> None:
        self._lock = threading.Lock()
        self.set(at)

    def now(self) -> dt.datetime:
        return self._now

    def set(self, at: dt.datetime) -> None:
        """
        Go to an instant, forwards or backwards.
        """
        if at.tzinfo is None:
            msg = "a clock tells aware times: give the instant an offset from UTC"
            raise ValueError(msg)
        self._now = at.astimezone(dt.UTC)

    def advance(self, by: dt.timedelta | None = None, **units: float) -> dt.datetime:
        """
        Go on by a time span (`advance(hours=2)`); give the new time.
        """
        with self._lock:
            self.set(self._now + (by or dt.timedelta()) + dt.timedelta(**units))
            return self._now
