"""
How fast a source is asked, by all threads together.
"""

from __future__ import annotations

import threading

from collections import deque
from collections.abc import Mapping

from certcore.http._time import Time


_WINDOW = 60.0
_REFILL = 10.0
"""What Canvas gives back in a second."""
_RESERVE = 100.0
"""What is kept of it: each request under way is charged 50 in advance."""


class Pace:
    """
    Lets requests go when it is their time.
    """

    def __init__(self, per_minute: int | None, time: Time) -> None:
        self._time = time
        self._lock = threading.Lock()
        self._sent = None if per_minute is None else deque[float](maxlen=per_minute)
        self._not_before = float("-inf")

    def wait(self) -> None:
        """
        Wait for a place within the last minute, and for the end of what `hold` said.
        """
        with self._lock:
            now = self._time.monotonic()
            at = max(now, self._not_before)
            if self._sent is not None:
                if len(self._sent) == self._sent.maxlen:
                    at = max(at, self._sent[0] + _WINDOW)
                self._sent.append(at)
        if at > now:
            self._time.sleep(at - now)

    def hold(self, seconds: float) -> None:
        """
        Let nobody start for that long.
        """
        with self._lock:
            self._not_before = max(self._not_before, self._time.monotonic() + seconds)


def deficit(headers: Mapping[str, str]) -> float | None:
    """
    Give the seconds until Canvas has given back what the next request needs.

    None, if it doesn't say what is left.
    """
    remaining = _number(headers.get("X-Rate-Limit-Remaining"))
    if remaining is None:
        return None
    cost = _number(headers.get("X-Request-Cost")) or 0.0
    return max(0.0, _RESERVE + cost - remaining) / _REFILL


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
